package formula

import (
	"reflect"
	"time"

	"tickbook/engine/internal/chunk"
)

// letValue is a registered value as a constant.
func (k *checker) letValue(a *ast, x any) *node {
	switch x := x.(type) {
	case time.Time:
		ns, ok := unixNano(x)
		if !ok {
			k.fail(a, "the time %s is %v; instants reach from 1678 to 2261", a.text, x)
		}
		return constNode(value{kind: chunk.Instant, i: ns})
	case time.Duration:
		return constNode(durationValue(x))
	}
	v := reflect.ValueOf(x)
	switch v.Kind() {
	case reflect.Bool:
		return constNode(boolValue(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return constNode(intValue(v.Int()))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint, reflect.Uint64:
		if u := v.Uint(); u < 1<<63 {
			return constNode(intValue(int64(u)))
		}
		k.fail(a, "the value %s is %v; integers reach to %d", a.text, x, int64(1<<63-1))
	case reflect.Float32, reflect.Float64:
		return constNode(floatValue(v.Float()))
	case reflect.String:
		return constNode(stringValue(v.String()))
	case reflect.Func:
		k.fail(a, "%s is a function; write %s(…)", a.text, a.text)
	}
	k.fail(a, "the value %s is a %T, which formulas cannot use", a.text, x)
	panic("unreachable")
}

func (k *checker) goCall(a *ast, f any) *node {
	k.fail(a, "functions are not there yet")
	panic("unreachable")
}
