package exec

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"
)

type integer interface {
	int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64 | uintptr
}

type float interface{ float32 | float64 }

type number interface {
	integer | float | complex64 | complex128
}

// binop compiles x op y.
func (c *compiler) binop(in *ssa.BinOp) op {
	d, x, y := c.place(in), c.place(in.X), c.place(in.Y)
	switch in.Op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		cond := c.compare(in)
		off := d.off
		return func(f *frame) { put(f.base, off, cond(f)) }
	case token.SHL, token.SHR:
		return c.shift(in)
	}
	if o := c.pair(in); o != nil {
		return o
	}
	k, isConst := in.Y.(*ssa.Const)
	if !isConst {
		k = nil
	}
	switch x.t.Kind() {
	case reflect.Int:
		return intOp[int](in.Op, d, x, y, k)
	case reflect.Int8:
		return intOp[int8](in.Op, d, x, y, k)
	case reflect.Int16:
		return intOp[int16](in.Op, d, x, y, k)
	case reflect.Int32:
		return intOp[int32](in.Op, d, x, y, k)
	case reflect.Int64:
		return intOp[int64](in.Op, d, x, y, k)
	case reflect.Uint:
		return intOp[uint](in.Op, d, x, y, k)
	case reflect.Uint8:
		return intOp[uint8](in.Op, d, x, y, k)
	case reflect.Uint16:
		return intOp[uint16](in.Op, d, x, y, k)
	case reflect.Uint32:
		return intOp[uint32](in.Op, d, x, y, k)
	case reflect.Uint64:
		return intOp[uint64](in.Op, d, x, y, k)
	case reflect.Uintptr:
		return intOp[uintptr](in.Op, d, x, y, k)
	case reflect.Float32:
		return numberOp[float32](in.Op, d, x, y)
	case reflect.Float64:
		return numberOp[float64](in.Op, d, x, y)
	case reflect.Complex64:
		return numberOp[complex64](in.Op, d, x, y)
	case reflect.Complex128:
		return numberOp[complex128](in.Op, d, x, y)
	case reflect.String:
		do, xo, yo := d.off, x.off, y.off
		return func(f *frame) {
			x, y := get[string](f.base, xo), get[string](f.base, yo)
			room(uint64(len(x) + len(y)))
			put(f.base, do, x+y)
		}
	}
	panic(fmt.Sprintf("BUG: exec: %s of %s", in.Op, x.t))
}

func numberOp[T number](o token.Token, d, x, y place) op {
	do, xo, yo := d.off, x.off, y.off
	switch o {
	case token.ADD:
		return func(f *frame) { put(f.base, do, get[T](f.base, xo)+get[T](f.base, yo)) }
	case token.SUB:
		return func(f *frame) { put(f.base, do, get[T](f.base, xo)-get[T](f.base, yo)) }
	case token.MUL:
		return func(f *frame) { put(f.base, do, get[T](f.base, xo)*get[T](f.base, yo)) }
	case token.QUO:
		return func(f *frame) { put(f.base, do, get[T](f.base, xo)/get[T](f.base, yo)) }
	}
	panic("BUG: exec: " + o.String() + " of a number")
}

func intOp[T integer](o token.Token, d, x, y place, k *ssa.Const) op {
	do, xo, yo := d.off, x.off, y.off
	if k != nil {
		n := T(k.Int64())
		if b, ok := k.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsUnsigned != 0 {
			n = T(k.Uint64())
		}
		switch o {
		case token.ADD:
			return func(f *frame) { put(f.base, do, get[T](f.base, xo)+n) }
		case token.SUB:
			return func(f *frame) { put(f.base, do, get[T](f.base, xo)-n) }
		case token.MUL:
			return func(f *frame) { put(f.base, do, get[T](f.base, xo)*n) }
		case token.REM:
			if n > 0 {
				return func(f *frame) { put(f.base, do, get[T](f.base, xo)%n) }
			}
		case token.AND:
			return func(f *frame) { put(f.base, do, get[T](f.base, xo)&n) }
		case token.OR:
			return func(f *frame) { put(f.base, do, get[T](f.base, xo)|n) }
		case token.XOR:
			return func(f *frame) { put(f.base, do, get[T](f.base, xo)^n) }
		}
	}
	switch o {
	case token.REM:
		return func(f *frame) { put(f.base, do, get[T](f.base, xo)%get[T](f.base, yo)) }
	case token.AND:
		return func(f *frame) { put(f.base, do, get[T](f.base, xo)&get[T](f.base, yo)) }
	case token.OR:
		return func(f *frame) { put(f.base, do, get[T](f.base, xo)|get[T](f.base, yo)) }
	case token.XOR:
		return func(f *frame) { put(f.base, do, get[T](f.base, xo)^get[T](f.base, yo)) }
	case token.AND_NOT:
		return func(f *frame) { put(f.base, do, get[T](f.base, xo)&^get[T](f.base, yo)) }
	}
	return numberOp[T](o, d, x, y)
}

