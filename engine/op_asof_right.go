package engine

import (
	"slices"

	"tickbook/engine/internal/keymap"
	"tickbook/engine/internal/lane"
)

// stepRight brings the right lanes and the matches of the left rows that are there up to date with one update of the right table. It returns the
// added columns that may differ in the left rows it lists as changed.
func (o *asOf) stepRight(t *Table, up *Update) Mask {
	o.scan(t, rightSide, &up.Removed, up.Prev, &o.old, func(b *asOfBatch) {
		for i, g := range b.groups {
			o.goneRight(g, lane.Entry{Time: b.times[i], Key: b.rows[i]})
		}
	})
	if up.Modified.Len() > 0 && up.Cols&o.keysR != 0 {
		o.scanBoth(t, rightSide, up, func(was, is *asOfBatch, i int) {
			o.goneRight(was.groups[i], lane.Entry{Time: was.times[i], Key: was.rows[i]})
			o.comeRight(is.groups[i], lane.Entry{Time: is.times[i], Key: is.rows[i]})
		})
	}
	o.scan(t, rightSide, &up.Added, up.Now, &o.new, func(b *asOfBatch) {
		for i, g := range b.groups {
			o.comeRight(g, lane.Entry{Time: b.times[i], Key: b.rows[i]})
		}
	})
	for i := range o.right {
		o.rematch(t, &o.right[i])
	}
	if len(o.changed) > 0 {
		o.valued(t, up)
		return o.joined()
	}
	o.valued(t, up)
	return o.valuedColumns(up)
}

// goneRight notes a right row that goes.
func (o *asOf) goneRight(g uint32, e lane.Entry) {
	if g != keymap.None {
		_, x := o.touchRight(g)
		x.gone = append(x.gone, e)
	}
}

// comeRight puts a right row into its lane, or notes it if it comes out of order.
func (o *asOf) comeRight(g uint32, e lane.Entry) {
	if g == keymap.None {
		return
	}
	p, x := o.touchRight(g)
	if len(x.late) == 0 && len(x.gone) == 0 && p.r.IsAfter(e) {
		p.r.Append(e)
	} else {
		x.late = append(x.late, e)
	}
}

// valuedColumns are the added columns that up changed.
func (o *asOf) valuedColumns(up *Update) (m Mask) {
	for i, c := range o.added {
		if up.Cols.Has(c) {
			m |= MaskOf(o.nl + i)
		}
	}
	return m
}

// valued lists the left rows that are matched to a right row with other values. The matches are up to date.
func (o *asOf) valued(t *Table, up *Update) {
	if up.Modified.Len() == 0 || o.valuedColumns(up) == 0 {
		return
	}
	o.scan(t, rightSide, &up.Modified, up.Now, &o.new, func(b *asOfBatch) {
		for i, g := range b.groups {
			if g == keymap.None {
				continue
			}
			p, k := o.pairs.at(g), b.rows[i]
			for at := p.l.Lower(lane.Entry{Time: b.times[i]}); !p.l.AtEnd(at); at = p.l.Next(at) {
				t.visited++
				row := p.l.At(at).Key
				if m, ok := o.match.Get(row); !ok || m != k {
					break
				}
				o.changed = append(o.changed, row)
			}
		}
	})
}

// rematch brings a right lane up to date and matches the left rows anew that its changes reach, each at most once.
func (o *asOf) rematch(t *Table, x *touch) {
	p := o.pairs.at(x.key)
	if len(x.late) == 0 && len(x.gone) == 0 {
		if p.l.IsEmpty() || p.l.Last().Time < p.r.At(x.from).Time {
			return // the usual case: right rows come in order, before the left ones of their time
		}
		r := reacher{o: o, t: t, p: p}
		for at := x.from; !p.r.AtEnd(at); at = p.r.Next(at) {
			r.reach(p.r.At(at).Time, nil)
		}
		return
	}
	times := make([]int64, 0, len(x.late)+len(x.gone))
	for at := x.from; !p.r.AtEnd(at); at = p.r.Next(at) {
		times = append(times, p.r.At(at).Time)
	}
	for _, e := range x.gone {
		times = append(times, e.Time)
	}
	for _, e := range x.late {
		times = append(times, e.Time)
	}
	slices.Sort(times)
	if !p.r.Remove(x.gone) {
		bug("as-of join: a right row to remove is not there")
	}
	p.r.Insert(x.late)
	r := reacher{o: o, t: t, p: p}
	times = slices.Compact(times)
	for i, at := range times {
		r.reach(at, times[i+1:])
	}
}

// reacher matches left rows anew from the times, rising, at which right rows came or went.
type reacher struct {
	o     *asOf
	t     *Table
	p     *pair
	began bool  // done is set
	done  int64 // left rows before this time are done
	atEnd bool  // all are
}

// reach matches the left rows from x on anew, as far as the next right row, or the first of later, the times where others came or went. No right row
// is or was between: these left rows had one match before and have one now, so that the first one tells whether the others change.
func (r *reacher) reach(x int64, later []int64) {
	if r.atEnd || r.began && x < r.done {
		return
	}
	r.t.visited++
	p, o := r.p, r.o
	at := p.r.Upper(x)
	r.began, r.atEnd = true, p.r.AtEnd(at)
	if !r.atEnd {
		r.done = p.r.At(at).Time
	}
	if len(later) > 0 && (r.atEnd || later[0] < r.done) {
		r.done, r.atEnd = later[0], false
	}
	m, ok := p.r.Before(at)
	for i := p.l.Lower(lane.Entry{Time: x}); !p.l.AtEnd(i); i = p.l.Next(i) {
		e := p.l.At(i)
		if !r.atEnd && e.Time >= r.done {
			return
		}
		r.t.visited++
		if old, had := o.match.Get(e.Key); had == ok && (!ok || old == m.Key) {
			return
		}
		o.match.Set(e.Key, m.Key, !ok)
		o.changed = append(o.changed, e.Key)
	}
}
