package exec

import (
	"go/types"
	"reflect"
	"unsafe"
)

// layoutOf returns how values of a type lie in memory, and the type itself when it is not exact.
func layoutOf(t reflect.Type) (reflect.Type, types.Type) {
	if x, ok := t.(*rtype); ok {
		return x.Type, x.t
	}
	return t, nil
}

// made is a value that reflect made in a type's layout.
func (r *reflection) made(t types.Type, v reflect.Value) reflect.Value {
	if t == nil {
		return v
	}
	return r.copyAt(t, r.memory(v), false)
}

func (r *reflection) zeroValue(t reflect.Type) reflect.Value {
	if t == nil {
		panic("reflect: Zero(nil)")
	}
	layout, x := layoutOf(t)
	return r.made(x, reflect.Zero(layout))
}

func (r *reflection) newValue(t reflect.Type) reflect.Value {
	layout, x := layoutOf(t)
	return r.pointer(x, reflect.New(layout))
}

// pointer is p, which points to a t.
func (r *reflection) pointer(t types.Type, p reflect.Value) reflect.Value {
	if t == nil {
		return p
	}
	w := p.UnsafePointer()
	return r.copyAt(types.NewPointer(t), unsafe.Pointer(&w), false)
}

func (r *reflection) newAt(t reflect.Type, p unsafe.Pointer) reflect.Value {
	layout, x := layoutOf(t)
	return r.pointer(x, reflect.NewAt(layout, p))
}

func (r *reflection) makeSlice(t reflect.Type, n, c int) reflect.Value {
	layout, x := layoutOf(t)
	return r.made(x, reflect.MakeSlice(layout, n, c))
}

func (r *reflection) sliceAt(t reflect.Type, p unsafe.Pointer, n int) reflect.Value {
	layout, x := layoutOf(t)
	s := reflect.SliceAt(layout, p, n)
	if x == nil {
		return s
	}
	return r.made(types.NewSlice(x), s)
}

func (r *reflection) makeChan(t reflect.Type, buffer int) reflect.Value {
	layout, x := layoutOf(t)
	return r.made(x, reflect.MakeChan(layout, buffer))
}

func (r *reflection) makeMap(t reflect.Type, n int) reflect.Value {
	layout, x := layoutOf(t)
	return r.made(x, reflect.MakeMapWithSize(layout, n))
}

func (r *reflection) appendValues(s reflect.Value, xs ...reflect.Value) reflect.Value {
	c, in := r.of(s), r.bare(s)
	if in.Kind() != reflect.Slice {
		return reflect.Append(in, xs...) // which panics
	}
	elem := r.typeOfValue(s).Elem()
	args := make([]reflect.Value, len(xs))
	for i, x := range xs {
		r.mustExport(x)
		r.mustAssign("reflect.Set: value of type ", r.typeOfValue(x), elem, " is not assignable to type ")
		args[i] = r.passed(x, in.Type().Elem())
	}
	out := reflect.Append(in, args...)
	if c == nil {
		return out
	}
	return r.made(c.t, out)
}

func (r *reflection) appendSlice(s, t reflect.Value) reflect.Value {
	c := r.of(s)
	out := reflect.AppendSlice(r.bare(s), r.plain(t))
	if c == nil {
		return out
	}
	return r.made(c.t, out)
}

func (r *reflection) copySlice(dst, src reflect.Value) int {
	return reflect.Copy(r.lists(dst), r.lists(src))
}

// lists returns a list in its layout.
func (r *reflection) lists(v reflect.Value) reflect.Value {
	if r.of(v) == nil || r.bare(v).Kind() == reflect.Slice {
		return r.bare(v)
	}
	return r.plain(v)
}

func (r *reflection) selectCase(cases []reflect.SelectCase) (int, reflect.Value, bool) {
	plain := make([]reflect.SelectCase, len(cases))
	for i, c := range cases {
		plain[i] = c
		if c.Chan.IsValid() {
			plain[i].Chan = r.bare(c.Chan)
			if c.Send.IsValid() {
				plain[i].Send = r.sent(c.Chan, c.Send)
			}
		}
	}
	i, v, ok := reflect.Select(plain)
	if c := r.of(cases[i].Chan); c != nil && v.IsValid() {
		v = r.take(elemType(c.t), v)
	}
	return i, v, ok
}

// Types of types. A type of compiled code alone is made by reflect, which makes it the compiler's.

func (r *reflection) derived(ts []reflect.Type, compiled func() reflect.Type, of func(ts []types.Type) types.Type) reflect.Type {
	own := false
	for _, t := range ts {
		_, x := layoutOf(t)
		own = own || x != nil
	}
	if !own {
		return compiled()
	}
	xs := make([]types.Type, len(ts))
	for i, t := range ts {
		if xs[i] = r.checked(t); xs[i] == nil {
			panic("reflect: a type made of " + t.String() + ", an unexported or generic type of compiled code, and one of a cell is not supported")
		}
	}
	return r.typeOf(of(xs))
}

func (r *reflection) pointerTo(t reflect.Type) reflect.Type {
	return r.derived([]reflect.Type{t}, func() reflect.Type { return reflect.PointerTo(t) },
		func(ts []types.Type) types.Type { return types.NewPointer(ts[0]) })
}

func (r *reflection) sliceOf(t reflect.Type) reflect.Type {
	return r.derived([]reflect.Type{t}, func() reflect.Type { return reflect.SliceOf(t) },
		func(ts []types.Type) types.Type { return types.NewSlice(ts[0]) })
}

func (r *reflection) arrayOf(n int, t reflect.Type) reflect.Type {
	return r.derived([]reflect.Type{t}, func() reflect.Type { return reflect.ArrayOf(n, t) },
		func(ts []types.Type) types.Type { return types.NewArray(ts[0], int64(n)) })
}

func (r *reflection) mapOf(k, e reflect.Type) reflect.Type {
	if !k.Comparable() {
		panic("reflect.MapOf: invalid key type " + k.String())
	}
	return r.derived([]reflect.Type{k, e}, func() reflect.Type { return reflect.MapOf(k, e) },
		func(ts []types.Type) types.Type { return types.NewMap(ts[0], ts[1]) })
}

func (r *reflection) chanOf(d reflect.ChanDir, t reflect.Type) reflect.Type {
	return r.derived([]reflect.Type{t}, func() reflect.Type { return reflect.ChanOf(d, t) },
		func(ts []types.Type) types.Type { return types.NewChan(checkedDir(d), ts[0]) })
}

func (r *reflection) funcOf(in, out []reflect.Type, variadic bool) reflect.Type {
	all := append(append([]reflect.Type(nil), in...), out...)
	return r.derived(all, func() reflect.Type { return reflect.FuncOf(in, out, variadic) }, func([]types.Type) types.Type {
		ps, _ := r.tuple(len(in), func(i int) reflect.Type { return in[i] })
		rs, _ := r.tuple(len(out), func(i int) reflect.Type { return out[i] })
		return types.NewSignatureType(nil, nil, nil, ps, rs, variadic)
	})
}

func (r *reflection) structOf(fields []reflect.StructField) reflect.Type {
	ts := make([]reflect.Type, len(fields))
	for i, f := range fields {
		ts[i] = f.Type
	}
	return r.derived(ts, func() reflect.Type { return reflect.StructOf(fields) }, func([]types.Type) types.Type {
		return r.unnamedStruct(len(fields), func(i int) reflect.StructField { return fields[i] })
	})
}
