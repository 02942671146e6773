package exec

import (
	"go/types"
	"iter"
	"reflect"
	"strings"
	"unsafe"

	"tickbook/internal/symbols"
)

// makeFuncs are the functions and methods of package reflect as interpreted code has them. Methods of Value that are not listed read or write
// the value in a carrier.
func (r *reflection) makeFuncs() map[string]reflect.Value {
	fs := map[string]any{
		"reflect.TypeOf": r.dynamicType, "reflect.ValueOf": r.valueOf, "reflect.Indirect": r.indirect, "reflect.DeepEqual": r.deepEqual,
		"reflect.New": r.newValue, "reflect.NewAt": r.newAt, "reflect.Zero": r.zeroValue, "reflect.MakeFunc": r.makeFunc,
		"reflect.MakeSlice": r.makeSlice, "reflect.SliceAt": r.sliceAt, "reflect.MakeChan": r.makeChan, "reflect.MakeMapWithSize": r.makeMap,
		"reflect.MakeMap": func(t reflect.Type) reflect.Value { return r.makeMap(t, 0) },
		"reflect.Append":  r.appendValues, "reflect.AppendSlice": r.appendSlice, "reflect.Copy": r.copySlice, "reflect.Select": r.selectCase,
		"reflect.PointerTo": r.pointerTo, "reflect.PtrTo": r.pointerTo, "reflect.SliceOf": r.sliceOf, "reflect.ArrayOf": r.arrayOf,
		"reflect.MapOf": r.mapOf, "reflect.ChanOf": r.chanOf, "reflect.FuncOf": r.funcOf, "reflect.StructOf": r.structOf,
		"reflect.VisibleFields": reflect.VisibleFields, "reflect.Swapper": func(x any) func(i, j int) { return reflect.Swapper(unboxed(x)) },

		"(*reflect.MapIter).Key":      func(it *reflect.MapIter) reflect.Value { return r.iterated(it, it.Key(), (*types.Map).Key) },
		"(*reflect.MapIter).Value":    func(it *reflect.MapIter) reflect.Value { return r.iterated(it, it.Value(), (*types.Map).Elem) },
		"(*reflect.MapIter).Reset":    r.resetIter,
		"(*reflect.ValueError).Error": (*reflect.ValueError).Error,
	}
	values := map[string]any{
		"Type": r.typeOfValue, "Interface": r.content, "Elem": r.elem, "Field": r.field, "FieldByIndex": r.fieldByIndex,
		"FieldByIndexErr": r.fieldByIndexErr, "FieldByName": r.fieldByName, "FieldByNameFunc": r.fieldByNameFunc, "Fields": r.fields,
		"Index": r.index, "Pointer": r.address, "Slice": r.slice, "Slice3": r.slice3, "String": r.text, "Addr": r.addr,
		"Kind": func(v reflect.Value) reflect.Kind { return r.bare(v).Kind() },
		"Len":  func(v reflect.Value) int { return r.bare(v).Len() }, "IsNil": func(v reflect.Value) bool { return r.bare(v).IsNil() },
		"Int":          func(v reflect.Value) int64 { return r.bare(v).Int() },
		"CanAddr":      reflect.Value.CanAddr,
		"CanSet":       func(v reflect.Value) bool { return v.CanSet() && !r.isReadOnly(v) },
		"CanInterface": func(v reflect.Value) bool { return v.CanInterface() && !r.isReadOnly(v) },
		"IsValid":      reflect.Value.IsValid,
		"Set":          r.set, "SetZero": r.setZero, "SetBytes": func(v reflect.Value, b []byte) { r.writable(v).SetBytes(b) },
		"MapIndex": r.mapIndex, "MapKeys": r.mapKeys, "MapRange": r.mapRange, "SetMapIndex": r.setMapIndex,
		"SetIterKey":   func(v reflect.Value, it *reflect.MapIter) { r.set(v, r.iterated(it, it.Key(), (*types.Map).Key)) },
		"SetIterValue": func(v reflect.Value, it *reflect.MapIter) { r.set(v, r.iterated(it, it.Value(), (*types.Map).Elem)) },
		"Method":       r.method, "MethodByName": r.methodByName, "NumMethod": r.numMethod, "Methods": r.valueMethods,
		"Call":      func(v reflect.Value, in []reflect.Value) []reflect.Value { return r.call(v, in, false) },
		"CallSlice": func(v reflect.Value, in []reflect.Value) []reflect.Value { return r.call(v, in, true) },
		"Convert":   r.convert, "CanConvert": r.canConvert, "Equal": r.equal, "Comparable": r.comparable,
		"Recv":    func(v reflect.Value) (reflect.Value, bool) { return r.receive(v, reflect.Value.Recv) },
		"TryRecv": func(v reflect.Value) (reflect.Value, bool) { return r.receive(v, reflect.Value.TryRecv) },
		"Send":    func(v, x reflect.Value) { r.bare(v).Send(r.sent(v, x)) }, "TrySend": func(v, x reflect.Value) bool { return r.bare(v).TrySend(r.sent(v, x)) },
		"Seq": r.seq, "Seq2": r.seq2,
	}
	out := map[string]reflect.Value{}
	for n, f := range fs {
		out[n] = reflect.ValueOf(f)
	}
	for i := range valueType.NumMethod() {
		method := valueType.Method(i)
		f, ok := values[method.Name]
		if !ok {
			f = r.leaf(method)
		}
		out["(reflect.Value)."+method.Name] = reflect.ValueOf(f)
	}
	return out
}

