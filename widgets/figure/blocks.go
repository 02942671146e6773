package figure

import "math"

// blockRows is how many rows a block sums up. A picture reads the rows of those blocks alone that are in more than one of its pixel columns.
const blockRows = 128

// blocks sum up a series' rows in table order, so that a long series is drawn without reading all of it again. They cost about a byte a row.
type blocks struct {
	rows int
	all  []block
}

// block is the sum of blockRows rows, or of the last few. Its points are gaps while it has none.
type block struct {
	n, missing  int32 // rows; those of them without a point
	lowFirst    bool  // the lowest point came before the highest
	first, last point // in table order
	low, high   point // by y, the first of equals
	left, right point // by x, of equals the first and the last
}

func (b *block) add(p point) {
	b.n++
	if p.isGap() {
		b.missing++
		return
	}
	if b.first.isGap() {
		b.first, b.last, b.low, b.high, b.left, b.right, b.lowFirst = p, p, p, p, p, p, true
		return
	}
	b.last = p
	if p.y < b.low.y {
		b.low, b.lowFirst = p, false
	}
	if p.y > b.high.y {
		b.high, b.lowFirst = p, true
	}
	if p.x < b.left.x {
		b.left = p
	}
	if p.x >= b.right.x {
		b.right = p
	}
}

// isEmpty says that b has no point.
func (b *block) isEmpty() bool { return b.n == b.missing }

// sequence is b's first, lowest, highest and last point, in table order.
func (b *block) sequence() [4]point {
	if b.lowFirst {
		return [4]point{b.first, b.low, b.high, b.last}
	}
	return [4]point{b.first, b.high, b.low, b.last}
}

// update makes b the sum of r, of which the first same rows are as they were at the last update. It reads the others.
func (b *blocks) update(r rows, base int64, same int) {
	keep := min(same, b.rows) / blockRows
	b.all, b.rows = b.all[:keep], r.len()
	each(r, base, keep*blockRows, b.rows, func(p point) {
		if n := len(b.all); n == keep || b.all[n-1].n == blockRows {
			b.all = append(b.all, block{first: gap})
		}
		b.all[len(b.all)-1].add(p)
	})
}

// sum is the range of all points, how many rows have none, and the last point: in table order, and by x.
func (b *blocks) sum() (all box, missing int, last, right point) {
	all, last, right = emptyBox(), gap, gap
	for i := range b.all {
		k := &b.all[i]
		missing += int(k.missing)
		if k.isEmpty() {
			continue
		}
		all.join(box{k.left.x, k.right.x, k.low.y, k.high.y})
		last = k.last
		if right.isGap() || k.right.x >= right.x {
			right = k.right
		}
	}
	return all, missing, last, right
}

// walk goes through r in table order: blocks that fit are given to whole, the rows of the others to one. A block with rows that have no point never
// fits, since only its rows tell where a line breaks.
func (b *blocks) walk(r rows, base int64, fits func(*block) bool, whole func(*block), one func(point)) {
	from := 0 // the rows [from, i*blockRows) wait to be read
	for i := range b.all {
		k := &b.all[i]
		if k.missing > 0 || !fits(k) {
			continue
		}
		each(r, base, from, i*blockRows, one)
		whole(k)
		from = i*blockRows + int(k.n)
	}
	each(r, base, from, b.rows, one)
}

// within says whether b's points lie in the span, and apart whether they lie beyond one end of it.
func (b *block) within(s span) (in, apart bool) {
	return s.x0 <= b.left.x && b.right.x <= s.x1, b.right.x < s.x0 || b.left.x > s.x1
}

// nearest finds the point of r whose x is nearest to at, of those in the span if there is one. Of points as near, it is the last.
func (b *blocks) nearest(r rows, base int64, at float64, in *span) (p point, far float64) {
	holds := func(q point) bool { return !q.isGap() && (in == nil || in.holds(q.x)) }
	p, far = gap, math.Inf(1)
	for i := range b.all { // some point is as near as this, so blocks further away need not be read
		for _, q := range [...]point{b.all[i].left, b.all[i].right} {
			if !b.all[i].isEmpty() && holds(q) {
				far = min(far, math.Abs(q.x-at))
			}
		}
	}
	for i := range b.all {
		k := &b.all[i]
		if k.isEmpty() || max(k.left.x-at, at-k.right.x) > far {
			continue
		}
		each(r, base, i*blockRows, i*blockRows+int(k.n), func(q point) {
			if d := math.Abs(q.x - at); holds(q) && d <= far {
				p, far = q, d
			}
		})
	}
	return p, far
}
