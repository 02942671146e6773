package formula

import (
	"math"

	"tickbook/engine/internal/chunk"
)

var mathFuncs = []builtin{
	{"abs", "(x)", 1, 1, (*call).abs},
	{"min", "(x, y, …)", 2, manyArgs, func(c *call) *node { return c.least(true) }},
	{"max", "(x, y, …)", 2, manyArgs, func(c *call) *node { return c.least(false) }},
	{"clamp", "(x, low, high)", 3, 3, (*call).clamp},
	{"round", "(x[, decimals])", 1, 2, (*call).round},
	{"isNaN", "(x)", 1, 1, func(c *call) *node { return mapNode(chunk.Bool, c.float64(0), isNaNInto) }},
	{"isInf", "(x)", 1, 1, func(c *call) *node { return mapNode(chunk.Bool, c.float64(0), isInfInto) }},
	{"isFinite", "(x)", 1, 1, func(c *call) *node { return mapNode(chunk.Bool, c.float64(0), isFiniteInto) }},
	{"sqrt", "(x)", 1, 1, func(c *call) *node { return mapNode(chunk.Float64, c.float64(0), sqrtInto) }},
	{"floor", "(x)", 1, 1, func(c *call) *node { return mapNode(chunk.Float64, c.float64(0), floorInto) }},
	{"ceil", "(x)", 1, 1, func(c *call) *node { return mapNode(chunk.Float64, c.float64(0), ceilInto) }},
	{"trunc", "(x)", 1, 1, func(c *call) *node { return mapNode(chunk.Float64, c.float64(0), truncInto) }},
	{"rint", "(x)", 1, 1, func(c *call) *node { return mapNode(chunk.Float64, c.float64(0), rintInto) }},
	{"sign|signum", "(x)", 1, 1, (*call).sign},
	float1("exp", math.Exp), float1("exp2", math.Exp2), float1("expm1", math.Expm1),
	float1("log|ln", math.Log), float1("log2", math.Log2), float1("log10", math.Log10), float1("log1p", math.Log1p),
	float1("cbrt", math.Cbrt),
	float1("sin", math.Sin), float1("cos", math.Cos), float1("tan", math.Tan),
	float1("asin", math.Asin), float1("acos", math.Acos), float1("atan", math.Atan),
	float1("sinh", math.Sinh), float1("cosh", math.Cosh), float1("tanh", math.Tanh),
	float1("toRadians", func(x float64) float64 { return x * (math.Pi / 180) }),
	float1("toDegrees", func(x float64) float64 { return x * (180 / math.Pi) }),
	float2("pow", "(x, power)", math.Pow), float2("atan2", "(y, x)", math.Atan2), float2("hypot", "(x, y)", math.Hypot),
}

// float1 is a function that costs more than its call through a func value does.
func float1(name string, f func(float64) float64) builtin {
	return builtin{name, "(x)", 1, 1, func(c *call) *node {
		return mapNode(chunk.Float64, c.float64(0), func(out, x []float64) {
			for i := range out {
				out[i] = f(x[i])
			}
		})
	}}
}

func float2(name, usage string, f func(x, y float64) float64) builtin {
	return builtin{name, usage, 2, 2, func(c *call) *node {
		return zipNode(chunk.Float64, c.float64(0), c.float64(1), func(out, x, y []float64) {
			for i := range out {
				out[i] = f(x[i], y[i])
			}
		})
	}}
}

// abs of an integer is an int64; that of the least int64 wraps to itself.
func (c *call) abs() *node {
	n := c.args[0]
	if n.kind == chunk.Duration {
		return mapNode(chunk.Duration, n, absInto[int64])
	}
	if n = c.number(0); n.kind.IsInteger() {
		return mapNode(chunk.Int64, convert(n, chunk.Int64), absInto[int64])
	}
	return mapNode(chunk.Float64, convert(n, chunk.Float64), absFloatInto)
}

// sign is -1, 0 or 1, as an int32; of NaN 0.
func (c *call) sign() *node {
	n := c.number(0)
	if n.kind.IsInteger() {
		return mapNode(chunk.Int32, convert(n, chunk.Int64), signInto[int64])
	}
	return mapNode(chunk.Int32, convert(n, chunk.Float64), signInto[float64])
}

