package exec

import (
	"encoding/json"
	"fmt"
	"go/types"
	"reflect"
	"strings"
)

// JSON implements [symbols.BoxInfo].
func (b *boxInfo) JSON(v any) ([]byte, error) {
	x, err := b.m.jsonValue(b.t, reflect.ValueOf(v))
	if err != nil {
		return nil, err
	}
	return json.Marshal(x)
}

// jsonValue makes of a value of an interpreted type one that encoding/json encodes in the same way: with the types' own methods, and without
// the holes of types that contain themselves.
func (m *Machine) jsonValue(t types.Type, v reflect.Value) (any, error) {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, nil
	}
	if _, isIface := t.Underlying().(*types.Interface); !isIface {
		if m.types.isExact(t) {
			return v.Interface(), nil
		}
		if x, ok, err := m.marshalled(t, v); ok || err != nil {
			return x, err
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		if v.IsNil() {
			return nil, nil
		}
		if b, ok := unbox(v.Interface()); ok {
			return m.jsonValue(infoOf(b).t, reflect.ValueOf(b.V))
		}
		return v.Interface(), nil
	case *types.Pointer:
		if v.Kind() == reflect.UnsafePointer {
			if v.IsNil() {
				return nil, nil
			}
			return m.jsonValue(u.Elem(), valueAt(m.types.of(u.Elem()), v.UnsafePointer()))
		}
		return m.jsonValue(u.Elem(), v.Elem())
	case *types.Struct:
		return m.jsonStruct(u, v)
	case *types.Slice:
		if v.IsNil() {
			return nil, nil
		}
		if b, ok := u.Elem().(*types.Basic); ok && b.Kind() == types.Uint8 {
			return v.Bytes(), nil
		}
		if v.Type() == holeSlice { // of a type that contains itself
			v = valueAt(m.types.of(u), addressable(v).Addr().UnsafePointer())
		}
		return m.jsonList(u.Elem(), v)
	case *types.Array:
		return m.jsonList(u.Elem(), v)
	case *types.Map:
		if v.Kind() == reflect.UnsafePointer {
			v = valueAt(reflect.MapOf(m.types.of(u.Key()), m.types.of(u.Elem())), addressable(v).Addr().UnsafePointer())
		}
		if v.IsNil() {
			return nil, nil
		}
		out := map[string]any{}
		for it := v.MapRange(); it.Next(); {
			k, err := m.jsonKey(u.Key(), it.Key())
			if err != nil {
				return nil, err
			}
			if out[k], err = m.jsonValue(u.Elem(), it.Value()); err != nil {
				return nil, err
			}
		}
		return out, nil
	case *types.Basic:
		return v.Interface(), nil
	}
	return nil, &json.UnsupportedTypeError{Type: v.Type()}
}

func addressable(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	return c
}

// marshalled encodes a value by its type's own method, if it has one.
func (m *Machine) marshalled(t types.Type, v reflect.Value) (any, bool, error) {
	set := types.NewMethodSet(t)
	if v.CanAddr() && set.Lookup(nil, "MarshalJSON") == nil && set.Lookup(nil, "MarshalText") == nil {
		p := types.NewPointer(t)
		if s := types.NewMethodSet(p); s.Lookup(nil, "MarshalJSON") != nil || s.Lookup(nil, "MarshalText") != nil {
			t, set, v = p, s, v.Addr()
		}
	}
	for _, name := range []string{"MarshalJSON", "MarshalText"} {
		if set.Lookup(nil, name) == nil {
			continue
		}
		info := m.types.box(t)
		f, ok := info.Method(name, reflect.TypeFor[func(any) ([]byte, error)]()).(func(any) ([]byte, error))
		if !ok {
			continue
		}
		b, err := f(v.Interface())
		if err != nil {
			return nil, true, fmt.Errorf("json: error calling %s for type %s: %w", name, m.typeString(t), err)
		}
		if name == "MarshalText" {
			return string(b), true, nil
		}
		return json.RawMessage(b), true, nil
	}
	return nil, false, nil
}

func (m *Machine) jsonList(elem types.Type, v reflect.Value) (any, error) {
	out := make([]any, v.Len())
	for i := range out {
		var err error
		if out[i], err = m.jsonValue(elem, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (m *Machine) jsonKey(t types.Type, k reflect.Value) (string, error) {
	if !m.types.isExact(t) && k.Kind() != reflect.String {
		if x, ok, err := m.marshalled(t, k); ok {
			s, _ := x.(string)
			return s, err
		}
	}
	switch {
	case k.Kind() == reflect.String:
		return k.String(), nil
	case k.CanInt(), k.CanUint():
		return fmt.Sprint(k.Interface()), nil
	}
	return "", &json.UnsupportedTypeError{Type: k.Type()}
}

// jsonStruct makes a struct with the same names and tags, whose fields hold what jsonValue makes of theirs.
func (m *Machine) jsonStruct(u *types.Struct, v reflect.Value) (any, error) {
	var fields []reflect.StructField
	var values []any
	for i := range u.NumFields() {
		f := u.Field(i)
		_, isStruct := deref(f.Type()).Underlying().(*types.Struct)
		embedded := f.Embedded() && isStruct && reflect.StructTag(u.Tag(i)).Get("json") == ""
		if !f.Exported() && !embedded {
			continue
		}
		fv := v.Field(i)
		if !fv.CanInterface() {
			if !v.CanAddr() {
				v = addressable(v)
			}
			fv = valueAt(fv.Type(), v.Field(i).Addr().UnsafePointer())
		}
		x, err := m.jsonValue(f.Type(), fv)
		if err != nil {
			return nil, err
		}
		sf := reflect.StructField{Name: f.Name(), Type: anyType, Tag: reflect.StructTag(u.Tag(i))}
		if embedded {
			if x == nil {
				continue
			}
			if t := reflect.TypeOf(x); t.Kind() == reflect.Struct && t.NumMethod() == 0 {
				sf.Name, sf.Type, sf.Anonymous = "E"+f.Name(), t, true
			}
		} else if x != nil && m.types.isExact(f.Type()) {
			sf.Type = reflect.TypeOf(x)
			if fv.Kind() == reflect.Interface {
				sf.Type = anyType
			}
		}
		if _, opts, _ := strings.Cut(sf.Tag.Get("json"), ","); strings.Contains(opts, "omitempty") && isEmpty(fv) {
			continue
		}
		fields, values = append(fields, sf), append(values, x)
	}
	out := reflect.New(structOf(fields)).Elem()
	for i, x := range values {
		if x != nil {
			out.Field(i).Set(reflect.ValueOf(x))
		}
	}
	return out.Interface(), nil
}

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
