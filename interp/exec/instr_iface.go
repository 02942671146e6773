package exec

import (
	"go/types"
	"reflect"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"tickbook/internal/symbols"
)

func (c *compiler) makeInterface(in *ssa.MakeInterface) op {
	d, x := c.place(in), c.place(in.X)
	c.noteLocals(in.X.Type())
	load := c.m.types.load(in.X.Type())
	if d.t == anyType {
		do := d.off
		return func(f *frame) { put(f.base, do, load(x.addr(f))) }
	}
	store := c.m.storer(in.Type())
	return func(f *frame) { store(unsafe.Add(f.base, d.off), load(x.addr(f))) }
}

func (c *compiler) changeInterface(in *ssa.ChangeInterface) op {
	d, x := c.place(in), c.place(in.X)
	if d.t == x.t {
		return moveOp(d, x)
	}
	load, store := loadInterface(x.t), c.m.storer(in.Type())
	return func(f *frame) { store(unsafe.Add(f.base, d.off), load(unsafe.Add(f.base, x.off))) }
}

// toInterface moves between layouts of the same interface type.
func (c *compiler) toInterface(d, x place) op {
	load := loadInterface(x.t)
	return func(f *frame) { c.m.assign(valueAt(d.t, unsafe.Add(f.base, d.off)), load(unsafe.Add(f.base, x.off))) }
}

// assign puts what an interface holds into a variable of interface type.
func (m *Machine) assign(dst reflect.Value, v any) {
	if v == nil {
		dst.SetZero()
		return
	}
	if b, ok := unbox(v); ok {
		w, ok := m.wrapperOf(dst.Type(), b)
		if !ok {
			panic("a " + m.typeString(infoOf(b).t) + " of a cell cannot be passed to compiled code as a " + dst.Type().String())
		}
		v = w
	}
	dst.Set(reflect.ValueOf(v))
}

// typeAssert compiles x.(T).
func (c *compiler) typeAssert(in *ssa.TypeAssert) op {
	x := c.place(in.X)
	load := loadInterface(x.t)
	var ds []place
	if in.CommaOk {
		ds = c.places(in)
	} else {
		ds = []place{c.place(in)}
	}
	d := ds[0]
	match := c.m.matcher(in.AssertedType)
	clearDst := zeroer(d.t)
	if in.CommaOk {
		ok := ds[1].off
		return func(f *frame) {
			dst := d.addr(f)
			r := match(load(unsafe.Add(f.base, x.off)), dst)
			if !r {
				clearDst(dst)
			}
			put(f.base, ok, r)
		}
	}
	same := types.Identical(in.X.Type(), in.AssertedType) // SSA's test that the receiver of a method value is not nil
	return func(f *frame) {
		v := load(unsafe.Add(f.base, x.off))
		if v == nil && same {
			nilPanic()
		}
		if !match(v, d.addr(f)) {
			panic(c.m.assertionError(v, in))
		}
	}
}

// matcher returns how to test what an interface holds for a type and take it.
func (m *Machine) matcher(t types.Type) func(v any, dst unsafe.Pointer) bool {
	r := m.types.of(t)
	if it, ok := t.Underlying().(*types.Interface); ok {
		has, store := m.implementer(it, r), m.storer(t)
		return func(v any, dst unsafe.Pointer) bool {
			if v == nil || !has(v) {
				return false
			}
			store(dst, v)
			return true
		}
	}
	if m.types.isExact(t) {
		word, _ := wordOf(r)
		unpack := unpacker(r)
		return func(v any, dst unsafe.Pointer) bool {
			if (*eface)(unsafe.Pointer(&v)).typ != word {
				return false
			}
			unpack(dst, v)
			return true
		}
	}
	info := m.types.box(t)
	return func(v any, dst unsafe.Pointer) bool {
		b, ok := unbox(v)
		if !ok || b.T != info.box {
			return false
		}
		info.unpack(dst, b.V)
		return true
	}
}

