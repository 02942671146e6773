package exec

import (
	"encoding/json"
	"go/types"
	"reflect"
	"strings"
)

// nameJSONError puts the names of a cell's types into an error of encoding/json, which decoded into the layout of a target: it can't know them.
func (m *Machine) nameJSONError(target any, err error) {
	e, ok := err.(*json.UnmarshalTypeError)
	b, boxed := unbox(target)
	if !ok || !boxed || e.Struct != "" {
		return
	}
	t := deref(infoOf(b).t)
	if e.Field != "" {
		var in types.Type // the struct that was being decoded
		for _, name := range strings.Split(e.Field, ".") {
			s := toStruct(t)
			if s == nil {
				return
			}
			f, embedded := jsonField(s.Underlying().(*types.Struct), name)
			if f == nil {
				return
			}
			if in == nil || !embedded {
				in = s
			}
			t = f.Type()
		}
		e.Struct = m.reflect.typeOf(in).Name()
	}
	for ; t != nil; t = inner(t) {
		if m.types.of(t) == e.Type {
			e.Type = m.reflect.typeOf(t)
			return
		}
	}
}

// toStruct returns the first struct type that t leads to, nil when there is none.
func toStruct(t types.Type) types.Type {
	for ; t != nil; t = inner(t) {
		if isStruct(t) {
			return t
		}
	}
	return nil
}

// jsonField finds a struct's field by its name in JSON, or an embedded one by its own.
func jsonField(s *types.Struct, name string) (f *types.Var, embedded bool) {
	for i := range s.NumFields() {
		f := s.Field(i)
		tag, _, _ := strings.Cut(reflect.StructTag(s.Tag(i)).Get("json"), ",")
		switch {
		case tag == name || tag == "" && f.Name() == name && !f.Embedded():
			return f, false
		case f.Embedded() && tag == "" && f.Name() == name:
			return f, true
		}
	}
	return nil, false
}
