package engine

import (
	"math"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/keymap"
	"tickbook/engine/internal/lane"
	"tickbook/engine/internal/order"
	"tickbook/engine/internal/rowset"
)

// load is the first step, in which all rows of both sides come at once. Both are read in order of time, side by side, so that a left row's match is
// the right row of its key that was read last: no lane is searched. Lanes are only filled, for the steps to come.
func (o *asOf) load(t *Table) {
	l, r := t.parents[0].up, t.parents[1].up
	t.visited += l.Added.Len() + r.Added.Len()
	s := &t.g.scratch
	mark := s.Mark()
	late := o.lateRight(t, r)
	sorted := sortKeyed(late)
	flow := func() *asOfFlow {
		return &asOfFlow{o: o, t: t, up: r, cut: r.Added.Cut(s), skip: late, late: sorted}
	}
	if !o.isStatic {
		for f := flow(); f.next(); {
			for i, g := range f.out.groups {
				o.pairs.at(g).r.Append(lane.Entry{Time: f.out.times[i], Key: f.out.rows[i]})
			}
		}
	}
	if again := o.matchLeft(t, l, flow()); len(again) > 0 {
		o.matchAgain(t, sortKeyed(again), flow())
	}
	s.Release(mark)
	o.settleLeft()
}

// keyed is a row and the number of its exact key.
type keyed struct {
	lane.Entry
	group uint32
}

// matchLeft matches the left rows that come in order of time. It returns the others, in key order, whose match is null meanwhile.
func (o *asOf) matchLeft(t *Table, up *Update, f *asOfFlow) (late []keyed) {
	s := &t.g.scratch
	m := asOfMatcher{f: f}
	l, top := &o.old, int64(math.MinInt64)
	up.Added.Batches(s, func(b *chunk.Batch) {
		o.read(t, leftSide, up.Now, b, l)
		for i, g := range l.groups {
			if g == keymap.None {
				continue
			}
			e := lane.Entry{Time: l.times[i], Key: l.rows[i]}
			if !o.isFixed {
				o.keep(g, e)
			}
			if e.Time < top {
				late = append(late, keyed{e, g})
				l.groups[i] = keymap.None
			}
			top = max(top, e.Time)
		}
		matches, nulls := m.match(l, s)
		o.match.SetAll(b, matches, nulls)
	})
	return late
}

// matchAgain matches the left rows that did not come in order of time; they are now.
func (o *asOf) matchAgain(t *Table, late []keyed, f *asOfFlow) {
	s := &t.g.scratch
	m := asOfMatcher{f: f}
	for l := &o.old; len(late) > 0; {
		n := min(len(late), s.BatchRows())
		l.size(n, 0)
		l.put(late[:n])
		mark := s.Mark()
		matches, nulls := m.match(l, s)
		o.match.SetAll(&chunk.Batch{N: n, Keys: l.rows}, matches, nulls)
		s.Release(mark)
		late = late[n:]
	}
}

// asOfMatcher matches left rows in order of time.
//
// State: last, by exact key one more than the newest right row that was read, 0 for none; the right rows that were read from f, those from at on not
// yet in last.
type asOfMatcher struct {
	f     *asOfFlow
	right asOfBatch
	at    int
	last  []uint64
	atEnd bool
}

// match returns the matches of a batch of left rows, in s. The rows without a key have none.
func (m *asOfMatcher) match(l *asOfBatch, s *chunk.Scratch) (matches, nulls []uint64) {
	matches, nulls = chunk.Take[uint64](s)[:len(l.groups)], chunk.TakeNulls(s)
	m.grow()
	if m.matchInto(l.groups, l.times, matches, nulls) {
		nulls = nil
	}
	return matches, nulls
}

// matchInto is the loop over left rows; all says that every row has a match.
func (m *asOfMatcher) matchInto(groups []uint32, times []int64, out, nulls []uint64) (all bool) {
	times, out = times[:len(groups)], out[:len(groups)]
	r, at, last := m.right, m.at, m.last
	all = true
	for i, g := range groups {
		if g == keymap.None {
			out[i], all = 0, false
			chunk.SetNull(nulls, i)
			continue
		}
		x := times[i]
		for {
			rt := r.times
			rg, rk := r.groups[:len(rt)], r.rows[:len(rt)]
			for at < len(rt) && rt[at] <= x {
				last[rg[at]] = rk[at] + 1
				at++
			}
			if at < len(rt) || !m.more() {
				break
			}
			r, at, last = m.right, 0, m.last
		}
		k := last[g]
		out[i] = k - 1
		if k == 0 {
			all = false
			chunk.SetNull(nulls, i)
		}
	}
	m.at = at
	return all
}

