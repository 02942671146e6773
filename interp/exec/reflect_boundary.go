package exec

import (
	"fmt"
	"reflect"
	"runtime"
	"unsafe"
)

// adopting are functions of reflection that call others: what they call belongs to the caller's thread.
var adopting = map[string]bool{"(reflect.Value).Call": true, "(reflect.Value).CallSlice": true}

// leave returns an argument of a compiled function, a type, a value or values, as compiled code understands it.
func (r *reflection) leave(v reflect.Value) reflect.Value {
	switch x := v.Interface().(type) {
	case *rtype:
		return reflect.ValueOf(x.Type)
	case reflect.Value:
		return reflect.ValueOf(r.plain(x))
	case []reflect.Value:
		out := make([]reflect.Value, len(x))
		for i := range x {
			out[i] = r.plain(x[i])
		}
		return reflect.ValueOf(out)
	}
	return v
}

// methodOf returns how interpreted code calls a method of package reflect's types through an interface; nil for other types.
func (r *reflection) methodOf(t reflect.Type, name string) func(c *compiler, args, rs []place) func(f *frame, v any) {
	switch t {
	case valueType, reflect.TypeFor[*runtime.Func](), reflect.TypeFor[*runtime.Frames]():
		fv := r.funcs["("+t.String()+")."+name]
		ft := fv.Type()
		in := make([]reflect.Type, ft.NumIn()-1)
		for i := range in {
			in[i] = ft.In(i + 1)
		}
		out := make([]reflect.Type, ft.NumOut())
		for i := range out {
			out[i] = ft.Out(i)
		}
		method := reflect.FuncOf(in, out, ft.IsVariadic())
		return func(c *compiler, args, rs []place) func(f *frame, v any) {
			call := c.nativeCaller(method, everything, args, rs)
			return func(f *frame, v any) {
				call(f, reflect.MakeFunc(method, func(in []reflect.Value) []reflect.Value {
					return fv.Call(append([]reflect.Value{reflect.ValueOf(v)}, in...))
				}))
			}
		}
	case compiledRType, reflect.TypeFor[*rtype]():
		method, ok := reflect.TypeFor[*rtype]().MethodByName(name)
		if !ok {
			return nil
		}
		compares := name == "Implements" || name == "AssignableTo" || name == "ConvertibleTo"
		return func(c *compiler, args, rs []place) func(f *frame, v any) {
			call := c.nativeCaller(reflect.ValueOf((*rtype)(nil)).Method(method.Index).Type(), everything, args, rs)
			return func(f *frame, v any) {
				if compares {
					v = r.comparing(v.(reflect.Type), get[reflect.Type](f.base, args[0].off))
				}
				call(f, reflect.ValueOf(v).MethodByName(name))
			}
		}
	}
	return nil
}

// comparing returns a type such that it can be compared with another.
func (r *reflection) comparing(t, with reflect.Type) reflect.Type {
	if _, own := with.(*rtype); own {
		return r.known(t)
	}
	return t
}

// printable replaces values that reflection holds by what fmt prints for them: the values themselves.
func (r *reflection) printable(a []any) []any {
	out := a
	for i, x := range a {
		v, ok := x.(reflect.Value)
		if !ok || r.of(v) == nil {
			continue
		}
		if &out[0] == &a[0] {
			out = append([]any(nil), a...)
		}
		if r.isReadOnly(v) {
			out[i] = hidden{r, v}
		} else {
			out[i] = r.content(v)
		}
	}
	return out
}

// hidden prints as the value of an unexported field.
type hidden struct {
	r *reflection
	v reflect.Value
}

// Format implements [fmt.Formatter].
func (h hidden) Format(st fmt.State, verb rune) {
	c := h.r.of(h.v)
	p := h.r.memory(h.v)
	v := reflect.NewAt(h.r.mark(c.layout, true), unsafe.Pointer(p)).Elem().Field(0)
	(&formatter{h.r.m, st, verb}).value(c.t, v, 0)
}