var (
	valueType     = reflect.TypeFor[reflect.Value]()
	valuesType    = reflect.TypeFor[[]reflect.Value]()
	typeInterface = reflect.TypeFor[reflect.Type]()
	compiledRType = reflect.TypeOf(anyType)
	unboxer       = reflect.TypeFor[symbols.Unboxer]()
)

// leaf makes a method of Value that goes to the value in the carrier.
func (r *reflection) leaf(method reflect.Method) any {
	writes := strings.HasPrefix(method.Name, "Set") || method.Name == "Grow" || method.Name == "Clear"
	return reflect.MakeFunc(method.Type, func(in []reflect.Value) []reflect.Value {
		v := in[0].Interface().(reflect.Value)
		if writes {
			v = r.writable(v)
		} else {
			v = r.bare(v)
		}
		in[0] = reflect.ValueOf(v)
		return method.Func.Call(in)
	}).Interface()
}

// writable returns the value in a carrier for a method of reflect that writes it, or panics when it may not.
func (r *reflection) writable(v reflect.Value) reflect.Value {
	if c := r.of(v); c != nil && c.embedded {
		return r.plain(v)
	}
	return r.bare(v)
}

func (r *reflection) indirect(v reflect.Value) reflect.Value {
	if r.bare(v).Kind() != reflect.Pointer {
		return v
	}
	return r.elem(v)
}

// elem is [reflect.Value.Elem].
func (r *reflection) elem(v reflect.Value) reflect.Value {
	c, in := r.of(v), r.bare(v)
	readOnly := c != nil && r.isReadOnly(v) || c == nil && v.IsValid() && !v.CanInterface()
	switch in.Kind() {
	case reflect.Interface:
		if e := in.Elem(); !e.IsValid() || !e.Type().Implements(unboxer) {
			return e
		}
		if !readOnly {
			return r.valueOf(in.Interface())
		}
		x := reflect.New(in.Type())
		thaw(x.Elem(), in)
		y := r.valueOf(x.Elem().Interface())
		return r.copyAs(y.Type(), r.memory(y), true)
	case reflect.Pointer, reflect.UnsafePointer:
		if c == nil {
			break
		}
		p := in.UnsafePointer()
		if u, ok := c.t.Underlying().(*types.Pointer); ok {
			if p == nil {
				return reflect.Value{}
			}
			return r.at(u.Elem(), p, readOnly)
		}
	}
	return in.Elem()
}

// addr is [reflect.Value.Addr].
func (r *reflection) addr(v reflect.Value) reflect.Value {
	c := r.of(v)
	p := v.Addr()
	if c == nil {
		return p
	}
	w := p.UnsafePointer()
	return r.copyAt(types.NewPointer(c.t), unsafe.Pointer(&w), r.isReadOnly(v))
}

func (r *reflection) field(v reflect.Value, i int) reflect.Value { return r.bare(v).Field(i) }

