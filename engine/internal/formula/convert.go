package formula

import (
	"math"

	"tickbook/engine/internal/chunk"
)

type (
	integer interface{ int8 | int16 | int32 | int64 }
	float   interface{ float32 | float64 }
	number  interface{ integer | float }
)

// castKinds are the names a cast may use.
var castKinds = map[string]chunk.Kind{
	"bool": chunk.Bool, "boolean": chunk.Bool,
	"byte": chunk.Int8, "int8": chunk.Int8,
	"short": chunk.Int16, "int16": chunk.Int16,
	"int": chunk.Int32, "int32": chunk.Int32,
	"long": chunk.Int64, "int64": chunk.Int64,
	"float": chunk.Float32, "float32": chunk.Float32,
	"double": chunk.Float64, "float64": chunk.Float64,
	"string": chunk.String, "String": chunk.String,
	"instant": chunk.Instant, "Instant": chunk.Instant,
	"duration": chunk.Duration, "Duration": chunk.Duration,
}

func (k *checker) cast(a *ast) *node {
	to := castKinds[a.text]
	x := k.check(a.args[0])
	from := x.kind
	switch {
	case from == to:
		return x
	case x.isNullLit():
		return constNode(nullValue(to))
	case to == chunk.String:
		return k.toText(x)
	case from.IsNumeric() && to.IsNumeric():
		return narrow(x, to)
	case to == chunk.Int64 && (from == chunk.Instant || from == chunk.Duration):
		return relabel(x, to)
	case to == chunk.Duration && from.IsInteger():
		return relabel(convert(x, chunk.Int64), to)
	case from == chunk.String && to.IsInteger():
		return narrow(k.parseText(x, chunk.Int64), to)
	case from == chunk.String && to.IsFloat():
		return narrow(k.parseText(x, chunk.Float64), to)
	case from == chunk.String && (to == chunk.Bool || to == chunk.Instant || to == chunk.Duration):
		return k.parseText(x, to)
	case to == chunk.Instant && from.IsInteger():
		k.suggest(a, "epochMillisToInstant("+a.args[0].String()+")", "an %s has no unit to make an instant of", from)
	}
	k.fail(a, "cannot cast %s to %s", from, to)
	panic("unreachable")
}

// convert makes n of a kind that holds its values: a wider number, or a float. The literal null takes any kind.
func convert(n *node, to chunk.Kind) *node {
	switch {
	case n.kind == to:
		return n
	case n.isNullLit(), n.con != nil && n.con.null:
		return constNode(nullValue(to)).from(n)
	case n.con != nil:
		v := *n.con
		if to.IsFloat() {
			v.f, v.i = v.asFloat(), 0
		}
		v.kind = to
		return constNode(v).from(n)
	}
	return convertBy(n, to, false)
}

// narrow is convert to any numeric kind: what does not fit becomes null.
func narrow(n *node, to chunk.Kind) *node {
	if n.kind == to || n.isNullLit() {
		return convert(n, to)
	}
	return convertBy(n, to, true)
}

// from gives n the place of x.
func (n *node) from(x *node) *node {
	n.pos = x.pos
	return n
}

func convertBy(n *node, to chunk.Kind, check bool) *node {
	switch n.kind.Physical() {
	case chunk.Int8:
		return convertInt[int8](n, to, check)
	case chunk.Int16:
		return convertInt[int16](n, to, check)
	case chunk.Int32:
		return convertInt[int32](n, to, check)
	case chunk.Int64:
		return convertInt[int64](n, to, check)
	case chunk.Float32:
		return convertFloat[float32](n, to, check)
	case chunk.Float64:
		return convertFloat[float64](n, to, check)
	}
	panic("BUG: convert " + n.kind.String())
}

