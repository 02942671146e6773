package exec

import (
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// fuse finds the instructions that are done along with the one that uses their value: a comparison with its branch, an address with the load or the
// store through it, arithmetic with arithmetic.
func (c *compiler) fuse() {
	c.fused = map[ssa.Instruction]ssa.Instruction{}
	for _, b := range c.fn.ssa.Blocks {
		for i, in := range b.Instrs {
			v, ok := in.(ssa.Value)
			if !ok || v.Referrers() == nil || len(*v.Referrers()) != 1 {
				continue
			}
			user := (*v.Referrers())[0]
			if user.Block() == b && c.fuses(in, user, b.Instrs[i+1:]) {
				c.fused[in] = user
			}
		}
	}
	c.unevaluated()
}

// fuses says whether in can be done along with user; rest is what follows in.
func (c *compiler) fuses(in, user ssa.Instruction, rest []ssa.Instruction) bool {
	switch in := in.(type) {
	case *ssa.BinOp:
		switch user := user.(type) {
		case *ssa.If:
			return isComparison(in.Op)
		case *ssa.BinOp:
			return c.isPair(in, user)
		}
	case *ssa.IndexAddr:
		return c.isAccess(in, user) && areQuiet(rest, user)
	case *ssa.FieldAddr:
		return !isBlank(in) && c.isAccess(in, user) && areQuiet(rest, user)
	}
	return false
}

func isComparison(o token.Token) bool {
	switch o {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return true
	}
	return false
}

// areQuiet says whether nothing before user has an effect that a panic of an address computed later would come too late for.
func areQuiet(rest []ssa.Instruction, user ssa.Instruction) bool {
	for _, in := range rest {
		if in == user {
			return true
		}
		switch in := in.(type) {
		case *ssa.BinOp, *ssa.IndexAddr, *ssa.FieldAddr, *ssa.Field, *ssa.Index, *ssa.Convert, *ssa.ChangeType, *ssa.Extract, *ssa.DebugRef:
		case *ssa.UnOp:
			if in.Op == token.ARROW {
				return false
			}
		default:
			return false
		}
	}
	return false
}

// isAccess says whether an address is for a load, a store, or a field's address that is.
func (c *compiler) isAccess(addr ssa.Value, user ssa.Instruction) bool {
	if ia, ok := addr.(*ssa.IndexAddr); ok && c.m.types.of(ia.Index.Type()).Kind() != reflect.Int {
		return false
	}
	switch user := user.(type) {
	case *ssa.UnOp:
		return user.Op == token.MUL && classOf(c.m.types.of(user.Type())) != classMem
	case *ssa.Store:
		return user.Addr == addr && user.Val != addr && classOf(c.m.types.of(user.Val.Type())) != classMem
	case *ssa.FieldAddr: // if that is not fused itself, it asks for this one's address
		return true
	}
	return false
}

// access is an address that is computed where it is used: of a variable, or of an element of a slice or an array, and within that.
type access struct {
	kind   accessKind
	x      uintptr // where the pointer or slice is
	index  uintptr // where the index is
	n      int     // elements of the array
	size   uintptr // of an element
	offset uintptr // within the variable or element
}

type accessKind uint8

const (
	viaPointer accessKind = iota
	viaSlice
	viaArray
)

// access returns how to reach what an address that is fused with its user points to.
func (c *compiler) access(addr ssa.Value) access {
	switch in := addr.(type) {
	case *ssa.FieldAddr:
		var a access
		if c.isFused(in.X, in) {
			a = c.access(in.X)
		} else {
			a.x = c.place(in.X).off
		}
		a.offset += c.m.types.of(in.X.Type().Underlying().(*types.Pointer).Elem()).Field(in.Field).Offset
		return a
	case *ssa.IndexAddr:
		a := access{x: c.place(in.X).off, index: c.place(in.Index).off}
		switch u := in.X.Type().Underlying().(type) {
		case *types.Slice:
			a.kind, a.size = viaSlice, c.m.types.of(u.Elem()).Size()
		case *types.Pointer:
			at := u.Elem().Underlying().(*types.Array)
			a.kind, a.n, a.size = viaArray, int(at.Len()), c.m.types.of(at.Elem()).Size()
		}
		return a
	}
	panic("BUG: exec: access by " + addr.String())
}

// isFused says whether v is computed by the instruction that uses it.
func (c *compiler) isFused(v ssa.Value, user ssa.Instruction) bool {
	in, ok := v.(ssa.Instruction)
	return ok && c.fused[in] == user && user != nil
}

// element returns the address of an element of a slice.
func (a *access) element(f *frame) unsafe.Pointer {
	h, k := get[header](f.base, a.x), get[int](f.base, a.index)
	if uint(k) >= uint(h.len) {
		indexPanic(k, h.len)
	}
	// Invariant: k is within the slice, whose elements are size bytes apart.
	return unsafe.Add(h.data, uintptr(k)*a.size+a.offset)
}

// within returns the address of an element of an array.
func (a *access) within(f *frame) unsafe.Pointer {
	p, k := notNil(get[unsafe.Pointer](f.base, a.x)), get[int](f.base, a.index)
	if uint(k) >= uint(a.n) {
		indexPanic(k, a.n)
	}
	return unsafe.Add(p, uintptr(k)*a.size+a.offset)
}

// field returns the address of a field of what a pointer points to.
func (a *access) field(f *frame) unsafe.Pointer {
	return unsafe.Add(notNil(get[unsafe.Pointer](f.base, a.x)), a.offset)
}

// loadVia and storeVia compile loads and stores of values that lie in memory as a T.
func loadVia[T any](do uintptr, a access) op {
	switch a.kind {
	case viaSlice:
		return func(f *frame) { put(f.base, do, *(*T)(a.element(f))) }
	case viaArray:
		return func(f *frame) { put(f.base, do, *(*T)(a.within(f))) }
	}
	return func(f *frame) { put(f.base, do, *(*T)(a.field(f))) }
}

func storeVia[T any](a access, vo uintptr) op {
	switch a.kind {
	case viaSlice:
		return func(f *frame) { *(*T)(a.element(f)) = get[T](f.base, vo) }
	case viaArray:
		return func(f *frame) { *(*T)(a.within(f)) = get[T](f.base, vo) }
	}
	return func(f *frame) { *(*T)(a.field(f)) = get[T](f.base, vo) }
}
