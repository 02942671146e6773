package widgets

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"tickbook/engine"
	"tickbook/widgets/live"
)

// decoded are a frame's buffers, read as a page does.
type decoded struct {
	keys  []float64
	cells [][]cell // by column
}

func decode(t *testing.T, n int, buffers [][]byte) (d decoded) {
	t.Helper()
	for i := range n {
		d.keys = append(d.keys, math.Float64frombits(binary.LittleEndian.Uint64(buffers[0][8*i:])))
	}
	if len(buffers[0]) != 8*n {
		t.Errorf("%d bytes of keys of %d rows", len(buffers[0]), n)
	}
	for _, b := range buffers[1:] {
		offset := func(i int) int { return int(binary.LittleEndian.Uint32(b[4*i:])) }
		text, nulls := b[4*(n+1):][:offset(n)], b[4*(n+1)+offset(n):]
		if len(nulls) != (n+7)/8 {
			t.Errorf("%d bytes of nulls of %d rows", len(nulls), n)
		}
		column := make([]cell, n)
		for i := range column {
			column[i] = cell{string(text[offset(i):offset(i+1)]), nulls[i/8]>>(i%8)&1 == 1}
		}
		d.cells = append(d.cells, column)
	}
	return d
}

func sourceOf(t *engine.Table, options ...Option) *tableSource {
	tv := Table(t, options...)
	return &tableSource{view: tv, orders: orders{t: t}}
}

func framed(t *testing.T, s *tableSource, q live.Request) (live.Message, decoded) {
	t.Helper()
	f, err := s.Frame(&q)
	if err != nil {
		t.Fatal(err)
	}
	return f.Message, decode(t, f.Message["count"].(int), f.Buffers)
}

// all is an input table with a column of each kind and n rows.
func all(n int) (*engine.Graph, *engine.Input) {
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.String("Sym"), engine.Int64("N"), engine.Float64("Price"), engine.Bool("Up"), engine.Instant("Time"), engine.Duration("Wait"), engine.Float32("F"), engine.Int8("I"))
	base := time.Date(2026, 1, 23, 15, 0, 0, 0, time.UTC)
	for i := range n {
		if i%7 == 3 {
			in.Add(nil, nil, nil, nil, nil, nil, nil, nil)
			continue
		}
		in.Add(fmt.Sprintf("S%d", i%5), int64(i), float64(i)/3, i%2 == 0, base.Add(time.Duration(i)*time.Millisecond), time.Duration(i)*time.Second, float32(i)/7, int8(i%100))
	}
	g.Step()
	return g, in
}

func TestWindowsEqualTheSnapshot(t *testing.T) {
	_, in := all(5000)
	s := sourceOf(in.Table)
	for _, w := range []struct{ first, count, wantFirst, wantCount int }{
		{0, 0, 0, 0}, {0, 50, 0, 50}, {4990, 50, 4990, 10}, {17, 1, 17, 1}, {0, 5000, 0, 1000}, {-1, 20, 4980, 20}, {9999, 20, 4980, 20}, {4999, 1, 4999, 1}, {100, 1 << 40, 100, 1000},
	} {
		m, d := framed(t, s, live.Request{First: w.first, Count: w.count})
		if m["first"] != w.wantFirst || m["count"] != w.wantCount || m["rows"] != 5000 {
			t.Errorf("%+v: got first %v, count %v, rows %v", w, m["first"], m["count"], m["rows"])
		}
		snap := in.Snapshot()
		keys := snap.RowKeys()
		for c, column := range d.cells {
			for r, got := range column {
				text, null := snap.Text(w.wantFirst+r, c)
				if got != (cell{text, null}) {
					t.Fatalf("%+v: row %d, column %d: %v, want %q %v", w, r, c, got, text, null)
				}
			}
		}
		for r, k := range d.keys {
			if k != float64(keys[w.wantFirst+r]) {
				t.Fatalf("%+v: row %d has key %v", w, r, k)
			}
		}
	}
	empty := sourceOf(engine.NewInput(engine.NewGraph(), engine.Int64("N")).Table)
	if m, d := framed(t, empty, live.Request{First: 5, Count: 50}); m["first"] != 0 || m["count"] != 0 || len(d.cells) != 1 {
		t.Errorf("an empty table: %v", m)
	}
}

