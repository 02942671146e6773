package engine

import (
	"fmt"
	"math"
	"time"

	"tickbook/engine/internal/chunk"
)

// editor is a column of any kind that is written value by value.
type editor interface {
	Begin()
	Publish() chunk.Column
	// convert turns a Go value into the column's physical one. nil, null, stays nil.
	convert(x any) (any, error)
	// set writes a value that convert returned.
	set(key uint64, x any)
}

type typedEditor[T any] struct {
	*chunk.Mut[T]
	kind Kind
	from func(x any) (T, bool)
}

func (e typedEditor[T]) convert(x any) (any, error) {
	if at, ok := x.(time.Time); x == nil || ok && at.IsZero() && e.kind == KindInstant {
		return nil, nil
	}
	v, ok := e.from(x)
	if !ok {
		return nil, fmt.Errorf("%v (%T) is no %v", x, x, e.kind)
	}
	return v, nil
}

func (e typedEditor[T]) set(key uint64, x any) {
	v, ok := x.(T)
	e.Set(key, v, !ok)
}

func newEditor(k Kind) editor {
	switch k {
	case KindBool:
		return typedEditor[bool]{chunk.NewMut[bool](k, nil), k, func(x any) (bool, bool) { b, ok := x.(bool); return b, ok }}
	case KindInt8:
		return typedEditor[int8]{chunk.NewMut[int8](k, nil), k, toInt[int8]}
	case KindInt16:
		return typedEditor[int16]{chunk.NewMut[int16](k, nil), k, toInt[int16]}
	case KindInt32:
		return typedEditor[int32]{chunk.NewMut[int32](k, nil), k, toInt[int32]}
	case KindInt64:
		return typedEditor[int64]{chunk.NewMut[int64](k, nil), k, toInt[int64]}
	case KindFloat32:
		return typedEditor[float32]{chunk.NewMut[float32](k, nil), k, toFloat[float32]}
	case KindFloat64:
		return typedEditor[float64]{chunk.NewMut[float64](k, nil), k, toFloat[float64]}
	case KindInstant:
		return typedEditor[int64]{chunk.NewMut[int64](k, nil), k, toInstant}
	case KindDuration:
		return typedEditor[int64]{chunk.NewMut[int64](k, nil), k, toDuration}
	case KindString:
		d := chunk.NewDict()
		return typedEditor[uint32]{chunk.NewMut[uint32](k, d), k, func(x any) (uint32, bool) {
			s, ok := x.(string)
			if !ok {
				return 0, false
			}
			return d.Code(s), true
		}}
	}
	bug("no storage for %v columns", k)
	return nil
}

// toInt takes any Go integer that fits.
func toInt[T ~int8 | ~int16 | ~int32 | ~int64](x any) (T, bool) {
	i, ok := anyInt(x)
	return T(i), ok && int64(T(i)) == i
}

func anyInt(x any) (int64, bool) {
	switch x := x.(type) {
	case int:
		return int64(x), true
	case int8:
		return int64(x), true
	case int16:
		return int64(x), true
	case int32:
		return int64(x), true
	case int64:
		return x, true
	case uint8:
		return int64(x), true
	case uint16:
		return int64(x), true
	case uint32:
		return int64(x), true
	case uint64:
		return int64(x), x <= math.MaxInt64
	case uint:
		return int64(x), uint64(x) <= math.MaxInt64
	}
	return 0, false
}

// toFloat takes Go floats, and integers.
func toFloat[T float32 | float64](x any) (T, bool) {
	switch x := x.(type) {
	case float64:
		return T(x), true
	case float32:
		return T(x), true
	}
	i, ok := anyInt(x)
	return T(i), ok
}

// toInstant takes a time, or nanoseconds since the epoch.
func toInstant(x any) (int64, bool) {
	if t, ok := x.(time.Time); ok {
		return instantOf(t)
	}
	return anyInt(x)
}

// instantOf is a time in nanoseconds since the epoch, not ok if they can't hold it.
func instantOf(t time.Time) (ns int64, ok bool) {
	ns = t.UnixNano()
	return ns, time.Unix(0, ns).Equal(t)
}

// The times that instants hold, to the day.
const firstInstant, lastInstant = "1677-09-21", "2262-04-11"

// toDuration takes a duration, or nanoseconds.
func toDuration(x any) (int64, bool) {
	if d, ok := x.(time.Duration); ok {
		return int64(d), true
	}
	return anyInt(x)
}