// implementer returns how to tell whether a value implements an interface, whose layout is r.
func (m *Machine) implementer(it *types.Interface, r reflect.Type) func(v any) bool {
	if it.NumMethods() == 0 {
		return func(any) bool { return true }
	}
	var known sync.Map // reflect.Type to bool
	return func(v any) bool {
		if b, ok := unbox(v); ok {
			return infoOf(b).implements(it)
		}
		t := reflect.TypeOf(v)
		if x, ok := known.Load(t); ok {
			return x.(bool)
		}
		var has bool
		if r != anyType {
			has = t.Implements(r)
		} else {
			has = m.missing(t, it) == ""
		}
		known.Store(t, has)
		return has
	}
}

// missing names a method of an interface that a compiled type lacks; "" when it has them all.
func (m *Machine) missing(t reflect.Type, it *types.Interface) string {
	for want := range it.Methods() {
		got, ok := t.MethodByName(want.Name())
		if !ok {
			return want.Name()
		}
		sig := want.Signature()
		gt := got.Type
		skip := 1
		if gt.NumIn() != sig.Params().Len()+skip || gt.NumOut() != sig.Results().Len() {
			return want.Name()
		}
		for i, v := range seq(sig.Params()) {
			if m.types.of(v.Type()) != gt.In(i+skip) {
				return want.Name()
			}
		}
		for i, v := range seq(sig.Results()) {
			if m.types.of(v.Type()) != gt.Out(i) {
				return want.Name()
			}
		}
	}
	return ""
}

// assertionError is what a failed assertion panics with, worded as the runtime does.
func (m *Machine) assertionError(v any, in *ssa.TypeAssert) error {
	const head = "interface conversion: "
	want := m.typeString(in.AssertedType)
	it, toInterface := in.AssertedType.Underlying().(*types.Interface)
	if v == nil {
		from := "interface"
		if !toInterface {
			from = m.typeString(in.X.Type())
		}
		return assertionError(head + from + " is nil, not " + want)
	}
	have := m.dynamicString(v)
	if toInterface {
		name := ""
		if b, ok := unbox(v); ok {
			if f, _ := types.MissingMethod(infoOf(b).t, it, true); f != nil {
				name = f.Name()
			}
		} else {
			name = m.missing(reflect.TypeOf(v), it)
		}
		return assertionError(head + have + " is not " + want + ": missing method " + name)
	}
	text := head + m.typeString(in.X.Type()) + " is " + have + ", not " + want
	if have == want {
		text += " (types from different scopes)"
	}
	return assertionError(text)
}

// equal compiles x == y for what is no number and no string.
func (c *compiler) equal(x, y ssa.Value) func(*frame) bool {
	xp, yp := c.place(x), c.place(y)
	xo, yo := xp.off, yp.off
	if xp.c == classIface || yp.c == classIface {
		lx, ly := c.m.types.load(x.Type()), c.m.types.load(y.Type())
		return func(f *frame) bool { return sameDynamic(lx(xp.addr(f)), ly(yp.addr(f))) }
	}
	switch xp.c {
	case classPointer, classSlice: // slices are compared with nil only
		return func(f *frame) bool { return get[unsafe.Pointer](f.base, xo) == get[unsafe.Pointer](f.base, yo) }
	case classWide:
		return func(f *frame) bool { return get[complex128](f.base, xo) == get[complex128](f.base, yo) }
	case classWord:
		switch xp.t.Kind() {
		case reflect.Bool:
			return func(f *frame) bool { return get[bool](f.base, xo) == get[bool](f.base, yo) }
		case reflect.Complex64:
			return func(f *frame) bool { return get[complex64](f.base, xo) == get[complex64](f.base, yo) }
		}
	}
	pack := packer(xp.t)
	return func(f *frame) bool { return pack(xp.addr(f)) == pack(yp.addr(f)) }
}

// sameDynamic compares what two interfaces hold.
func sameDynamic(a, b any) bool {
	if t, ok := a.(symbols.Boxed); ok {
		if u, ok := b.(symbols.Boxed); ok { // the type first: values of it may not be comparable
			return t.T == u.T && sameBoxed(t, u)
		}
	}
	return bare(a) == bare(b)
}

// sameBoxed compares boxes of one type, and words the panic for types that cannot be compared.
func sameBoxed(a, b symbols.Boxed) bool {
	if !reflect.TypeOf(a.V).Comparable() {
		panic(runtimeError("comparing uncomparable type " + infoOf(a).m.typeString(infoOf(a).t)))
	}
	return a.V == b.V
}
