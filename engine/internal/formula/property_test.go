package formula

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tickbook/engine/internal/chunk"
)

// reference evaluates a tree for one row, by the package's comment: numbers are int64 or float64, null is nil.
func reference(a *ast, row map[string]any) any {
	var x []any
	for _, arg := range a.args {
		x = append(x, reference(arg, row))
	}
	switch a.kind {
	case astLit:
		switch {
		case a.val.null:
			return nil
		case a.val.kind == chunk.Bool:
			return a.val.b
		case a.val.kind == chunk.String:
			return a.val.s
		case a.val.kind == chunk.Float64:
			return a.val.f
		}
		return a.val.i
	case astName:
		return row[a.text]
	case astCond:
		switch x[0] {
		case true:
			return x[1]
		case false:
			return x[2]
		}
		return nil
	case astCall: // ifNull or isNull
		switch {
		case a.text == "isNull":
			return x[0] == nil
		case x[0] == nil:
			return x[1]
		}
		return x[0]
	}
	if a.text == "&&" || a.text == "||" {
		decisive := a.text == "||"
		switch {
		case x[0] == decisive || x[1] == decisive:
			return decisive
		case x[0] == nil || x[1] == nil:
			return nil
		}
		return !decisive
	}
	for _, v := range x {
		if v == nil {
			return nil
		}
	}
	if a.kind == astUnary {
		if b, ok := x[0].(bool); ok {
			return !b
		}
		if f, ok := x[0].(float64); ok {
			return -f
		}
		return -x[0].(int64)
	}
	if s, ok := x[0].(string); ok {
		return holds(a.text, s, x[1].(string))
	}
	i, isInt := x[0].(int64)
	j, isInt2 := x[1].(int64)
	if isInt && isInt2 && a.text != "/" {
		return refInt(a.text, i, j)
	}
	return refFloat(a.text, toFloat(x[0]), toFloat(x[1]))
}

func toFloat(x any) float64 {
	if i, ok := x.(int64); ok {
		return float64(i)
	}
	return x.(float64)
}

func refInt(op string, x, y int64) any {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "%":
		if y == 0 {
			return nil
		}
		return x % y
	case "==":
		return x == y
	case "!=":
		return x != y
	case "<":
		return x < y
	case "<=":
		return x <= y
	case ">":
		return x > y
	}
	return x >= y
}

func refFloat(op string, x, y float64) any {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "/":
		return x / y
	case "%":
		return math.Mod(x, y)
	case "==":
		return x == y
	case "!=":
		return x != y
	case "<":
		return x < y
	case "<=":
		return x <= y
	case ">":
		return x > y
	}
	return x >= y
}

// genText draws a formula of a type: n number, b bool, s string.
func genText(t *rapid.T, typ byte, depth int) string {
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "pick") }
	sub := func(typ byte) string { return "(" + genText(t, typ, depth-1) + ")" }
	if depth == 0 {
		switch typ {
		case 'n':
			return pick("I", "L", "F", "D", "G", "0", "1", "-3", "2.5", "1000", "(double)null")
		case 'b':
			return pick("B", "C", "true", "false", "(bool)null")
		}
		return pick("S", "U", "V", "`a`", "`zz`", "``", "(string)null")
	}
	switch typ {
	case 'n':
		switch pick("op", "neg", "cond", "ifNull", "leaf") {
		case "op":
			return sub('n') + pick("+", "-", "*", "/", "%") + sub('n')
		case "neg":
			return "-" + sub('n')
		case "cond":
			// Both arms of one type, so that the reference needs no conversion.
			return sub('b') + "?" + pick("L : 1", "D : 1.5", "G : D", "I : I")
		case "ifNull":
			return pick("ifNull(L, 5)", "ifNull(D, G)", "ifNull(G, 0.5)", "ifNull(I, I)")
		}
	case 'b':
		switch pick("cmp", "scmp", "logic", "not", "isNull", "cond", "leaf") {
		case "cmp":
			return sub('n') + pick("==", "!=", "<", "<=", ">", ">=") + sub('n')
		case "scmp":
			return sub('s') + pick("==", "!=", "<", "<=", ">", ">=") + sub('s')
		case "logic":
			return sub('b') + pick("&&", "||") + sub('b')
		case "not":
			return "!" + sub('b')
		case "isNull":
			return "isNull" + sub(pick("n", "b", "s")[0])
		case "cond":
			return sub('b') + "?" + sub('b') + ":" + sub('b')
		}
	case 's':
		switch pick("cond", "ifNull", "leaf") {
		case "cond":
			return sub('b') + "?" + sub('s') + ":" + sub('s')
		case "ifNull":
			return "ifNull(" + sub('s') + "," + sub('s') + ")"
		}
	}
	return genText(t, typ, 0)
}

