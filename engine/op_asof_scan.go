package engine

import (
	"slices"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/keymap"
	"tickbook/engine/internal/rowset"
)

// asOfBatch is a batch of rows of one side: the number of the exact key, None for a row that can't match; time; row key. The memory is used again.
type asOfBatch struct {
	groups []uint32
	times  []int64
	rows   []uint64
	words  []uint64
	nulls  []uint32
	in     []chunk.Column
}

type side bool

const (
	leftSide  side = false
	rightSide side = true
)

// scan calls f with the rows of one side, in batches.
func (o *asOf) scan(t *Table, sd side, k *rowset.Keys, st *State, out *asOfBatch, f func(b *asOfBatch)) {
	if k.Len() == 0 {
		return
	}
	t.visited += k.Len()
	k.Batches(&t.g.scratch, func(b *chunk.Batch) {
		o.read(t, sd, st, b, out)
		f(out)
	})
}

// scanBoth calls f with the modified rows whose exact keys or time differ, as they were and as they are: row i of both.
func (o *asOf) scanBoth(t *Table, sd side, up *Update, f func(was, is *asOfBatch, i int)) {
	t.visited += up.Modified.Len()
	up.Modified.Batches(&t.g.scratch, func(b *chunk.Batch) {
		o.read(t, sd, up.Prev, b, &o.old)
		o.read(t, sd, up.Now, b, &o.new)
		for i, g := range o.new.groups {
			if was := o.old.groups[i]; was != g || g != keymap.None && o.old.times[i] != o.new.times[i] {
				f(&o.old, &o.new, i)
			}
		}
	})
}

func (o *asOf) read(t *Table, sd side, st *State, b *chunk.Batch, out *asOfBatch) {
	s := &t.g.scratch
	m := s.Mark()
	defer s.Release(m)
	cols, pack, timeCol, read := o.colsL, o.packL, o.timeL, o.readL
	if sd == rightSide {
		cols, pack, timeCol, read = o.colsR, o.packR, o.timeR, o.readR
	}
	out.size(b.N, len(cols))
	if b.Keys != nil {
		copy(out.rows, b.Keys[:b.N])
	} else {
		for i := range out.rows {
			out.rows[i] = b.Lo + uint64(i)
		}
	}
	times, noTime := read(st.Cols[timeCol], b, s)
	copy(out.times, times)
	out.in = out.in[:0]
	for _, c := range cols {
		out.in = append(out.in, st.Cols[c])
	}
	create := sd == rightSide || !o.isFixed || o.isStatic
	noKey := pack.Pack(out.in, b, s, out.words, out.nulls)
	clear(out.in)
	if noTime == nil && !noKey {
		o.keys.Numbers(out.words, nil, b.N, create, out.groups)
	} else {
		k := len(cols)
		for i := range b.N {
			out.groups[i] = keymap.None
			if !chunk.IsNull(noTime, i) && (!noKey || out.nulls[i] == 0) {
				out.groups[i] = o.keys.Number(out.words[i*k:i*k+k], 0, create)
			}
		}
	}
	if !o.isStatic {
		o.pairs.grow(o.keys.Len())
		o.spots.grow(o.keys.Len())
	}
}

func (b *asOfBatch) size(n, k int) {
	b.groups, b.times, b.rows = slices.Grow(b.groups[:0], n)[:n], slices.Grow(b.times[:0], n)[:n], slices.Grow(b.rows[:0], n)[:n]
	b.words, b.nulls = slices.Grow(b.words[:0], n*k)[:n*k], slices.Grow(b.nulls[:0], n)[:n]
}

// readTimes reads a time column, of an integer kind, an instant or a duration, as int64.
type readTimes func(c chunk.Column, b *chunk.Batch, s *chunk.Scratch) (times []int64, nulls []uint64)

// timeReader is nil for kinds that are no time.
func timeReader(k Kind) readTimes {
	switch k.Physical() {
	case KindInt8:
		return wideTimes[int8]
	case KindInt16:
		return wideTimes[int16]
	case KindInt32:
		return wideTimes[int32]
	case KindInt64:
		return func(c chunk.Column, b *chunk.Batch, s *chunk.Scratch) ([]int64, []uint64) {
			return c.(chunk.Vec[int64]).Read(b, s)
		}
	}
	return nil
}

func wideTimes[T int8 | int16 | int32](c chunk.Column, b *chunk.Batch, s *chunk.Scratch) ([]int64, []uint64) {
	out := chunk.Take[int64](s)[:b.N]
	x, nulls := c.(chunk.Vec[T]).Read(b, s)
	for i, v := range x {
		out[i] = int64(v)
	}
	return out, nulls
}

// blocks is a growing array that never copies itself beyond its first block, and whose blocks can be freed. They are those of a [keymap.Map].
type blocks[T any] struct{ b [][]T }

// at is element i; nil when its block was freed. A loop calls it on a copy of a, which the processor keeps in registers.
func (a blocks[T]) at(i uint32) *T {
	b := a.b[i>>keymap.BlockBits]
	if b == nil {
		return nil
	}
	return &b[i%keymap.BlockLen]
}

// grow makes room for n elements. It may move those of the first block.
func (a *blocks[T]) grow(n int) {
	for have := a.cap(); have < n; have = a.cap() {
		switch {
		case len(a.b) == 0:
			a.b = append(a.b, make([]T, 16))
		case have < keymap.BlockLen:
			a.b[0] = append(a.b[0], make([]T, min(3*have, keymap.BlockLen-have))...)
		default:
			a.b = append(a.b, make([]T, keymap.BlockLen))
		}
	}
}

func (a *blocks[T]) cap() int {
	if len(a.b) == 1 && a.b[0] != nil {
		return len(a.b[0])
	}
	return len(a.b) * keymap.BlockLen
}

// free forgets the block of element i.
func (a *blocks[T]) free(i uint32) { a.b[i>>keymap.BlockBits] = nil }
