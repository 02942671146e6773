package exec

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// unop compiles the operators with one operand.
func (c *compiler) unop(in *ssa.UnOp) op {
	switch in.Op {
	case token.MUL:
		return c.load(in)
	case token.ARROW:
		return c.receive(in)
	}
	d, x := c.place(in), c.place(in.X)
	if in.Op == token.NOT {
		do, xo := d.off, x.off
		return func(f *frame) { put(f.base, do, !get[bool](f.base, xo)) }
	}
	switch x.t.Kind() {
	case reflect.Int:
		return negate[int](in.Op, d, x)
	case reflect.Int8:
		return negate[int8](in.Op, d, x)
	case reflect.Int16:
		return negate[int16](in.Op, d, x)
	case reflect.Int32:
		return negate[int32](in.Op, d, x)
	case reflect.Int64:
		return negate[int64](in.Op, d, x)
	case reflect.Uint:
		return negate[uint](in.Op, d, x)
	case reflect.Uint8:
		return negate[uint8](in.Op, d, x)
	case reflect.Uint16:
		return negate[uint16](in.Op, d, x)
	case reflect.Uint32:
		return negate[uint32](in.Op, d, x)
	case reflect.Uint64:
		return negate[uint64](in.Op, d, x)
	case reflect.Uintptr:
		return negate[uintptr](in.Op, d, x)
	case reflect.Float32:
		return minus[float32](d, x)
	case reflect.Float64:
		return minus[float64](d, x)
	case reflect.Complex64:
		return minus[complex64](d, x)
	case reflect.Complex128:
		return minus[complex128](d, x)
	}
	panic(fmt.Sprintf("BUG: exec: %s of %s", in.Op, x.t))
}

func negate[T integer](o token.Token, d, x place) op {
	do, xo := d.off, x.off
	if o == token.XOR {
		return func(f *frame) { put(f.base, do, ^get[T](f.base, xo)) }
	}
	return minus[T](d, x)
}

func minus[T number](d, x place) op {
	do, xo := d.off, x.off
	return func(f *frame) { put(f.base, do, -get[T](f.base, xo)) }
}

// convert compiles a conversion between types that are no interfaces.
func (c *compiler) convert(v ssa.Value, x ssa.Value) op {
	d, s := c.place(v), c.place(x)
	from, to := x.Type().Underlying(), v.Type().Underlying()
	if fn := convertNumber(d, s); fn != nil {
		return fn
	}
	fb, _ := from.(*types.Basic)
	switch t := to.(type) {
	case *types.Basic:
		if t.Info()&types.IsString != 0 {
			if fn := c.toString(d, s, x, fb); fn != nil {
				return fn
			}
		}
	case *types.Slice:
		if fb != nil && fb.Info()&types.IsString != 0 {
			do, so := d.off, s.off
			if t.Elem().Underlying().(*types.Basic).Kind() == types.Uint8 {
				return func(f *frame) { put(f.base, do, []byte(get[string](f.base, so))) }
			}
			return func(f *frame) { put(f.base, do, []rune(get[string](f.base, so))) }
		}
	}
	if d.c == s.c && d.t.Size() == s.t.Size() {
		return moveOp(d, s)
	}
	if d.c == classPointer && s.c == classWord || d.c == classWord && s.c == classPointer { // unsafe.Pointer and uintptr
		do, so := d.off, s.off
		if d.c == classWord {
			return func(f *frame) { put(f.base, do, uintptr(get[unsafe.Pointer](f.base, so))) }
		}
		return func(f *frame) { put(f.base, do, get[unsafe.Pointer](f.base, so)) }
	}
	panic(fmt.Sprintf("BUG: exec: conversion of %s to %s", x.Type(), v.Type()))
}

func (c *compiler) toString(d, s place, x ssa.Value, fb *types.Basic) op {
	do, so := d.off, s.off
	if sl, ok := x.Type().Underlying().(*types.Slice); ok {
		if sl.Elem().Underlying().(*types.Basic).Kind() == types.Uint8 {
			return func(f *frame) { put(f.base, do, string(get[[]byte](f.base, so))) }
		}
		return func(f *frame) { put(f.base, do, string(get[[]rune](f.base, so))) }
	}
	if fb != nil && fb.Info()&types.IsInteger != 0 {
		load := c.index(x)
		unsigned := isUnsigned(s.t)
		return func(f *frame) {
			n := load(f)
			if n > 0x10FFFF || n < 0 || unsigned && uint(n) > 0x10FFFF {
				n = 0xFFFD
			}
			put(f.base, do, string(rune(n)))
		}
	}
	return nil
}

// convertNumber compiles conversions between integers and floats, and between complex numbers; nil for others.
func convertNumber(d, s place) op {
	switch s.t.Kind() {
	case reflect.Int:
		return fromNumber[int](d, s)
	case reflect.Int8:
		return fromNumber[int8](d, s)
	case reflect.Int16:
		return fromNumber[int16](d, s)
	case reflect.Int32:
		return fromNumber[int32](d, s)
	case reflect.Int64:
		return fromNumber[int64](d, s)
	case reflect.Uint:
		return fromNumber[uint](d, s)
	case reflect.Uint8:
		return fromNumber[uint8](d, s)
	case reflect.Uint16:
		return fromNumber[uint16](d, s)
	case reflect.Uint32:
		return fromNumber[uint32](d, s)
	case reflect.Uint64:
		return fromNumber[uint64](d, s)
	case reflect.Uintptr:
		return fromNumber[uintptr](d, s)
	case reflect.Float32:
		return fromNumber[float32](d, s)
	case reflect.Float64:
		return fromNumber[float64](d, s)
	case reflect.Complex64:
		if d.t.Kind() == reflect.Complex128 {
			do, so := d.off, s.off
			return func(f *frame) { put(f.base, do, complex128(get[complex64](f.base, so))) }
		}
	case reflect.Complex128:
		if d.t.Kind() == reflect.Complex64 {
			do, so := d.off, s.off
			return func(f *frame) { put(f.base, do, complex64(get[complex128](f.base, so))) }
		}
	}
	return nil
}

func fromNumber[F integer | float](d, s place) op {
	switch d.t.Kind() {
	case reflect.Int:
		return numberTo[F, int](d, s)
	case reflect.Int8:
		return numberTo[F, int8](d, s)
	case reflect.Int16:
		return numberTo[F, int16](d, s)
	case reflect.Int32:
		return numberTo[F, int32](d, s)
	case reflect.Int64:
		return numberTo[F, int64](d, s)
	case reflect.Uint:
		return numberTo[F, uint](d, s)
	case reflect.Uint8:
		return numberTo[F, uint8](d, s)
	case reflect.Uint16:
		return numberTo[F, uint16](d, s)
	case reflect.Uint32:
		return numberTo[F, uint32](d, s)
	case reflect.Uint64:
		return numberTo[F, uint64](d, s)
	case reflect.Uintptr:
		return numberTo[F, uintptr](d, s)
	case reflect.Float32:
		return numberTo[F, float32](d, s)
	case reflect.Float64:
		return numberTo[F, float64](d, s)
	}
	return nil
}

func numberTo[F, T integer | float](d, s place) op {
	do, so := d.off, s.off
	return func(f *frame) { put(f.base, do, T(get[F](f.base, so))) }
}