// shift compiles x << y and x >> y.
func (c *compiler) shift(in *ssa.BinOp) op {
	d, x := c.place(in), c.place(in.X)
	by := c.shiftCount(in.Y)
	var n *uint64
	if k, ok := in.Y.(*ssa.Const); ok {
		n = new(k.Uint64())
	}
	left := in.Op == token.SHL
	switch x.t.Kind() {
	case reflect.Int:
		return shiftOp[int](left, d, x, by, n)
	case reflect.Int8:
		return shiftOp[int8](left, d, x, by, n)
	case reflect.Int16:
		return shiftOp[int16](left, d, x, by, n)
	case reflect.Int32:
		return shiftOp[int32](left, d, x, by, n)
	case reflect.Int64:
		return shiftOp[int64](left, d, x, by, n)
	case reflect.Uint:
		return shiftOp[uint](left, d, x, by, n)
	case reflect.Uint8:
		return shiftOp[uint8](left, d, x, by, n)
	case reflect.Uint16:
		return shiftOp[uint16](left, d, x, by, n)
	case reflect.Uint32:
		return shiftOp[uint32](left, d, x, by, n)
	case reflect.Uint64:
		return shiftOp[uint64](left, d, x, by, n)
	}
	return shiftOp[uintptr](left, d, x, by, n)
}

// shiftOp compiles a shift by what by returns, or by constant if that is not nil.
func shiftOp[T integer](left bool, d, x place, by func(*frame) uint64, constant *uint64) op {
	do, xo := d.off, x.off
	if constant != nil {
		n := *constant
		if left {
			return func(f *frame) { put(f.base, do, get[T](f.base, xo)<<n) }
		}
		return func(f *frame) { put(f.base, do, get[T](f.base, xo)>>n) }
	}
	if left {
		return func(f *frame) { put(f.base, do, get[T](f.base, xo)<<by(f)) }
	}
	return func(f *frame) { put(f.base, do, get[T](f.base, xo)>>by(f)) }
}

func (c *compiler) shiftCount(v ssa.Value) func(*frame) uint64 {
	if k, ok := v.(*ssa.Const); ok {
		n := k.Uint64()
		return func(*frame) uint64 { return n }
	}
	p := c.place(v)
	if isUnsigned(p.t) {
		load := c.index(v)
		return func(f *frame) uint64 { return uint64(load(f)) }
	}
	load := c.index(v)
	return func(f *frame) uint64 {
		n := load(f)
		if n < 0 {
			panic(runtimeError("negative shift amount"))
		}
		return uint64(n)
	}
}

func isUnsigned(t reflect.Type) bool { return t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uintptr }

// index returns how to read an integer of any type as an int. Unsigned ones beyond come out negative, as an index out of range.
func (c *compiler) index(v ssa.Value) func(*frame) int {
	p := c.place(v)
	off := p.off
	switch p.t.Kind() {
	case reflect.Int8:
		return func(f *frame) int { return int(get[int8](f.base, off)) }
	case reflect.Int16:
		return func(f *frame) int { return int(get[int16](f.base, off)) }
	case reflect.Int32:
		return func(f *frame) int { return int(get[int32](f.base, off)) }
	case reflect.Uint8:
		return func(f *frame) int { return int(get[uint8](f.base, off)) }
	case reflect.Uint16:
		return func(f *frame) int { return int(get[uint16](f.base, off)) }
	case reflect.Uint32:
		return func(f *frame) int { return int(get[uint32](f.base, off)) }
	}
	return func(f *frame) int { return get[int](f.base, off) }
}

