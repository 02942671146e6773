package interp

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

// internals are the things of yaegi v0.16.1, the only version there is, that its API does not reach.
type internals struct {
	id     *uint64        // frames whose run id differs end silently
	roots  reflect.Value  // a slice of all trees ever compiled, kept for yaegi's debugger
	scopes reflect.Value  // package scopes by import path, which keep the inner scopes of all functions ever compiled, and so their trees
	binPkg interp.Exports // tables by import path; "" has the wrapper of error
}

// openInternals finds yaegi's internals, and fails if they are not as in v0.16.1.
func (y *yaegi) openInternals() error {
	v := reflect.ValueOf(y.in).Elem()
	id, bin, roots, scopes := v.FieldByName("id"), v.FieldByName("binPkg"), v.FieldByName("roots"), v.FieldByName("scopes")
	if !roots.IsValid() || roots.Kind() != reflect.Slice || !scopes.IsValid() || scopes.Kind() != reflect.Map || !id.IsValid() || id.Kind() != reflect.Uint64 || !bin.IsValid() || bin.Type() != reflect.TypeFor[interp.Exports]() {
		return errors.New("interp: this version of yaegi is not v0.16.1; adapt yaegi_internals.go")
	}
	y.rt.internals = internals{
		id:     (*uint64)(unsafe.Pointer(id.UnsafeAddr())),
		roots:  writable(roots),
		scopes: writable(scopes),
		binPkg: *(*interp.Exports)(unsafe.Pointer(bin.UnsafeAddr())),
	}
	w := y.rt.internals.binPkg[""]
	if w == nil {
		return fmt.Errorf("interp: yaegi has no table of predeclared wrappers")
	}
	w["_error"] = reflect.ValueOf((*errorWrapper)(nil))
	return nil
}

// writable is a field that reflect would only let us read.
func writable(field reflect.Value) reflect.Value {
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
}

// forget lets go of the trees of what was compiled, which would add up to 25 KB a cell: nothing but yaegi's debugger reads them again. What the
// names meant can no longer be looked up, nor can the imports of the file; what is compiled goes on.
func (i internals) forget(file string, names ...string) {
	i.roots.SetZero()
	scope := i.scopes.MapIndex(reflect.ValueOf(mainPath))
	if !scope.IsValid() || scope.IsNil() {
		return
	}
	writable(scope.Elem().FieldByName("child")).SetZero()
	symbols := writable(scope.Elem().FieldByName("sym"))
	for _, k := range symbols.MapKeys() {
		if name := k.String(); slices.Contains(names, name) || strings.HasSuffix(name, "/"+file) { // imports are alias/file
			symbols.SetMapIndex(k, reflect.Value{})
		}
	}
}

// endAllFrames makes all running interpreted functions return, without running what is left of them, until resume is called. Functions
// called after that work as before.
func (i internals) endAllFrames() (resume func()) {
	old := atomic.AddUint64(i.id, 1) - 1
	return func() { atomic.StoreUint64(i.id, old) }
}
