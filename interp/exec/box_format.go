package exec

import (
	"cmp"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"tickbook/internal/symbols"
)

// Format implements [symbols.BoxInfo].
func (b *boxInfo) Format(v any, st fmt.State, verb rune) {
	(&formatter{b.m, st, verb}).value(b.t, reflect.ValueOf(v), 0)
}

// formatter prints values of interpreted types as fmt prints values of Go's: by the same rules, but with the types of the checker.
type formatter struct {
	m    *Machine
	st   fmt.State
	verb rune
}

func (p *formatter) write(s string) { _, _ = p.st.Write([]byte(s)) }

// plain prints a value whose own type is to tell how.
func (p *formatter) plain(v any) { fmt.Fprintf(p.st, fmt.FormatString(p.st, p.verb), v) }

// value prints v, a value of type t. As in fmt, the methods of what lies in unexported fields are not called.
func (p *formatter) value(t types.Type, v reflect.Value, depth int) {
	if !v.IsValid() {
		p.write("<nil>")
		return
	}
	if v.CanInterface() && v.Kind() != reflect.Interface && p.methods(t, v) {
		return
	}
	if p.m.types.isExact(t) && (depth == 0 || v.Kind() != reflect.Pointer && v.Kind() != reflect.Interface) {
		p.plain(v)
		return
	}
	sharp := p.verb == 'v' && p.st.Flag('#')
	switch u := t.Underlying().(type) {
	case *types.Interface:
		p.dynamic(t, v, depth, sharp)
	case *types.Struct:
		p.structure(t, u, v, depth, sharp)
	case *types.Slice:
		if p.bytes(u.Elem(), v) {
			return
		}
		if sharp && v.IsNil() {
			p.write(p.m.typeString(t) + "(nil)")
			return
		}
		p.list(t, u.Elem(), v, depth, sharp)
	case *types.Array:
		p.list(t, u.Elem(), v, depth, sharp)
	case *types.Map:
		p.mapping(t, u, v, depth, sharp)
	case *types.Pointer:
		p.pointer(t, u, v, depth, sharp)
	case *types.Basic:
		p.plain(v)
	default:
		if sharp {
			p.write("(" + p.m.typeString(t) + ")(" + address(v) + ")")
			return
		}
		p.plain(v)
	}
}

func address(v reflect.Value) string {
	if v.IsNil() {
		return "nil"
	}
	return "0x" + strconv.FormatUint(uint64(v.Pointer()), 16)
}

// methods prints v by the method that its type has for that, and says whether there is one.
func (p *formatter) methods(t types.Type, v reflect.Value) bool {
	if p.m.types.isExact(t) {
		return false // fmt finds them
	}
	has := func(name string) bool {
		s := types.NewMethodSet(t).Lookup(nil, name)
		if s == nil {
			return false
		}
		sig, ok := s.Type().(*types.Signature)
		return ok && sig.Params().Len() == 0 && sig.Results().Len() == 1
	}
	box := symbols.Boxed{T: p.m.types.box(t).box, V: v.Interface()}
	if sel := types.NewMethodSet(t).Lookup(nil, "Format"); sel != nil {
		if sig := sel.Type().(*types.Signature); sig.Params().Len() == 2 && sig.Results().Len() == 0 {
			p.catch(v, "Format", func() string {
				symbols.Method[func(any, fmt.State, rune)](box, "Format")(box.V, p.st, p.verb)
				return ""
			})
			return true
		}
	}
	if p.verb == 'v' && p.st.Flag('#') {
		if has("GoString") {
			p.write(p.catch(v, "GoString", func() string { return symbols.Method[func(any) string](box, "GoString")(box.V) }))
			return true
		}
		return false
	}
	switch p.verb {
	case 'v', 's', 'x', 'X', 'q':
	default:
		return false
	}
	for _, name := range []string{"Error", "String"} {
		if has(name) {
			p.plain(p.catch(v, name, func() string { return symbols.Method[func(any) string](box, name)(box.V) }))
			return true
		}
	}
	return false
}

// catch calls a method for its text. As in fmt, a panic in it becomes part of the text.
func (p *formatter) catch(v reflect.Value, method string, f func() string) (s string) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if _, ok := r.(Stopped); ok {
			panic(r)
		}
		if v.Kind() == reflect.Pointer && v.IsNil() {
			s = "<nil>"
			return
		}
		s = fmt.Sprintf("%%!%c(PANIC=%s method: %v)", p.verb, method, r)
	}()
	return f()
}

func (p *formatter) dynamic(t types.Type, v reflect.Value, depth int, sharp bool) {
	if v.IsNil() {
		if sharp {
			p.write(p.m.typeString(t) + "(nil)")
			return
		}
		p.write("<nil>")
		return
	}
	e := v.Elem()
	if e.Type().Implements(unboxer) {
		if e.CanInterface() {
			b, _ := unbox(e.Interface())
			p.value(infoOf(b).t, reflect.ValueOf(b.V), depth+1)
			return
		}
		c := reflect.New(e.Type()).Elem()
		thaw(c, e)
		b, _ := unbox(c.Interface())
		x := reflect.ValueOf(b.V)
		p.value(infoOf(b).t, p.m.reflect.copyAs(x.Type(), p.m.reflect.memory(x), true), depth+1) // without its methods
		return
	}
	if e.Kind() == reflect.Pointer && depth > 0 && !e.CanInterface() {
		p.write(address(e))
		return
	}
	if e.CanInterface() {
		if e.Kind() == reflect.Pointer && e.Type().NumMethod() == 0 && depth > 0 && !sharp {
			p.write(address(e))
			return
		}
		p.plain(e.Interface())
		return
	}
	p.plain(e)
}

