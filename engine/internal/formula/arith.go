package formula

import (
	"math"

	"tickbook/engine/internal/chunk"
)

func (k *checker) negate(a *ast) *node {
	x := k.typed(a.args[0])
	switch {
	case x.kind.IsInteger():
		return mapNode(chunk.Int64, convert(x, chunk.Int64), negInto[int64])
	case x.kind.IsFloat():
		return mapNode(chunk.Float64, convert(x, chunk.Float64), negInto[float64])
	case x.kind == chunk.Duration:
		return mapNode(chunk.Duration, x, negInto[int64])
	}
	k.fail(a, "no operator - for %s", x.kind)
	panic("unreachable")
}

// arith types + - * / %. What the kinds give is in the package's comment.
func (k *checker) arith(a *ast, op string, x, y *node) *node {
	switch {
	case x.isNullLit() && y.isNullLit():
		k.fail(a, "null %s null has no type; write one: (double)null", op)
	case x.isNullLit() && y.kind == chunk.Instant && op == "+", y.isNullLit() && x.kind == chunk.Instant:
		x, y = convertNull(x, chunk.Duration), convertNull(y, chunk.Duration)
	case x.isNullLit():
		x = convert(x, y.kind)
	case y.isNullLit():
		y = convert(y, x.kind)
	}
	if n := k.arithTime(op, x, y); n != nil {
		return n
	}
	switch {
	case op == "+" && (x.kind == chunk.String || y.kind == chunk.String):
		return k.concat([]*node{x, y})
	case !x.kind.IsNumeric() || !y.kind.IsNumeric():
		if hint := k.arithHint(a, x, y); hint != "" {
			k.suggest(a, hint, "no operator %s for %s and %s", op, x.kind, y.kind)
		}
		k.fail(a, "no operator %s for %s and %s", op, x.kind, y.kind)
	case op == "/":
		return arithNode(op, chunk.Float64, x, y)
	case x.kind.IsInteger() && y.kind.IsInteger():
		if op == "%" {
			return zipNullNode(chunk.Int64, convert(x, chunk.Int64), convert(y, chunk.Int64), modInto)
		}
		return arithNode(op, chunk.Int64, x, y)
	}
	if op == "%" {
		return zipNode(chunk.Float64, convert(x, chunk.Float64), convert(y, chunk.Float64), fmodInto)
	}
	return arithNode(op, chunk.Float64, x, y)
}

// convertNull gives the literal null a kind, and leaves what has one.
func convertNull(n *node, kind chunk.Kind) *node {
	if n.isNullLit() {
		return convert(n, kind)
	}
	return n
}

func (k *checker) arithHint(a *ast, x, y *node) string {
	switch {
	case x.kind == chunk.String && y.kind.IsNumeric():
		return "parseDouble(" + a.args[0].String() + ") " + a.text + " " + a.args[1].String()
	case y.kind == chunk.String && x.kind.IsNumeric():
		return a.args[0].String() + " " + a.text + " parseDouble(" + a.args[1].String() + ")"
	}
	return ""
}

// arithTime types arithmetic with instants and durations; nil if there is none such.
func (k *checker) arithTime(op string, x, y *node) *node {
	const instant, duration = chunk.Instant, chunk.Duration
	span := func(n *node) bool { return n.kind == duration || n.kind.IsInteger() }
	ns := func(n *node) *node { return relabel(convertNs(n), chunk.Int64) }
	sum := func(kind chunk.Kind) *node { return relabel(arithNode(op, chunk.Int64, ns(x), ns(y)), kind) }
	switch {
	case x.kind != instant && x.kind != duration && y.kind != instant && y.kind != duration:
	case op == "-" && x.kind == instant && y.kind == instant:
		return sum(duration)
	case (op == "+" || op == "-") && x.kind == instant && span(y), op == "+" && span(x) && y.kind == instant:
		return sum(instant)
	case (op == "+" || op == "-") && span(x) && span(y):
		return sum(duration)
	case op == "*" && (x.kind == duration && y.kind.IsInteger() || x.kind.IsInteger()):
		if span(x) && span(y) && x.kind != y.kind {
			return sum(duration)
		}
	case op == "*" && (x.kind.IsFloat() && y.kind == duration || x.kind == duration && y.kind.IsFloat()), op == "/" && x.kind == duration && y.kind.IsNumeric():
		if op == "/" && y.kind.IsInteger() {
			return relabel(zipNullNode(chunk.Int64, ns(x), ns(y), quoInto), duration)
		}
		return relabel(narrow(arithNode(op, chunk.Float64, convert(relabelNs(x), chunk.Float64), convert(relabelNs(y), chunk.Float64)), chunk.Int64), duration)
	case op == "/" && span(x) && y.kind == duration:
		return arithNode(op, chunk.Float64, ns(x), ns(y))
	case op == "%" && span(x) && span(y):
		return relabel(zipNullNode(chunk.Int64, ns(x), ns(y), modInto), duration)
	}
	return nil
}