func TestFramesAreLimited(t *testing.T) {
	long := strings.Repeat("é", 600)
	var cols []engine.Values
	for i := range 250 {
		cols = append(cols, engine.Col(fmt.Sprintf("C%d", i), []string{long, "x\u202ey\n\t", "<b>&amp;", "\xff"}))
	}
	s := sourceOf(engine.NewTable(cols...))
	_, d := framed(t, s, live.Request{Count: 10})
	if len(d.cells) != frameColumns {
		t.Errorf("%d columns", len(d.cells))
	}
	want := []string{strings.Repeat("é", 498) + "…", `x\u202ey␊␉`, "<b>&amp;", "�"}
	for i, w := range want {
		if got := d.cells[7][i].text; got != w {
			t.Errorf("cell %d is %q of %d bytes, want %q", i, got, len(got), w)
		}
	}
	m := s.Schema()
	text, err := json.Marshal(m)
	if err != nil || m["hidden"] != 0 || len(strings.Split(string(text), `"label"`)) != 251 || !strings.HasPrefix(string(text), `{"columns":[{"name":"C0","type":"string","label":"string"},`) {
		t.Errorf("schema %s %v", text, err)
	}
}

// wide is a table of n rows and many columns; the cell in row r and column c says so.
func wide(rows, columns int) *engine.Table {
	var cols []engine.Values
	for c := range columns {
		texts := make([]string, rows)
		for r := range texts {
			texts[r] = fmt.Sprintf("%d.%d", r, c)
		}
		cols = append(cols, engine.Col(fmt.Sprintf("C%d", c), texts))
	}
	return engine.NewTable(cols...)
}

// A frame has the columns in sight and no others: of a thousand as few bytes as of twenty.
func TestFramesHaveTheColumnsInSight(t *testing.T) {
	s := sourceOf(wide(300, 1000))
	for _, w := range []struct {
		ask         *live.Span
		count       int
		wantFirst   int
		wantEnd     int
		wantCount   int
		whatItShows string
	}{
		{&live.Span{First: 500, End: 520}, 50, 500, 520, 50, "in the middle"},
		{&live.Span{First: 990, End: 1040}, 50, 990, 1000, 50, "beyond the end"},
		{&live.Span{First: 5000, End: 9000}, 50, 1000, 1000, 50, "nothing"},
		{&live.Span{First: 7, End: 7}, 50, 7, 7, 50, "no columns"},
		{&live.Span{First: 10, End: 1000}, 300, 10, 210, 100, "more than a page may ask"},
		{nil, 300, 0, 200, 100, "the first ones"},
	} {
		q := live.Request{First: 100, Count: w.count, Span: w.ask}
		if w.wantCount == 100 {
			q.First = 0
		}
		m, d := framed(t, s, q)
		if m["span"] != (live.Span{First: w.wantFirst, End: w.wantEnd}) || m["count"] != w.wantCount || len(d.cells) != w.wantEnd-w.wantFirst || len(d.keys) != w.wantCount {
			t.Errorf("%s: span %v of %d columns, %v rows", w.whatItShows, m["span"], len(d.cells), m["count"])
		}
		for c, column := range d.cells {
			if want := fmt.Sprintf("%d.%d", q.First+1, w.wantFirst+c); column[1].text != want {
				t.Errorf("%s: a cell is %q, want %q", w.whatItShows, column[1].text, want)
			}
		}
	}
	size := func(s *tableSource, span *live.Span) (n int) {
		f, err := s.Frame(&live.Request{Count: 50, Span: span})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range f.Buffers {
			n += len(b)
		}
		return n
	}
	if few, many := size(sourceOf(wide(300, 20)), nil), size(s, &live.Span{First: 100, End: 120}); many > few*5/4 {
		t.Errorf("%d bytes for twenty of a thousand columns, %d for twenty of twenty", many, few)
	}
}

// However long the texts and however much a page asks for, a frame is bounded.
func TestFramesAreBounded(t *testing.T) {
	long := make([]string, 1000)
	for i := range long {
		long[i] = strings.Repeat("é", 2000)
	}
	var cols []engine.Values
	for c := range 200 {
		cols = append(cols, engine.Col(fmt.Sprintf("C%d", c), long))
	}
	s := sourceOf(engine.NewTable(cols...))
	for _, end := range []int{1, 3, 20, 200} {
		f, err := s.Frame(&live.Request{Count: 1 << 30, Span: &live.Span{End: end}})
		if err != nil {
			t.Fatal(err)
		}
		size := 0
		for _, b := range f.Buffers {
			size += len(b)
		}
		if most := frameBytes + 8*frameRows + 5*frameCells; size > most {
			t.Errorf("a frame of %d columns has %d bytes, want at most %d", end, size, most)
		}
	}
}

