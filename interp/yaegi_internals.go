package interp

import (
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

// internals are the things of yaegi v0.16.1, the only version there is, that its API does not reach.
type internals struct {
	id     *uint64        // frames whose run id differs end silently
	roots  reflect.Value  // a slice of all trees ever compiled, kept for yaegi's debugger
	binPkg interp.Exports // tables by import path; "" has the wrapper of error
}

// openInternals finds yaegi's internals, and fails if they are not as in v0.16.1.
func (y *yaegi) openInternals() error {
	v := reflect.ValueOf(y.in).Elem()
	id, bin, roots := v.FieldByName("id"), v.FieldByName("binPkg"), v.FieldByName("roots")
	if !roots.IsValid() || roots.Kind() != reflect.Slice || !id.IsValid() || id.Kind() != reflect.Uint64 || !bin.IsValid() || bin.Type() != reflect.TypeFor[interp.Exports]() {
		return errors.New("interp: this version of yaegi is not v0.16.1; adapt yaegi_internals.go")
	}
	y.rt.internals = internals{
		id:     (*uint64)(unsafe.Pointer(id.UnsafeAddr())),
		roots:  reflect.NewAt(roots.Type(), unsafe.Pointer(roots.UnsafeAddr())).Elem(),
		binPkg: *(*interp.Exports)(unsafe.Pointer(bin.UnsafeAddr())),
	}
	w := y.rt.internals.binPkg[""]
	if w == nil {
		return fmt.Errorf("interp: yaegi has no table of predeclared wrappers")
	}
	w["_error"] = reflect.ValueOf((*errorWrapper)(nil))
	return nil
}

// forgetTrees lets go of the trees of cells that ran: only yaegi's debugger, which is not used, reads them again.
func (i internals) forgetTrees() { i.roots.SetZero() }

// endAllFrames makes all running interpreted functions return, without running what is left of them, until resume is called. Functions
// called after that work as before.
func (i internals) endAllFrames() (resume func()) {
	old := atomic.AddUint64(i.id, 1) - 1
	return func() { atomic.StoreUint64(i.id, old) }
}
