package exec

import (
	"reflect"
	"unsafe"
)

// deepEqual is [reflect.DeepEqual] for values of which some may be of types of cells.
func (r *reflection) deepEqual(x, y any) bool {
	if x == nil || y == nil {
		return x == y
	}
	return r.deep(r.valueOf(x), r.valueOf(y), map[pair]bool{})
}

// pair is two references that are being compared: met again, they are equal as far as they lead back.
type pair struct {
	x, y unsafe.Pointer
	t    reflect.Type
}

func (r *reflection) deep(x, y reflect.Value, open map[pair]bool) bool {
	if !x.IsValid() || !y.IsValid() {
		return x.IsValid() == y.IsValid()
	}
	t := r.typeOfValue(x)
	if t != r.typeOfValue(y) {
		return false
	}
	a, b := r.bare(x), r.bare(y)
	switch a.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		if a.Kind() != reflect.Pointer && a.Len() != b.Len() {
			return false
		}
		p := pair{a.UnsafePointer(), b.UnsafePointer(), t}
		if p.x == p.y || open[p] {
			return true
		}
		open[p] = true
	}
	switch a.Kind() {
	case reflect.Pointer:
		return r.deep(r.elem(x), r.elem(y), open)
	case reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return r.deep(r.elem(x), r.elem(y), open)
	case reflect.Slice, reflect.Array:
		for i := range a.Len() {
			if !r.deep(r.index(x, i), r.index(y, i), open) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range a.NumField() {
			if !r.deep(a.Field(i), b.Field(i), open) {
				return false
			}
		}
		return true
	case reflect.Map:
		for _, k := range r.mapKeys(x) {
			e := r.mapIndex(y, k)
			if !e.IsValid() || !r.deep(r.mapIndex(x, k), e, open) {
				return false
			}
		}
		return true
	case reflect.Func:
		return a.IsNil() && b.IsNil()
	case reflect.Bool:
		return a.Bool() == b.Bool()
	case reflect.String:
		return a.String() == b.String()
	case reflect.Chan, reflect.UnsafePointer:
		return a.UnsafePointer() == b.UnsafePointer()
	}
	switch {
	case a.CanInt():
		return a.Int() == b.Int()
	case a.CanUint():
		return a.Uint() == b.Uint()
	case a.CanFloat():
		return a.Float() == b.Float()
	}
	return a.Complex() == b.Complex()
}
