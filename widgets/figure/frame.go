package figure

import (
	"math"
	"time"

	"gonum.org/v1/plot/vg"
)

// Style is how a series is drawn.
type Style uint8

// The styles of series.
const (
	Line    Style = iota // points joined by straight lines, broken where a value is missing
	Step                 // each value holds until the next
	Scatter              // a dot a point
)

// frame is one picture of a figure: all that is drawn, without a table. Its text is as the user gave it.
type frame struct {
	title, xlabel, ylabel string
	width, height         int     // pixels of the page
	ratio                 float64 // of the screen's pixels to the page's; 0 is 1
	look                  *look   // nil: on white
	timed                 bool    // x is time: nanoseconds since base, shown in zone
	base                  int64
	zone                  *time.Location
	zoom                  *span // the part of the x axis to show, as pages say it; nil for all
	box                   box   // of all points of all series; with zoom, of what is seen of them in zoom
	series                []drawn
	live                  bool
	notes                 []string // trouble of the tables, said once each

	// Set by draw: the rectangle that the points are in, from the left lower corner, and what it stands for.
	area    vg.Rectangle
	plotted box
}

// drawn is one series of a frame.
type drawn struct {
	name    string
	style   Style
	points  []point // thinned, in the order in which they are joined
	rows    int     // rows of the table
	missing int     // rows without a point: null, NaN or infinite
	box     box     // of the points; with zoom, of what is seen of them
	last    point   // the last point in that order, or gap
}

// rows gives a series' points in pieces, in table order.
type rows interface {
	len() int
	// origin is an instant near the series' first, to count from. ok is false where x is a number or every instant is null.
	origin() (ns int64, ok bool)
	// piece returns the points of the n rows from lo on. Null is NaN. Instants are nanoseconds since base.
	piece(lo, n int, base int64) (x, y []float64)
}

// pieceRows is how many rows are read at a time, so that drawing a long table needs little memory.
const pieceRows = 1 << 16

// each calls f with r's points of the rows [lo, hi), in order. Rows without a point, for a null, a NaN or an infinity, are gaps.
func each(r rows, base int64, lo, hi int, f func(point)) {
	for ; lo < hi; lo += pieceRows {
		x, y := r.piece(lo, min(pieceRows, hi-lo), base)
		for i := range x {
			f(finite(x[i], y[i]))
		}
	}
}

// fill thins the series' rows, which sums sum up, into f.series, whose names and styles are set. f.base is what instants in them count from.
func (f *frame) fill(data []rows, sums []*blocks) {
	f.box = emptyBox()
	for i := range data {
		s := &f.series[i]
		var right point
		s.rows = sums[i].rows
		s.box, s.missing, s.last, right = sums[i].sum()
		if f.inTime(s) {
			s.last = right
		}
		if f.zoom == nil && !s.box.isEmpty() {
			f.box.join(s.box)
		}
	}
	see := span{f.box.x0, f.box.x1}
	if f.zoom != nil {
		see = f.inner(*f.zoom)
	}
	for i, r := range data {
		s := &f.series[i]
		switch {
		case s.box.isEmpty():
			continue
		case s.style == Scatter:
			if f.zoom != nil {
				s.box = f.boxIn(see, r, sums[i])
			}
		case f.inTime(s):
			s.points = f.timeLine(s.style, see, r, sums[i])
		default:
			s.points = f.rowLine(s.style, see, r, sums[i])
		}
		if f.zoom == nil {
			continue
		}
		if s.style != Scatter {
			s.box = boxOf(s.points)
		}
		if !s.box.isEmpty() {
			f.box.join(s.box)
		}
	}
	for i, r := range data {
		if s := &f.series[i]; s.style == Scatter && !s.box.isEmpty() {
			s.points = f.dots(see, r, sums[i])
		}
	}
}

// inTime says that s is drawn in the order of its x, not of its table's rows: a line over a time axis, on which late rows would step back.
func (f *frame) inTime(s *drawn) bool { return f.timed && s.style != Scatter }

// columns is how many columns of pixels a picture has.
func (f *frame) columns() int { return int(float64(f.width) * max(1, f.ratio)) }

// timeLine thins a line that is drawn in the order of x.
func (f *frame) timeLine(style Style, see span, r rows, sum *blocks) []point {
	t := newTimeReducer(see, f.columns(), style)
	sum.walk(r, f.base, func(b *block) bool {
		in, apart := b.within(see)
		return apart || in && t.column(b.left.x) == t.column(b.right.x)
	}, func(b *block) {
		for _, p := range [...]point{b.left, b.low, b.high, b.right} {
			t.add(p)
		}
	}, t.add)
	return t.finish()
}

// rowLine thins a line that is drawn in the order of the rows.
func (f *frame) rowLine(style Style, see span, r rows, sum *blocks) []point {
	l := newLineReducer(see.x0, see.x1, f.columns())
	add := l.add
	if f.zoom != nil {
		c := clipper{span: see, style: style, add: l.add, last: gap}
		add = c.next
	}
	sum.walk(r, f.base, func(b *block) bool {
		in, apart := b.within(see)
		return apart || in && l.columnOf(b.left.x) == l.columnOf(b.right.x)
	}, func(b *block) {
		for _, p := range b.sequence() { // beyond the span, no line between two of them is seen
			add(p)
		}
	}, add)
	return l.finish()
}

// boxIn is the range of the dots that are seen.
func (f *frame) boxIn(see span, r rows, sum *blocks) box {
	all := emptyBox()
	sum.walk(r, f.base, func(b *block) bool {
		in, apart := b.within(see)
		return in || apart
	}, func(b *block) {
		if in, _ := b.within(see); in {
			all.join(box{b.left.x, b.right.x, b.low.y, b.high.y})
		}
	}, func(p point) {
		if !p.isGap() && see.holds(p.x) {
			all.add(p)
		}
	})
	return all
}

// dots thins dots.
func (f *frame) dots(see span, r rows, sum *blocks) []point {
	d := newDotReducer(f.box, f.width/2, f.height/2)
	sum.walk(r, f.base, func(b *block) bool {
		_, apart := b.within(see)
		return apart
	}, func(*block) {}, func(p point) {
		if see.holds(p.x) {
			d.add(p)
		}
	})
	return d.finish()
}

// boxOf is the range of some points.
func boxOf(points []point) box {
	all := emptyBox()
	for _, p := range points {
		if !p.isGap() {
			all.add(p)
		}
	}
	return all
}

// finite is the point (x, y), or a gap: one that has an x where y alone is nowhere.
func finite(x, y float64) point {
	switch {
	case math.IsInf(x, 0):
		return gap
	case math.IsInf(y, 0):
		return point{x, math.NaN()}
	}
	return point{x, y}
}
