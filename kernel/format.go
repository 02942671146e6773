package kernel

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	formatLimit = 64 << 10 // bytes of text for one value
	formatItems = 1000     // elements of one list
	formatDepth = 12
)

// formatValue is v as text, in the manner of fmt's %v with field names: errors and Stringers by their text, strings bare, bytes as text or
// hex. It ends for any value, cyclic ones included, and leaves out what is too long with a note.
func formatValue(v any) string {
	f := &formatter{}
	switch x := v.(type) {
	case nil:
		return "<nil>"
	case string:
		f.put(x)
	default:
		f.value(reflect.ValueOf(v), 0)
	}
	return f.text()
}

// formatter writes up to formatLimit bytes and counts the rest.
type formatter struct {
	b    strings.Builder
	over int
}

func (f *formatter) text() string {
	if f.over > 0 {
		return f.b.String() + fmt.Sprintf("… [%d bytes more]", f.over)
	}
	return f.b.String()
}

func (f *formatter) full() bool { return f.b.Len() >= formatLimit }

func (f *formatter) put(text string) {
	room := formatLimit - f.b.Len()
	if len(text) <= room {
		f.b.WriteString(text)
		return
	}
	for room > 0 && !utf8.RuneStart(text[room]) {
		room--
	}
	room = max(room, 0)
	f.b.WriteString(text[:room])
	f.over += len(text) - room
}

func (f *formatter) value(v reflect.Value, depth int) {
	switch {
	case f.full():
		f.over++ // at least
		return
	case !v.IsValid():
		f.put("<nil>")
		return
	case f.method(v):
		return
	case depth > formatDepth:
		f.put("…")
		return
	}
	switch v.Kind() {
	case reflect.String:
		f.put(v.String())
	case reflect.Struct:
		f.structure(v, depth)
	case reflect.Map:
		f.mapping(v, depth)
	case reflect.Slice, reflect.Array:
		f.list(v, depth)
	case reflect.Interface:
		f.value(v.Elem(), depth+1)
	case reflect.Pointer:
		f.pointer(v, depth)
	case reflect.Func:
		f.put(v.Type().String())
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		f.put(fmt.Sprint(v))
	default:
		f.put(fmt.Sprintf("%v", v))
	}
}

// method uses the value's own Error or String, as fmt does.
func (f *formatter) method(v reflect.Value) (done bool) {
	if !v.CanInterface() {
		return false
	}
	if k := v.Kind(); (k == reflect.Pointer || k == reflect.Interface) && v.IsNil() {
		return false
	}
	var call func() string
	switch x := v.Interface().(type) {
	case fmt.Formatter:
		call = func() string { return fmt.Sprintf("%+v", x) }
	case error:
		call = x.Error
	case fmt.Stringer:
		call = x.String
	default:
		return false
	}
	defer func() {
		if e := recover(); e != nil {
			f.put(fmt.Sprintf("%%!v(PANIC=%v)", e))
			done = true
		}
	}()
	f.put(call())
	return true
}

func (f *formatter) structure(v reflect.Value, depth int) {
	f.put("{")
	for i := range v.NumField() {
		if i > 0 {
			f.put(" ")
		}
		f.put(v.Type().Field(i).Name + ":")
		f.value(v.Field(i), depth+1)
	}
	f.put("}")
}

func (f *formatter) mapping(v reflect.Value, depth int) {
	f.put("map[")
	keys := sortedKeys(v)
	for i, k := range keys {
		if i > 0 {
			f.put(" ")
		}
		if f.enough(i, len(keys)) {
			break
		}
		f.value(k, depth+1)
		f.put(":")
		f.value(v.MapIndex(k), depth+1)
	}
	f.put("]")
}

func (f *formatter) list(v reflect.Value, depth int) {
	if v.Type().Elem().Kind() == reflect.Uint8 && v.Kind() == reflect.Slice {
		f.bytes(v.Bytes())
		return
	}
	f.put("[")
	for i := range v.Len() {
		if i > 0 {
			f.put(" ")
		}
		if f.enough(i, v.Len()) {
			break
		}
		f.value(v.Index(i), depth+1)
	}
	f.put("]")
}

// enough notes what is left out of a list that is too long.
func (f *formatter) enough(i, n int) bool {
	if i < formatItems && !f.full() {
		return false
	}
	f.b.WriteString("… [" + strconv.Itoa(n-i) + " more]")
	return true
}

// pointer follows the outermost pointer, as fmt does.
func (f *formatter) pointer(v reflect.Value, depth int) {
	if v.IsNil() {
		f.put("<nil>")
		return
	}
	switch v.Elem().Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
		if depth == 0 {
			f.put("&")
			f.value(v.Elem(), 1)
			return
		}
	}
	f.put(fmt.Sprintf("%#x", v.Pointer()))
}

func (f *formatter) bytes(b []byte) {
	if utf8.Valid(b) && isPrintable(b) {
		f.put(string(b))
		return
	}
	const shown = 256
	f.put(fmt.Sprintf("% x", b[:min(len(b), shown)]))
	if len(b) > shown {
		f.put(fmt.Sprintf(" … [%d bytes]", len(b)))
	}
}

func isPrintable(b []byte) bool {
	for _, r := range string(b[:min(len(b), formatLimit)]) {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f {
			return false
		}
	}
	return true
}
