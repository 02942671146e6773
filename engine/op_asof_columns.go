package engine

import (
	"slices"

	"tickbook/engine/internal/chunk"
)

// asOfColumns are the columns of a join's state, made anew only when those they are made of are.
type asOfColumns struct {
	match       chunk.Column
	left, right []chunk.Column
	out         []chunk.Column
}

// bind returns the columns of the join's new state.
func (o *asOf) bind(l, r *Table) []chunk.Column {
	m, b := o.match.Publish(), &o.bound
	if b.out != nil && m == b.match && slices.Equal(l.cur.Cols, b.left) && slices.Equal(r.cur.Cols, b.right) {
		return b.out
	}
	b.match, b.left, b.right = m, l.cur.Cols, r.cur.Cols
	out := append(make([]chunk.Column, 0, len(b.left)+len(o.added)), b.left...)
	for _, c := range o.added {
		out = append(out, newVia(m.(chunk.Vec[uint64]), b.right[c]))
	}
	b.out = out
	return out
}

// newVia is column c of another table seen through a column of its row keys.
func newVia(match chunk.Vec[uint64], c chunk.Column) chunk.Column {
	switch v := c.(type) {
	case chunk.Vec[bool]:
		return &via[bool]{v, match}
	case chunk.Vec[int8]:
		return &via[int8]{v, match}
	case chunk.Vec[int16]:
		return &via[int16]{v, match}
	case chunk.Vec[int32]:
		return &via[int32]{v, match}
	case chunk.Vec[int64]:
		return &via[int64]{v, match}
	case chunk.Vec[float32]:
		return &via[float32]{v, match}
	case chunk.Vec[float64]:
		return &via[float64]{v, match}
	case chunk.Vec[uint32]:
		return &via[uint32]{v, match}
	}
	bug("as-of join: a column of kind %v", c.Kind())
	return nil
}

// via is what a join adds. A null match gives null.
type via[T any] struct {
	right chunk.Vec[T]
	match chunk.Vec[uint64]
}

func (v *via[T]) Kind() Kind  { return v.right.Kind() }
func (v *via[T]) Dict() *Dict { return v.right.Dict() }

func (v *via[T]) Read(b *chunk.Batch, s *chunk.Scratch) ([]T, []uint64) {
	m, nulls := v.match.Read(b, s)
	if nulls == nil {
		return v.right.Read(&chunk.Batch{N: b.N, Keys: m}, s)
	}
	out := chunk.Take[T](s)[:b.N]
	keys := chunk.Take[uint64](s)
	n := 0
	for i, k := range m[:b.N] {
		keys[n] = k
		if !chunk.IsNull(nulls, i) {
			n++
		}
	}
	if n == 0 {
		return out, nulls
	}
	x, none := v.right.Read(&chunk.Batch{N: n, Keys: keys[:n]}, s)
	res := chunk.TakeNulls(s)
	n = 0
	for i := range out {
		if chunk.IsNull(nulls, i) {
			chunk.SetNull(res, i)
			continue
		}
		out[i] = x[n]
		if chunk.IsNull(none, n) {
			chunk.SetNull(res, i)
		}
		n++
	}
	return out, res
}
