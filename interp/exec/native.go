package exec

import (
	"reflect"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// compiledCode returns the compiled code of a function or method. One that is not there panics when called.
func (m *Machine) compiledCode(f *ssa.Function) reflect.Value {
	if v := m.generic(f); v.IsValid() {
		return v
	}
	o := f.Object()
	if o == nil || o.Pkg() == nil && f.Signature.Recv() == nil {
		panic("no compiled " + f.String())
	}
	if recv := f.Signature.Recv(); recv != nil {
		if v, ok := m.reflect.funcs[f.String()]; ok {
			return v
		}
		t := m.types.of(recv.Type())
		if method, ok := t.MethodByName(o.Name()); ok {
			return method.Func
		}
		panic("no compiled method " + f.String())
	}
	if v, ok := m.reflect.funcs[f.String()]; ok {
		return v
	}
	if v, ok := m.library[o.Pkg().Path()+"."+o.Name()]; ok {
		return v
	}
	if v := m.symbol(o.Pkg(), o.Name()); v.IsValid() {
		return v
	}
	if m.isLoaded(o.Pkg()) {
		return m.withoutBody(f)
	}
	panic("no compiled " + f.String())
}

// view is what a compiled function is to see of values that only interpreted code understands.
type view uint8

const (
	asCompiled view = iota // boxes, but no types and values of [reflection]
	insideView             // what is in a box: for functions that look into values with package reflect
	scanning               // what is in a box, unless its type scans itself: for functions of fmt
	everything             // for functions of [reflection]
)

// native compiles a call of a known compiled function.
func (c *compiler) native(callee *ssa.Function, args, rs []place) op {
	fv, name := c.m.compiledCode(callee), callee.String()
	if name == "(*sync.WaitGroup).Go" {
		return c.waitGroupGo(args)
	}
	sees := asCompiled
	if _, ok := c.m.reflect.funcs[name]; ok || callee.Origin() != nil {
		sees = everything
	} else if raw[name] {
		sees = insideView
		if strings.HasPrefix(name, "fmt.") {
			sees = scanning
		}
	}
	if o := fastNative(fv, args, rs); o != nil && sees == asCompiled {
		return o
	}
	call := c.nativeCaller(fv.Type(), sees, args, rs)
	if adopting[name] {
		return func(f *frame) {
			defer c.m.adopt(f.g)()
			call(f, fv)
		}
	}
	return func(f *frame) { call(f, fv) }
}

// nativeCaller returns how to call functions of type ft.
func (c *compiler) nativeCaller(ft reflect.Type, sees view, args, rs []place) func(f *frame, fv reflect.Value) {
	m := c.m
	pass := make([]func(f *frame, call *compiledCall) reflect.Value, len(args))
	lends := false
	for i := range args {
		a := args[i]
		t := ft.In(i)
		switch {
		case sees == insideView && t == anyType:
			pass[i] = func(f *frame, _ *compiledCall) reflect.Value {
				v := reflect.New(t).Elem()
				if x := unboxed(get[any](f.base, a.off)); x != nil {
					v.Set(reflect.ValueOf(x))
				}
				return v
			}
		case sees == scanning && t == reflect.TypeFor[[]any]():
			pass[i] = func(f *frame, _ *compiledCall) reflect.Value {
				return reflect.ValueOf(m.scanned(get[[]any](f.base, a.off)))
			}
		case sees == insideView && t == reflect.TypeFor[[]any]():
			pass[i] = func(f *frame, _ *compiledCall) reflect.Value {
				return reflect.ValueOf(unboxedAll(get[[]any](f.base, a.off)))
			}
		case sees != everything && (t == typeInterface || t == valueType || t == valuesType) && t == a.t:
			pass[i] = func(f *frame, _ *compiledCall) reflect.Value { return m.reflect.leave(valueAt(t, a.addr(f))) }
		case t.Kind() == reflect.Interface && t != a.t:
			load := loadInterface(a.t)
			pass[i] = func(f *frame, _ *compiledCall) reflect.Value {
				v := reflect.New(t).Elem()
				m.assign(v, load(a.addr(f)))
				return v
			}
		case t.Kind() == reflect.Func:
			lends = true
			pass[i] = func(f *frame, call *compiledCall) reflect.Value {
				w := lend(t, get[unsafe.Pointer](f.base, a.off), call)
				return valueAt(t, unsafe.Pointer(&w))
			}
		default:
			pass[i] = func(f *frame, _ *compiledCall) reflect.Value { return valueAt(t, a.addr(f)) }
		}
	}
	set := make([]func(unsafe.Pointer, reflect.Value), len(rs))
	for i := range rs {
		set[i] = storeValue(rs[i].t)
	}
	variadic, atomic := ft.IsVariadic(), c.atomic
	return func(f *frame, fv reflect.Value) {
		in := make([]reflect.Value, len(pass))
		var call *compiledCall
		if lends {
			call = &compiledCall{g: f.g}
			defer call.over.Store(true)
		}
		for i, p := range pass {
			in[i] = p(f, call)
		}
		var out []reflect.Value
		if variadic {
			out = fv.CallSlice(in)
		} else {
			out = fv.Call(in)
		}
		for i := range rs {
			set[i](rs[i].addr(f), out[i])
		}
		if !atomic {
			f.g.checkStop()
		}
	}
}

// offsetOf returns where the ith place is, 0 when there are fewer.
func offsetOf(ps []place, i int) uintptr {
	if i < len(ps) {
		return ps[i].off
	}
	return 0
}

// fastNative calls functions of common types without reflect; nil for others.
func fastNative(fv reflect.Value, args, rs []place) op {
	if len(rs) == 0 && fv.Type().NumOut() > 0 {
		return nil
	}
	a0, a1, r0, r1 := offsetOf(args, 0), offsetOf(args, 1), offsetOf(rs, 0), offsetOf(rs, 1)
	switch fn := fv.Interface().(type) {
	case func(float64) float64:
		return func(f *frame) { put(f.base, r0, fn(get[float64](f.base, a0))) }
	case func(float64, float64) float64:
		return func(f *frame) { put(f.base, r0, fn(get[float64](f.base, a0), get[float64](f.base, a1))) }
	case func(string) string:
		return func(f *frame) { put(f.base, r0, fn(get[string](f.base, a0))) }
	case func(string, string) bool:
		return func(f *frame) { put(f.base, r0, fn(get[string](f.base, a0), get[string](f.base, a1))) }
	case func(string, string) int:
		return func(f *frame) { put(f.base, r0, fn(get[string](f.base, a0), get[string](f.base, a1))) }
	case func(string, string) []string:
		return func(f *frame) { put(f.base, r0, fn(get[string](f.base, a0), get[string](f.base, a1))) }
	case func(string, string) string:
		return func(f *frame) { put(f.base, r0, fn(get[string](f.base, a0), get[string](f.base, a1))) }
	case func([]string, string) string:
		return func(f *frame) { put(f.base, r0, fn(get[[]string](f.base, a0), get[string](f.base, a1))) }
	case func(int) string:
		return func(f *frame) { put(f.base, r0, fn(get[int](f.base, a0))) }
	case func(string) (int, error):
		return func(f *frame) {
			n, err := fn(get[string](f.base, a0))
			put(f.base, r0, n)
			put(f.base, r1, err)
		}
	case func(rune) bool:
		return func(f *frame) { put(f.base, r0, fn(get[rune](f.base, a0))) }
	case func(string) error:
		return func(f *frame) { put(f.base, r0, fn(get[string](f.base, a0))) }
	case func(...any) string:
		return func(f *frame) { put(f.base, r0, fn(get[[]any](f.base, a0)...)) }
	case func(string, ...any) string:
		return func(f *frame) { put(f.base, r0, fn(get[string](f.base, a0), get[[]any](f.base, a1)...)) }
	}
	return nil
}