// more reads the next batch of right rows.
func (m *asOfMatcher) more() bool {
	if m.atEnd {
		return false
	}
	if m.atEnd = !m.f.next(); m.atEnd {
		return false
	}
	m.right = *m.f.out
	m.grow()
	return true
}

// grow makes room for all keys.
func (m *asOfMatcher) grow() {
	if n := m.f.o.keys.Len(); n > len(m.last) {
		m.last = append(m.last, make([]uint64, n-len(m.last))...)
	}
}

// asOfFlow reads all right rows that have a key and a time, in order of time, then of row key.
//
// State: the rows as they come, in batches, without those that are late; the late ones to come, twice: in key order, to leave them out, and in
// order of time, to put them in.
type asOfFlow struct {
	o          *asOf
	t          *Table
	up         *Update
	cut        rowset.Cutter
	skip, late []keyed
	read       asOfBatch
	merged     asOfBatch
	out        *asOfBatch // what next read: read or merged
}

// lateRight returns the right rows, in key order, that come after one of a later time.
func (o *asOf) lateRight(t *Table, up *Update) (late []keyed) {
	s, top := &t.g.scratch, int64(math.MinInt64)
	up.Added.Batches(s, func(b *chunk.Batch) {
		times, nulls := o.readR(up.Now.Cols[o.timeR], b, s)
		if nulls == nil && isRising(times, top) {
			top = times[len(times)-1]
			return
		}
		o.read(t, rightSide, up.Now, b, &o.new)
		for i, x := range o.new.times {
			switch g := o.new.groups[i]; {
			case chunk.IsNull(nulls, i):
			case x >= top:
				top = x
			case g != keymap.None:
				late = append(late, keyed{lane.Entry{Time: x, Key: o.new.rows[i]}, g})
			}
		}
	})
	return late
}

func isRising(times []int64, from int64) bool {
	for _, x := range times {
		if x < from {
			return false
		}
		from = x
	}
	return true
}

// next reads rows into out; false: there are no more.
func (f *asOfFlow) next() bool {
	for {
		var b chunk.Batch
		if !f.cut.Next(&b) {
			n := min(len(f.late), chunk.MaxBatch)
			f.out = &f.merged
			f.out.size(n, 0)
			f.out.put(f.late[:n])
			f.late = f.late[n:]
			return n > 0
		}
		f.o.read(f.t, rightSide, f.up.Now, &b, &f.read)
		f.drop()
		if n := len(f.read.groups); n > 0 {
			f.merge(lane.Entry{Time: f.read.times[n-1], Key: f.read.rows[n-1]})
			return true
		}
	}
}

// drop takes the rows without a key, and the late ones, out of what was read.
func (f *asOfFlow) drop() {
	r := &f.read
	n := 0
	for i, g := range r.groups {
		k := r.rows[i]
		if len(f.skip) > 0 && f.skip[0].Key == k {
			f.skip = f.skip[1:]
			continue
		}
		if g == keymap.None {
			continue
		}
		if n != i {
			r.groups[n], r.times[n], r.rows[n] = g, r.times[i], k
		}
		n++
	}
	r.groups, r.times, r.rows = r.groups[:n], r.times[:n], r.rows[:n]
}

// merge puts the late rows up to last, the last row that was read, among those read.
func (f *asOfFlow) merge(last lane.Entry) {
	n := 0
	for n < len(f.late) && lane.Compare(f.late[n].Entry, last) < 0 {
		n++
	}
	if n == 0 {
		f.out = &f.read
		return
	}
	r, m, late := &f.read, &f.merged, f.late[:n]
	f.late, f.out = f.late[n:], m
	m.size(len(r.groups)+n, 0)
	at := 0
	for i, g := range r.groups {
		e := lane.Entry{Time: r.times[i], Key: r.rows[i]}
		for len(late) > 0 && lane.Compare(late[0].Entry, e) < 0 {
			m.groups[at], m.times[at], m.rows[at] = late[0].group, late[0].Time, late[0].Key
			late = late[1:]
			at++
		}
		m.groups[at], m.times[at], m.rows[at] = g, e.Time, e.Key
		at++
	}
}

// put makes b the rows of a list as long as it.
func (b *asOfBatch) put(rows []keyed) {
	for i, x := range rows {
		b.groups[i], b.times[i], b.rows[i] = x.group, x.Time, x.Key
	}
}

// sortKeyed returns rows, which are in key order, in order of time, then of row key.
func sortKeyed(rows []keyed) []keyed {
	es := make([]uint64, 0, 2*len(rows))
	for i, x := range rows {
		es = append(es, uint64(x.Time)^1<<63, uint64(i))
	}
	es = order.Sort(es, 2)
	out := make([]keyed, len(rows))
	for i := range out {
		out[i] = rows[es[2*i+1]]
	}
	return out
}
