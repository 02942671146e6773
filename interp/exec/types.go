package exec

import (
	"go/types"
	"reflect"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/types/typeutil"
)

// typeTable maps types of the checker to those of reflect, which say how values lie in memory.
type typeTable struct {
	m  *Machine
	mu sync.Mutex

	// guarded by mu
	layouts typeutil.Map                                     // to reflect.Type
	exact   typeutil.Map                                     // to bool
	boxes   typeutil.Map                                     // to *boxInfo
	inner   map[*types.Package]map[*types.Named]reflect.Type // unexported types of compiled packages
	open    map[*types.Named]bool
	holes   int // how often a type under construction was met
}

func newTypeTable(m *Machine) *typeTable {
	return &typeTable{m: m, open: map[*types.Named]bool{}, inner: map[*types.Package]map[*types.Named]reflect.Type{}}
}

var (
	anyType   = reflect.TypeFor[any]()
	errorType = reflect.TypeFor[error]()

	// What stands for a type that contains itself, where reflect could not end: whatever its elements, these lie in memory alike.
	holePointer = reflect.TypeFor[unsafe.Pointer]()
	holeSlice   = reflect.TypeFor[[]unsafe.Pointer]()

	basicTypes = map[types.BasicKind]reflect.Type{
		types.Bool: reflect.TypeFor[bool](), types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](),
		types.Int16: reflect.TypeFor[int16](), types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
		types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
		types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
		types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](), types.Complex64: reflect.TypeFor[complex64](),
		types.Complex128: reflect.TypeFor[complex128](), types.String: reflect.TypeFor[string](), types.UnsafePointer: holePointer,
		types.UntypedNil: anyType, types.UntypedBool: reflect.TypeFor[bool](), types.UntypedInt: reflect.TypeFor[int](),
		types.UntypedRune: reflect.TypeFor[rune](), types.UntypedFloat: reflect.TypeFor[float64](), types.UntypedString: reflect.TypeFor[string](),
		types.UntypedComplex: reflect.TypeFor[complex128](),
	}
)

// of returns how values of t lie in memory. Interfaces of interpreted code are any; other named types of interpreted code are as their
// underlying types.
func (tt *typeTable) of(t types.Type) reflect.Type {
	tt.mu.Lock()
	defer tt.mu.Unlock()
	return tt.layout(t)
}

func (tt *typeTable) layout(t types.Type) reflect.Type {
	t = types.Unalias(t)
	if x := tt.layouts.At(t); x != nil {
		return x.(reflect.Type)
	}
	named, _ := t.(*types.Named)
	if named != nil {
		if tt.open[named] {
			tt.holes++
			return nil
		}
		tt.open[named] = true
		defer delete(tt.open, named)
	}
	before := tt.holes
	r := tt.make(t)
	// What has a hole is right only within the type under construction; a named type keeps its holes for good.
	if named != nil || tt.holes == before {
		tt.layouts.Set(t, r)
	}
	return r
}

func (tt *typeTable) make(t types.Type) reflect.Type {
	switch t := t.(type) {
	case *types.Basic:
		if r := basicTypes[t.Kind()]; r != nil {
			return r
		}
	case *types.Named:
		if r := tt.compiled(t); r != nil {
			return r
		}
		return tt.layout(t.Underlying())
	case *types.Pointer:
		if e := tt.layout(t.Elem()); e != nil {
			return reflect.PointerTo(e)
		}
		return holePointer
	case *types.Slice:
		if e := tt.layout(t.Elem()); e != nil {
			return reflect.SliceOf(e)
		}
		return holeSlice
	case *types.Array:
		e := tt.layout(t.Elem())
		if e == nil { // only behind a pointer or in a slice of the type under construction
			return nil
		}
		return reflect.ArrayOf(int(t.Len()), e)
	case *types.Map:
		k, e := tt.layout(t.Key()), tt.layout(t.Elem())
		if k == nil || e == nil {
			return holePointer
		}
		return reflect.MapOf(k, e)
	case *types.Chan:
		e := tt.layout(t.Elem())
		if e == nil {
			return holePointer
		}
		return reflect.ChanOf(chanDir(t.Dir()), e)
	case *types.Signature:
		return tt.signature(t)
	case *types.Struct:
		return tt.structure(t)
	case *types.Interface:
		return anyType
	case *types.TypeParam:
		panic("BUG: exec: a type parameter at run time: " + t.String())
	}
	return holePointer // what SSA needs for itself: iterators, defer stacks
}

func chanDir(d types.ChanDir) reflect.ChanDir {
	switch d {
	case types.SendOnly:
		return reflect.SendDir
	case types.RecvOnly:
		return reflect.RecvDir
	}
	return reflect.BothDir
}

