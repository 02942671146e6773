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
	width, height         int  // pixels
	timed                 bool // x is time: nanoseconds since base, shown in zone
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
	points  []point // thinned, in table order
	rows    int     // rows of the table
	missing int     // rows without a point: null, NaN or infinite
	box     box     // of the points
	last    point   // the last point, or gap
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

// each calls f with r's points in order. Rows without a point, for a null, a NaN or an infinity, are gaps.
func each(r rows, base int64, f func(point)) {
	for lo := 0; lo < r.len(); lo += pieceRows {
		x, y := r.piece(lo, min(pieceRows, r.len()-lo), base)
		for i := range x {
			f(finite(x[i], y[i]))
		}
	}
}

// fill reads the series' rows into f.series, whose names and styles are set. A line is read once, thinned to a range of x that a few
// rows give; again only if that was wrong. Dots are read twice: their ranges first.
func (f *frame) fill(data []rows) {
	f.count(data)
	f.box = emptyBox()
	guess := emptyBox()
	if f.zoom != nil {
		z := f.inner(*f.zoom)
		guess = box{z.x0, z.x1, 0, 0}
	} else {
		for _, r := range data {
			f.sample(r, &guess)
		}
	}
	lines := make([]*lineReducer, len(data))
	for i, r := range data {
		s := &f.series[i]
		var thin func(point)
		if s.style != Scatter && !guess.isEmpty() {
			lines[i] = newLineReducer(guess.x0, guess.x1, f.width)
			thin = lines[i].add
		}
		f.read(s, r, thin)
		if !s.box.isEmpty() {
			f.box.join(s.box)
		}
	}
	for i, r := range data {
		s := &f.series[i]
		switch l := lines[i]; {
		case s.box.isEmpty():
		case s.style == Scatter:
			d := newDotReducer(f.box, f.width/2, f.height/2)
			f.each(s, r, d.add)
			s.points = d.finish()
		default:
			if l == nil || l.lost {
				l = newLineReducer(f.box.x0, f.box.x1, f.width)
				f.each(s, r, l.add)
			}
			s.points = l.finish()
		}
	}
}

// sample adds some of r's points to b: the first, the last and some between.
func (f *frame) sample(r rows, b *box) {
	const some = 5
	n := r.len()
	for i := range min(n, some) {
		x, y := r.piece(i*(n-1)/max(1, min(n, some)-1), 1, f.base)
		if p := finite(x[0], y[0]); !p.isGap() {
			b.add(p)
		}
	}
}

// count chooses what time is counted from.
func (f *frame) count(data []rows) {
	if !f.timed {
		return
	}
	for _, r := range data {
		if ns, ok := r.origin(); ok {
			f.base = ns
			return
		}
	}
}

// read counts the points of s and their range, and hands them on to thin, if there is one.
func (f *frame) read(s *drawn, r rows, thin func(point)) {
	s.rows, s.missing, s.box, s.last = r.len(), 0, emptyBox(), gap
	f.each(s, r, func(p point) {
		if p.isGap() {
			s.missing++
		} else {
			s.box.add(p)
			s.last = p
		}
		if thin != nil {
			thin(p)
		}
	})
}

// each calls add with the points of s in order, or with what of its line is seen in the zoom.
func (f *frame) each(s *drawn, r rows, add func(point)) {
	if f.zoom != nil {
		c := clipper{span: f.inner(*f.zoom), style: s.style, add: add, last: gap}
		add = c.next
	}
	each(r, f.base, add)
}

// finite is the point (x, y), or a gap if it is nowhere.
func finite(x, y float64) point {
	if math.IsInf(x, 0) || math.IsInf(y, 0) {
		return gap
	}
	return point{x, y}
}
