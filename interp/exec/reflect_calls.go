package exec

import (
	"go/types"
	"iter"
	"reflect"
	"slices"
	"unsafe"
)

// numMethod is [reflect.Value.NumMethod].
func (r *reflection) numMethod(v reflect.Value) int {
	if r.of(v) == nil {
		return v.NumMethod()
	}
	return r.typeOfValue(v).NumMethod()
}

// method is [reflect.Value.Method].
func (r *reflection) method(v reflect.Value, i int) reflect.Value {
	c := r.of(v)
	if c == nil {
		return v.Method(i)
	}
	fs := r.methods(c.t)
	if i < 0 || i >= len(fs) {
		panic("reflect: Method index out of range")
	}
	return r.bound(v, c, fs[i])
}

func (r *reflection) methodByName(v reflect.Value, name string) reflect.Value {
	c := r.of(v)
	if c == nil {
		return v.MethodByName(name)
	}
	for _, f := range r.methods(c.t) {
		if f.Name() == name {
			return r.bound(v, c, f)
		}
	}
	return reflect.Value{}
}

func (r *reflection) valueMethods(v reflect.Value) iter.Seq2[reflect.Method, reflect.Value] {
	if r.of(v) == nil {
		return v.Methods()
	}
	t := r.typeOfValue(v)
	return func(yield func(reflect.Method, reflect.Value) bool) {
		for i := range t.NumMethod() {
			if !yield(t.Method(i), r.method(v, i)) {
				return
			}
		}
	}
}

func withoutReceiver(s *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())
}

// methodFunc returns a method of t as a func whose first parameter is the receiver.
func (r *reflection) methodFunc(t types.Type, f *types.Func) reflect.Value {
	w, ft := r.methodWord(t, f)
	return r.copyAt(ft, unsafe.Pointer(&w), false)
}

// methodWord returns a method as the word of a func value, and its type.
func (r *reflection) methodWord(t types.Type, f *types.Func) (unsafe.Pointer, *types.Signature) {
	s := f.Signature()
	in := append([]*types.Var{types.NewParam(f.Pos(), nil, "", t)}, slices.Collect(s.Params().Variables())...)
	ft := types.NewSignatureType(nil, nil, nil, types.NewTuple(in...), s.Results(), s.Variadic())
	return newThunk(r.m.types.of(ft), &closure{fn: r.m.method(t, f.Pkg(), f.Name())}), ft
}

// bound returns a method of v with its receiver.
func (r *reflection) bound(v reflect.Value, c *carrier, f *types.Func) reflect.Value {
	if c.embedded || !v.CanInterface() {
		r.plain(v).Interface() // which reflect refuses in its own words
	}
	sig := withoutReceiver(f.Signature())
	if types.IsInterface(c.t) {
		if v.Field(0).IsNil() {
			panic("reflect: Method on nil interface value")
		}
		return r.methodByName(r.elem(v), f.Name())
	}
	w, ft := r.methodWord(c.t, f)
	fv := valueAt(r.m.types.of(ft), unsafe.Pointer(&w))
	recv := r.passed(v, c.layout)
	made := reflect.MakeFunc(r.m.types.of(sig), func(in []reflect.Value) []reflect.Value {
		in = append([]reflect.Value{recv}, in...)
		if fv.Type().IsVariadic() {
			return fv.CallSlice(in)
		}
		return fv.Call(in)
	})
	return r.take(sig, made)
}

// call is [reflect.Value.Call].
func (r *reflection) call(v reflect.Value, in []reflect.Value, slice bool) []reflect.Value {
	c, fv := r.of(v), r.writable(v)
	do := fv.Call
	if slice {
		do = fv.CallSlice
	}
	if fv.Kind() != reflect.Func || fv.IsNil() {
		return do(in)
	}
	t := r.typeOfValue(v)
	n := t.NumIn()
	args := make([]reflect.Value, len(in))
	for i, x := range in {
		if !x.IsValid() || i >= n && !t.IsVariadic() {
			return do(args) // which panics
		}
		want, layout := t.In(min(i, n-1)), fv.Type().In(min(i, n-1))
		if i >= n-1 && t.IsVariadic() && !slice {
			want, layout = want.Elem(), layout.Elem()
		}
		r.mustExport(x)
		what := "reflect: Call using "
		if slice {
			what = "reflect: CallSlice using "
		}
		r.mustAssign(what, r.typeOfValue(x), want, " as type ")
		args[i] = r.passed(x, layout)
	}
	out := do(args)
	if c == nil {
		return out
	}
	for i, x := range seq(c.t.Underlying().(*types.Signature).Results()) {
		out[i] = r.take(x.Type(), out[i])
	}
	return out
}

