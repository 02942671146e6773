package interp

import (
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

// internals are the two things of yaegi v0.16.1, the only version there is, that its API does not reach.
type internals struct {
	id     *uint64        // frames whose run id differs end silently
	binPkg interp.Exports // tables by import path; "" has the wrapper of error
}

// openInternals finds yaegi's internals, and fails if they are not as in v0.16.1.
func (y *yaegi) openInternals() error {
	v := reflect.ValueOf(y.in).Elem()
	id, bin := v.FieldByName("id"), v.FieldByName("binPkg")
	if !id.IsValid() || id.Kind() != reflect.Uint64 || !bin.IsValid() || bin.Type() != reflect.TypeFor[interp.Exports]() {
		return errors.New("interp: this version of yaegi is not v0.16.1; adapt yaegi_internals.go")
	}
	y.rt.internals = internals{
		id:     (*uint64)(unsafe.Pointer(id.UnsafeAddr())),
		binPkg: *(*interp.Exports)(unsafe.Pointer(bin.UnsafeAddr())),
	}
	w := y.rt.internals.binPkg[""]
	if w == nil {
		return fmt.Errorf("interp: yaegi has no table of predeclared wrappers")
	}
	w["_error"] = reflect.ValueOf((*errorWrapper)(nil))
	return nil
}

// endAllFrames makes all running interpreted functions return, without running what is left of them, until resume is called. Functions
// called after that work as before.
func (i internals) endAllFrames() (resume func()) {
	old := atomic.AddUint64(i.id, 1) - 1
	return func() { atomic.StoreUint64(i.id, old) }
}