func (r *reflection) fields(v reflect.Value) iter.Seq2[reflect.StructField, reflect.Value] {
	t := r.typeOfValue(v)
	return func(yield func(reflect.StructField, reflect.Value) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i), r.field(v, i)) {
				return
			}
		}
	}
}

func (r *reflection) fieldByIndexErr(v reflect.Value, index []int) (reflect.Value, error) {
	for i, x := range index {
		if i > 0 && r.bare(v).Kind() == reflect.Pointer {
			if t := r.typeOfValue(v).Elem(); t.Kind() == reflect.Struct {
				if r.bare(v).IsNil() {
					return reflect.Value{}, nilEmbedded("reflect: indirection through nil pointer to embedded struct field " + t.Name())
				}
				v = r.elem(v)
			}
		}
		v = r.field(v, x)
	}
	return v, nil
}

type nilEmbedded string

func (e nilEmbedded) Error() string { return string(e) }

func (r *reflection) fieldByIndex(v reflect.Value, index []int) reflect.Value {
	f, err := r.fieldByIndexErr(v, index)
	if err != nil {
		panic("reflect: indirection through nil pointer to embedded struct")
	}
	return f
}

func (r *reflection) fieldByName(v reflect.Value, name string) reflect.Value {
	if r.of(v) == nil {
		return v.FieldByName(name)
	}
	return r.fieldByNameFunc(v, func(n string) bool { return n == name })
}

func (r *reflection) fieldByNameFunc(v reflect.Value, match func(string) bool) reflect.Value {
	if r.of(v) == nil {
		return v.FieldByNameFunc(match)
	}
	f, ok := r.typeOfValue(v).FieldByNameFunc(match)
	if !ok {
		return reflect.Value{}
	}
	return r.fieldByIndex(v, f.Index)
}