func convertInt[A integer](n *node, to chunk.Kind, check bool) *node {
	check = check && to.Physical() < n.kind.Physical()
	switch to.Physical() {
	case chunk.Int8:
		return mapNullNode(to, n, castIntInto[A, int8])
	case chunk.Int16:
		if check {
			return mapNullNode(to, n, castIntInto[A, int16])
		}
		return mapNode(to, n, convInto[A, int16])
	case chunk.Int32:
		if check {
			return mapNullNode(to, n, castIntInto[A, int32])
		}
		return mapNode(to, n, convInto[A, int32])
	case chunk.Int64:
		return mapNode(to, n, convInto[A, int64])
	case chunk.Float32:
		return mapNode(to, n, convInto[A, float32])
	case chunk.Float64:
		return mapNode(to, n, convInto[A, float64])
	}
	panic("BUG: convert to " + to.String())
}

func convertFloat[A float](n *node, to chunk.Kind, _ bool) *node {
	switch to.Physical() {
	case chunk.Int8:
		return mapNullNode(to, n, castFloatInto[A, int8])
	case chunk.Int16:
		return mapNullNode(to, n, castFloatInto[A, int16])
	case chunk.Int32:
		return mapNullNode(to, n, castFloatInto[A, int32])
	case chunk.Int64:
		return mapNullNode(to, n, castFloatInto[A, int64])
	case chunk.Float32:
		return mapNode(to, n, convInto[A, float32])
	case chunk.Float64:
		return mapNode(to, n, convInto[A, float64])
	}
	panic("BUG: convert to " + to.String())
}

func convInto[A, R number](out []R, x []A) {
	x = x[:len(out)]
	for i := range out {
		out[i] = R(x[i])
	}
}

func castIntInto[A, R integer](out []R, nulls []uint64, x []A) {
	x = x[:len(out)]
	for i := range out {
		out[i] = R(x[i])
		if A(out[i]) != x[i] {
			chunk.SetNull(nulls, i)
		}
	}
}

// castFloatInto cuts off fractions. NB: what Go makes of a float that does not fit is the machine's choice, so it is only looked at.
func castFloatInto[A float, R integer](out []R, nulls []uint64, x []A) {
	x = x[:len(out)]
	for i := range out {
		f := math.Trunc(float64(x[i]))
		out[i] = R(f)
		if float64(out[i]) != f || f >= 1<<63 {
			chunk.SetNull(nulls, i)
		}
	}
}

// unify gives nodes one kind, which values of all of them fit: what ?:, ifNull, min and in need. Constants adapt to columns.
func (k *checker) unify(a *ast, what string, nodes ...*node) ([]*node, chunk.Kind) {
	var kind chunk.Kind
	for _, pass := range []bool{false, true} { // columns first, then constants
		for _, n := range nodes {
			if n.isNullLit() || (n.con != nil) != pass {
				continue
			}
			to, ok := common(kind, n)
			if !ok {
				k.fail(a, "%s mixes %s and %s", what, kind, n.kind)
			}
			kind = to
		}
	}
	out := make([]*node, len(nodes))
	for i, n := range nodes {
		out[i] = n
		if kind != chunk.Invalid {
			out[i] = convert(n, kind)
		}
	}
	return out, kind
}

// common is the kind that holds values of kind and those of n.
func common(kind chunk.Kind, n *node) (chunk.Kind, bool) {
	switch {
	case kind == chunk.Invalid || kind == n.kind:
		return n.kind, true
	case !kind.IsNumeric() || !n.kind.IsNumeric():
		return kind, false
	case n.con != nil && n.kind.IsInteger() && !n.con.null && fits(n.con.i, kind):
		return kind, true
	case kind.IsInteger() && n.kind.IsInteger():
		return max(kind, n.kind), true
	case kind == chunk.Float32 && n.kind < chunk.Int32, n.kind == chunk.Float32 && kind < chunk.Int32:
		return chunk.Float32, true
	}
	return chunk.Float64, true
}

// fits says whether kind holds i as it is.
func fits(i int64, kind chunk.Kind) bool {
	switch kind {
	case chunk.Int8:
		return i == int64(int8(i))
	case chunk.Int16:
		return i == int64(int16(i))
	case chunk.Int32:
		return i == int64(int32(i))
	}
	return kind == chunk.Int64 || kind == chunk.Float32 && max(i, -i) <= 1<<24
}
