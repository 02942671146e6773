package exec

import (
	"go/types"
	"reflect"
	"strconv"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/types/typeutil"

	"tickbook/internal/symbols"
)

// reflection is package reflect for interpreted code: it knows the types of cells by their names and methods.
//
// A [reflect.Value] has no room for a type of the checker. So a value whose type is not exact is held in one as a struct with one field, its
// carrier, of a type that is made for the value's type alone: the type is found again by it, and the value, which lies in memory as it always
// does, is the field. What interpreted code calls of package reflect is in funcs; it takes and returns carriers. Compiled code never gets one,
// see [Machine.nativeCaller] and [reflection.printable].
type reflection struct {
	m     *Machine
	funcs map[string]reflect.Value // what interpreted code calls instead, by the name that SSA has for it
	words map[unsafe.Pointer]bool  // of funcs, as func values
	iters sync.Map                 // weak.Pointer[reflect.MapIter] to *types.Map

	byType  sync.Map // reflect.Type to *carrier
	marked  sync.Map // marking to reflect.Type
	reverse sync.Map // reflect.Type to types.Type

	mu       sync.Mutex   // guards what follows
	carriers typeutil.Map // to *carrier
	embedded typeutil.Map // to *carrier: those of unexported embedded fields
	names    typeutil.Map // to *rtype
	n        int
}

// carrier describes how values of a type that is not exact are held in a [reflect.Value].
type carrier struct {
	t        types.Type
	typ      reflect.Type // struct{ V inner }, unique by the field's tag
	layout   reflect.Type // as the type table has it
	embedded bool         // a field that may not be read itself, but whose exported fields may be set
	same     bool         // typ and layout are alike in interfaces: both the value, or both its address
	word     unsafe.Pointer
	back     unsafe.Pointer
}

func newReflection(m *Machine) *reflection {
	r := &reflection{m: m}
	r.funcs = r.makeFuncs()
	r.words = map[unsafe.Pointer]bool{}
	for _, f := range r.funcs {
		r.words[wordOfFunc(f)] = true
	}
	return r
}

// carrier returns the carrier of a type that is not exact.
func (r *reflection) carrier(t types.Type) *carrier {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.make(t, false)
}

// make makes a carrier. The caller holds mu.
func (r *reflection) make(t types.Type, embedded bool) *carrier {
	t = types.Unalias(t)
	known := &r.carriers
	if embedded {
		known = &r.embedded
	}
	if c := known.At(t); c != nil {
		return c.(*carrier)
	}
	c := &carrier{t: t, layout: r.m.types.of(t), embedded: embedded}
	inner := r.inner(t, c.layout)
	r.n++
	c.typ = reflect.StructOf([]reflect.StructField{{Name: "V", Type: inner, Tag: reflect.StructTag(strconv.Itoa(r.n))}})
	if c.typ.Size() != c.layout.Size() || c.typ.Align() != c.layout.Align() {
		panic("BUG: exec: a carrier of " + t.String() + " lies in memory in another way")
	}
	if c.layout.Kind() != reflect.Interface {
		typ, direct := wordOf(c.typ)
		layout, as := wordOf(c.layout)
		c.word, c.back, c.same = typ, layout, direct == as
	}
	known.Set(t, c)
	r.byType.Store(c.typ, c)
	return c
}

// inner returns the type of a carrier's field. Fields of structs and elements of arrays are carriers themselves, so that reading them keeps
// what reflect notes of a value: whether it has an address, and whether it comes from an unexported field.
func (r *reflection) inner(t types.Type, layout reflect.Type) reflect.Type {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		fields := make([]reflect.StructField, u.NumFields())
		for i := range fields {
			f := u.Field(i)
			sf := reflect.StructField{Name: f.Name(), Type: r.typ(f.Type())}
			switch {
			case f.Name() == "_":
				sf.Name, sf.PkgPath = "_"+strconv.Itoa(i), "main"
			case f.Exported():
			case f.Embedded() && isStruct(deref(f.Type())) && !r.m.types.isExact(f.Type()):
				sf.Name, sf.Type = "E"+strconv.Itoa(i)+"_", r.make(f.Type(), true).typ
			default:
				sf.PkgPath = "main"
			}
			fields[i] = sf
		}
		return reflect.StructOf(fields)
	case *types.Array:
		return reflect.ArrayOf(int(u.Len()), r.typ(u.Elem()))
	}
	return layout
}