// compiled returns the type that compiled code knows under a name, nil for types of interpreted code.
func (tt *typeTable) compiled(t *types.Named) reflect.Type {
	o := t.Obj()
	if o.Pkg() == nil {
		if o.Name() == "error" {
			return errorType
		}
		return anyType // comparable
	}
	if t.TypeArgs().Len() > 0 || tt.m.isLoaded(o.Pkg()) && !tt.m.shadows.is(o.Pkg()) || o.Parent() != o.Pkg().Scope() {
		return nil
	}
	if s := tt.m.symbol(o.Pkg(), o.Name()); s.IsValid() && s.Kind() == reflect.Pointer {
		return s.Type().Elem()
	}
	if !o.Exported() {
		return tt.hidden(t)
	}
	return nil
}

func (tt *typeTable) signature(t *types.Signature) reflect.Type {
	var in, out []reflect.Type
	list := func(vars *types.Tuple) (ts []reflect.Type) {
		for v := range vars.Variables() {
			r := tt.layout(v.Type())
			if r == nil {
				r = tt.hole(v.Type())
			}
			ts = append(ts, r)
		}
		return ts
	}
	in, out = list(t.Params()), list(t.Results())
	variadic := t.Variadic()
	if variadic && in[len(in)-1].Kind() != reflect.Slice { // append([]byte, string...)
		variadic = false
	}
	return reflect.FuncOf(in, out, variadic)
}

// hole is what stands for a type under construction where its size is not needed yet: in the types of functions.
func (tt *typeTable) hole(t types.Type) reflect.Type {
	switch t.Underlying().(type) {
	case *types.Slice:
		return holeSlice
	case *types.Interface:
		return anyType
	case *types.Struct, *types.Array:
		return anyType // such a function is only called by interpreted code
	case *types.Basic:
		return basicTypes[t.Underlying().(*types.Basic).Kind()]
	}
	return holePointer
}

func (tt *typeTable) structure(t *types.Struct) reflect.Type {
	fields := make([]reflect.StructField, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		r := tt.layout(f.Type())
		if r == nil {
			r = tt.hole(f.Type())
		}
		sf := reflect.StructField{Name: f.Name(), Type: r, Tag: reflect.StructTag(t.Tag(i))}
		switch {
		case f.Name() == "_":
			sf.PkgPath = "main" // see hasBlank
		case !f.Exported():
			sf.PkgPath = "main"
		case f.Embedded():
			sf.Anonymous = embeddable(r)
		}
		fields[i] = sf
	}
	return structOf(fields)
}

// embeddable says whether reflect can embed a field: one whose methods it would have to promote it can't.
func embeddable(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.NumMethod() == 0 && reflect.PointerTo(t).NumMethod() == 0 ||
		t.Kind() == reflect.Pointer && t.NumMethod() == 0 && t.Elem().Kind() == reflect.Struct
}

// structOf is reflect.StructOf for what may be embedded after all only without saying so.
func structOf(fields []reflect.StructField) (t reflect.Type) {
	defer func() {
		if recover() == nil {
			return
		}
		for i := range fields {
			fields[i].Anonymous = false
		}
		t = reflect.StructOf(fields)
	}()
	return reflect.StructOf(fields)
}

// isExact says whether the layout of t names t and nothing else, so that a value of t may travel in an interface by itself.
func (tt *typeTable) isExact(t types.Type) bool {
	tt.mu.Lock()
	defer tt.mu.Unlock()
	return tt.exactly(t)
}

func (tt *typeTable) exactly(t types.Type) bool {
	t = types.Unalias(t)
	if x := tt.exact.At(t); x != nil {
		return x.(bool)
	}
	tt.exact.Set(t, true) // met again within itself
	r := true
	switch t := t.(type) {
	case *types.Named:
		r = tt.compiled(t) != nil
	case *types.Pointer:
		r = tt.exactly(t.Elem())
	case *types.Slice:
		r = tt.exactly(t.Elem())
	case *types.Array:
		r = tt.exactly(t.Elem())
	case *types.Chan:
		r = tt.exactly(t.Elem())
	case *types.Map:
		r = tt.exactly(t.Key()) && tt.exactly(t.Elem())
	case *types.Interface:
		r = t.NumMethods() == 0
	case *types.Signature:
		for v := range t.Params().Variables() {
			r = r && tt.exactly(v.Type())
		}
		for v := range t.Results().Variables() {
			r = r && tt.exactly(v.Type())
		}
	case *types.Struct:
		for f := range t.Fields() {
			r = r && tt.exactly(f.Type()) && f.Name() != "_"
		}
	}
	tt.exact.Set(t, r)
	return r
}
