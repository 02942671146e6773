package formula

import "tickbook/engine/internal/chunk"

// node is a typed expression: what a tree becomes when it meets its columns. It is immutable and may be bound from any goroutine; what a bound
// column must keep between two binds (dictionaries of results, memos) lives in the closures of bind.
type node struct {
	kind chunk.Kind // Invalid only for the literal null
	pos  int
	con  *value // nil: not constant
	name string // of the column it is, or ""

	isImpure bool // not a function of the row: never folded
	isCostly bool // calls a Go function: read only for rows that need it

	// bind makes the column over the formula's inputs.
	bind func(in []chunk.Column) chunk.Column
	// filter is what Filter uses instead of reading bind's column; nil if there is nothing quicker.
	filter func(in []chunk.Column) Filter
}

// isNullLit says whether n is the literal null, which takes any kind.
func (n *node) isNullLit() bool { return n.kind == chunk.Invalid }

// under marks n as depending on args, and computes it now if they are all constant.
func (n *node) under(args ...*node) *node {
	constant := n.con == nil
	for _, a := range args {
		n.isImpure = n.isImpure || a.isImpure
		n.isCostly = n.isCostly || a.isCostly
		constant = constant && a.con != nil
	}
	if !constant || n.isImpure || n.isCostly {
		return n
	}
	return constNode(evalConst(n))
}

// evalConst computes a node that reads no column.
func evalConst(n *node) value {
	s := chunk.Borrow()
	defer chunk.Return(s)
	b := &chunk.Batch{N: 1}
	col := n.bind(nil)
	v := value{kind: n.kind}
	switch c := col.(type) {
	case chunk.Vec[bool]:
		x, nulls := c.Read(b, s)
		v.b, v.null = x[0], chunk.IsNull(nulls, 0)
	case chunk.Vec[int8]:
		v.i, v.null = readInt(c, b, s)
	case chunk.Vec[int16]:
		v.i, v.null = readInt(c, b, s)
	case chunk.Vec[int32]:
		v.i, v.null = readInt(c, b, s)
	case chunk.Vec[int64]:
		v.i, v.null = readInt(c, b, s)
	case chunk.Vec[float32]:
		x, nulls := c.Read(b, s)
		v.f, v.null = float64(x[0]), chunk.IsNull(nulls, 0)
	case chunk.Vec[float64]:
		x, nulls := c.Read(b, s)
		v.f, v.null = x[0], chunk.IsNull(nulls, 0)
	case chunk.Vec[uint32]:
		x, nulls := c.Read(b, s)
		if v.null = chunk.IsNull(nulls, 0); !v.null {
			v.s = c.Dict().Str(x[0])
		}
	}
	if v.null {
		v = nullValue(n.kind)
	}
	return v
}

func readInt[T int8 | int16 | int32 | int64](c chunk.Vec[T], b *chunk.Batch, s *chunk.Scratch) (int64, bool) {
	x, nulls := c.Read(b, s)
	return int64(x[0]), chunk.IsNull(nulls, 0)
}

// mapNode is f over one operand. f is called once a batch, with len(out) == len(x); rows that are null hold anything.
func mapNode[A, R any](kind chunk.Kind, a *node, f func(out []R, x []A)) *node {
	n := &node{kind: kind, pos: a.pos, bind: func(in []chunk.Column) chunk.Column {
		return &mapVec[A, R]{head{kind, nil}, vec[A](a, in), f}
	}}
	return n.under(a)
}

// zipNode is f over two operands.
func zipNode[A, B, R any](kind chunk.Kind, a, b *node, f func(out []R, x []A, y []B)) *node {
	n := &node{kind: kind, pos: a.pos, bind: func(in []chunk.Column) chunk.Column {
		return &zipVec[A, B, R]{head{kind, nil}, vec[A](a, in), vec[B](b, in), f}
	}}
	return n.under(a, b)
}

// mapNullNode is f over one operand where f may add nulls: it sets their bits in nulls, which already has the operand's.
func mapNullNode[A, R any](kind chunk.Kind, a *node, f func(out []R, nulls []uint64, x []A)) *node {
	n := &node{kind: kind, pos: a.pos, bind: func(in []chunk.Column) chunk.Column {
		return &mapNullVec[A, R]{head{kind, nil}, vec[A](a, in), f}
	}}
	return n.under(a)
}

// zipNullNode is f over two operands where f may add nulls.
func zipNullNode[A, B, R any](kind chunk.Kind, a, b *node, f func(out []R, nulls []uint64, x []A, y []B)) *node {
	n := &node{kind: kind, pos: a.pos, bind: func(in []chunk.Column) chunk.Column {
		return &zipNullVec[A, B, R]{head{kind, nil}, vec[A](a, in), vec[B](b, in), f}
	}}
	return n.under(a, b)
}

// vec binds n, whose kind's Go type is T.
func vec[T any](n *node, in []chunk.Column) chunk.Vec[T] { return n.bind(in).(chunk.Vec[T]) }

// relabel is n under another kind of the same Go type.
func relabel(n *node, kind chunk.Kind) *node {
	if n.con != nil {
		v := *n.con
		v.kind = kind
		return constNode(v)
	}
	if n.kind == kind {
		return n
	}
	out := mapNode(kind, n, func(out, x []int64) { copy(out, x) })
	out.bind = func(in []chunk.Column) chunk.Column { return &relabelVec{vec[int64](n, in), kind} }
	return out
}
