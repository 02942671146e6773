package exec

import (
	"crypto/hkdf"
	"crypto/pbkdf2"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"go/types"
	"hash"
	"hash/maphash"
	"reflect"
	"runtime"
	"time"
	"unsafe"
	"weak"

	"golang.org/x/tools/go/ssa"
)

type reflectBody = func(in []reflect.Value) []reflect.Value

// libraryGeneric makes generic functions that the standard library has one or two of in a package; nil for others. t is the function's type.
func (m *Machine) libraryGeneric(f, origin *ssa.Function, t reflect.Type) reflectBody {
	switch origin.String() {
	case "unique.Make":
		return func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{as(t.Out(0), m.unique.canonical(in[0]))}
		}
	case "weak.Make":
		return func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{as(t.Out(0), weak.Make((*byte)(in[0].UnsafePointer())))}
		}
	case "runtime.AddCleanup":
		return func(in []reflect.Value) []reflect.Value {
			p, cleanup, x := in[0].UnsafePointer(), in[1], in[2] // NB: what keeps in keeps p
			if p != nil && x.Kind() == reflect.Pointer && x.UnsafePointer() == p {
				panic("runtime.AddCleanup: ptr is equal to arg, cleanup will never run")
			}
			return []reflect.Value{reflect.ValueOf(runtime.AddCleanup((*byte)(p), func(x reflect.Value) {
				m.reporting(func() { cleanup.Call([]reflect.Value{x}) })()
			}, x))}
		}
	case "hash/maphash.Comparable":
		return func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf(maphash.Comparable(in[0].Interface().(maphash.Seed), in[1].Interface()))}
		}
	case "hash/maphash.WriteComparable":
		return func(in []reflect.Value) []reflect.Value {
			maphash.WriteComparable(in[0].Interface().(*maphash.Hash), in[1].Interface())
			return nil
		}
	}
	hasher := func(v reflect.Value) func() hash.Hash {
		load, store := m.types.load(f.TypeArgs()[0]), m.storer(origin.TypeParams().At(0).Constraint())
		return func() (h hash.Hash) {
			store(unsafe.Pointer(&h), load(addressOf(v.Call(nil)[0])))
			return h
		}
	}
	key := func(k []byte, err error) []reflect.Value {
		e := reflect.New(errorType).Elem()
		if err != nil {
			e.Set(reflect.ValueOf(err))
		}
		return []reflect.Value{reflect.ValueOf(k), e}
	}
	number := func(v reflect.Value) int { return int(v.Int()) }
	switch origin.String() {
	case "crypto/pbkdf2.Key":
		return func(in []reflect.Value) []reflect.Value {
			return key(pbkdf2.Key(hasher(in[0]), in[1].String(), in[2].Bytes(), number(in[3]), number(in[4])))
		}
	case "crypto/hkdf.Key":
		return func(in []reflect.Value) []reflect.Value {
			return key(hkdf.Key(hasher(in[0]), in[1].Bytes(), in[2].Bytes(), in[3].String(), number(in[4])))
		}
	case "crypto/hkdf.Extract":
		return func(in []reflect.Value) []reflect.Value {
			return key(hkdf.Extract(hasher(in[0]), in[1].Bytes(), in[2].Bytes()))
		}
	case "crypto/hkdf.Expand":
		return func(in []reflect.Value) []reflect.Value {
			return key(hkdf.Expand(hasher(in[0]), in[1].Bytes(), in[2].String(), number(in[3])))
		}
	}
	return nil
}

// libraryGenericMethod makes methods of generic types of the standard library; nil for others. out are the method's results.
func (m *Machine) libraryGenericMethod(f, origin *ssa.Function, out []reflect.Type) reflectBody {
	// Invariant: all instances of one of these types lie in memory as it says beside it.
	switch origin.String() {
	case "(unique.Handle[T]).Value": // one pointer to the value
		return func(in []reflect.Value) []reflect.Value {
			p := *(*unsafe.Pointer)(addressOf(in[0]))
			return []reflect.Value{valueAt(out[0], notNil(p))}
		}
	case "(weak.Pointer[T]).Value": // what package weak keeps, whatever it points to
		return func(in []reflect.Value) []reflect.Value {
			p := (*weak.Pointer[byte])(addressOf(in[0])).Value()
			return []reflect.Value{as(out[0], p)}
		}
	case "(*database/sql.Null[T]).Scan": // V, Valid
		t := m.types.of(f.Signature.Recv().Type()).Elem().Field(0).Type
		return func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{as(errorType, scanNull(t, notNil(in[0].UnsafePointer()), in[1].Interface()))}
		}
	case "(database/sql.Null[T]).Value":
		load := m.types.load(f.TypeArgs()[0])
		return func(in []reflect.Value) []reflect.Value {
			if !in[0].Field(1).Bool() {
				return []reflect.Value{reflect.Zero(out[0]), reflect.Zero(errorType)}
			}
			v := load(addressOf(in[0]))
			if b, ok := unbox(v); ok {
				v = b.V
				if types.NewMethodSet(infoOf(b).t).Lookup(nil, "Value") != nil {
					v, _ = m.wrapperOf(reflect.TypeFor[driver.Valuer](), b)
				}
			}
			r, err := driver.DefaultParameterConverter.ConvertValue(v)
			return []reflect.Value{as(out[0], r), as(errorType, err)}
		}
	}
	return nil
}

// as returns a value as one of a type that lies in memory in the same way.
func as[T any](t reflect.Type, v T) reflect.Value { return valueAt(t, unsafe.Pointer(&v)) }

// addressOf returns where a copy of a value is.
func addressOf(v reflect.Value) unsafe.Pointer {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p.UnsafePointer()
}

// scanNull is the method Scan of the sql.Null at p, whose V is a t.
func scanNull(t reflect.Type, p unsafe.Pointer, value any) error {
	switch t {
	case reflect.TypeFor[[]byte]():
		return (*sql.Null[[]byte])(p).Scan(value)
	case reflect.TypeFor[sql.RawBytes]():
		return (*sql.Null[sql.RawBytes])(p).Scan(value)
	case reflect.TypeFor[time.Time]():
		return (*sql.Null[time.Time])(p).Scan(value)
	case reflect.TypeFor[any]():
		return (*sql.Null[any])(p).Scan(value)
	}
	switch t.Kind() {
	case reflect.Bool:
		return (*sql.Null[bool])(p).Scan(value)
	case reflect.String:
		return (*sql.Null[string])(p).Scan(value)
	case reflect.Int:
		return (*sql.Null[int])(p).Scan(value)
	case reflect.Int8:
		return (*sql.Null[int8])(p).Scan(value)
	case reflect.Int16:
		return (*sql.Null[int16])(p).Scan(value)
	case reflect.Int32:
		return (*sql.Null[int32])(p).Scan(value)
	case reflect.Int64:
		return (*sql.Null[int64])(p).Scan(value)
	case reflect.Uint:
		return (*sql.Null[uint])(p).Scan(value)
	case reflect.Uint8:
		return (*sql.Null[uint8])(p).Scan(value)
	case reflect.Uint16:
		return (*sql.Null[uint16])(p).Scan(value)
	case reflect.Uint32:
		return (*sql.Null[uint32])(p).Scan(value)
	case reflect.Uint64:
		return (*sql.Null[uint64])(p).Scan(value)
	case reflect.Float32:
		return (*sql.Null[float32])(p).Scan(value)
	case reflect.Float64:
		return (*sql.Null[float64])(p).Scan(value)
	}
	return fmt.Errorf("sql: cells cannot scan into a Null of a %s", t)
}
