package exec

import (
	"go/types"
	"log/slog"
	"reflect"
	"sync"
	"unsafe"

	"tickbook/internal/symbols"
)

// boxInfo is what the machine knows of a type whose values travel in boxes.
type boxInfo struct {
	m      *Machine
	t      types.Type
	layout reflect.Type
	box    *symbols.BoxType
	wrap   func(symbols.Boxed) any // to what an interface without methods holds
	pack   func(src unsafe.Pointer) any
	unpack func(dst unsafe.Pointer, v any)
	impls  sync.Map // *types.Interface to whether the type implements it
}

var errorInterface = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

// box returns the box of a type that is not exact.
func (tt *typeTable) box(t types.Type) *boxInfo {
	t = types.Unalias(t)
	tt.mu.Lock()
	defer tt.mu.Unlock()
	if x := tt.boxes.At(t); x != nil {
		return x.(*boxInfo)
	}
	r := tt.layout(t)
	b := &boxInfo{m: tt.m, t: t, layout: r, pack: packer(r), unpack: unpacker(r)}
	b.box = &symbols.BoxType{Info: b}
	b.wrap = func(x symbols.Boxed) any { return x }
	if types.Implements(t, errorInterface) {
		b.wrap = func(x symbols.Boxed) any { return symbols.BoxedError{Boxed: x} }
		if s := types.NewMethodSet(t).Lookup(nil, "Unwrap"); s != nil {
			if sig := s.Type().(*types.Signature); sig.Results().Len() == 1 {
				if _, many := sig.Results().At(0).Type().(*types.Slice); many {
					b.wrap = func(x symbols.Boxed) any { return symbols.BoxedErrors{Boxed: x} }
				}
			}
		}
	}
	if s := types.NewMethodSet(t).Lookup(nil, "LogValue"); s != nil {
		if sig := s.Type().(*types.Signature); sig.Params().Len() == 0 && sig.Results().Len() == 1 && tt.layout(sig.Results().At(0).Type()) == logValue {
			b.wrap = valuer(b.wrap)
		}
	}
	tt.boxes.Set(t, b)
	return b
}

var logValue = reflect.TypeFor[slog.Value]()

// valuer gives a box the method that log/slog asks for.
func valuer(wrap func(symbols.Boxed) any) func(symbols.Boxed) any {
	switch wrap(symbols.Boxed{}).(type) {
	case symbols.BoxedError:
		return func(x symbols.Boxed) any { return symbols.BoxedErrorValuer{BoxedError: symbols.BoxedError{Boxed: x}} }
	case symbols.BoxedErrors:
		return func(x symbols.Boxed) any {
			return symbols.BoxedErrorsValuer{BoxedErrors: symbols.BoxedErrors{Boxed: x}}
		}
	}
	return func(x symbols.Boxed) any { return symbols.BoxedValuer{Boxed: x} }
}

func infoOf(b symbols.Boxed) *boxInfo { return b.T.Info.(*boxInfo) }

// Method implements [symbols.BoxInfo].
func (b *boxInfo) Method(name string, want reflect.Type) any {
	fn := b.m.method(b.t, nil, name)
	if fn == nil {
		return nil
	}
	sig := fn.ssa.Signature
	if want.NumIn() != sig.Params().Len()+1 || want.NumOut() != sig.Results().Len() {
		return nil
	}
	for i, v := range seq(sig.Params()) {
		if b.m.types.of(v.Type()) != want.In(i+1) {
			return nil
		}
	}
	for i, v := range seq(sig.Results()) {
		if b.m.types.of(v.Type()) != want.Out(i) {
			return nil
		}
	}
	w := newThunk(want, &closure{fn: fn, receiver: b.unpack})
	return valueAt(want, unsafe.Pointer(&w)).Interface()
}

func seq(t *types.Tuple) func(func(int, *types.Var) bool) {
	return func(yield func(int, *types.Var) bool) {
		for i := range t.Len() {
			if !yield(i, t.At(i)) {
				return
			}
		}
	}
}

// implements says whether the type implements an interface.
func (b *boxInfo) implements(it *types.Interface) bool {
	if x, ok := b.impls.Load(it); ok {
		return x.(bool)
	}
	r := b.m.implements(b.t, it)
	b.impls.Store(it, r)
	return r
}

