package figure

import (
	"math"
	"time"
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
	box                   box // of all points of all series
	series                []drawn
	live                  bool
	notes                 []string // trouble of the tables, said once each
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
			p := point{x[i], y[i]}
			if math.IsInf(p.x, 0) || math.IsInf(p.y, 0) {
				p = gap
			}
			f(p)
		}
	}
}

// fill reads the series' rows into f.series, whose names and styles are set: their ranges first, then the points that the ranges leave.
func (f *frame) fill(data []rows) {
	if f.timed {
		for _, r := range data {
			if ns, ok := r.origin(); ok {
				f.base = ns
				break
			}
		}
	}
	f.box = emptyBox()
	for i, r := range data {
		s := &f.series[i]
		s.rows, s.box, s.last = r.len(), emptyBox(), gap
		each(r, f.base, func(p point) {
			if p.isGap() {
				s.missing++
				return
			}
			s.box.add(p)
			s.last = p
		})
		if !s.box.isEmpty() {
			f.box.join(s.box)
		}
	}
	for i, r := range data {
		s := &f.series[i]
		if s.box.isEmpty() {
			continue
		}
		if s.style == Scatter {
			d := newDotReducer(f.box, f.width/2, f.height/2)
			each(r, f.base, d.add)
			s.points = d.finish()
			continue
		}
		l := newLineReducer(f.box, f.width)
		each(r, f.base, l.add)
		s.points = l.finish()
	}
}
