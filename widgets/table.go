package widgets

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"tickbook/display"
	"tickbook/engine"
	"tickbook/widgets/internal/safetext"
	"tickbook/widgets/live"
)

const defaultRows = 10

// Option is a choice about the view of a table.
type Option func(*TableView)

// First shows the first n rows, at most 50. It is the default, with 10 rows.
func First(n int) Option { return func(tv *TableView) { tv.rows, tv.last = n, false } }

// Last shows the last n rows, at most 50.
func Last(n int) Option { return func(tv *TableView) { tv.rows, tv.last = n, true } }

// Table is a view of t: what a cell shows that ends in t, with choices.
//
//	widgets.Table(trades, widgets.Last(20))
//
// Its HTML and its text hold the same rows and say which they are. Trouble of the table's source, or the error that ended the table, is
// shown below its last rows.
func Table(t *engine.Table, options ...Option) *TableView {
	tv := &TableView{t: t, rows: defaultRows}
	for _, o := range options {
		o(tv)
	}
	tv.rows = max(1, min(maxRows, tv.rows))
	if t != nil {
		tv.live = live.New(&tableSource{view: tv, orders: orders{t: t}})
	}
	return tv
}

// TableView shows a window of a table and follows it. It keeps the table alive.
type TableView struct {
	t    *engine.Table
	rows int
	last bool
	live *live.View // nil for a nil table
}

var (
	_ display.Claimable = (*TableView)(nil)
	_ display.Keeper    = (*TableView)(nil)
)

// Render returns the window of the newest cycle as HTML and text, and names the view for pages that show it by themselves.
func (tv *TableView) Render() display.MIMEBundle {
	if tv.t == nil {
		return nothing("a nil table").Render()
	}
	b := tv.draw().bundle()
	b[live.MIME] = tv.live.Ref()
	return b
}

// draw reads the window of the newest cycle.
func (tv *TableView) draw() *view {
	// The status first: a table that fails between the two is shown as it was before.
	v := &view{last: tv.last, at: time.Now().In(engine.Zone())}
	v.judge(tv.t.Status(), tv.t.IsRefreshing())
	v.read(tv.t.Snapshot(), tv.rows)
	return v
}

// Watch signals changed after each cycle that changed the table or its status. Until stop, pages can show the table by themselves.
func (tv *TableView) Watch(changed chan<- struct{}) (stop func()) {
	if tv.t == nil {
		return func() {}
	}
	return tv.live.Watch(changed)
}

// Claims implements [display.Claimable].
func (tv *TableView) Claims(claim func() (release func())) (stop func()) {
	if tv.t == nil {
		return func() {}
	}
	return tv.live.Claims(claim)
}

// Lets implements [display.Keeper].
func (tv *TableView) Lets() iter.Seq2[string, bool] { return tv.t.Lets() }

// judge notes how the table does.
func (v *view) judge(s engine.Status, refreshing bool) {
	v.bad = s.BadRecords
	v.message = safetext.Line(strings.ReplaceAll(strings.TrimSpace(s.Message), "\n", "; "), maxMessage)
	switch {
	case s.Code == engine.StatusFailed:
		v.mood = failed
	case s.Code == engine.StatusDown:
		v.mood = down
	case s.Code == engine.StatusStarting:
		v.mood = starting
	case refreshing:
		v.mood = ticking
	}
}

// read takes up to n rows of s, from the end that v shows.
func (v *view) read(s *engine.Snapshot, n int) {
	v.total = s.Len()
	v.head(s.Schema())
	first := 0
	if v.last {
		first = max(0, v.total-n)
	}
	w := s.Window(first, n)
	for r := range w.Len() {
		row := make([]cell, len(v.columns))
		for c := range row {
			row[c] = cellOf(w.Text(r, c))
		}
		v.rows = append(v.rows, row)
	}
}

// head takes the columns, or the first of many.
func (v *view) head(defs []engine.ColumnDef) {
	for i, d := range defs {
		name := safetext.Line(d.Name, maxName)
		if i >= maxColumns {
			v.hidden = append(v.hidden, name)
			continue
		}
		v.columns = append(v.columns, column{name: name, kind: kindText(d.Kind), right: d.Kind.IsNumeric() || d.Kind == engine.KindDuration})
	}
}

// kindText names a kind below its column's name.
func kindText(k engine.Kind) string {
	if k == engine.KindInstant {
		return fmt.Sprintf("%s (%v)", k, engine.Zone())
	}
	return k.String()
}

func cellOf(text string, null bool) cell {
	if null {
		return cell{text: "∅", null: true} // no symbol is "∅", while one may be "null"
	}
	return cell{text: safetext.Line(text, maxCell)}
}
