package formula

import "tickbook/engine/internal/chunk"

var nullFuncs = []builtin{
	{"isNull", "(x)", 1, 1, func(c *call) *node { return isNullNode(c.args[0], true) }},
	{"isNotNull", "(x)", 1, 1, func(c *call) *node { return isNullNode(c.args[0], false) }},
	{"ifNull|replaceIfNull|coalesce", "(x, otherwise, …)", 2, manyArgs, (*call).ifNull},
}

// isNullNode is want where n is null.
func isNullNode(n *node, want bool) *node {
	switch n.kind.Physical() {
	case chunk.Invalid:
		return constNode(boolValue(want))
	case chunk.Bool:
		return isNullOf[bool](n, want)
	case chunk.Int8:
		return isNullOf[int8](n, want)
	case chunk.Int16:
		return isNullOf[int16](n, want)
	case chunk.Int32:
		return isNullOf[int32](n, want)
	case chunk.Int64:
		return isNullOf[int64](n, want)
	case chunk.Float32:
		return isNullOf[float32](n, want)
	case chunk.Float64:
		return isNullOf[float64](n, want)
	}
	return isNullOf[uint32](n, want)
}

func isNullOf[T any](x *node, want bool) *node {
	n := &node{kind: chunk.Bool, pos: x.pos, bind: func(in []chunk.Column) chunk.Column {
		return &isNullVec[T]{head{chunk.Bool, nil}, vec[T](x, in), want}
	}}
	return n.under(x)
}

// isNullVec is want where a is null.
type isNullVec[T any] struct {
	head
	a    chunk.Vec[T]
	want bool
}

func (v *isNullVec[T]) Read(b *chunk.Batch, s *chunk.Scratch) ([]bool, []uint64) {
	out := chunk.Take[bool](s)[:b.N]
	m := s.Mark()
	_, nulls := v.a.Read(b, s)
	if nulls == nil {
		for i := range out {
			out[i] = !v.want
		}
	} else {
		for i := range out {
			out[i] = (nulls[i>>6]>>(i&63)&1 != 0) == v.want
		}
	}
	s.Release(m)
	return out, nil
}

// ifNull is the first argument that isn't null.
func (c *call) ifNull() *node {
	args, kind := c.unify(c.ast, c.name, c.args...)
	if kind == chunk.Invalid {
		return constNode(nullValue(kind))
	}
	n := args[0]
	for _, x := range args[1:] {
		n = ifNullNode(kind, n, x)
	}
	return n
}

func ifNullNode(kind chunk.Kind, x, y *node) *node {
	switch kind.Physical() {
	case chunk.Bool:
		return ifNullOf[bool](kind, x, y)
	case chunk.Int8:
		return ifNullOf[int8](kind, x, y)
	case chunk.Int16:
		return ifNullOf[int16](kind, x, y)
	case chunk.Int32:
		return ifNullOf[int32](kind, x, y)
	case chunk.Int64:
		return ifNullOf[int64](kind, x, y)
	case chunk.Float32:
		return ifNullOf[float32](kind, x, y)
	case chunk.Float64:
		return ifNullOf[float64](kind, x, y)
	}
	return ifNullOf[uint32](kind, x, y)
}

func ifNullOf[T any](kind chunk.Kind, x, y *node) *node {
	join := newJoiner(kind, []*node{x, y})
	n := &node{kind: kind, pos: x.pos, bind: func(in []chunk.Column) chunk.Column {
		cols, dict := join.bind(in)
		return &ifNullVec[T]{head{kind, dict}, cols[0].(chunk.Vec[T]), cols[1].(chunk.Vec[T])}
	}}
	return n.under(x, y)
}

// ifNullVec is a, or b where a is null. b is read only for batches where a has a null.
type ifNullVec[T any] struct {
	head
	a, b chunk.Vec[T]
}

func (v *ifNullVec[T]) Read(b *chunk.Batch, s *chunk.Scratch) ([]T, []uint64) {
	x, nx := v.a.Read(b, s)
	if nx == nil {
		return x, nil
	}
	out, bits, m := result[T](b, s)
	pos := chunk.Take[uint32](s)
	n := selNulls(pos[:b.N], nx)
	y, ny := readAt(v.b, b, s, pos[:n])
	copy(out, x)
	clear(bits)
	for _, i := range pos[:n] {
		out[i] = y[i]
		if chunk.IsNull(ny, int(i)) {
			chunk.SetNull(bits, int(i))
		}
	}
	s.Release(m)
	return out, some(bits)
}

func selNulls(sel []uint32, nulls []uint64) int {
	n := 0
	for i := range sel {
		sel[n] = uint32(i)
		if nulls[i>>6]>>(i&63)&1 != 0 {
			n++
		}
	}
	return n
}
