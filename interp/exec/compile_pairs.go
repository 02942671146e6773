package exec

import (
	"go/token"
	"reflect"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// The operations that pairs are made of.
var (
	intPairs   = []token.Token{token.ADD, token.SUB, token.MUL, token.AND}
	floatPairs = []token.Token{token.ADD, token.SUB, token.MUL}
)

// isPair says whether two operations of ints or float64s, the first for the second only, are done as one. None of them can panic.
func (c *compiler) isPair(first, second *ssa.BinOp) bool {
	k := c.m.types.of(second.Type()).Kind()
	if c.m.types.of(first.Type()).Kind() != k || c.fusesOperand(first) || c.fusesOperand(second) {
		return false
	}
	switch k {
	case reflect.Int:
		return slices.Contains(intPairs, first.Op) && slices.Contains(intPairs, second.Op)
	case reflect.Float64:
		return slices.Contains(floatPairs, first.Op) && slices.Contains(floatPairs, second.Op)
	}
	return false
}

// fusesOperand says whether an operand of in is computed along with it already.
func (c *compiler) fusesOperand(in *ssa.BinOp) bool {
	return c.isFused(in.X, in) || c.isFused(in.Y, in)
}

// pair compiles an operation with the one that makes one of its operands; nil: there is none.
func (c *compiler) pair(in *ssa.BinOp) op {
	first, other, isRight := in.X, in.Y, false
	if c.isFused(in.Y, in) {
		first, other, isRight = in.Y, in.X, true
	} else if !c.isFused(in.X, in) {
		return nil
	}
	b := first.(*ssa.BinOp)
	d, x, y, z := c.place(in).off, c.place(b.X).off, c.place(b.Y).off, c.place(other).off
	if c.place(in).t.Kind() == reflect.Float64 {
		return pairOp[float64](b.Op, in.Op, isRight, d, x, y, z)
	}
	if o := maskPair(b.Op, in.Op, isRight, d, x, y, z); o != nil {
		return o
	}
	return pairOp[int](b.Op, in.Op, isRight, d, x, y, z)
}

// pairOp compiles (x first y) second z, or z second (x first y) if isRight.
func pairOp[T number](first, second token.Token, isRight bool, d, x, y, z uintptr) op {
	switch {
	case first == token.ADD && second == token.ADD:
		return func(f *frame) { put(f.base, d, get[T](f.base, x)+get[T](f.base, y)+get[T](f.base, z)) }
	case first == token.ADD && second == token.MUL:
		return func(f *frame) { put(f.base, d, (get[T](f.base, x)+get[T](f.base, y))*get[T](f.base, z)) }
	case first == token.ADD && isRight:
		return func(f *frame) { put(f.base, d, get[T](f.base, z)-(get[T](f.base, x)+get[T](f.base, y))) }
	case first == token.ADD:
		return func(f *frame) { put(f.base, d, get[T](f.base, x)+get[T](f.base, y)-get[T](f.base, z)) }
	case first == token.SUB && second == token.ADD:
		return func(f *frame) { put(f.base, d, get[T](f.base, x)-get[T](f.base, y)+get[T](f.base, z)) }
	case first == token.SUB && second == token.MUL:
		return func(f *frame) { put(f.base, d, (get[T](f.base, x)-get[T](f.base, y))*get[T](f.base, z)) }
	case first == token.SUB && isRight:
		return func(f *frame) { put(f.base, d, get[T](f.base, z)-(get[T](f.base, x)-get[T](f.base, y))) }
	case first == token.SUB:
		return func(f *frame) { put(f.base, d, get[T](f.base, x)-get[T](f.base, y)-get[T](f.base, z)) }
	// The products are rounded before what follows, as Go does not promise: with and without, results would differ from those of single operations.
	case second == token.ADD:
		return func(f *frame) { put(f.base, d, T(get[T](f.base, x)*get[T](f.base, y))+get[T](f.base, z)) }
	case second == token.MUL:
		return func(f *frame) { put(f.base, d, get[T](f.base, x)*get[T](f.base, y)*get[T](f.base, z)) }
	case isRight:
		return func(f *frame) { put(f.base, d, get[T](f.base, z)-T(get[T](f.base, x)*get[T](f.base, y))) }
	}
	return func(f *frame) { put(f.base, d, T(get[T](f.base, x)*get[T](f.base, y))-get[T](f.base, z)) }
}

// maskPair is pairOp of ints where one of the operations is &; nil: none is.
func maskPair(first, second token.Token, isRight bool, d, x, y, z uintptr) op {
	type T = int
	switch {
	case first == token.AND && second == token.AND:
		return func(f *frame) { put(f.base, d, get[T](f.base, x)&get[T](f.base, y)&get[T](f.base, z)) }
	case first == token.ADD && second == token.AND:
		return func(f *frame) { put(f.base, d, (get[T](f.base, x)+get[T](f.base, y))&get[T](f.base, z)) }
	case first == token.SUB && second == token.AND:
		return func(f *frame) { put(f.base, d, (get[T](f.base, x)-get[T](f.base, y))&get[T](f.base, z)) }
	case first == token.MUL && second == token.AND:
		return func(f *frame) { put(f.base, d, get[T](f.base, x)*get[T](f.base, y)&get[T](f.base, z)) }
	case first == token.AND && second == token.ADD:
		return func(f *frame) { put(f.base, d, get[T](f.base, x)&get[T](f.base, y)+get[T](f.base, z)) }
	case first == token.AND && second == token.MUL:
		return func(f *frame) { put(f.base, d, get[T](f.base, x)&get[T](f.base, y)*get[T](f.base, z)) }
	case first == token.AND && isRight:
		return func(f *frame) { put(f.base, d, get[T](f.base, z)-get[T](f.base, x)&get[T](f.base, y)) }
	case first == token.AND:
		return func(f *frame) { put(f.base, d, get[T](f.base, x)&get[T](f.base, y)-get[T](f.base, z)) }
	}
	return nil
}
