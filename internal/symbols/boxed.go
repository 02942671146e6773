package symbols

import (
	"fmt"
	"log/slog"
	"reflect"
	"sync"
)

// Boxed is a value of an interpreted type as it travels in interfaces: beside the value stands its type. Two boxes are equal if their types and
// values are. The generated wrappers give it the methods of one interface of compiled code.
type Boxed struct {
	T *BoxType
	V any // the value, in the layout of its type
}

// BoxType stands for an interpreted type.
type BoxType struct {
	// Info is the evaluator's.
	Info BoxInfo

	methods sync.Map // by name: functions whose first parameter is V
}

// BoxInfo is what an evaluator tells of a type.
type BoxInfo interface {
	// Method makes a func of type want that calls the method, whose first parameter is V as any.
	Method(name string, want reflect.Type) any
	// Format prints v as fmt prints a value of the type.
	Format(v any, st fmt.State, verb rune)
	// JSON encodes v as encoding/json encodes a value of the type.
	JSON(v any) ([]byte, error)
}

// Unboxer is a box, wrapped or not.
type Unboxer interface{ Unbox() Boxed }

// Unbox returns the box.
func (b Boxed) Unbox() Boxed { return b }

// Format implements [fmt.Formatter].
func (b Boxed) Format(st fmt.State, verb rune) { b.T.Info.Format(b.V, st, verb) }

// MarshalJSON implements [json.Marshaler].
func (b Boxed) MarshalJSON() ([]byte, error) { return b.T.Info.JSON(b.V) }

// Method returns the method of a boxed value as a function of type F, whose first parameter takes b.V.
func Method[F any](b Boxed, name string) F {
	if f, ok := b.T.methods.Load(name); ok {
		if g, ok := f.(F); ok {
			return g
		}
	}
	f := b.T.Info.Method(name, reflect.TypeFor[F]()).(F)
	b.T.methods.Store(name, f)
	return f
}

// optional is Method for a method that the type may not have, or have with another signature.
func optional[F any](b Boxed, name string) (f F, ok bool) {
	if x, found := b.T.methods.Load("?" + name); found {
		f, ok = x.(F)
		return f, ok
	}
	f, ok = b.T.Info.Method(name, reflect.TypeFor[F]()).(F)
	if ok {
		b.T.methods.Store("?"+name, f)
	} else {
		b.T.methods.Store("?"+name, false)
	}
	return f, ok
}

// BoxedError is a box whose type is an error.
type BoxedError struct{ Boxed }

// Error implements error.
func (b BoxedError) Error() string { return Method[func(any) string](b.Boxed, "Error")(b.V) }

// Unwrap returns what the error wraps, nil when it has no such method.
func (b BoxedError) Unwrap() error {
	if f, ok := optional[func(any) error](b.Boxed, "Unwrap"); ok {
		return f(b.V)
	}
	return nil
}

// Is is for [errors.Is].
func (b BoxedError) Is(target error) bool {
	f, ok := optional[func(any, error) bool](b.Boxed, "Is")
	return ok && f(b.V, target)
}

// As is for [errors.As].
func (b BoxedError) As(target any) bool {
	f, ok := optional[func(any, any) bool](b.Boxed, "As")
	return ok && f(b.V, target)
}

// BoxedErrors is a BoxedError that wraps several.
type BoxedErrors struct{ Boxed }

// Error implements error.
func (b BoxedErrors) Error() string { return BoxedError(b).Error() }

// Unwrap returns what the error wraps.
func (b BoxedErrors) Unwrap() []error { return Method[func(any) []error](b.Boxed, "Unwrap")(b.V) }

// Is is for [errors.Is].
func (b BoxedErrors) Is(target error) bool { return BoxedError(b).Is(target) }

// As is for [errors.As].
func (b BoxedErrors) As(target any) bool { return BoxedError(b).As(target) }

// BoxedValuer is a box whose type tells package log/slog what to log.
type BoxedValuer struct{ Boxed }

// LogValue implements [slog.LogValuer].
func (b BoxedValuer) LogValue() slog.Value { return logValue(b.Boxed) }

// BoxedErrorValuer is a BoxedError that is a [slog.LogValuer].
type BoxedErrorValuer struct{ BoxedError }

// LogValue implements [slog.LogValuer].
func (b BoxedErrorValuer) LogValue() slog.Value { return logValue(b.Boxed) }

// BoxedErrorsValuer is a BoxedErrors that is a [slog.LogValuer].
type BoxedErrorsValuer struct{ BoxedErrors }

// LogValue implements [slog.LogValuer].
func (b BoxedErrorsValuer) LogValue() slog.Value { return logValue(b.Boxed) }

func logValue(b Boxed) slog.Value { return Method[func(any) slog.Value](b, "LogValue")(b.V) }
