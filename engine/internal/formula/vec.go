package formula

import (
	"sync"

	"tickbook/engine/internal/chunk"
)

// head is what every lazy column knows of itself.
type head struct {
	kind chunk.Kind
	dict *chunk.Dict
}

// Kind implements [chunk.Column].
func (h *head) Kind() chunk.Kind { return h.kind }

// Dict implements [chunk.Column].
func (h *head) Dict() *chunk.Dict { return h.dict }

// result is where a lazy column writes: taken before the operands are read, so that their scratch can be released under it. Scratch in use
// is then proportional to a formula's height, not to its size.
func result[R any](b *chunk.Batch, s *chunk.Scratch) (out []R, bits []uint64, mark int) {
	out = chunk.Take[R](s)[:b.N]
	bits = chunk.Take[uint64](s)[:chunk.NullWords]
	return out, bits, s.Mark()
}

// keep copies an operand's null bits to bits, which outlive its scratch.
func keep(bits, nulls []uint64, n int) []uint64 {
	if nulls == nil {
		return nil
	}
	w := (n + 63) / 64
	copy(bits[:w], nulls)
	clear(bits[w:])
	return bits
}

// keepEither sets bits to the rows that are null in a or in b.
func keepEither(bits, a, b []uint64, n int) []uint64 {
	if a == nil {
		return keep(bits, b, n)
	}
	keep(bits, a, n)
	if b != nil {
		for i := range (n + 63) / 64 {
			bits[i] |= b[i]
		}
	}
	return bits
}

// some is bits, or nil if none is set.
func some(bits []uint64) []uint64 {
	var all uint64
	for _, w := range bits {
		all |= w
	}
	if all == 0 {
		return nil
	}
	return bits
}

// mapVec is a function of one column.
type mapVec[A, R any] struct {
	head
	a chunk.Vec[A]
	f func(out []R, x []A)
}

func (v *mapVec[A, R]) Read(b *chunk.Batch, s *chunk.Scratch) ([]R, []uint64) {
	out, bits, m := result[R](b, s)
	x, nx := v.a.Read(b, s)
	v.f(out, x[:b.N])
	nx = keep(bits, nx, b.N)
	s.Release(m)
	return out, nx
}

// zipVec is a function of two columns.
type zipVec[A, B, R any] struct {
	head
	a chunk.Vec[A]
	b chunk.Vec[B]
	f func(out []R, x []A, y []B)
}

func (v *zipVec[A, B, R]) Read(b *chunk.Batch, s *chunk.Scratch) ([]R, []uint64) {
	out, bits, m := result[R](b, s)
	x, nx := v.a.Read(b, s)
	y, ny := v.b.Read(b, s)
	v.f(out, x[:b.N], y[:b.N])
	nx = keepEither(bits, nx, ny, b.N)
	s.Release(m)
	return out, nx
}

// mapNullVec is a function of one column that may add nulls.
type mapNullVec[A, R any] struct {
	head
	a chunk.Vec[A]
	f func(out []R, nulls []uint64, x []A)
}

func (v *mapNullVec[A, R]) Read(b *chunk.Batch, s *chunk.Scratch) ([]R, []uint64) {
	out, bits, m := result[R](b, s)
	x, nx := v.a.Read(b, s)
	if keep(bits, nx, b.N) == nil {
		clear(bits)
	}
	v.f(out, bits, x[:b.N])
	s.Release(m)
	return out, some(bits)
}

// zipNullVec is a function of two columns that may add nulls.
type zipNullVec[A, B, R any] struct {
	head
	a chunk.Vec[A]
	b chunk.Vec[B]
	f func(out []R, nulls []uint64, x []A, y []B)
}

func (v *zipNullVec[A, B, R]) Read(b *chunk.Batch, s *chunk.Scratch) ([]R, []uint64) {
	out, bits, m := result[R](b, s)
	x, nx := v.a.Read(b, s)
	y, ny := v.b.Read(b, s)
	if keepEither(bits, nx, ny, b.N) == nil {
		clear(bits)
	}
	v.f(out, bits, x[:b.N], y[:b.N])
	s.Release(m)
	return out, some(bits)
}

// relabelVec is an int64 column under another kind.
type relabelVec struct {
	chunk.Vec[int64]
	kind chunk.Kind
}

func (v *relabelVec) Kind() chunk.Kind { return v.kind }

// constVec is the same value, or null, in every row.
type constVec[T any] struct {
	head
	vals  []T
	nulls []uint64
}

func (v *constVec[T]) Read(b *chunk.Batch, _ *chunk.Scratch) ([]T, []uint64) {
	return v.vals[:b.N], v.nulls
}

// constNode is a constant. Its column is made once, when it is first bound: operators that treat constants apart never do.
func constNode(v value) *node {
	c := v
	col := sync.OnceValue(func() chunk.Column { return constColumn(c) })
	return &node{kind: v.kind, con: &c, bind: func([]chunk.Column) chunk.Column { return col() }}
}

func constColumn(v value) chunk.Column {
	h := head{kind: v.kind}
	switch v.kind {
	case chunk.Bool:
		return newConst(h, v, v.b)
	case chunk.Int8:
		return newConst(h, v, int8(v.i))
	case chunk.Int16:
		return newConst(h, v, int16(v.i))
	case chunk.Int32:
		return newConst(h, v, int32(v.i))
	case chunk.Int64, chunk.Instant, chunk.Duration:
		return newConst(h, v, v.i)
	case chunk.Float32:
		return newConst(h, v, float32(v.f))
	case chunk.Float64:
		return newConst(h, v, v.f)
	case chunk.String:
		h.dict = chunk.NewDict()
		return newConst(h, v, h.dict.Code(v.s))
	}
	panic("BUG: constant of kind " + v.kind.String())
}

func newConst[T any](h head, v value, x T) chunk.Column {
	c := &constVec[T]{head: h, vals: make([]T, chunk.MaxBatch)}
	for i := range c.vals {
		c.vals[i] = x
	}
	if v.null {
		c.nulls = make([]uint64, chunk.NullWords)
		for i := range c.nulls {
			c.nulls[i] = ^uint64(0)
		}
	}
	return c
}
