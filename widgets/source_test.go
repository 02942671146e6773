package widgets

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

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

func TestSchema(t *testing.T) {
	_, in := all(1)
	text, err := json.Marshal(sourceOf(in.Table, Last(5)).Schema())
	if err != nil || !strings.Contains(string(text), `{"name":"Time","type":"instant","label":"instant (UTC)"}`) || !strings.Contains(string(text), `"tail":true`) {
		t.Errorf("%s %v", text, err)
	}
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
