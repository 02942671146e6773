package interp

import (
	"cmp"
	"reflect"
	"slices"
)

// What shims of generic packages call.

// sortAny is slices.Sort for a slice of any ordered kind.
func sortAny(s any) {
	v := reflect.ValueOf(s)
	if !v.IsValid() {
		return
	}
	switch v.Type().Elem().Kind() {
	case reflect.Int:
		sortAs[int](v)
	case reflect.Int8:
		sortAs[int8](v)
	case reflect.Int16:
		sortAs[int16](v)
	case reflect.Int32:
		sortAs[int32](v)
	case reflect.Int64:
		sortAs[int64](v)
	case reflect.Uint:
		sortAs[uint](v)
	case reflect.Uint8:
		sortAs[uint8](v)
	case reflect.Uint16:
		sortAs[uint16](v)
	case reflect.Uint32:
		sortAs[uint32](v)
	case reflect.Uint64:
		sortAs[uint64](v)
	case reflect.Uintptr:
		sortAs[uintptr](v)
	case reflect.Float32:
		sortAs[float32](v)
	case reflect.Float64:
		sortAs[float64](v)
	case reflect.String:
		sortAs[string](v)
	default:
		panic("slices.Sort: cannot sort " + v.Type().String())
	}
}

func sortAs[T cmp.Ordered](v reflect.Value) {
	if s, ok := v.Interface().([]T); ok {
		slices.Sort(s)
		return
	}
	s := make([]T, v.Len()) // elements of a named type
	t := reflect.TypeFor[T]()
	for i := range s {
		s[i] = v.Index(i).Convert(t).Interface().(T)
	}
	slices.Sort(s)
	for i, x := range s {
		v.Index(i).Set(reflect.ValueOf(x).Convert(v.Type().Elem()))
	}
}

// overlap says whether two slices of one type share memory.
func overlap(a, b any) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	size := x.Type().Elem().Size()
	if size == 0 {
		return false
	}
	ax, bx := x.Pointer(), y.Pointer()
	return ax < bx+uintptr(y.Len())*size && bx < ax+uintptr(x.Len())*size
}

// start is the index in haystack at which needle, a part of it, starts.
func start(haystack, needle any) int {
	x, y := reflect.ValueOf(haystack), reflect.ValueOf(needle)
	if size := x.Type().Elem().Size(); size > 0 && y.Pointer() >= x.Pointer() {
		return int((y.Pointer() - x.Pointer()) / size)
	}
	panic("BUG: slices: needle is no part of haystack")
}