// implements says whether a type implements an interface, which may be of a shadow: its types are others to the checker.
func (m *Machine) implements(t types.Type, it *types.Interface) bool {
	if types.Implements(t, it) {
		return true
	}
	set := types.NewMethodSet(t)
	for want := range it.Methods() {
		got := set.Lookup(want.Pkg(), want.Name())
		if got == nil {
			return false
		}
		s, w := got.Obj().(*types.Func).Signature(), want.Signature()
		if !m.same(s.Params(), w.Params()) || !m.same(s.Results(), w.Results()) {
			return false
		}
	}
	return true
}

// same says whether variables are of the same compiled types.
func (m *Machine) same(a, b *types.Tuple) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i, v := range seq(a) {
		w := b.At(i)
		if !m.types.isExact(v.Type()) || !m.types.isExact(w.Type()) || m.types.of(v.Type()) != m.types.of(w.Type()) {
			return false
		}
	}
	return true
}

// unbox returns the box in an interface, if it holds one.
func unbox(v any) (symbols.Boxed, bool) {
	switch x := v.(type) {
	case symbols.Boxed:
		return x, true
	case symbols.BoxedError:
		return x.Boxed, true
	case symbols.Unboxer:
		return x.Unbox(), true
	}
	return symbols.Boxed{}, false
}

// load returns how to make an interface of a value of type t in memory, as an interface without methods holds it.
func (tt *typeTable) load(t types.Type) func(src unsafe.Pointer) any {
	r := tt.of(t)
	if r.Kind() == reflect.Interface {
		return loadInterface(r)
	}
	if tt.isExact(t) {
		return packer(r)
	}
	b := tt.box(t)
	return func(src unsafe.Pointer) any { return b.wrap(symbols.Boxed{T: b.box, V: b.pack(src)}) }
}

// loadInterface returns how to read what an interface holds. Boxes come without the wrapper that a compiled interface asks for.
func loadInterface(r reflect.Type) func(src unsafe.Pointer) any {
	switch r {
	case anyType:
		return func(src unsafe.Pointer) any { return *(*any)(src) }
	case errorType:
		return func(src unsafe.Pointer) any { return *(*error)(src) }
	}
	return func(src unsafe.Pointer) any { return bare(valueAt(r, src).Interface()) }
}

// bare replaces a wrapper of a box by what an interface without methods holds.
func bare(v any) any {
	switch x := v.(type) {
	case symbols.Boxed, symbols.BoxedError, symbols.BoxedErrors:
		return v
	case symbols.Unboxer:
		b := x.Unbox()
		return infoOf(b).wrap(b)
	}
	return v
}

// storer returns how to put what an interface holds into one of type it.
func (m *Machine) storer(it types.Type) func(dst unsafe.Pointer, v any) {
	r := m.types.of(it)
	switch r {
	case anyType:
		return func(dst unsafe.Pointer, v any) { *(*any)(dst) = bare(v) }
	case errorType:
		return func(dst unsafe.Pointer, v any) {
			if v == nil {
				*(*error)(dst) = nil
				return
			}
			*(*error)(dst) = v.(error)
		}
	}
	wrap := m.wrapper(it)
	return func(dst unsafe.Pointer, v any) {
		if v == nil {
			zero(r, dst)
			return
		}
		if b, ok := unbox(v); ok {
			v = wrap(b)
		}
		valueAt(r, dst).Set(reflect.ValueOf(v))
	}
}

// wrapper returns what gives a box the methods of an interface of compiled code.
func (m *Machine) wrapper(it types.Type) func(symbols.Boxed) any {
	if n, ok := types.Unalias(it).(*types.Named); ok && n.Obj().Pkg() != nil {
		if s := m.symbol(n.Obj().Pkg(), "~"+n.Obj().Name()); s.IsValid() {
			return s.Interface().(func(symbols.Boxed) any)
		}
	}
	return func(symbols.Boxed) any {
		panic("a type of a cell cannot be passed to compiled code as a " + it.String() + ": the interface has methods that only its package can have")
	}
}

// wrapperOf is wrapper for an interface that only reflect knows: a parameter of a compiled function.
func (m *Machine) wrapperOf(r reflect.Type, b symbols.Boxed) (any, bool) {
	switch {
	case r == anyType:
		return infoOf(b).wrap(b), true
	case r == errorType:
		e, ok := infoOf(b).wrap(b).(error)
		return e, ok
	case r.Name() == "" || r.PkgPath() == "":
		v := infoOf(b).wrap(b)
		return v, reflect.TypeOf(v).Implements(r)
	}
	s := m.symbol(types.NewPackage(r.PkgPath(), ""), "~"+r.Name())
	if !s.IsValid() {
		return nil, false
	}
	return s.Interface().(func(symbols.Boxed) any)(b), true
}