func (p *formatter) structure(t types.Type, u *types.Struct, v reflect.Value, depth int, sharp bool) {
	if sharp {
		p.write(p.m.typeString(t))
	}
	p.write("{")
	for i := range u.NumFields() {
		if i > 0 {
			if sharp {
				p.write(", ")
			} else {
				p.write(" ")
			}
		}
		if sharp || p.st.Flag('+') && p.verb == 'v' {
			p.write(u.Field(i).Name() + ":")
		}
		p.value(u.Field(i).Type(), v.Field(i), depth+1)
	}
	p.write("}")
}

// bytes prints byte slices for the verbs that take them as text.
func (p *formatter) bytes(elem types.Type, v reflect.Value) bool {
	b, ok := elem.Underlying().(*types.Basic)
	if !ok || b.Kind() != types.Uint8 {
		return false
	}
	switch p.verb {
	case 's', 'q', 'x', 'X':
		p.plain(v.Bytes())
		return true
	}
	return false
}

func (p *formatter) list(t, elem types.Type, v reflect.Value, depth int, sharp bool) {
	open, sep, end := "[", " ", "]"
	if sharp {
		open, sep, end = p.m.typeString(t)+"{", ", ", "}"
	}
	p.write(open)
	for i := range v.Len() {
		if i > 0 {
			p.write(sep)
		}
		p.value(elem, v.Index(i), depth+1)
	}
	p.write(end)
}

func (p *formatter) mapping(t types.Type, u *types.Map, v reflect.Value, depth int, sharp bool) {
	if sharp {
		p.write(p.m.typeString(t))
		if v.IsNil() {
			p.write("(nil)")
			return
		}
		p.write("{")
	} else {
		p.write("map[")
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, compareValues)
	for i, k := range keys {
		if i > 0 {
			if sharp {
				p.write(", ")
			} else {
				p.write(" ")
			}
		}
		p.value(u.Key(), k, depth+1)
		p.write(":")
		p.value(u.Elem(), v.MapIndex(k), depth+1)
	}
	if sharp {
		p.write("}")
	} else {
		p.write("]")
	}
}

// compareValues orders map keys as fmt does.
func compareValues(a, b reflect.Value) int {
	switch {
	case a.Kind() == reflect.Interface:
		a, b = a.Elem(), b.Elem()
		if !a.IsValid() || !b.IsValid() {
			return cmp.Compare(btoi(a.IsValid()), btoi(b.IsValid()))
		}
		if a.Kind() != b.Kind() {
			return cmp.Compare(a.Kind(), b.Kind())
		}
		return compareValues(a, b)
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	case a.CanComplex():
		return cmp.Or(cmp.Compare(real(a.Complex()), real(b.Complex())), cmp.Compare(imag(a.Complex()), imag(b.Complex())))
	case a.Kind() == reflect.String:
		return strings.Compare(a.String(), b.String())
	case a.Kind() == reflect.Bool:
		return cmp.Compare(btoi(a.Bool()), btoi(b.Bool()))
	case a.Kind() == reflect.Struct:
		for i := range a.NumField() {
			if c := compareValues(a.Field(i), b.Field(i)); c != 0 {
				return c
			}
		}
	case a.Kind() == reflect.Array:
		for i := range a.Len() {
			if c := compareValues(a.Index(i), b.Index(i)); c != 0 {
				return c
			}
		}
	case a.Kind() == reflect.Pointer || a.Kind() == reflect.Chan || a.Kind() == reflect.UnsafePointer:
		return cmp.Compare(a.Pointer(), b.Pointer())
	}
	return 0
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (p *formatter) pointer(t types.Type, u *types.Pointer, v reflect.Value, depth int, sharp bool) {
	if p.verb == 'p' || p.verb != 'v' && p.verb != 's' && p.verb != 'd' && depth > 0 {
		p.plain(v)
		return
	}
	if depth == 0 && !v.IsNil() {
		elem := v.Elem()
		if v.Kind() == reflect.UnsafePointer {
			elem = valueAt(p.m.types.of(u.Elem()), v.UnsafePointer())
		}
		switch u.Elem().Underlying().(type) {
		case *types.Struct, *types.Array, *types.Slice, *types.Map:
			p.write("&")
			p.value(u.Elem(), elem, depth+1)
			return
		}
	}
	switch {
	case sharp:
		p.write("(" + p.m.typeString(t) + ")(" + address(v) + ")")
	case v.IsNil():
		p.write("<nil>")
	default:
		p.write(address(v))
	}
}
