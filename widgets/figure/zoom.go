package figure

import "math"

// span is a part of an x axis, both ends included: in data units of a frame, or in those of pages, where an instant is milliseconds since 1970.
type span struct{ x0, x1 float64 }

func (s span) holds(x float64) bool { return s.x0 <= x && x <= s.x1 }

// inner is s, of a page, in f's units.
func (f *frame) inner(s span) span { return span{f.innerX(s.x0), f.innerX(s.x1)} }

func (f *frame) innerX(x float64) float64 {
	if !f.timed {
		return x
	}
	ms := math.Floor(x)
	return (ms-float64(f.base/1e6))*1e6 + ((x-ms)*1e6 - float64(f.base%1e6))
}

// outerX is x, in f's units, as pages say it.
func (f *frame) outerX(x float64) float64 {
	if !f.timed {
		return x
	}
	return float64(f.base/1e6) + (float64(f.base%1e6)+x)/1e6
}

// clipper hands on what is seen of a line in a span: the points in it, and where the line enters and leaves, so that it goes to the edges.
type clipper struct {
	span
	style Style
	add   func(point)
	last  point // the one before, or gap
}

// next takes the line's next point.
func (c *clipper) next(p point) {
	from := c.last
	c.last = p
	if p.isGap() {
		c.last = gap
		c.add(gap)
		return
	}
	if c.style == Scatter {
		if c.holds(p.x) {
			c.add(p)
		}
		return
	}
	if !from.isGap() && !c.holds(from.x) && math.Max(from.x, p.x) >= c.x0 && math.Min(from.x, p.x) <= c.x1 {
		c.add(gap) // it was away
		c.add(c.cross(from, p, from.x))
	}
	if c.holds(p.x) {
		c.add(p)
		return
	}
	if !from.isGap() && math.Max(from.x, p.x) >= c.x0 && math.Min(from.x, p.x) <= c.x1 {
		c.add(c.cross(from, p, p.x))
		c.add(gap)
	}
}

// cross is where the line from a to b meets the edge of the span beyond which x lies.
func (c *clipper) cross(a, b point, x float64) point {
	if x > c.x1 {
		return crossing(c.style, a, b, c.x1)
	}
	return crossing(c.style, a, b, c.x0)
}

// crossing is where the line from a to b is at edge, which lies between them.
func crossing(style Style, a, b point, edge float64) point {
	if style == Step || a.y == b.y {
		return point{edge, a.y}
	}
	t := share(a.x, b.x, edge)
	if a.x > b.x {
		t = 1 - share(b.x, a.x, edge)
	}
	return point{edge, a.y*(1-t) + b.y*t}
}