// drawFrame draws columns with no, some and all nulls, of n rows, and their rows for the reference.
func drawFrame(t *rapid.T, tb testing.TB, n int) (*frame, []map[string]any) {
	f := &frame{}
	rows := make([]map[string]any, n)
	for i := range rows {
		rows[i] = map[string]any{}
	}
	dict := chunk.NewDict()
	add := func(name string, kind chunk.Kind, dict *chunk.Dict, draw func() (stored, ref any)) {
		nulls := rapid.SampledFrom([]string{"none", "some", "all"}).Draw(t, "nulls of "+name)
		var vals []any
		for i := range n {
			var stored, ref any
			if nulls == "none" || nulls == "some" && rapid.Bool().Draw(t, "set") {
				stored, ref = draw()
			}
			vals = append(vals, stored)
			rows[i][name] = ref
		}
		f.add(name, column(tb, kind, dict, vals...), n)
	}
	bools := func() (any, any) { b := rapid.Bool().Draw(t, "bool"); return b, b }
	floats := func() (any, any) {
		x := rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, -1, 2.5, 3, 1e300, -1e-300, inf, -inf, math.NaN()}).Draw(t, "float")
		return x, x
	}
	strs := func() (any, any) {
		s := rapid.SampledFrom([]string{"", "a", "b", "zz", "Zoë"}).Draw(t, "string")
		return s, s
	}
	add("B", chunk.Bool, nil, bools)
	add("C", chunk.Bool, nil, bools)
	add("I", chunk.Int32, nil, func() (any, any) {
		x := rapid.SampledFrom([]int32{0, 1, -1, 7, math.MaxInt32, math.MinInt32}).Draw(t, "int")
		return x, int64(x)
	})
	add("L", chunk.Int64, nil, func() (any, any) {
		x := rapid.SampledFrom([]int64{0, 1, -1, 7, 1000, math.MaxInt64, math.MinInt64}).Draw(t, "long")
		return x, x
	})
	add("F", chunk.Float32, nil, func() (any, any) {
		x := rapid.SampledFrom([]float32{0, 0.5, -2, 1e30, float32(inf)}).Draw(t, "float32")
		return x, float64(x)
	})
	add("D", chunk.Float64, nil, floats)
	add("G", chunk.Float64, nil, floats)
	add("S", chunk.String, dict, strs)
	add("U", chunk.String, dict, strs)
	add("V", chunk.String, nil, strs)
	return f, rows
}

// TestReference compares formulas with the reference, row by row.
func TestReference(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tab, rows := drawFrame(rt, t, rapid.SampledFrom([]int{1, 3, 70}).Draw(rt, "rows"))
		text := genText(rt, rapid.SampledFrom([]byte("nbbs")).Draw(rt, "type"), rapid.IntRange(0, 4).Draw(rt, "depth"))
		e, err := Parse(text)
		if err != nil {
			rt.Fatalf("%s: %v", text, err)
		}
		got := tab.eval(t, text)
		for i, row := range rows {
			want := reference(e.root, row)
			if w, ok := want.(int64); ok {
				if _, isFloat := got[i].(float64); isFloat {
					want = float64(w) // the formula's type is a float where the row's branch is an integer
				}
			}
			if !sameValue(got[i], want) {
				rt.Fatalf("%s, row %d %v: %v, want %v", text, i, row, got[i], want)
			}
		}
	})
}

// TestRoundTripDrawn prints and parses drawn formulas.
func TestRoundTripDrawn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := genText(rt, 'b', 5)
		checkRoundTrip(t, text)
		checkRoundTrip(t, strings.NewReplacer("(", " ", ")", " ").Replace(text))
	})
}
