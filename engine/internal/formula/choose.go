package formula

import (
	"unsafe"

	"tickbook/engine/internal/chunk"
)

// cond types c ? x : y.
func (k *checker) cond(a *ast) *node {
	c := k.truth(a.args[0], "?:")
	arms, kind := k.unify(a, "?:", k.check(a.args[1]), k.check(a.args[2]))
	if kind == chunk.Invalid {
		return constNode(nullValue(chunk.Invalid))
	}
	switch kind.Physical() {
	case chunk.Bool:
		return condOf[bool](kind, c, arms)
	case chunk.Int8:
		return condOf[int8](kind, c, arms)
	case chunk.Int16:
		return condOf[int16](kind, c, arms)
	case chunk.Int32:
		return condOf[int32](kind, c, arms)
	case chunk.Int64:
		return condOf[int64](kind, c, arms)
	case chunk.Float32:
		return condOf[float32](kind, c, arms)
	case chunk.Float64:
		return condOf[float64](kind, c, arms)
	}
	return condOf[uint32](kind, c, arms)
}

func condOf[T any](kind chunk.Kind, c *node, arms []*node) *node {
	join := newJoiner(kind, arms)
	n := &node{kind: kind, pos: c.pos, bind: func(in []chunk.Column) chunk.Column {
		cols, dict := join.bind(in)
		return &condVec[T]{
			head{kind, dict},
			vec[bool](c, in),
			cols[0].(chunk.Vec[T]), cols[1].(chunk.Vec[T]),
			arms[0].isCostly || arms[1].isCostly,
		}
	}}
	return n.under(c, arms[0], arms[1])
}

// condVec is a where c is true, b where it is false, null where it is null.
type condVec[T any] struct {
	head
	c      chunk.Vec[bool]
	a, b   chunk.Vec[T]
	isLazy bool // arms are read only where they are chosen
}

func (v *condVec[T]) Read(b *chunk.Batch, s *chunk.Scratch) ([]T, []uint64) {
	out, bits, m := result[T](b, s)
	c, nc := v.c.Read(b, s)
	var x, y []T
	var nx, ny []uint64
	if v.isLazy {
		pos := chunk.Take[uint32](s)
		x, nx = readAt(v.a, b, s, pos[:dropNulls(pos, selTrue(pos[:b.N], c), nc)])
		y, ny = readAt(v.b, b, s, pos[:dropNulls(pos, selFalse(pos[:b.N], c), nc)])
	} else {
		x, nx = v.a.Read(b, s)
		y, ny = v.b.Read(b, s)
	}
	chooseInto(out, c, x, y)
	var nulls []uint64
	if nc != nil || nx != nil || ny != nil {
		clear(bits)
		chooseNulls(bits, c, nc, nx, ny, b.N)
		nulls = some(bits)
	}
	s.Release(m)
	return out, nulls
}

func selFalse(sel []uint32, x []bool) int {
	n := 0
	x = x[:len(sel)]
	o := octets(x)
	for i := range sel {
		sel[n] = uint32(i)
		n += int(o[i] ^ 1)
	}
	return n
}

// chooseInto chooses by masks, since a branch on data costs more than the work.
func chooseInto[T any](out []T, c []bool, x, y []T) {
	var t T
	switch unsafe.Sizeof(t) {
	case 1:
		maskInto(words[uint8](out), octets(c), words[uint8](x), words[uint8](y))
	case 2:
		maskInto(words[uint16](out), octets(c), words[uint16](x), words[uint16](y))
	case 4:
		maskInto(words[uint32](out), octets(c), words[uint32](x), words[uint32](y))
	case 8:
		maskInto(words[uint64](out), octets(c), words[uint64](x), words[uint64](y))
	}
}

// words is values as unsigned integers of the same size.
func words[U uint8 | uint16 | uint32 | uint64, T any](x []T) []U {
	return unsafe.Slice((*U)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

func maskInto[U uint8 | uint16 | uint32 | uint64](out []U, c []uint8, x, y []U) {
	c, x, y = c[:len(out)], x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = y[i] ^ (x[i]^y[i])&-U(c[i])
	}
}

func chooseNulls(out []uint64, c []bool, nc, nx, ny []uint64, n int) {
	for i := range n {
		arm := ny
		if c[i] {
			arm = nx
		}
		if chunk.IsNull(nc, i) || chunk.IsNull(arm, i) {
			chunk.SetNull(out, i)
		}
	}
}

// joiner binds several nodes of one kind so that their values mean the same: for strings, codes of one dictionary.
type joiner struct {
	kind  chunk.Kind
	nodes []*node
	dict  *chunk.Dict // for results of several dictionaries; nil for other kinds than String
	to    []*memoCell[uint32]
}

func newJoiner(kind chunk.Kind, nodes []*node) *joiner {
	j := &joiner{kind: kind, nodes: nodes}
	if kind == chunk.String {
		j.dict = chunk.NewDict()
		for range nodes {
			j.to = append(j.to, intoDict(j.dict))
		}
	}
	return j
}

// intoDict translates strings to codes of d.
func intoDict(d *chunk.Dict) *memoCell[uint32] {
	return &memoCell[uint32]{f: func(s string) (uint32, bool) { return d.Code(s), true }}
}

// bind gives the columns, and the dictionary they share: that of the only column among constants, or one of the joiner's own.
func (j *joiner) bind(in []chunk.Column) ([]chunk.Column, *chunk.Dict) {
	cols := make([]chunk.Column, len(j.nodes))
	var one *chunk.Dict
	several := false
	for i, n := range j.nodes {
		cols[i] = n.bind(in)
		if d := cols[i].Dict(); d != nil && n.con == nil {
			several = several || one != nil && one != d
			one = d
		}
	}
	if j.kind != chunk.String {
		return cols, nil
	}
	if several || one == nil {
		for i, c := range cols {
			cols[i] = newMemoVec(head{chunk.String, j.dict}, c, j.to[i])
		}
		return cols, j.dict
	}
	for i, n := range j.nodes {
		if n.con != nil {
			cols[i] = newConst(head{chunk.String, one}, *n.con, one.Code(n.con.s))
		}
	}
	return cols, one
}
