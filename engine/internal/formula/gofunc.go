package formula

import (
	"reflect"
	"time"

	"tickbook/engine/internal/chunk"
)

// letValue is a registered value as a constant.
func (k *checker) letValue(a *ast, x any) *node {
	switch x := x.(type) {
	case time.Time:
		ns, ok := unixNano(x)
		if !ok {
			k.fail(a, "the time %s is %v; instants reach from 1678 to 2261", a.text, x)
		}
		return constNode(value{kind: chunk.Instant, i: ns})
	case time.Duration:
		return constNode(durationValue(x))
	}
	v := reflect.ValueOf(x)
	switch v.Kind() {
	case reflect.Bool:
		return constNode(boolValue(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return constNode(intValue(v.Int()))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint, reflect.Uint64:
		if u := v.Uint(); u < 1<<63 {
			return constNode(intValue(int64(u)))
		}
		k.fail(a, "the value %s is %v; integers reach to %d", a.text, x, int64(1<<63-1))
	case reflect.Float32, reflect.Float64:
		return constNode(floatValue(v.Float()))
	case reflect.String:
		return constNode(stringValue(v.String()))
	case reflect.Func:
		k.fail(a, "%s is a function; write %s(…)", a.text, a.text)
	}
	k.fail(a, "the value %s is a %T, which formulas cannot use", a.text, x)
	panic("unreachable")
}

// goCall types a call of a registered Go function. One that takes slices and returns a slice of the same length is called once a batch; any
// other once a row. Neither sees nulls: a row with a null argument gives null (a function of slices gets the zero value there).
func (k *checker) goCall(a *ast, f any) *node {
	t := reflect.TypeOf(f)
	if t == nil || t.Kind() != reflect.Func {
		k.fail(a, "%s is a %T, not a function", a.text, f)
	}
	if reflect.ValueOf(f).IsNil() {
		k.fail(a, "the function %s is nil", a.text)
	}
	isError := t.NumOut() == 2 && t.Out(1) == reflect.TypeFor[error]()
	if t.IsVariadic() || t.NumOut() != 1 && !isError {
		k.fail(a, "the function %s is a %v; formulas call functions of fixed arguments with one result, or one and an error", a.text, t)
	}
	if len(a.args) != t.NumIn() {
		k.fail(a, "%s takes %s; got %s: it is a %v", a.text, count(t.NumIn(), "argument"), count(len(a.args), "argument"), t)
	}
	g := &goFunc{name: a.text, value: reflect.ValueOf(f), isVector: t.NumIn() > 0 && t.Out(0).Kind() == reflect.Slice, isError: isError}
	for i, x := range a.args {
		in := t.In(i)
		if g.isVector {
			if in.Kind() != reflect.Slice {
				k.fail(a, "the function %s is a %v; with a slice as its result, all arguments are slices", a.text, t)
			}
			in = in.Elem()
		}
		g.args = append(g.args, k.goArg(a, x, i, in))
	}
	g.out = t.Out(0)
	if g.isVector {
		g.out = g.out.Elem()
	}
	if g.kind = goKind(g.out); g.kind == chunk.Invalid {
		k.fail(a, "the function %s returns a %v, which no column holds", a.text, t.Out(0))
	}
	n := g.fast(f)
	if n == nil {
		n = g.slow()
	}
	n.isCostly = true
	n.isImpure = t.NumIn() == 0
	return n.under(g.args...)
}

// goKind is the kind whose values a Go type's can be.
func goKind(t reflect.Type) chunk.Kind {
	switch t {
	case reflect.TypeFor[time.Time]():
		return chunk.Instant
	case reflect.TypeFor[time.Duration]():
		return chunk.Duration
	}
	switch t.Kind() {
	case reflect.Bool:
		return chunk.Bool
	case reflect.Int8:
		return chunk.Int8
	case reflect.Int16, reflect.Uint8:
		return chunk.Int16
	case reflect.Int32, reflect.Uint16:
		return chunk.Int32
	case reflect.Int64, reflect.Int, reflect.Uint32:
		return chunk.Int64
	case reflect.Float32:
		return chunk.Float32
	case reflect.Float64:
		return chunk.Float64
	case reflect.String:
		return chunk.String
	}
	return chunk.Invalid
}

// goArg is argument i made of the kind that a parameter of type t takes.
func (k *checker) goArg(call, a *ast, i int, t reflect.Type) *node {
	n := k.check(a)
	to := goKind(t)
	switch t.Kind() {
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		to = chunk.Invalid // not every value of a column fits
	}
	if to == chunk.Invalid {
		k.fail(call, "argument %d of the function %s is a %v, which no column holds", i+1, call.text, t)
	}
	if !n.isNullLit() && n.kind != to {
		if as, ok := common(to, n); !ok || as != to && to != chunk.Float64 {
			k.fail(a, "%s takes %v as argument %d; %s is %s", call.text, t, i+1, a, n.kind)
		}
	}
	return convert(n, to)
}
