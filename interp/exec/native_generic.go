package exec

import (
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// generic makes compiled code for generic functions and methods of packages that are not interpreted from source; the zero Value for others.
func (m *Machine) generic(f *ssa.Function) reflect.Value {
	o := f.Origin()
	if o == nil || len(f.TypeArgs()) == 0 {
		return reflect.Value{}
	}
	t := m.types.of(f.Signature)
	if recv := f.Signature.Recv(); recv != nil {
		return m.genericMethod(f, o)
	}
	make := func(body func(in []reflect.Value) []reflect.Value) reflect.Value { return reflect.MakeFunc(t, body) }
	switch o.String() {
	case "reflect.TypeFor":
		r := m.reflect.typeOf(f.TypeArgs()[0])
		return make(func([]reflect.Value) []reflect.Value {
			v := reflect.New(t.Out(0)).Elem()
			v.Set(reflect.ValueOf(r))
			return []reflect.Value{v}
		})
	case "sync.OnceValue", "sync.OnceValues":
		return make(func(in []reflect.Value) []reflect.Value {
			var once sync.Once
			var out []reflect.Value
			var failed any
			ok := false
			return []reflect.Value{reflect.MakeFunc(t.Out(0), func([]reflect.Value) []reflect.Value {
				once.Do(func() {
					defer func() {
						if !ok {
							failed = recover()
							panic(failed)
						}
					}()
					out = in[0].Call(nil)
					ok = true
				})
				if !ok {
					panic(failed)
				}
				return out
			})}
		})
	case "math/rand/v2.N":
		return make(func(in []reflect.Value) []reflect.Value {
			n := m.symbol(o.Pkg.Pkg, "Int64N").Interface().(func(int64) int64)
			v := reflect.New(t.Out(0)).Elem()
			if v.CanInt() {
				v.SetInt(n(in[0].Int()))
			} else {
				v.SetUint(uint64(n(int64(in[0].Uint()))))
			}
			return []reflect.Value{v}
		})
	case "reflect.TypeAssert":
		match := m.matcher(f.TypeArgs()[0])
		return make(func(in []reflect.Value) []reflect.Value {
			v := reflect.New(t.Out(0))
			ok := match(m.reflect.content(in[0].Interface().(reflect.Value)), v.UnsafePointer())
			return []reflect.Value{v.Elem(), reflect.ValueOf(ok)}
		})
	case "errors.AsType":
		match := m.matcher(f.TypeArgs()[0])
		return make(func(in []reflect.Value) []reflect.Value {
			v := reflect.New(t.Out(0))
			err, _ := in[0].Interface().(error)
			found := walkErrors(err, func(e error) bool { return match(e, v.UnsafePointer()) })
			return []reflect.Value{v.Elem(), reflect.ValueOf(found)}
		})
	}
	if body := m.libraryGeneric(f, o, t); body != nil {
		return make(body)
	}
	return reflect.Value{}
}

// genericMethod makes the methods of generic types, such as those of atomic.Pointer, which is one pointer whatever it points to.
func (m *Machine) genericMethod(f, origin *ssa.Function) reflect.Value {
	recv := m.types.of(f.Signature.Recv().Type())
	in, out := []reflect.Type{recv}, []reflect.Type{}
	for v := range f.Signature.Params().Variables() {
		in = append(in, m.types.of(v.Type()))
	}
	for v := range f.Signature.Results().Variables() {
		out = append(out, m.types.of(v.Type()))
	}
	t := reflect.FuncOf(in, out, false)
	word := func(v reflect.Value) *unsafe.Pointer { return (*unsafe.Pointer)(notNil(v.UnsafePointer())) }
	pointer := func(p unsafe.Pointer) reflect.Value { return valueAt(out[0], unsafe.Pointer(&p)) }
	var body func(in []reflect.Value) []reflect.Value
	switch origin.String() {
	case "(*sync/atomic.Pointer[T]).Load":
		body = func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{pointer(atomic.LoadPointer(word(in[0])))}
		}
	case "(*sync/atomic.Pointer[T]).Store":
		body = func(in []reflect.Value) []reflect.Value {
			atomic.StorePointer(word(in[0]), in[1].UnsafePointer())
			return nil
		}
	case "(*sync/atomic.Pointer[T]).Swap":
		body = func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{pointer(atomic.SwapPointer(word(in[0]), in[1].UnsafePointer()))}
		}
	case "(*sync/atomic.Pointer[T]).CompareAndSwap":
		body = func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf(atomic.CompareAndSwapPointer(word(in[0]), in[1].UnsafePointer(), in[2].UnsafePointer()))}
		}
	default:
		if body = m.libraryGenericMethod(f, origin, out); body == nil {
			return reflect.Value{}
		}
	}
	return reflect.MakeFunc(t, body)
}
