package exec

import (
	"go/types"
	"iter"
	"reflect"
	"slices"
	"strings"
)

// rtype is the [reflect.Type] of a type that is not exact. There is one for each such type, so that they can be compared. What is not said
// here is as the embedded layout says.
type rtype struct {
	reflect.Type
	r *reflection
	t types.Type // nil: a compiled type that the checker does not know, which is compared with one of these
}

var _ reflect.Type = (*rtype)(nil)

// typeOf returns the [reflect.Type] of a type.
func (r *reflection) typeOf(t types.Type) reflect.Type {
	t = types.Unalias(t)
	if r.m.types.isExact(t) {
		return r.m.types.of(t)
	}
	layout := r.m.types.of(t)
	r.mu.Lock()
	defer r.mu.Unlock()
	if x := r.names.At(t); x != nil {
		return x.(*rtype)
	}
	x := &rtype{layout, r, t}
	r.names.Set(t, x)
	return x
}

// typeOfValue is [reflect.Value.Type].
func (r *reflection) typeOfValue(v reflect.Value) reflect.Type {
	if c := r.of(v); c != nil {
		return r.typeOf(c.t)
	}
	return v.Type()
}

// dynamicType is [reflect.TypeOf].
func (r *reflection) dynamicType(x any) reflect.Type {
	if b, ok := unbox(x); ok {
		return r.typeOf(infoOf(b).t)
	}
	return reflect.TypeOf(x)
}

// known returns a type as an rtype, so that it can be compared with others.
func (r *reflection) known(t reflect.Type) *rtype {
	if x, ok := t.(*rtype); ok {
		return x
	}
	return &rtype{t, r, r.checked(t)}
}

func (t *rtype) String() string { return t.r.m.typeString(t.t) }

func (t *rtype) Name() string {
	n, ok := t.t.(*types.Named)
	if !ok {
		return ""
	}
	return strings.TrimPrefix(t.String(), n.Obj().Pkg().Name()+".")
}

func (t *rtype) PkgPath() string {
	if n, ok := t.t.(*types.Named); ok {
		return n.Obj().Pkg().Path()
	}
	return ""
}

func (t *rtype) Comparable() bool { return types.Comparable(t.t) }

// elem returns what the type has of another, and panics as reflect does when it has none.
func (t *rtype) elem() types.Type {
	if e := inner(t.t); e != nil {
		return e
	}
	panic("reflect: Elem of invalid type " + t.String())
}

// inner returns what a pointer, a list, a map or a channel has; nil for other types.
func inner(t types.Type) types.Type {
	if u, ok := t.Underlying().(interface{ Elem() types.Type }); ok {
		return u.Elem()
	}
	return nil
}

func (t *rtype) Elem() reflect.Type { return t.r.typeOf(t.elem()) }

func (t *rtype) Key() reflect.Type {
	u, ok := t.t.Underlying().(*types.Map)
	if !ok {
		panic("reflect: Key of non-map type " + t.String())
	}
	return t.r.typeOf(u.Key())
}

func (t *rtype) signature(method string) *types.Signature {
	u, ok := t.t.Underlying().(*types.Signature)
	if !ok {
		panic("reflect: " + method + " of non-func type " + t.String())
	}
	return u
}

func (t *rtype) In(i int) reflect.Type { return t.r.typeOf(t.signature("In").Params().At(i).Type()) }

func (t *rtype) Out(i int) reflect.Type { return t.r.typeOf(t.signature("Out").Results().At(i).Type()) }

func (t *rtype) Ins() iter.Seq[reflect.Type]  { return counted(t.NumIn(), t.In) }
func (t *rtype) Outs() iter.Seq[reflect.Type] { return counted(t.NumOut(), t.Out) }

func counted[T any](n int, at func(int) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range n {
			if !yield(at(i)) {
				return
			}
		}
	}
}

func (t *rtype) structure(method string) *types.Struct {
	u, ok := t.t.Underlying().(*types.Struct)
	if !ok {
		panic("reflect: " + method + " of non-struct type " + t.String())
	}
	return u
}

func (t *rtype) Field(i int) reflect.StructField {
	u := t.structure("Field")
	if i < 0 || i >= u.NumFields() {
		panic("reflect: Field index out of bounds")
	}
	f := u.Field(i)
	sf := reflect.StructField{
		Name: f.Name(), Type: t.r.typeOf(f.Type()), Tag: reflect.StructTag(u.Tag(i)), Offset: t.Type.Field(i).Offset, Index: []int{i},
		Anonymous: f.Embedded(),
	}
	if !f.Exported() {
		sf.PkgPath = f.Pkg().Path()
	}
	return sf
}

func (t *rtype) Fields() iter.Seq[reflect.StructField] {
	return counted(t.structure("Fields").NumFields(), t.Field)
}

