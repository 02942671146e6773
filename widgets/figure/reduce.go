package figure

import "math"

// point is a place in data coordinates. A point with a NaN is a gap: the line breaks there.
type point struct{ x, y float64 }

var gap = point{math.NaN(), math.NaN()}

func (p point) isGap() bool { return math.IsNaN(p.x) || math.IsNaN(p.y) }

// box is a range of data coordinates, both ends included. The zero value is not empty: see emptyBox.
type box struct{ x0, x1, y0, y1 float64 }

func emptyBox() box { return box{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)} }

func (b *box) isEmpty() bool { return b.x0 > b.x1 }

func (b *box) add(p point) {
	b.x0, b.x1 = min(b.x0, p.x), max(b.x1, p.x)
	b.y0, b.y1 = min(b.y0, p.y), max(b.y1, p.y)
}

func (b *box) join(o box) {
	b.x0, b.x1 = min(b.x0, o.x0), max(b.x1, o.x1)
	b.y0, b.y1 = min(b.y0, o.y0), max(b.y1, o.y1)
}

// share is where v lies in [lo, hi], from 0 to 1. It bears ranges as wide as float64 has.
func share(lo, hi, v float64) float64 {
	if hi-lo > math.MaxFloat64/4 {
		lo, hi, v = lo/8, hi/8, v/8
	}
	if !(hi > lo) {
		return 0.5
	}
	return (v - lo) / (hi - lo)
}

// lineReducer thins a line to what a picture of some pixel columns shows. Points that follow each other in one column become at most
// four: the first, the lowest, the highest, the last, in their order; so no extreme is lost and the picture is the same. A gap within
// one column cannot be seen and is dropped.
//
// Where x jumps to and fro, that leaves too many: past overflow points, the line becomes each column's range, in order of x.
type lineReducer struct {
	x0, x1   float64
	columns  int // of the range
	overflow int
	out      []point

	// The run of points in one column that is not yet in out.
	run                     bool
	column                  int
	first, low, high, final point
	lowFirst                bool // the lowest came before the highest
	broken                  bool // a gap came since the last point

	lows, highs []float64 // each column's range, NaN where it has none; the columns before x0 first
}

func newLineReducer(x0, x1 float64, columns int) *lineReducer {
	r := &lineReducer{x0: x0, x1: x1, columns: columns, overflow: 16 * columns, lows: make([]float64, columns), highs: make([]float64, columns)}
	for i := range r.lows {
		r.lows[i], r.highs[i] = math.NaN(), math.NaN()
	}
	return r
}

func (r *lineReducer) add(p point) {
	if p.isGap() {
		r.broken = true
		return
	}
	c := r.columnOf(p.x)
	if !(r.lows[c] <= p.y) {
		r.lows[c] = p.y
	}
	if !(r.highs[c] >= p.y) {
		r.highs[c] = p.y
	}
	if r.run && c == r.column {
		r.final = p
		if p.y < r.low.y {
			r.low, r.lowFirst = p, false
		}
		if p.y > r.high.y {
			r.high, r.lowFirst = p, true
		}
		r.broken = false
		return
	}
	r.flush()
	if r.broken && r.run && len(r.out) <= r.overflow {
		r.out = append(r.out, gap)
	}
	r.run, r.broken, r.column = true, false, c
	r.first, r.low, r.high, r.final, r.lowFirst = p, p, p, p, true
}

// columnOf is the column of x, which lies in the range.
func (r *lineReducer) columnOf(x float64) int { return columnOf(r.x0, r.x1, r.columns, x) }

// columnOf is which of some columns over [x0, x1] x is in.
func columnOf(x0, x1 float64, columns int, x float64) int {
	return min(columns-1, max(0, int(share(x0, x1, x)*float64(columns))))
}

// flush moves the run to out.
func (r *lineReducer) flush() {
	if !r.run || len(r.out) > r.overflow {
		return
	}
	one, two := r.low, r.high
	if !r.lowFirst {
		one, two = two, one
	}
	for _, p := range [...]point{r.first, one, two, r.final} {
		if n := len(r.out); n == 0 || r.out[n-1] != p {
			r.out = append(r.out, p)
		}
	}
}

// finish returns the thinned line.
func (r *lineReducer) finish() []point {
	r.flush()
	if len(r.out) <= r.overflow {
		return r.out
	}
	var out []point
	for c := range r.lows {
		if math.IsNaN(r.lows[c]) {
			continue
		}
		x := r.x0 + (r.x1-r.x0)*((float64(c)+0.5)/float64(r.columns))
		out = append(out, point{x, r.lows[c]}, point{x, r.highs[c]})
	}
	return out
}

// dotReducer thins dots to one in each cell of a grid, coarser until few enough are left.
type dotReducer struct {
	box           box
	columns, rows int
	limit         int
	taken         []bool
	out           []point
}

func newDotReducer(b box, columns, rows int) *dotReducer {
	return &dotReducer{box: b, columns: columns, rows: rows, limit: 3000, taken: make([]bool, columns*rows)}
}

func (r *dotReducer) add(p point) {
	if p.isGap() {
		return
	}
	c := min(r.columns-1, int(share(r.box.x0, r.box.x1, p.x)*float64(r.columns)))
	l := min(r.rows-1, int(share(r.box.y0, r.box.y1, p.y)*float64(r.rows)))
	if at := l*r.columns + c; !r.taken[at] {
		r.taken[at] = true
		r.out = append(r.out, p)
	}
}

func (r *dotReducer) finish() []point {
	for len(r.out) > r.limit && r.columns > 8 && r.rows > 8 {
		coarse := newDotReducer(r.box, r.columns/2, r.rows/2)
		for _, p := range r.out {
			coarse.add(p)
		}
		r = coarse
	}
	return r.out
}