func TestSchema(t *testing.T) {
	_, in := all(1)
	text, err := json.Marshal(sourceOf(in.Table, Last(5)).Schema())
	if err != nil || !strings.Contains(string(text), `{"name":"Time","type":"instant","label":"instant (UTC)"}`) || !strings.Contains(string(text), `"tail":true`) {
		t.Errorf("%s %v", text, err)
	}
}

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

func TestVersion(t *testing.T) {
	g, in := all(3)
	s := sourceOf(in.Table)
	v := s.Version()
	g.Step()
	if s.Version() != v {
		t.Error("another version without a change")
	}
	in.Add(nil, nil, nil, nil, nil, nil, nil, nil)
	g.Step()
	if s.Version() == v {
		t.Error("the same version after a change")
	}
}

func TestCopy(t *testing.T) {
	_, in := all(5000)
	s := sourceOf(in.Table)
	check := func(q live.Request, want string) {
		t.Helper()
		q.T = "copy"
		m, err := s.Ask(&q)
		got := fmt.Sprint(m["text"])
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%+v: %q, want %q", q, got, want)
		}
	}
	check(live.Request{First: 2, Count: 3, Columns: []int{1, 0}}, "2\tS2\n\t\n4\tS4\n")
	check(live.Request{First: 4998, Count: 1000, Columns: []int{1}, Order: order(`[1,false]`)}, "4998\n4999\n")
	check(live.Request{First: 9000, Count: 5, Columns: []int{1}}, "")
	check(live.Request{Count: 5, Columns: []int{8}}, "copy: there is no column number 8; the table has 8")
	check(live.Request{Count: 5, Columns: []int{-1}}, "copy: there is no column number -1; the table has 8")
	check(live.Request{Count: 5, Columns: make([]int, 9)}, "copy: 9 columns of a table that has 8")
	if m, err := s.Ask(&live.Request{T: "copy", Count: 5000}); err != nil || strings.Count(m["text"].(string), "\t") != 35_000 {
		t.Errorf("40,000 cells: %v", err)
	}
	_, in = all(20_000)
	s = sourceOf(in.Table)
	check(live.Request{Count: 20_000}, "copy: 160,000 cells are selected; at most 100,000 can be copied")
	if _, err := s.Ask(&live.Request{T: "at"}); err == nil {
		t.Error("a table answers to at")
	}
}

func TestRate(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var r rate
	rows := 1000
	step := func(d time.Duration, n int) float64 {
		now = now.Add(d)
		rows += n
		return r.add(now, rows)
	}
	if got := step(0, 0); got != 0 {
		t.Errorf("at first %v", got)
	}
	got := 0.0
	for range 100 {
		got = step(100*time.Millisecond, 50)
		if len(r.samples) > 25 {
			t.Fatalf("%d samples", len(r.samples))
		}
	}
	if got != 500 {
		t.Errorf("rate %v, want 500", got)
	}
	if got = step(2*rateSpan, 0); got != 0 {
		t.Errorf("still: %v", got)
	}
	if got = step(time.Hour, 1e6); got != 0 {
		t.Errorf("after an hour's pause: %v", got)
	}
	step(time.Second, 1000)
	if got = step(time.Second, -500); got != 250 {
		t.Errorf("up and down: %v", got)
	}
	if got = step(time.Second, -5000); got != 0 {
		t.Errorf("shrinking: %v", got)
	}
}

func TestStatusInFrames(t *testing.T) {
	_, in := all(1)
	m, _ := framed(t, sourceOf(in.Table), live.Request{Count: 1})
	text, err := json.Marshal(m)
	if err != nil || string(text) != `{"count":1,"first":0,"live":true,"rate":0,"rows":1,"span":{"first":0,"end":8},"status":{"bad":0,"code":"ok","message":""}}` {
		t.Errorf("%s %v", text, err)
	}
	if m, _ = framed(t, sourceOf(engine.NewTable(engine.Col("N", []int64{1}))), live.Request{}); m["live"] != false {
		t.Errorf("a static table: %v", m)
	}
}
