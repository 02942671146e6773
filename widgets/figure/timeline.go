package figure

import "math"

// timeReducer thins a line that is drawn in the order of x, however its rows come, to what a picture of some pixel columns shows: of each column the
// first, the lowest, the highest and the last point. So no extreme is lost, nothing is sorted, and points may be added in any order; of rows at the
// same x, they are in table order. Of what lies beyond the range it keeps the nearest points, so that the line goes to the edges.
//
// A row with an x and no y is a gap: the line breaks there, before and after points at that x. A gap between the points of one column can't be seen and is dropped.
type timeReducer struct {
	span
	style         Style
	columns       []timeColumn
	before, after timeColumn // of what is beyond the range, its last point, and its first
}

// timeColumn is what is known of a column's points.
type timeColumn struct {
	first, low, high, last point   // gaps while there is none
	gap0, gap1             float64 // where the first and the last gap are; NaN while there is none
}

var noColumn = timeColumn{gap, gap, gap, gap, math.NaN(), math.NaN()}

func newTimeReducer(see span, columns int, style Style) *timeReducer {
	t := &timeReducer{span: see, style: style, columns: make([]timeColumn, columns), before: noColumn, after: noColumn}
	for i := range t.columns {
		t.columns[i] = noColumn
	}
	return t
}

func (t *timeReducer) column(x float64) int { return columnOf(t.x0, t.x1, len(t.columns), x) }

func (t *timeReducer) add(p point) {
	switch {
	case math.IsNaN(p.x): // is nowhere
	case p.x < t.x0:
		t.before.add(p)
	case p.x > t.x1:
		t.after.add(p)
	default:
		t.columns[t.column(p.x)].add(p)
	}
}

func (c *timeColumn) add(p point) {
	if p.isGap() {
		if !(c.gap0 <= p.x) {
			c.gap0 = p.x
		}
		if !(c.gap1 >= p.x) {
			c.gap1 = p.x
		}
		return
	}
	if !(c.first.x <= p.x) {
		c.first = p
	}
	if !(c.last.x > p.x) {
		c.last = p
	}
	if !(c.low.y <= p.y) {
		c.low = p
	}
	if !(c.high.y >= p.y) {
		c.high = p
	}
}

// finish returns the thinned line.
func (t *timeReducer) finish() (out []point) {
	from, broken := t.before.last, t.before.gap1 >= t.before.last.x // where the line comes from, and whether it breaks on the way
	join := func(p point) {
		switch n := len(out); {
		case from.isGap() || broken:
			if n > 0 {
				out = append(out, gap)
			}
		case n == 0: // from beyond the range
			out = append(out, crossing(t.style, from, p, t.x0))
		}
		if n := len(out); n == 0 || out[n-1] != p {
			out = append(out, p)
		}
		from, broken = p, false
	}
	for i := range t.columns {
		c := &t.columns[i]
		if c.first.isGap() {
			broken = broken || !math.IsNaN(c.gap0)
			continue
		}
		broken = broken || c.gap0 <= c.first.x
		one, two := c.low, c.high
		if one.x > two.x {
			one, two = two, one
		}
		for _, p := range [...]point{c.first, one, two, c.last} {
			join(p)
		}
		broken = c.gap1 >= c.last.x
	}
	to := t.after.first
	if broken = broken || t.after.gap0 <= to.x; broken || from.isGap() || to.isGap() {
		return out
	}
	if len(out) == 0 {
		out = append(out, crossing(t.style, from, to, t.x0))
	}
	return append(out, crossing(t.style, from, to, t.x1))
}