// typ returns how a value of type t is held: as it is, or as a carrier. The caller holds mu.
func (r *reflection) typ(t types.Type) reflect.Type {
	if r.m.types.isExact(t) {
		return r.m.types.of(t)
	}
	return r.make(t, false).typ
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// held is typ for callers that do not hold mu.
func (r *reflection) held(t types.Type) reflect.Type {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.typ(t)
}

// of returns the carrier that v is, nil for other values.
func (r *reflection) of(v reflect.Value) *carrier {
	if v.Kind() != reflect.Struct {
		return nil
	}
	x, ok := r.byType.Load(v.Type())
	if !ok {
		return nil
	}
	return x.(*carrier)
}

// bare returns the value in a carrier, or a value that is none. That of a struct or an array has carriers in it.
func (r *reflection) bare(v reflect.Value) reflect.Value {
	if r.of(v) != nil {
		return v.Field(0)
	}
	return v
}

// marking is a way to hold a value that reflect refuses to make by itself: read from an unexported field, or of an interface type.
type marking struct {
	t          reflect.Type
	unexported bool
}

func (r *reflection) mark(t reflect.Type, unexported bool) reflect.Type {
	k := marking{t, unexported}
	if x, ok := r.marked.Load(k); ok {
		return x.(reflect.Type)
	}
	f := reflect.StructField{Name: "V", Type: t}
	if unexported {
		f.Name, f.PkgPath = "v", "main"
	}
	x, _ := r.marked.LoadOrStore(k, reflect.StructOf([]reflect.StructField{f}))
	return x.(reflect.Type)
}

// isReadOnly says whether a value was read from an unexported field.
func (r *reflection) isReadOnly(v reflect.Value) bool {
	c := r.of(v)
	return !v.CanInterface() || c != nil && c.embedded
}

// at returns the value of type t at p, with its address.
//
// Invariant: at p lies a value of type t.
func (r *reflection) at(t types.Type, p unsafe.Pointer, readOnly bool) reflect.Value {
	return r.atAs(r.held(t), p, readOnly)
}

func (r *reflection) atAs(t reflect.Type, p unsafe.Pointer, readOnly bool) reflect.Value {
	if readOnly {
		return valueAt(r.mark(t, true), p).Field(0)
	}
	return valueAt(t, p)
}

// copyAt returns a copy of the value of type t at p, without an address.
//
// Invariant: at p lies a value of type t.
func (r *reflection) copyAt(t types.Type, p unsafe.Pointer, readOnly bool) reflect.Value {
	return r.copyAs(r.held(t), p, readOnly)
}

func (r *reflection) copyAs(t reflect.Type, p unsafe.Pointer, readOnly bool) reflect.Value {
	return reflect.ValueOf(valueAt(r.mark(t, readOnly), p).Interface()).Field(0)
}

// memory returns where v lies: its own place, or a copy.
func (r *reflection) memory(v reflect.Value) unsafe.Pointer {
	if v.CanAddr() {
		return v.Addr().UnsafePointer()
	}
	p := reflect.New(v.Type())
	if v.CanInterface() {
		p.Elem().Set(v)
	} else {
		thaw(p.Elem(), v)
	}
	return p.UnsafePointer()
}

// plain returns the value in the layout of its type, as compiled code may have it.
func (r *reflection) plain(v reflect.Value) reflect.Value {
	c := r.of(v)
	if c == nil {
		return v
	}
	if in := v.Field(0); in.Type() == c.layout && !c.embedded {
		return in
	}
	if v.CanAddr() {
		return r.atAs(c.layout, v.Addr().UnsafePointer(), r.isReadOnly(v))
	}
	return r.copyAs(c.layout, r.memory(v), r.isReadOnly(v))
}

// take turns a value in the layout of its type into what interpreted code has of it.
func (r *reflection) take(t types.Type, v reflect.Value) reflect.Value {
	if v.Type() == r.held(t) {
		return v
	}
	return r.copyAt(t, r.memory(v), r.isReadOnly(v))
}

// valueOf is [reflect.ValueOf] for what an interface holds.
func (r *reflection) valueOf(x any) reflect.Value {
	b, ok := unbox(x)
	if !ok {
		return reflect.ValueOf(x)
	}
	c := r.carrier(infoOf(b).t)
	if c.same {
		v := b.V
		// Invariant: values of the layout and of the carrier are the same in memory, and in interfaces.
		(*eface)(unsafe.Pointer(&v)).typ = c.word
		return reflect.ValueOf(v)
	}
	p := reflect.New(c.layout)
	infoOf(b).unpack(p.UnsafePointer(), b.V)
	return r.copyAs(c.typ, p.UnsafePointer(), false)
}

// content is [reflect.Value.Interface].
func (r *reflection) content(v reflect.Value) any {
	c := r.of(v)
	if c == nil {
		return bare(v.Interface())
	}
	if c.embedded {
		v = r.plain(v) // which reflect refuses to give, in its own words
	}
	x := v.Interface()
	if c.layout.Kind() == reflect.Interface {
		return v.Field(0).Interface()
	}
	if c.same {
		// Invariant: as in valueOf.
		(*eface)(unsafe.Pointer(&x)).typ = c.back
	} else {
		x = r.plain(v).Interface()
	}
	return r.m.types.box(c.t).boxed(x)
}

// boxed makes what an interface without methods holds of a value in its layout.
func (b *boxInfo) boxed(v any) any { return b.wrap(symbols.Boxed{T: b.box, V: v}) }

// thaw copies a value that reflect lets be read but not copied, since it comes from an unexported field.
func thaw(dst, v reflect.Value) {
	p := dst.Addr().UnsafePointer()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := dst.Field(i)
			thaw(valueAt(f.Type(), f.Addr().UnsafePointer()), v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			thaw(dst.Index(i), v.Index(i))
		}
	case reflect.Bool:
		dst.SetBool(v.Bool())
	case reflect.String:
		dst.SetString(v.String())
	case reflect.Float32, reflect.Float64:
		dst.SetFloat(v.Float())
	case reflect.Complex64, reflect.Complex128:
		dst.SetComplex(v.Complex())
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.UnsafePointer:
		*(*unsafe.Pointer)(p) = v.UnsafePointer()
	case reflect.Slice:
		// Invariant: the three words are a slice's, read from one.
		*(*header)(p) = header{v.UnsafePointer(), v.Len(), v.Cap()}
	case reflect.Interface:
		if e := v.Elem(); e.IsValid() {
			x := reflect.New(e.Type()).Elem()
			thaw(x, e)
			dst.Set(x)
		}
	case reflect.Func:
		if !v.IsNil() {
			panic("a func in an unexported field cannot be copied")
		}
	default:
		if v.CanInt() {
			dst.SetInt(v.Int())
		} else {
			dst.SetUint(v.Uint())
		}
	}
}