// index is [reflect.Value.Index].
func (r *reflection) index(v reflect.Value, i int) reflect.Value {
	c, e := r.of(v), r.bare(v).Index(i)
	if c == nil || e.Kind() == reflect.Uint8 && isString(c.t) {
		return e
	}
	elem := elemType(c.t)
	if e.Type() == r.held(elem) {
		return e
	}
	return r.at(elem, e.Addr().UnsafePointer(), r.isReadOnly(v))
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// elemType is what a list, a map, a channel or a pointer has.
func elemType(t types.Type) types.Type { return (&rtype{t: t}).elem() }

// slice is [reflect.Value.Slice].
func (r *reflection) slice(v reflect.Value, i, j int) reflect.Value {
	return r.sliced(v, func(in reflect.Value) reflect.Value { return in.Slice(i, j) })
}

func (r *reflection) slice3(v reflect.Value, i, j, k int) reflect.Value {
	return r.sliced(v, func(in reflect.Value) reflect.Value { return in.Slice3(i, j, k) })
}

func (r *reflection) sliced(v reflect.Value, slice func(reflect.Value) reflect.Value) reflect.Value {
	c, s := r.of(v), slice(r.bare(v))
	if c == nil {
		return s
	}
	t := c.t
	if u, ok := t.Underlying().(*types.Array); ok {
		t = types.NewSlice(u.Elem())
	}
	return r.copyAt(t, r.memory(s), r.isReadOnly(v))
}

// text is [reflect.Value.String].
func (r *reflection) text(v reflect.Value) string {
	in := r.bare(v)
	if r.of(v) == nil || in.Kind() == reflect.String {
		return in.String()
	}
	return "<" + r.typeOfValue(v).String() + " Value>"
}

// set is [reflect.Value.Set].
func (r *reflection) set(v, x reflect.Value) {
	if r.of(v) == nil && r.of(x) == nil && v.Kind() != reflect.Interface {
		v.Set(x)
		return
	}
	if !v.CanSet() || r.isReadOnly(v) {
		r.plain(v).Set(r.plain(x)) // which reflect refuses in its own words
	}
	r.mustExport(x)
	t := r.typeOfValue(v)
	r.mustAssign("reflect.Set: value of type ", r.typeOfValue(x), t, " is not assignable to type ")
	r.write(v.Addr().UnsafePointer(), r.plain(v).Type(), x)
}

func (r *reflection) mustExport(x reflect.Value) {
	if r.isReadOnly(x) {
		reflect.New(r.plain(x).Type()).Elem().Set(r.plain(x)) // which reflect refuses in its own words
	}
}

func (r *reflection) mustAssign(what string, from, to reflect.Type, so string) {
	if !r.known(from).AssignableTo(to) {
		panic(what + from.String() + so + to.String())
	}
}

// write puts x at p as a value of the layout t, which is that of x or of an interface.
func (r *reflection) write(p unsafe.Pointer, t reflect.Type, x reflect.Value) {
	if t.Kind() == reflect.Interface {
		r.m.assign(valueAt(t, p), r.content(x))
		return
	}
	mover(t)(p, r.memory(x))
}

// passed returns x as a value of the layout t, for compiled code to use.
func (r *reflection) passed(x reflect.Value, t reflect.Type) reflect.Value {
	p := reflect.New(t)
	r.write(p.UnsafePointer(), t, x)
	return p.Elem()
}

func (r *reflection) setZero(v reflect.Value) {
	if c := r.of(v); c != nil && c.embedded {
		v = r.plain(v)
	}
	v.SetZero()
}

// loose returns the map in v as one that may be read freely.
func (r *reflection) loose(v reflect.Value) reflect.Value {
	in := r.bare(v)
	if in.Kind() != reflect.Map || in.CanInterface() {
		return in
	}
	p := in.UnsafePointer()
	return valueAt(in.Type(), unsafe.Pointer(&p))
}

// mapTypes are a map's types, exact or not.
func (r *reflection) mapTypes(v reflect.Value) (key, elem reflect.Type) {
	t := r.typeOfValue(v)
	return t.Key(), t.Elem()
}

func (r *reflection) mapIndex(v, key reflect.Value) reflect.Value {
	if r.of(v) == nil && r.of(key) == nil {
		return v.MapIndex(key)
	}
	m := r.loose(v)
	if m.Kind() != reflect.Map {
		return m.MapIndex(key) // which panics
	}
	kt, _ := r.mapTypes(v)
	r.mustAssign("reflect.Value.MapIndex: value of type ", r.typeOfValue(key), kt, " is not assignable to type ")
	e := m.MapIndex(r.passed(key, m.Type().Key()))
	c := r.of(v)
	if c == nil || !e.IsValid() {
		return e
	}
	return r.copyAt(elemType(c.t), r.memory(e), r.isReadOnly(v) || r.isReadOnly(key))
}

func (r *reflection) mapKeys(v reflect.Value) []reflect.Value {
	c := r.of(v)
	if c == nil {
		return v.MapKeys()
	}
	keys := r.loose(v).MapKeys()
	u := c.t.Underlying().(*types.Map)
	for i, k := range keys {
		keys[i] = r.copyAt(u.Key(), r.memory(k), r.isReadOnly(v))
	}
	return keys
}

func (r *reflection) setMapIndex(v, key, elem reflect.Value) {
	m := r.writable(v)
	if r.of(v) == nil && r.of(key) == nil && r.of(elem) == nil || m.Kind() != reflect.Map || r.isReadOnly(v) {
		m.SetMapIndex(key, elem)
		return
	}
	kt, et := r.mapTypes(v)
	r.mustExport(key)
	r.mustAssign("reflect.Value.SetMapIndex: value of type ", r.typeOfValue(key), kt, " is not assignable to type ")
	k := r.passed(key, m.Type().Key())
	if !elem.IsValid() {
		m.SetMapIndex(k, reflect.Value{})
		return
	}
	r.mustExport(elem)
	r.mustAssign("reflect.Value.SetMapIndex: value of type ", r.typeOfValue(elem), et, " is not assignable to type ")
	m.SetMapIndex(k, r.passed(elem, m.Type().Elem()))
}

// address is [reflect.Value.Pointer]. A function of interpreted code has no code of its own; it has an entry in a [pcs.Table].
func (r *reflection) address(v reflect.Value) uintptr {
	v = r.bare(v)
	if v.Kind() == reflect.Func && !v.IsNil() && v.CanInterface() {
		if cl := closureOf(wordOfFunc(v)); cl != nil {
			return r.m.pcs.Entry(cl.fn.id())
		}
	}
	return v.Pointer()
}
