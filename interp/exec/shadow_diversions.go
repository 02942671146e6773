package exec

import (
	"go/types"
	"reflect"
	"slices"
	"sync"
)

// diversion says when a call goes to the shadow: the argument to look at, and what of it calls for that.
type diversion struct {
	arg   int
	needs func(m *Machine, x any) bool
	after func(m *Machine, x any, err error) // of the compiled function, whose only result is an error; nil: nothing
}

// diversions are the calls that may go to a shadow, by the name that SSA has for the function. Arguments count from the receiver.
var diversions = map[string]diversion{
	"(*text/template.Template).Execute": {2, templateData, nil}, "(*text/template.Template).ExecuteTemplate": {3, templateData, nil},
	"(*html/template.Template).Execute": {2, templateData, nil}, "(*html/template.Template).ExecuteTemplate": {3, templateData, nil},
	"(*text/template.Template).Funcs": {1, templateFuncs, nil}, "(*html/template.Template).Funcs": {1, templateFuncs, nil},
	"encoding/xml.Marshal": {0, holdsCells, nil}, "encoding/xml.MarshalIndent": {0, holdsCells, nil}, "encoding/xml.Unmarshal": {1, holdsCells, nil},
	"(*encoding/xml.Encoder).Encode": {1, holdsCells, nil}, "(*encoding/xml.Encoder).EncodeElement": {1, holdsCells, nil},
	"(*encoding/xml.Decoder).Decode": {1, holdsCells, nil}, "(*encoding/xml.Decoder).DecodeElement": {1, holdsCells, nil},
	"encoding/json.Unmarshal": {1, decodesItself, (*Machine).nameJSONError}, "(*encoding/json.Decoder).Decode": {1, decodesItself, (*Machine).nameJSONError},
}

// templateData says whether a template's data has values of cells' types, or the template may have functions that make some.
func templateData(m *Machine, x any) bool { return m.shadows.funcs.Load() || holdsCells(m, x) }

// templateFuncs says whether a template's functions are of cells' types or may return values of such. From then on all templates go to the shadow.
func templateFuncs(m *Machine, x any) bool {
	v := reflect.ValueOf(x)
	if v.Kind() != reflect.Map {
		return true // of a cell's map type
	}
	for it := v.MapRange(); it.Next(); {
		f := it.Value().Elem()
		if !f.IsValid() || f.Kind() == reflect.Func && closedResults(f.Type()) {
			continue
		}
		m.shadows.funcs.Store(true)
		return true
	}
	return false
}

func closedResults(t reflect.Type) bool {
	for i := range t.NumOut() {
		if t.Out(i) != errorType && !isClosed(t.Out(i), nil) {
			return false
		}
	}
	return true
}

// holdsCells says whether a value is or leads to one of a cell's type. Where it would take long to say no, it says yes.
func holdsCells(_ *Machine, x any) bool {
	s := search{left: 100_000}
	return s.finds(reflect.ValueOf(x))
}

// search looks for boxes among values.
type search struct{ left int }

func (s *search) finds(v reflect.Value) bool {
	if !v.IsValid() || isClosed(v.Type(), nil) {
		return false
	}
	if s.left--; s.left < 0 {
		return true
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return false
		}
		return v.Elem().Type().Implements(unboxer) || s.finds(v.Elem())
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if s.finds(v.Index(i)) {
				return true
			}
		}
		return false
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if s.finds(it.Key()) || s.finds(it.Value()) {
				return true
			}
		}
		return false
	case reflect.Struct:
		if v.Type().Implements(unboxer) {
			return true
		}
		for i := range v.NumField() {
			if s.finds(v.Field(i)) {
				return true
			}
		}
		return false
	case reflect.Func:
		return !v.IsNil() && !closedResults(v.Type())
	}
	return !v.IsNil() // what it leads to is unknown
}

var closedTypes sync.Map // reflect.Type to bool

// isClosed says whether values of a compiled type cannot lead to one of a cell's type: no interface, function or channel is in it.
func isClosed(t reflect.Type, open []reflect.Type) (r bool) {
	if x, ok := closedTypes.Load(t); ok {
		return x.(bool)
	}
	if slices.Contains(open, t) {
		return true // as far as it leads back
	}
	open = append(open, t)
	switch t.Kind() {
	case reflect.Interface, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		r = false
	case reflect.Pointer, reflect.Slice, reflect.Array:
		r = isClosed(t.Elem(), open)
	case reflect.Map:
		r = isClosed(t.Key(), open) && isClosed(t.Elem(), open)
	case reflect.Struct:
		r = true
		for i := 0; r && i < t.NumField(); i++ {
			r = isClosed(t.Field(i).Type, open)
		}
	default:
		r = true
	}
	if len(open) == 1 || !r {
		closedTypes.Store(t, r)
	}
	return r
}

// decodesItself says whether a target of encoding/json has parts with methods of their own for it, or parts that lie in memory in a way that
// only the machine knows.
func decodesItself(m *Machine, x any) bool {
	b, ok := unbox(x)
	return ok && infoOf(b).decodes()
}

// decodes implements decodesItself for a type. Types are looked through once.
func (b *boxInfo) decodes() bool {
	if x, ok := b.impls.Load("decodes"); ok {
		return x.(bool)
	}
	r := decodes(b.t, map[types.Type]bool{})
	b.impls.Store("decodes", r)
	return r
}

func decodes(t types.Type, open map[types.Type]bool) bool {
	t = types.Unalias(t)
	if n, ok := t.(*types.Named); ok {
		if open[n] {
			return true // it contains itself
		}
		open[n] = true
		defer delete(open, n)
		set := types.NewMethodSet(types.NewPointer(t))
		if set.Lookup(nil, "UnmarshalJSON") != nil || set.Lookup(nil, "UnmarshalText") != nil {
			return n.Obj().Pkg() != nil
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return decodes(u.Elem(), open)
	case *types.Slice:
		return decodes(u.Elem(), open)
	case *types.Array:
		return decodes(u.Elem(), open)
	case *types.Map:
		return decodes(u.Key(), open) || decodes(u.Elem(), open)
	case *types.Struct:
		for f := range u.Fields() {
			if decodes(f.Type(), open) {
				return true
			}
		}
	}
	return false
}
