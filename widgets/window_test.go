package widgets

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tickbook/engine"
	"tickbook/widgets/live"
)

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
