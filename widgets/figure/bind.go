package figure

import (
	"fmt"
	"math"
	"strings"

	"tickbook/engine"
	"tickbook/widgets/internal/safetext"
)

const op = "plotxy"

// bind finds the series' columns and panics with a *engine.QueryError if they can't be drawn.
func (s *series) bind() {
	if s.table == nil {
		panic(&engine.QueryError{Op: op, Msg: fmt.Sprintf("series %q: the table is nil", s.name)})
	}
	s.xkind, s.ykind = kindOf(s.table, s.x), kindOf(s.table, s.y)
	if !s.xkind.IsNumeric() && s.xkind != engine.KindInstant {
		panic(s.wrongKind("x", s.x, s.xkind, "numbers or instants", func(k engine.Kind) bool { return k.IsNumeric() || k == engine.KindInstant }))
	}
	if !s.ykind.IsNumeric() && s.ykind != engine.KindDuration {
		panic(s.wrongKind("y", s.y, s.ykind, "numbers", engine.Kind.IsNumeric))
	}
}

// kindOf is the kind of column name of t.
func kindOf(t *engine.Table, name string) engine.Kind {
	for _, d := range t.Schema() {
		if d.Name == name {
			return d.Kind
		}
	}
	defer func() { // the engine says best what is wrong with a name
		e := recover()
		if q, ok := e.(*engine.QueryError); ok {
			q.Op = op
		}
		panic(e)
	}()
	t.Valid(name)
	panic("BUG: " + op + ": a column without a definition")
}

// wrongKind is the error for a column that can't be on an axis; fits tells which could.
func (s *series) wrongKind(axis, name string, k engine.Kind, want string, fits func(engine.Kind) bool) error {
	var have []string
	for _, d := range s.table.Schema() {
		if fits(d.Kind) && len(have) < 8 {
			have = append(have, fmt.Sprintf("%q", d.Name))
		}
	}
	msg := fmt.Sprintf("%s column %q holds %v values; want %s", axis, name, k, want)
	if len(have) > 0 {
		msg += ", such as " + strings.Join(have, ", ")
	}
	return &engine.QueryError{Op: op, Msg: msg}
}

// checkAxis panics with a *engine.QueryError unless s can share first's x axis.
func (s *series) checkAxis(first series) {
	if (s.xkind == engine.KindInstant) != (first.xkind == engine.KindInstant) {
		panic(&engine.QueryError{Op: op, Msg: fmt.Sprintf("x column %q of series %q holds %v values, but x column %q of series %q holds %v values; they can't share an axis",
			s.x, s.name, s.xkind, first.x, first.name, first.xkind)})
	}
}

// frame reads one cycle's state of all tables.
func (f *Figure) frame() *frame {
	return f.read(func(fr *frame, data []rows, sums []*blocks) { fr.fill(data, sums) })
}

// open makes a frame without points, of all series.
func (f *Figure) open() (*frame, []series) {
	f.mu.Lock()
	all := f.series[:len(f.series):len(f.series)]
	fr := &frame{title: f.title, width: f.width, height: f.height, zone: engine.Zone()}
	xlabel, ylabel := f.xlabel, f.ylabel
	f.mu.Unlock()
	for _, s := range all {
		fr.judge(s) // before the tables are read: one that fails between the two is shown as it was before
		fr.series = append(fr.series, drawn{name: s.name, style: s.style})
		fr.timed = s.xkind == engine.KindInstant
	}

	fr.xlabel, fr.ylabel = xlabel.text, ylabel.text
	if x, same := common(all, func(s series) string { return s.x }); !xlabel.set {
		switch {
		case fr.timed && !same:
			fr.xlabel = fmt.Sprintf("Time (%v)", fr.zone)
		case fr.timed:
			fr.xlabel = fmt.Sprintf("%s (%v)", x, fr.zone)
		default:
			fr.xlabel = x
		}
	}
	if y, same := common(all, series.yText); same && !ylabel.set && !(len(all) == 1 && y == all[0].name) {
		fr.ylabel = y
	}
	return fr, all
}

// yText names the y column and the unit that it is drawn in.
func (s series) yText() string {
	if s.ykind == engine.KindDuration {
		return s.y + " (s)"
	}
	return s.y
}

// common is what all series have in common, or "".
func common(all []series, of func(series) string) (text string, same bool) {
	for i, s := range all {
		if i > 0 && of(s) != text {
			return "", false
		}
		text = of(s)
	}
	return text, len(all) > 0
}

// judge notes how the table of s does.
func (f *frame) judge(s series) {
	f.live = f.live || s.table.IsRefreshing()
	status := s.table.Status()
	if status.Code != engine.StatusOK {
		f.note(fmt.Sprintf("%s: %s", status.Code, status.Message))
	}
	if status.BadRecords > 0 {
		f.note(safetext.Count(status.BadRecords, "bad record") + " left out")
	}
}

// note adds a note, once, and few of them.
func (f *frame) note(text string) {
	for _, n := range f.notes {
		if n == text {
			return
		}
	}
	if len(f.notes) < 3 {
		f.notes = append(f.notes, text)
	}
}

// tableRows are the points of a series as of one cycle.
type tableRows struct {
	snap *engine.Snapshot
	s    series
}

func (r tableRows) len() int { return r.snap.Len() }

func (r tableRows) origin() (int64, bool) {
	if r.s.xkind != engine.KindInstant {
		return 0, false
	}
	for lo := 0; lo < r.len(); lo += pieceRows {
		w := r.snap.Window(lo, pieceRows)
		at, valid := w.Int64s(r.s.x), w.Valid(r.s.x)
		for i := range at {
			if valid == nil || valid[i] {
				return at[i], true
			}
		}
	}
	return 0, false
}

func (r tableRows) piece(lo, n int, base int64) (x, y []float64) {
	w := r.snap.Window(lo, n)
	return numbers(w, r.s.x, r.s.xkind, base), numbers(w, r.s.y, r.s.ykind, 0)
}

// numbers are a column's values as they are drawn: instants in nanoseconds since base, durations in seconds, null as NaN.
func numbers(w *engine.Snapshot, name string, k engine.Kind, base int64) []float64 {
	if k != engine.KindInstant && k != engine.KindDuration {
		return w.Float64s(name)
	}
	at, valid := w.Int64s(name), w.Valid(name)
	out := make([]float64, len(at))
	for i, ns := range at {
		switch {
		case valid != nil && !valid[i]:
			out[i] = math.NaN()
		case k == engine.KindDuration:
			out[i] = float64(ns) / 1e9
		default:
			out[i] = since(base, ns)
		}
	}
	return out
}
