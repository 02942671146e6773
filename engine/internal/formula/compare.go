package formula

import (
	"cmp"

	"tickbook/engine/internal/chunk"
)

// swapped is the comparison with its sides exchanged.
var swapped = map[string]string{"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}

// compare types == != < <= > >=.
func (k *checker) compare(a *ast, op string, x, y *node) *node {
	if x.isNullLit() && y.isNullLit() {
		k.fail(a, "null %s null has no type; write one: (double)null", op)
	}
	x = convertNull(x, y.kind)
	y = convertNull(y, x.kind)
	if x.con != nil && y.con == nil {
		x, y, op = y, x, swapped[op]
	}
	switch {
	case x.kind == chunk.String && y.kind == chunk.String:
		return compareStrings(op, x, y)
	case x.kind == chunk.Bool && y.kind == chunk.Bool && (op == "==" || op == "!="):
		if op == "==" {
			return zipNode(chunk.Bool, x, y, eqInto[bool])
		}
		return zipNode(chunk.Bool, x, y, neInto[bool])
	case x.kind == chunk.Instant && y.kind == chunk.Instant:
		return compareNumbers(op, relabelNs(x), relabelNs(y))
	case x.kind == chunk.Duration && (y.kind == chunk.Duration || y.kind.IsInteger()), x.kind.IsInteger() && y.kind == chunk.Duration:
		return compareNumbers(op, convertNs(x), convertNs(y))
	case x.kind.IsNumeric() && y.kind.IsNumeric():
		if to, ok := common(x.kind, y); ok && x.kind == to {
			y = convert(y, to)
		} else {
			to = chunk.Float64
			if x.kind.IsInteger() && y.kind.IsInteger() {
				to = chunk.Int64
			}
			x, y = convert(x, to), convert(y, to)
		}
		return compareNumbers(op, x, y)
	}
	k.mismatch(a, a.args[0], x, y)
	panic("unreachable")
}

// mismatch says that two kinds don't compare, and what would.
func (k *checker) mismatch(a, left *ast, x, y *node) {
	switch {
	case x.kind == chunk.String && y.con != nil && !y.con.null && y.kind != chunk.Instant:
		k.suggest(a, quote(y.con.String()), "cannot compare %s with %s", x.kind, y.kind)
	case x.kind == chunk.Instant && y.kind == chunk.String && y.con != nil:
		k.suggest(a, "'"+y.con.s+"'", "cannot compare %s with %s", x.kind, y.kind)
	case x.kind == chunk.Instant && y.kind.IsInteger():
		k.suggest(a, "epochMillis("+left.String()+")", "cannot compare %s with %s", x.kind, y.kind)
	}
	k.fail(a, "cannot compare %s with %s", x.kind, y.kind)
}

// compareNumbers compares two nodes of one Go type.
func compareNumbers(op string, x, y *node) *node {
	switch x.kind.Physical() {
	case chunk.Int8:
		return compareOf[int8](op, x, y)
	case chunk.Int16:
		return compareOf[int16](op, x, y)
	case chunk.Int32:
		return compareOf[int32](op, x, y)
	case chunk.Int64:
		return compareOf[int64](op, x, y)
	case chunk.Float32:
		return compareOf[float32](op, x, y)
	case chunk.Float64:
		return compareOf[float64](op, x, y)
	}
	panic("BUG: compare " + x.kind.String())
}

func compareOf[T number](op string, x, y *node) *node {
	if op == ">" || op == ">=" {
		n := compareOf[T](swapped[op], y, x)
		if y.con != nil && x.con == nil {
			n.filter = filterConst[T](op, x, y)
		}
		return n
	}
	var n *node
	switch op {
	case "==":
		n = zipNode(chunk.Bool, x, y, eqInto[T])
	case "!=":
		n = zipNode(chunk.Bool, x, y, neInto[T])
	case "<":
		n = zipNode(chunk.Bool, x, y, ltInto[T])
	default:
		n = zipNode(chunk.Bool, x, y, leInto[T])
	}
	if y.con != nil && x.con == nil {
		n.filter = filterConst[T](op, x, y)
	}
	return n
}

// filterConst compares a column with a constant without writing bools.
func filterConst[T number](op string, x, y *node) func(in []chunk.Column) Filter {
	if y.con.null {
		return func([]chunk.Column) Filter { return func(*chunk.Batch, *chunk.Scratch, []uint32) int { return 0 } }
	}
	c := T(y.con.i)
	if y.kind.IsFloat() {
		c = T(y.con.f)
	}
	sel := map[string]func(sel []uint32, x []T, c T) int{
		"==": selEq[T], "!=": selNe[T], "<": selLt[T], "<=": selLe[T], ">": selGt[T], ">=": selGe[T],
	}[op]
	return func(in []chunk.Column) Filter {
		return selectBy(vec[T](x, in), func(s []uint32, x []T) int { return sel(s, x, c) })
	}
}

// selectBy is a filter by one column's values. sel is called once a batch.
func selectBy[T any](v chunk.Vec[T], sel func(sel []uint32, x []T) int) Filter {
	return func(b *chunk.Batch, s *chunk.Scratch, out []uint32) int {
		m := s.Mark()
		x, nulls := v.Read(b, s)
		n := dropNulls(out, sel(out[:b.N], x[:b.N]), nulls)
		s.Release(m)
		return n
	}
}

func eqInto[T comparable](out []bool, x, y []T) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = x[i] == y[i]
	}
}

func neInto[T comparable](out []bool, x, y []T) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = x[i] != y[i]
	}
}

func ltInto[T cmp.Ordered](out []bool, x, y []T) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = x[i] < y[i]
	}
}

func leInto[T cmp.Ordered](out []bool, x, y []T) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = x[i] <= y[i]
	}
}

func selEq[T comparable](sel []uint32, x []T, c T) int {
	n := 0
	x = x[:len(sel)]
	for i := range x {
		sel[n] = uint32(i)
		if x[i] == c {
			n++
		}
	}
	return n
}

func selNe[T comparable](sel []uint32, x []T, c T) int {
	n := 0
	x = x[:len(sel)]
	for i := range x {
		sel[n] = uint32(i)
		if x[i] != c {
			n++
		}
	}
	return n
}

func selLt[T cmp.Ordered](sel []uint32, x []T, c T) int {
	n := 0
	x = x[:len(sel)]
	for i := range x {
		sel[n] = uint32(i)
		if x[i] < c {
			n++
		}
	}
	return n
}

func selLe[T cmp.Ordered](sel []uint32, x []T, c T) int {
	n := 0
	x = x[:len(sel)]
	for i := range x {
		sel[n] = uint32(i)
		if x[i] <= c {
			n++
		}
	}
	return n
}

func selGt[T cmp.Ordered](sel []uint32, x []T, c T) int {
	n := 0
	x = x[:len(sel)]
	for i := range x {
		sel[n] = uint32(i)
		if x[i] > c {
			n++
		}
	}
	return n
}

func selGe[T cmp.Ordered](sel []uint32, x []T, c T) int {
	n := 0
	x = x[:len(sel)]
	for i := range x {
		sel[n] = uint32(i)
		if x[i] >= c {
			n++
		}
	}
	return n
}
