package exec

import (
	"reflect"
	"unsafe"
)

// Blank fields do not count when structs are compared, but reflect's structs compare them. So they are zero wherever structs are compared: nothing
// stores into them, and what unsafe code wrote there is left behind when a struct is read.

// hasBlank says whether a layout has blank fields.
func hasBlank(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return hasBlank(t.Elem())
	case reflect.Struct:
		for f := range t.Fields() {
			if isBlankField(f) || hasBlank(f.Type) {
				return true
			}
		}
	}
	return false
}

// isBlankField says whether a field is a blank one of interpreted code. The compiler sees to those of its own types.
func isBlankField(f reflect.StructField) bool { return f.Name == "_" && f.PkgPath == "main" }

// blankMover is memMover for layouts with blank fields, which it does not copy.
func blankMover(t reflect.Type) move {
	if t.Kind() == reflect.Array {
		mv, size, n := mover(t.Elem()), t.Elem().Size(), t.Len()
		return func(d, s unsafe.Pointer) {
			notNil(s)
			for i := range n {
				// Invariant: i is within the array, whose elements are size bytes apart.
				mv(unsafe.Add(d, uintptr(i)*size), unsafe.Add(s, uintptr(i)*size))
			}
		}
	}
	var leaves []leaf
	for f := range t.Fields() {
		if !isBlankField(f) && f.Type.Size() > 0 {
			leaves = append(leaves, leaf{f.Offset, mover(f.Type)})
		}
	}
	return func(d, s unsafe.Pointer) {
		notNil(s)
		for _, l := range leaves {
			l.move(unsafe.Add(d, l.off), unsafe.Add(s, l.off))
		}
	}
}