// compare compiles a comparison to a condition.
func (c *compiler) compare(in *ssa.BinOp) func(*frame) bool {
	x, y := c.place(in.X), c.place(in.Y)
	if x.c != classIface && y.c != classIface {
		switch x.t.Kind() {
		case reflect.Int:
			return ordered[int](in.Op, x, y)
		case reflect.Int8:
			return ordered[int8](in.Op, x, y)
		case reflect.Int16:
			return ordered[int16](in.Op, x, y)
		case reflect.Int32:
			return ordered[int32](in.Op, x, y)
		case reflect.Int64:
			return ordered[int64](in.Op, x, y)
		case reflect.Uint:
			return ordered[uint](in.Op, x, y)
		case reflect.Uint8:
			return ordered[uint8](in.Op, x, y)
		case reflect.Uint16:
			return ordered[uint16](in.Op, x, y)
		case reflect.Uint32:
			return ordered[uint32](in.Op, x, y)
		case reflect.Uint64:
			return ordered[uint64](in.Op, x, y)
		case reflect.Uintptr:
			return ordered[uintptr](in.Op, x, y)
		case reflect.Float32:
			return ordered[float32](in.Op, x, y)
		case reflect.Float64:
			return ordered[float64](in.Op, x, y)
		case reflect.String:
			return ordered[string](in.Op, x, y)
		}
	}
	eq := c.equal(in.X, in.Y)
	if in.Op == token.NEQ {
		return func(f *frame) bool { return !eq(f) }
	}
	return eq
}

func ordered[T cmp.Ordered](o token.Token, x, y place) func(*frame) bool {
	xo, yo := x.off, y.off
	switch o {
	case token.EQL:
		return func(f *frame) bool { return get[T](f.base, xo) == get[T](f.base, yo) }
	case token.NEQ:
		return func(f *frame) bool { return get[T](f.base, xo) != get[T](f.base, yo) }
	case token.LSS:
		return func(f *frame) bool { return get[T](f.base, xo) < get[T](f.base, yo) }
	case token.LEQ:
		return func(f *frame) bool { return get[T](f.base, xo) <= get[T](f.base, yo) }
	case token.GTR:
		return func(f *frame) bool { return get[T](f.base, xo) > get[T](f.base, yo) }
	}
	return func(f *frame) bool { return get[T](f.base, xo) >= get[T](f.base, yo) }
}

// branch compiles a comparison of ints that decides where to go; nil for other types.
func (c *compiler) branch(in *ssa.BinOp, then, els int) func(*frame) int {
	x, y := c.place(in.X), c.place(in.Y)
	if x.c != y.c {
		return nil
	}
	switch x.t.Kind() {
	case reflect.Int:
		return branchOn[int](in.Op, x, y, then, els)
	case reflect.Int32:
		return branchOn[int32](in.Op, x, y, then, els)
	case reflect.Int64:
		return branchOn[int64](in.Op, x, y, then, els)
	case reflect.Uint8:
		return branchOn[uint8](in.Op, x, y, then, els)
	case reflect.Float64:
		return branchOn[float64](in.Op, x, y, then, els)
	case reflect.String:
		return branchOn[string](in.Op, x, y, then, els)
	}
	return nil
}

func branchOn[T cmp.Ordered](o token.Token, x, y place, then, els int) func(*frame) int {
	xo, yo := x.off, y.off
	switch o {
	case token.EQL:
		return func(f *frame) int {
			if get[T](f.base, xo) == get[T](f.base, yo) {
				return then
			}
			return els
		}
	case token.NEQ:
		return func(f *frame) int {
			if get[T](f.base, xo) != get[T](f.base, yo) {
				return then
			}
			return els
		}
	case token.LSS:
		return func(f *frame) int {
			if get[T](f.base, xo) < get[T](f.base, yo) {
				return then
			}
			return els
		}
	case token.LEQ:
		return func(f *frame) int {
			if get[T](f.base, xo) <= get[T](f.base, yo) {
				return then
			}
			return els
		}
	case token.GTR:
		return func(f *frame) int {
			if get[T](f.base, xo) > get[T](f.base, yo) {
				return then
			}
			return els
		}
	}
	return func(f *frame) int {
		if get[T](f.base, xo) >= get[T](f.base, yo) {
			return then
		}
		return els
	}
}
