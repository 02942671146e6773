package interp

import (
	"errors"
	"reflect"
	"unsafe"
)

// globalFrame is yaegi's storage of package-level variables. Yaegi makes a longer one whenever a cell declares something, while goroutines
// of earlier cells read it. Here it is made long once, and its new part is filled in before each run, when nobody reads that part yet.
type globalFrame struct {
	data   *[]reflect.Value
	types  *[]reflect.Type // of all that is stored in data, also of what is not stored yet
	filled int
}

// frameLen is for some ten thousand cells; then yaegi takes over.
const frameLen = 1 << 16

// openFrame takes over the global frame.
func (y *yaegi) openFrame() error {
	v := reflect.ValueOf(y.in).Elem()
	frame, universe := v.FieldByName("frame"), v.FieldByName("universe")
	wrong := errors.New("interp: this version of yaegi is not v0.16.1; adapt yaegi_frame.go")
	if frame.Kind() != reflect.Pointer || universe.Kind() != reflect.Pointer || frame.IsNil() || universe.IsNil() {
		return wrong
	}
	data, types := frame.Elem().FieldByName("data"), universe.Elem().FieldByName("types")
	if !data.IsValid() || data.Type() != reflect.TypeFor[[]reflect.Value]() || !types.IsValid() || types.Type() != reflect.TypeFor[[]reflect.Type]() {
		return wrong
	}
	y.frame = globalFrame{
		data: (*[]reflect.Value)(unsafe.Pointer(data.UnsafeAddr())), types: (*[]reflect.Type)(unsafe.Pointer(types.UnsafeAddr())),
	}
	y.frame.filled = len(*y.frame.data)
	long := make([]reflect.Value, frameLen)
	copy(long, *y.frame.data)
	*y.frame.data = long
	return nil
}

// fill makes the variables that were compiled since the last call.
func (f *globalFrame) fill() {
	for n := min(len(*f.types), frameLen); f.filled < n; f.filled++ {
		(*f.data)[f.filled] = reflect.New((*f.types)[f.filled]).Elem()
	}
}