// relabelNs is an instant's or duration's nanoseconds; another node stays.
func relabelNs(n *node) *node {
	if n.kind == chunk.Instant || n.kind == chunk.Duration {
		return relabel(n, chunk.Int64)
	}
	return n
}

// convertNs is relabelNs, or an integer widened to int64.
func convertNs(n *node) *node {
	if n.kind.IsInteger() {
		return convert(n, chunk.Int64)
	}
	return relabelNs(n)
}

// arithNode is + - * / over numbers in kind, which is Int64 or Float64. Operands of common kinds are read as they are; others are widened
// first.
func arithNode(op string, kind chunk.Kind, x, y *node) *node {
	x, y = arithOperand(x, kind), arithOperand(y, kind)
	switch x.kind {
	case chunk.Int32:
		return arithA[int32](op, kind, x, y)
	case chunk.Int64:
		return arithA[int64](op, kind, x, y)
	}
	return arithA[float64](op, kind, x, y)
}

func arithOperand(n *node, kind chunk.Kind) *node {
	switch {
	case n.con != nil:
		return convert(n, kind)
	case n.kind == chunk.Float32:
		return convert(n, chunk.Float64)
	case n.kind == chunk.Int8 || n.kind == chunk.Int16:
		return convert(n, chunk.Int64)
	}
	return n
}

func arithA[A int32 | int64 | float64](op string, kind chunk.Kind, x, y *node) *node {
	switch y.kind {
	case chunk.Int32:
		return arithAB[A, int32](op, kind, x, y)
	case chunk.Int64:
		return arithAB[A, int64](op, kind, x, y)
	}
	return arithAB[A, float64](op, kind, x, y)
}

func arithAB[A, B int32 | int64 | float64](op string, kind chunk.Kind, x, y *node) *node {
	if op == "/" {
		return zipNode(kind, x, y, divInto[A, B])
	}
	if kind == chunk.Int64 {
		return arithABR[A, B, int64](op, kind, x, y)
	}
	return arithABR[A, B, float64](op, kind, x, y)
}

func arithABR[A, B int32 | int64 | float64, R int64 | float64](op string, kind chunk.Kind, x, y *node) *node {
	switch op {
	case "+":
		return zipNode(kind, x, y, addInto[A, B, R])
	case "-":
		return zipNode(kind, x, y, subInto[A, B, R])
	}
	return zipNode(kind, x, y, mulInto[A, B, R])
}

func negInto[T int64 | float64](out, x []T) {
	x = x[:len(out)]
	for i := range out {
		out[i] = -x[i]
	}
}

func addInto[A, B, R number](out []R, x []A, y []B) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = R(x[i]) + R(y[i])
	}
}

func subInto[A, B, R number](out []R, x []A, y []B) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = R(x[i]) - R(y[i])
	}
}

func mulInto[A, B, R number](out []R, x []A, y []B) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = R(x[i]) * R(y[i])
	}
}

func divInto[A, B number](out []float64, x []A, y []B) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = float64(x[i]) / float64(y[i])
	}
}

// modInto has the dividend's sign, and null where the divisor is 0.
func modInto(out []int64, nulls []uint64, x, y []int64) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		if y[i] == 0 {
			chunk.SetNull(nulls, i)
			out[i] = 0
			continue
		}
		out[i] = x[i] % y[i]
	}
}

// quoInto cuts towards zero, and gives null where the divisor is 0.
func quoInto(out []int64, nulls []uint64, x, y []int64) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		if y[i] == 0 {
			chunk.SetNull(nulls, i)
			out[i] = 0
			continue
		}
		out[i] = x[i] / y[i]
	}
}

func fmodInto(out, x, y []float64) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = math.Mod(x[i], y[i])
	}
}
