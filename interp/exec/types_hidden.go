package exec

import (
	"go/types"
	"reflect"
)

// hidden returns the type of compiled code behind an unexported name: one that a variable, function or type of the package leads to.
func (tt *typeTable) hidden(t *types.Named) reflect.Type {
	p := t.Obj().Pkg()
	found, ok := tt.inner[p]
	if !ok {
		found = map[*types.Named]reflect.Type{}
		tt.inner[p] = found
		w := &walker{pkg: p, found: found}
		for _, n := range p.Scope().Names() {
			o := p.Scope().Lookup(n)
			s := tt.m.symbol(p, n)
			if !o.Exported() || !s.IsValid() {
				continue
			}
			switch o.(type) {
			case *types.Var, *types.Func:
				w.walk(o.Type(), s.Type())
			case *types.TypeName:
				if s.Kind() == reflect.Pointer {
					w.walk(o.Type(), s.Type().Elem())
				}
			}
		}
	}
	return found[t]
}

// walker goes through a type as the checker knows it and as reflect does, side by side.
type walker struct {
	pkg   *types.Package
	found map[*types.Named]reflect.Type
}

func (w *walker) walk(t types.Type, r reflect.Type) {
	if n, ok := types.Unalias(t).(*types.Named); ok {
		if n.Obj().Pkg() != w.pkg || w.found[n] != nil || n.TypeArgs().Len() > 0 {
			return
		}
		w.found[n] = r
		for m := range n.Methods() {
			if !m.Exported() {
				continue
			}
			if rm, ok := reflect.PointerTo(r).MethodByName(m.Name()); ok {
				w.signature(m.Signature(), rm.Type, 1)
			}
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		w.elem(u.Elem(), r, reflect.Pointer)
	case *types.Slice:
		w.elem(u.Elem(), r, reflect.Slice)
	case *types.Array:
		w.elem(u.Elem(), r, reflect.Array)
	case *types.Chan:
		w.elem(u.Elem(), r, reflect.Chan)
	case *types.Map:
		w.elem(u.Elem(), r, reflect.Map)
	case *types.Signature:
		if r.Kind() == reflect.Func {
			w.signature(u, r, 0)
		}
	case *types.Struct:
		for i := range u.NumFields() {
			if r.Kind() == reflect.Struct && i < r.NumField() {
				w.walk(u.Field(i).Type(), r.Field(i).Type)
			}
		}
	}
}

func (w *walker) elem(t types.Type, r reflect.Type, k reflect.Kind) {
	if r.Kind() == k {
		w.walk(t, r.Elem())
	}
}

// signature walks parameters and results; the first skip parameters of r are a receiver.
func (w *walker) signature(s *types.Signature, r reflect.Type, skip int) {
	if r.NumIn() != s.Params().Len()+skip || r.NumOut() != s.Results().Len() {
		return
	}
	for i, v := range seq(s.Params()) {
		w.walk(v.Type(), r.In(i+skip))
	}
	for i, v := range seq(s.Results()) {
		w.walk(v.Type(), r.Out(i))
	}
}