// makeFunc is [reflect.MakeFunc].
func (r *reflection) makeFunc(t reflect.Type, f func([]reflect.Value) []reflect.Value) reflect.Value {
	x, ok := t.(*rtype)
	if !ok {
		return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
			out := f(in)
			for i := range out {
				if i < t.NumOut() && (r.of(out[i]) != nil || t.Out(i).Kind() == reflect.Interface) {
					out[i] = r.returned(out[i], t.Out(i), t.Out(i))
				}
			}
			return out
		})
	}
	sig := x.signature("MakeFunc")
	layout := x.Type
	made := reflect.MakeFunc(layout, func(in []reflect.Value) []reflect.Value {
		for i, p := range seq(sig.Params()) {
			in[i] = r.take(p.Type(), in[i])
		}
		out := f(in)
		if len(out) != sig.Results().Len() {
			panic("reflect: wrong return count from function created by MakeFunc")
		}
		for i, p := range seq(sig.Results()) {
			out[i] = r.returned(out[i], r.typeOf(p.Type()), layout.Out(i))
		}
		return out
	})
	return r.take(x.t, made)
}

// returned returns a result of a made function.
func (r *reflection) returned(x reflect.Value, t, layout reflect.Type) reflect.Value {
	if !x.IsValid() {
		panic("reflect: function created by MakeFunc using closure returned zero Value")
	}
	if r.isReadOnly(x) {
		panic("reflect: function created by MakeFunc using closure returned value obtained from unexported field")
	}
	r.mustAssign("reflect: function created by MakeFunc using closure returned value of type ", r.typeOfValue(x), t, " for ")
	return r.passed(x, layout)
}

// convert is [reflect.Value.Convert].
func (r *reflection) convert(v reflect.Value, t reflect.Type) reflect.Value {
	x, ok := t.(*rtype)
	if !ok && r.of(v) == nil && t.Kind() != reflect.Interface {
		return v.Convert(t)
	}
	from := r.typeOfValue(v)
	if !r.known(from).ConvertibleTo(t) {
		panic("reflect.Value.Convert: value of type " + from.String() + " cannot be converted to type " + t.String())
	}
	layout := t
	if ok {
		layout = x.Type
	}
	p := reflect.New(layout)
	if layout.Kind() == reflect.Interface {
		r.m.assign(p.Elem(), r.content(v))
	} else {
		if in := r.plain(v); in.Type() == layout || !in.CanConvert(layout) {
			r.write(p.UnsafePointer(), layout, v)
		} else {
			r.write(p.UnsafePointer(), layout, in.Convert(layout))
		}
	}
	if !ok {
		return r.copyAs(layout, p.UnsafePointer(), r.isReadOnly(v))
	}
	return r.copyAt(x.t, p.UnsafePointer(), r.isReadOnly(v))
}

func (r *reflection) canConvert(v reflect.Value, t reflect.Type) bool {
	if !r.known(r.typeOfValue(v)).ConvertibleTo(t) {
		return false
	}
	if in := r.bare(v); in.Kind() == reflect.Slice {
		a := t
		if a.Kind() == reflect.Pointer {
			a = a.Elem()
		}
		return a.Kind() != reflect.Array || a.Len() <= in.Len()
	}
	return true
}

// equal is [reflect.Value.Equal].
func (r *reflection) equal(v, u reflect.Value) bool {
	if v.IsValid() && r.bare(v).Kind() == reflect.Interface {
		v = r.elem(v)
	}
	if u.IsValid() && r.bare(u).Kind() == reflect.Interface {
		u = r.elem(u)
	}
	if !v.IsValid() || !u.IsValid() {
		return v.IsValid() == u.IsValid()
	}
	if r.typeOfValue(v) != r.typeOfValue(u) {
		return false
	}
	return r.plain(v).Equal(r.plain(u))
}

func (r *reflection) comparable(v reflect.Value) bool {
	in := r.bare(v)
	switch in.Kind() {
	case reflect.Interface:
		return in.IsNil() || r.comparable(r.elem(v))
	case reflect.Array:
		for i := range in.Len() {
			if !r.comparable(r.index(v, i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range in.NumField() {
			if !r.comparable(in.Field(i)) {
				return false
			}
		}
		return true
	}
	return in.Comparable()
}

// receive is [reflect.Value.Recv] and its kin.
func (r *reflection) receive(v reflect.Value, recv func(reflect.Value) (reflect.Value, bool)) (reflect.Value, bool) {
	x, ok := recv(r.writable(v))
	if c := r.of(v); c != nil && x.IsValid() {
		x = r.take(elemType(c.t), x)
	}
	return x, ok
}

// sent returns x as the channel v takes it.
func (r *reflection) sent(v, x reflect.Value) reflect.Value {
	in := r.writable(v)
	if in.Kind() != reflect.Chan {
		return x
	}
	r.mustExport(x)
	r.mustAssign("reflect.Value.Send: value of type ", r.typeOfValue(x), r.typeOfValue(v).Elem(), " is not assignable to type ")
	return r.passed(x, in.Type().Elem())
}
