package exec

import (
	"go/token"
	"go/types"
	"reflect"
	"strings"
)

// checked returns the checker's type for one of compiled code, nil when it has none.
func (r *reflection) checked(t reflect.Type) types.Type {
	if x, ok := t.(*rtype); ok {
		return x.t
	}
	if x, ok := r.reverse.Load(t); ok {
		x, _ := x.(types.Type)
		return x
	}
	x := r.check(t)
	if x != nil && r.m.types.isExact(x) && r.m.types.of(x) != t {
		x = nil
	}
	r.reverse.Store(t, x)
	return x
}

func (r *reflection) check(t reflect.Type) types.Type {
	if t.Kind() == reflect.UnsafePointer && t.PkgPath() == "unsafe" || t == holePointer {
		return types.Typ[types.UnsafePointer]
	}
	if name := t.Name(); name != "" {
		scope := types.Universe
		if t.PkgPath() != "" {
			p := r.m.packageOf(t.PkgPath())
			if p == nil {
				return nil
			}
			scope = p.Scope()
		}
		if o, ok := scope.Lookup(name).(*types.TypeName); ok {
			return o.Type()
		}
		return nil
	}
	return r.unnamed(t)
}

// unnamed makes the checker's type for a type without a name. It need not be exact: its parts may be types of cells.
func (r *reflection) unnamed(t reflect.Type) types.Type {
	switch t.Kind() {
	case reflect.Pointer:
		return with(r.checked(t.Elem()), func(e types.Type) types.Type { return types.NewPointer(e) })
	case reflect.Slice:
		return with(r.checked(t.Elem()), func(e types.Type) types.Type { return types.NewSlice(e) })
	case reflect.Array:
		return with(r.checked(t.Elem()), func(e types.Type) types.Type { return types.NewArray(e, int64(t.Len())) })
	case reflect.Chan:
		return with(r.checked(t.Elem()), func(e types.Type) types.Type { return types.NewChan(checkedDir(t.ChanDir()), e) })
	case reflect.Map:
		return with(r.checked(t.Key()), func(k types.Type) types.Type {
			return with(r.checked(t.Elem()), func(e types.Type) types.Type { return types.NewMap(k, e) })
		})
	case reflect.Func:
		in, ok := r.tuple(t.NumIn(), t.In)
		out, ok2 := r.tuple(t.NumOut(), t.Out)
		if ok && ok2 {
			return types.NewSignatureType(nil, nil, nil, in, out, t.IsVariadic())
		}
	case reflect.Interface:
		var fs []*types.Func
		for i := range t.NumMethod() {
			f := t.Method(i)
			sig, ok := r.checked(f.Type).(*types.Signature)
			if !ok || f.PkgPath != "" {
				return nil
			}
			fs = append(fs, types.NewFunc(token.NoPos, nil, f.Name, sig))
		}
		return types.NewInterfaceType(fs, nil).Complete()
	case reflect.Struct:
		return r.unnamedStruct(t.NumField(), t.Field)
	}
	return nil
}

func (r *reflection) unnamedStruct(n int, field func(int) reflect.StructField) types.Type {
	var vs []*types.Var
	var tags []string
	for i := range n {
		f := field(i)
		ft := r.checked(f.Type)
		if ft == nil {
			return nil
		}
		var p *types.Package
		if f.PkgPath != "" {
			p = types.NewPackage(f.PkgPath, f.PkgPath[strings.LastIndex(f.PkgPath, "/")+1:])
		}
		vs = append(vs, types.NewField(token.NoPos, p, f.Name, ft, f.Anonymous))
		tags = append(tags, string(f.Tag))
	}
	return types.NewStruct(vs, tags)
}

func (r *reflection) tuple(n int, at func(int) reflect.Type) (*types.Tuple, bool) {
	var vs []*types.Var
	for i := range n {
		t := r.checked(at(i))
		if t == nil {
			return nil, false
		}
		vs = append(vs, types.NewParam(token.NoPos, nil, "", t))
	}
	return types.NewTuple(vs...), true
}

func with(t types.Type, f func(types.Type) types.Type) types.Type {
	if t == nil {
		return nil
	}
	return f(t)
}

func checkedDir(d reflect.ChanDir) types.ChanDir {
	switch d {
	case reflect.SendDir:
		return types.SendOnly
	case reflect.RecvDir:
		return types.RecvOnly
	}
	return types.SendRecv
}

// packageOf returns a package that cells or what they import know.
func (m *Machine) packageOf(path string) *types.Package {
	m.building.Lock()
	defer m.building.Unlock()
	for p := range m.made {
		if p.Path() == path && p.Complete() && !m.isLoaded(p) {
			return p
		}
	}
	return nil
}