func (t *rtype) FieldByIndex(index []int) reflect.StructField {
	var f reflect.StructField
	var at reflect.Type = t
	for i, x := range index {
		if i > 0 && at.Kind() == reflect.Pointer && at.Elem().Kind() == reflect.Struct {
			at = at.Elem()
		}
		f = at.Field(x)
		at = f.Type
	}
	f.Index = slices.Clone(index)
	return f
}

func (t *rtype) FieldByName(name string) (reflect.StructField, bool) {
	return t.FieldByNameFunc(func(n string) bool { return n == name })
}

// FieldByNameFunc finds the shallowest field that matches. Two of one depth hide each other and what lies deeper.
func (t *rtype) FieldByNameFunc(match func(string) bool) (reflect.StructField, bool) {
	t.structure("FieldByNameFunc")
	type level struct {
		t     reflect.Type
		index []int
	}
	seen := map[reflect.Type]bool{}
	for now := []level{{t, nil}}; len(now) > 0; {
		var next []level
		var found [][]int
		count := map[reflect.Type]int{}
		for _, l := range now {
			count[l.t]++
		}
		for _, l := range now {
			if seen[l.t] {
				continue
			}
			seen[l.t] = true
			for i := range l.t.NumField() {
				f := l.t.Field(i)
				index := append(slices.Clone(l.index), i)
				if match(f.Name) {
					for range count[l.t] {
						found = append(found, index)
					}
					continue
				}
				if !f.Anonymous {
					continue
				}
				e := f.Type
				if e.Kind() == reflect.Pointer {
					e = e.Elem()
				}
				if e.Kind() == reflect.Struct {
					for range min(count[l.t], 2) {
						next = append(next, level{e, index})
					}
				}
			}
		}
		if len(found) > 0 {
			if len(found) > 1 {
				return reflect.StructField{}, false
			}
			return t.FieldByIndex(found[0]), true
		}
		now = next
	}
	return reflect.StructField{}, false
}

// methods are the type's methods that reflection shows: all of an interface, the exported ones of others, by name.
func (r *reflection) methods(t types.Type) []*types.Func {
	var fs []*types.Func
	if u, ok := t.Underlying().(*types.Interface); ok {
		for f := range u.Methods() {
			fs = append(fs, f)
		}
	} else {
		for s := range types.NewMethodSet(t).Methods() {
			if f := s.Obj().(*types.Func); f.Exported() {
				fs = append(fs, f)
			}
		}
	}
	slices.SortFunc(fs, func(a, b *types.Func) int { return strings.Compare(a.Name(), b.Name()) })
	return fs
}

func (t *rtype) NumMethod() int { return len(t.r.methods(t.t)) }

func (t *rtype) Method(i int) reflect.Method {
	fs := t.r.methods(t.t)
	if i < 0 || i >= len(fs) {
		panic("reflect: Method index out of range")
	}
	f := fs[i]
	m := reflect.Method{Name: f.Name(), Index: i}
	if !f.Exported() {
		m.PkgPath = f.Pkg().Path()
	}
	if types.IsInterface(t.t) {
		m.Type = t.r.typeOf(withoutReceiver(f.Signature()))
		return m
	}
	m.Func = t.r.methodFunc(t.t, f)
	m.Type = t.r.typeOfValue(m.Func)
	return m
}

func (t *rtype) Methods() iter.Seq[reflect.Method] { return counted(t.NumMethod(), t.Method) }

func (t *rtype) MethodByName(name string) (reflect.Method, bool) {
	for i, f := range t.r.methods(t.t) {
		if f.Name() == name {
			return t.Method(i), true
		}
	}
	return reflect.Method{}, false
}

func (t *rtype) Implements(u reflect.Type) bool {
	if u == nil {
		panic("reflect: nil type passed to Type.Implements")
	}
	if u.Kind() != reflect.Interface {
		panic("reflect: non-interface type passed to Type.Implements")
	}
	x := t.r.known(u)
	if it, ok := x.interfaceType(); ok {
		if t.t == nil {
			return t.r.m.missing(t.Type, it) == ""
		}
		return t.r.m.implements(t.t, it)
	}
	return false
}

func (t *rtype) interfaceType() (*types.Interface, bool) {
	if t.t == nil {
		return nil, false
	}
	it, ok := t.t.Underlying().(*types.Interface)
	return it, ok
}

func (t *rtype) AssignableTo(u reflect.Type) bool {
	if u == nil {
		panic("reflect: nil type passed to Type.AssignableTo")
	}
	if u.Kind() == reflect.Interface && t.Implements(u) {
		return true
	}
	x := t.r.known(u)
	return t.t != nil && x.t != nil && types.AssignableTo(t.t, x.t)
}

func (t *rtype) ConvertibleTo(u reflect.Type) bool {
	if u == nil {
		panic("reflect: nil type passed to Type.ConvertibleTo")
	}
	if t.AssignableTo(u) {
		return true
	}
	x := t.r.known(u)
	return t.t != nil && x.t != nil && types.ConvertibleTo(t.t, x.t)
}
