package exec

import (
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// compiledFunc returns a compiled function or method as a value, which sees of values of cells' types what it sees in a call by its name.
func (m *Machine) compiledFunc(f *ssa.Function) reflect.Value {
	fv := m.compiledCode(f)
	name := f.String()
	d, diverted := diversions[name]
	if !diverted && !raw[name] {
		return fv
	}
	call := func(fv reflect.Value, in []reflect.Value) []reflect.Value {
		if fv.Type().IsVariadic() {
			return fv.CallSlice(in)
		}
		return fv.Call(in)
	}
	return reflect.MakeFunc(fv.Type(), func(in []reflect.Value) []reflect.Value {
		if diverted {
			x := in[d.arg].Interface()
			if d.needs(m, x) {
				fn, err := m.shadows.function(f)
				if err != nil {
					panic(err)
				}
				w := newThunk(fv.Type(), &closure{fn: fn})
				return call(valueAt(fv.Type(), unsafe.Pointer(&w)), in)
			}
			if d.after != nil {
				out := call(fv, inside(in))
				if err, ok := out[0].Interface().(error); ok {
					d.after(m, x, err)
				}
				return out
			}
		}
		return call(fv, inside(in))
	})
}

// inside returns arguments without their boxes.
func inside(in []reflect.Value) []reflect.Value {
	for i, v := range in {
		switch x := v.Interface().(type) {
		case []any:
			in[i] = reflect.ValueOf(unboxedAll(x))
		default:
			if v.Type() == anyType && x != nil {
				in[i] = reflect.New(anyType).Elem()
				in[i].Set(reflect.ValueOf(unboxed(x)))
			}
		}
	}
	return in
}

// isOwn says whether a func value is one of reflection's functions, which cells may keep in variables.
func (r *reflection) isOwn(w unsafe.Pointer) bool { return r.words[w] }

// wordOfFunc returns a func as the word of a func value.
func wordOfFunc(fv reflect.Value) unsafe.Pointer {
	v := reflect.New(fv.Type())
	v.Elem().Set(fv)
	return *(*unsafe.Pointer)(v.UnsafePointer())
}

// takesReflection says whether a function has parameters of package reflect's types.
func takesReflection(ft reflect.Type) bool {
	for i := range ft.NumIn() {
		switch ft.In(i) {
		case typeInterface, valueType, valuesType:
			return true
		}
	}
	return false
}
