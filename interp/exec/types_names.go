package exec

import (
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// typeString names a type as reflect does.
func (m *Machine) typeString(t types.Type) string {
	if m.types.isExact(t) {
		return m.types.of(t).String()
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		o := t.Obj()
		if o.Pkg() == nil {
			return o.Name()
		}
		s := o.Pkg().Name() + "." + o.Name()
		outer, own := m.argumentStrings(m.localsOf(o)), m.argumentStrings(slices.Collect(t.TypeArgs().Types()))
		switch {
		case outer != "" && own != "":
			s += "[" + outer + ";" + own + "]"
		case outer != "" || own != "":
			s += "[" + outer + own + "]"
		}
		return s
	case *types.Pointer:
		return "*" + m.typeString(t.Elem())
	case *types.Slice:
		return "[]" + m.typeString(t.Elem())
	case *types.Array:
		return "[" + strconv.FormatInt(t.Len(), 10) + "]" + m.typeString(t.Elem())
	case *types.Map:
		return "map[" + m.typeString(t.Key()) + "]" + m.typeString(t.Elem())
	case *types.Chan:
		switch t.Dir() {
		case types.SendOnly:
			return "chan<- " + m.typeString(t.Elem())
		case types.RecvOnly:
			return "<-chan " + m.typeString(t.Elem())
		}
		return "chan " + m.typeString(t.Elem())
	case *types.Struct:
		if t.NumFields() == 0 {
			return "struct {}"
		}
		var fs []string
		for i := range t.NumFields() {
			f := t.Field(i)
			s := m.typeString(f.Type())
			if !f.Embedded() {
				s = f.Name() + " " + s
			}
			if tag := t.Tag(i); tag != "" {
				s += " " + strconv.Quote(tag)
			}
			fs = append(fs, s)
		}
		return "struct { " + strings.Join(fs, "; ") + " }"
	case *types.Signature:
		return "func" + m.signatureString(t)
	case *types.Interface:
		if t.NumMethods() == 0 {
			return "interface {}"
		}
		var ms []string
		for f := range t.Methods() {
			name := f.Name()
			if !f.Exported() && f.Pkg() != nil {
				name = f.Pkg().Name() + "." + name
			}
			ms = append(ms, name+m.signatureString(f.Signature()))
		}
		slices.Sort(ms)
		return "interface { " + strings.Join(ms, "; ") + " }"
	}
	return types.TypeString(t, (*types.Package).Name)
}

// argumentStrings lists type arguments as they are in the name of a type.
func (m *Machine) argumentStrings(ts []types.Type) string {
	var args []string
	for _, t := range ts {
		s := m.typeString(t)
		if n, ok := types.Unalias(t).(*types.Named); ok {
			if k := localNumber(n.Obj()); k > 0 {
				s += "·" + strconv.Itoa(k)
			}
		}
		args = append(args, s)
	}
	return strings.Join(args, ",")
}

func (m *Machine) signatureString(s *types.Signature) string {
	list := func(vs *types.Tuple, variadic bool) []string {
		var out []string
		for i, v := range seq(vs) {
			if variadic && i == vs.Len()-1 {
				out = append(out, "..."+m.typeString(v.Type().(*types.Slice).Elem()))
				continue
			}
			out = append(out, m.typeString(v.Type()))
		}
		return out
	}
	r := list(s.Results(), false)
	text := "(" + strings.Join(list(s.Params(), s.Variadic()), ", ") + ")"
	switch len(r) {
	case 0:
		return text
	case 1:
		return text + " " + r[0]
	}
	return text + " (" + strings.Join(r, ", ") + ")"
}

// dynamicString names the type of what an interface holds.
func (m *Machine) dynamicString(v any) string {
	if b, ok := unbox(v); ok {
		return m.typeString(infoOf(b).t)
	}
	return reflect.TypeOf(v).String()
}

// TypeString names the type of a value as reflect names those of compiled code.
func (m *Machine) TypeString(v any) string {
	if v == nil {
		return "<nil>"
	}
	return m.dynamicString(v)
}
