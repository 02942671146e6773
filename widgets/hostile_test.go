package widgets

import (
	"encoding/json"
	"strings"
	"testing"

	"tickbook/display"
	"tickbook/engine"
	"tickbook/internal/hostile"
	"tickbook/widgets/internal/safetext"
	"tickbook/widgets/live"
)

// TestHostileTable puts the corpus into a table's cells and its source's message: the snapshot's HTML holds it as text, and so do the frames, whose
// cells and messages are text to the page.
func TestHostileTable(t *testing.T) {
	for from := 0; from < len(hostile.Texts); from += maxRows {
		part := hostile.Texts[from:min(from+maxRows, len(hostile.Texts))]
		g := engine.NewGraph()
		f := &feed{}
		source := engine.NewSource(g, []engine.ColumnDef{engine.String("Sym")})
		table := source.Start(f)
		static := engine.NewTable(engine.Col("Sym", part))
		page := checkMarkup(t, "cells", parse(t, Table(static, First(maxRows)).Render()[display.HTML].(string)))
		_, d := framed(t, sourceOf(static), live.Request{Count: maxRows})
		for i, s := range part {
			if shown := safetext.Line(s, maxCell); !strings.Contains(page, shown) {
				t.Errorf("%q: the snapshot lacks %q", s, shown)
			}
			if want := frameText(s, frameCell); d.cells[0][i].text != want {
				t.Errorf("%q: the frame has %q, want %q", s, d.cells[0][i].text, want)
			}
			f.status = engine.Status{Code: engine.StatusDown, Message: s}
			b := Table(table).Render()
			checkMarkup(t, s, parse(t, b[display.HTML].(string)))
			mustBePlain(t, s, b[display.Text].(string))
			m, _ := framed(t, sourceOf(table), live.Request{})
			text, err := json.Marshal(m)
			if err != nil || strings.ContainsAny(string(text), "<>\u2028\u2029\x00\x1b") {
				t.Errorf("%q: the frame says %s, %v", s, text, err)
			}
		}
	}
}

// mustBePlain demands that text is one of lines, without control characters, those that turn text around included.
func mustBePlain(t *testing.T, name, text string) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		if line != safetext.Line(line, 0) {
			t.Errorf("%q: the text holds %q", name, line)
		}
	}
}

// A column's name has no markup in it, since it would be no name of a formula's; what else it may have shows as text without tricks.
func TestHostileColumnNames(t *testing.T) {
	names := 0
	for _, s := range hostile.Texts {
		table := func() (table *engine.Table) {
			defer func() {
				if e := recover(); e != nil {
					if _, ok := e.(*engine.QueryError); !ok {
						t.Errorf("%q: panic: %v", s, e)
					}
				}
			}()
			return engine.NewTable(engine.Col(s, []int64{1}))
		}()
		if table == nil {
			continue
		}
		names++
		b := Table(table).Render()
		checkMarkup(t, s, parse(t, b[display.HTML].(string)))
		mustBePlain(t, s, b[display.Text].(string))
		text, err := json.Marshal(sourceOf(table).Schema())
		if err != nil || strings.ContainsAny(string(text), "<>&\u2028\u202e\u200b\x00\x1b") {
			t.Errorf("%q: the page gets %s, %v", s, text, err)
		}
	}
	if names == 0 || names > len(hostile.Texts)/10 {
		t.Errorf("%d of %d are names", names, len(hostile.Texts))
	}
}

// What a page asks in hostile words is refused in words that are JSON text.
func TestHostileRequests(t *testing.T) {
	_, in := all(3)
	s := sourceOf(in.Table)
	for _, text := range hostile.Texts {
		name, err := json.Marshal([]any{text, true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Frame(&live.Request{Count: 5, Order: []json.RawMessage{name}}); err == nil {
			t.Errorf("an order by %q is accepted", text)
		}
	}
}