// round gives the nearest integer as an int64, halves away from zero, null where it does not fit; with decimals a float64.
func (c *call) round() *node {
	n := c.number(0)
	if len(c.args) == 1 {
		if n.kind.IsInteger() {
			return convert(n, chunk.Int64)
		}
		return narrow(mapNode(chunk.Float64, convert(n, chunk.Float64), roundInto), chunk.Int64)
	}
	d := c.constInt(1)
	if d < 0 || d > 15 {
		c.fail(c.ast.args[1], "round: %d decimals; want 0 to 15", d)
	}
	unit := math.Pow(10, float64(d))
	return mapNode(chunk.Float64, convert(n, chunk.Float64), func(out, x []float64) { roundUnitInto(out, x, unit) })
}

// least is min or max. NaN wins.
func (c *call) least(isMin bool) *node {
	args, kind := c.unify(c.ast, c.name, c.args...)
	n := args[0]
	for _, x := range args[1:] {
		n = c.leastNode(kind, n, x, isMin)
	}
	return n
}

func (c *call) clamp() *node {
	args, kind := c.unify(c.ast, c.name, c.args...)
	return c.leastNode(kind, c.leastNode(kind, args[0], args[1], false), args[2], true)
}

func (c *call) leastNode(kind chunk.Kind, x, y *node, isMin bool) *node {
	switch kind.Physical() {
	case chunk.Int8:
		return leastOf[int8](kind, x, y, isMin)
	case chunk.Int16:
		return leastOf[int16](kind, x, y, isMin)
	case chunk.Int32:
		return leastOf[int32](kind, x, y, isMin)
	case chunk.Int64:
		return leastOf[int64](kind, x, y, isMin)
	case chunk.Float32:
		return leastOf[float32](kind, x, y, isMin)
	case chunk.Float64:
		return leastOf[float64](kind, x, y, isMin)
	case chunk.Invalid:
		return constNode(nullValue(kind))
	}
	i := 0
	for c.args[i].isNullLit() {
		i++
	}
	c.bad(i, "a number, an instant or a duration")
	panic("unreachable")
}

func leastOf[T number](kind chunk.Kind, x, y *node, isMin bool) *node {
	if isMin {
		return zipNode(kind, x, y, minInto[T])
	}
	return zipNode(kind, x, y, maxInto[T])
}

func minInto[T number](out, x, y []T) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = min(x[i], y[i])
	}
}

func maxInto[T number](out, x, y []T) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = max(x[i], y[i])
	}
}

func absInto[T integer](out, x []T) {
	for i, v := range x[:len(out)] {
		out[i] = max(v, -v)
	}
}

func absFloatInto(out, x []float64) {
	for i, v := range x[:len(out)] {
		out[i] = math.Abs(v)
	}
}

func signInto[T number](out []int32, x []T) {
	for i, v := range x[:len(out)] {
		out[i] = 0
		if v > 0 {
			out[i] = 1
		} else if v < 0 {
			out[i] = -1
		}
	}
}

func sqrtInto(out, x []float64) {
	for i, v := range x[:len(out)] {
		out[i] = math.Sqrt(v)
	}
}

func floorInto(out, x []float64) {
	for i, v := range x[:len(out)] {
		out[i] = math.Floor(v)
	}
}

func ceilInto(out, x []float64) {
	for i, v := range x[:len(out)] {
		out[i] = math.Ceil(v)
	}
}

func truncInto(out, x []float64) {
	for i, v := range x[:len(out)] {
		out[i] = math.Trunc(v)
	}
}

func rintInto(out, x []float64) {
	for i, v := range x[:len(out)] {
		out[i] = math.RoundToEven(v)
	}
}

func roundInto(out, x []float64) {
	for i, v := range x[:len(out)] {
		out[i] = math.Round(v)
	}
}

func roundUnitInto(out, x []float64, unit float64) {
	for i, v := range x[:len(out)] {
		r := math.Round(v*unit) / unit
		if math.IsInf(v*unit, 0) {
			r = v
		}
		out[i] = r
	}
}

func isNaNInto(out []bool, x []float64) {
	for i, v := range x[:len(out)] {
		out[i] = v != v
	}
}

func isInfInto(out []bool, x []float64) {
	for i, v := range x[:len(out)] {
		out[i] = v > math.MaxFloat64 || v < -math.MaxFloat64
	}
}

func isFiniteInto(out []bool, x []float64) {
	for i, v := range x[:len(out)] {
		out[i] = v-v == 0
	}
}
