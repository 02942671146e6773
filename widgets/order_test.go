package widgets

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"tickbook/engine"
	"tickbook/widgets/live"
)

func order(columns ...string) (out []json.RawMessage) {
	for _, c := range columns {
		out = append(out, json.RawMessage(c))
	}
	return out
}

func TestOrders(t *testing.T) {
	g, in := all(300)
	s := sourceOf(in.Table)
	for _, o := range [][]json.RawMessage{order(`["Sym",true]`, `["N",false]`), order(`[0,true]`, `[1,false]`)} {
		in.Add("S9", int64(7), nil, nil, nil, nil, nil, nil)
		g.Step()
		_, d := framed(t, s, live.Request{Count: 1000, Order: o})
		want := in.SortBy(engine.Desc("Sym"), engine.Asc("N")).Snapshot()
		for r := range want.Len() {
			for c := range d.cells {
				text, null := want.Text(r, c)
				if d.cells[c][r] != (cell{text, null}) {
					t.Fatalf("row %d, column %d: %v, want %q", r, c, d.cells[c][r], text)
				}
			}
		}
	}
	if n := len(s.orders.held); n != 1 {
		t.Errorf("%d derived views of one order", n)
	}
	for _, bad := range [][]json.RawMessage{
		order(`["Nope",true]`), order(`[99,true]`), order(`[-1,true]`), order(`[0.5,true]`), order(`[1e300,false]`), order(`[0]`), order(`[0,true,1]`), order(`["Sym",1]`), order(`7`), order(`null`), order(`{}`), order(`[null,true]`), order(`["Sym",true]`, `["Sym",false]`),
	} {
		if _, err := s.Frame(&live.Request{Count: 5, Order: bad}); err == nil {
			t.Errorf("order %s is accepted", bad)
		}
	}
	if n := len(s.orders.held); n != 1 {
		t.Errorf("%d orders after bad ones", n)
	}
	for i := range 8 {
		for _, desc := range []bool{false, true} {
			if _, err := s.Frame(&live.Request{Count: 5, Order: order(fmt.Sprintf("[%d,%v]", i, desc))}); err != nil {
				t.Error(err)
			}
		}
	}
	if n := len(s.orders.held); n != maxOrders {
		t.Errorf("%d orders are held, want %d", n, maxOrders)
	}
	s.Release()
	if n := len(s.orders.held); n != 0 {
		t.Errorf("%d orders are held after the end", n)
	}
}

// freed says whether what w points to is collected.
func freed(w weak.Pointer[engine.Table]) bool {
	for range 5 {
		runtime.GC()
		if w.Value() == nil {
			return true
		}
	}
	return false
}

func TestOrdersAreFreed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, in := all(300)
		s := sourceOf(in.Table)
		q := live.Request{Count: 5, Order: order(`["Price",true]`)}
		framed(t, s, q)
		by, err := sortColumns(q.Order, in.Schema())
		if err != nil {
			t.Fatal(err)
		}
		sorted, err := s.orders.by(by)
		if err != nil {
			t.Fatal(err)
		}
		w := weak.Make(sorted)
		sorted = nil
		<-time.After(20 * time.Second)
		framed(t, s, q)
		<-time.After(20 * time.Second)
		s.Keep(&q)
		<-time.After(20 * time.Second)
		if freed(w) {
			t.Error("freed while it is looked at")
		}
		<-time.After(orderLease)
		g.Step()
		if !freed(w) {
			t.Error("held after its lease")
		}
		framed(t, s, q)
		w = weak.Make(s.orders.held[keyOf(by)].table)
		s.Release()
		g.Step()
		if !freed(w) {
			t.Error("held after the view's end")
		}
		runtime.KeepAlive(in)
	})
}
