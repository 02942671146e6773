package exec

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// unevaluated marks what SSA computes and the language does not: the operands of Sizeof, Alignof and Offsetof, and an array that a loop
// ranges over only to count.
func (c *compiler) unevaluated() {
	for _, b := range c.fn.ssa.Blocks {
		for i := len(b.Instrs) - 1; i >= 0; i-- {
			in := b.Instrs[i]
			if user := c.idle(in, b.Instrs[i+1:]); user != nil {
				c.fused[in] = user
			}
		}
	}
}

// idle returns the instruction for which in would be computed in vain, nil if it is not in vain; rest is what follows in.
func (c *compiler) idle(in ssa.Instruction, rest []ssa.Instruction) ssa.Instruction {
	switch x := in.(type) {
	case *ssa.UnOp:
		if x.Op != token.MUL {
			return nil
		}
		if j := countsOnly(x, rest); j != nil {
			return j
		}
	case *ssa.FieldAddr, *ssa.Field, *ssa.IndexAddr:
	default:
		return nil
	}
	refs := *in.(ssa.Value).Referrers()
	if len(refs) != 1 {
		return nil
	}
	switch user := refs[0].(type) {
	case *ssa.Call:
		if b, ok := user.Call.Value.(*ssa.Builtin); ok && (b.Name() == "Sizeof" || b.Name() == "Alignof" || b.Name() == "Offsetof") {
			return user
		}
	case *ssa.UnOp, *ssa.FieldAddr, *ssa.Field, *ssa.IndexAddr:
		if u := c.fused[user]; u != nil && c.isIdle(user) {
			return user
		}
	}
	return nil
}

// isIdle says whether an instruction that is fused was so by unevaluated.
func (c *compiler) isIdle(in ssa.Instruction) bool {
	switch user := c.fused[in].(type) {
	case *ssa.Call, *ssa.Jump:
		return true
	case *ssa.UnOp, *ssa.FieldAddr, *ssa.Field, *ssa.IndexAddr:
		return c.isIdle(user)
	}
	return false
}

// countsOnly returns the jump into a loop over the array that load loads, which uses no element of it; nil for other loads. The array is evaluated
// after all when its address takes a call.
func countsOnly(load *ssa.UnOp, rest []ssa.Instruction) ssa.Instruction {
	if len(*load.Referrers()) > 0 || len(rest) != 1 {
		return nil
	}
	if _, ok := load.Type().Underlying().(*types.Array); !ok {
		return nil
	}
	j, ok := rest[0].(*ssa.Jump)
	if !ok || j.Block().Succs[0].Comment != "rangeindex.loop" || calls(load.X, load) {
		return nil
	}
	return j
}

// calls says whether an address is computed with the help of a call or of a receive within the expression of load.
func calls(addr ssa.Value, load *ssa.UnOp) bool {
	switch x := addr.(type) {
	case *ssa.Alloc, *ssa.Global, *ssa.Parameter, *ssa.FreeVar, *ssa.Phi:
		return false
	case *ssa.UnOp:
		return x.Op == token.ARROW || calls(x.X, load)
	case *ssa.FieldAddr:
		return calls(x.X, load)
	case *ssa.IndexAddr:
		return calls(x.X, load) || calls(x.Index, load)
	case *ssa.Const:
		return false
	}
	// A variable's value may be that of the call that it was set to, which is written before the star of *variable.
	return addr != load.X || !load.Pos().IsValid() || addr.Pos() > load.Pos()
}

// offsetOf is the offset that Offsetof returns for the field that v selects. Fields that lead to it, and are not written, count.
func (c *compiler) offsetOf(v ssa.Value) uintptr {
	if u, ok := v.(*ssa.UnOp); ok {
		v = u.X
	}
	n, x := c.fieldOffset(v)
	outer := v.Pos()
	for {
		switch x.(type) {
		case *ssa.FieldAddr, *ssa.Field:
		default:
			return n
		}
		if c.isWritten(x, outer) {
			return n
		}
		var m uintptr
		m, x = c.fieldOffset(x)
		n += m
	}
}

// fieldOffset returns the offset of a field in its struct, and the struct or its address.
func (c *compiler) fieldOffset(v ssa.Value) (uintptr, ssa.Value) {
	switch in := v.(type) {
	case *ssa.FieldAddr:
		return c.m.types.of(in.X.Type().Underlying().(*types.Pointer).Elem()).Field(in.Field).Offset, in.X
	case *ssa.Field:
		return c.m.types.of(in.X.Type()).Field(in.Field).Offset, in.X
	}
	panic("BUG: exec: Offsetof of " + v.String())
}

// isWritten says whether the selection of a field is written: then its position is the field's name, else where the expression begins.
func (c *compiler) isWritten(v ssa.Value, outer token.Pos) bool {
	f := selected(v)
	if !f.Embedded() {
		return true
	}
	fn := outermost(c.fn.ssa)
	if o := fn.Origin(); o != nil {
		fn = o
	}
	if t := textOf(fn); t != nil {
		if file := t.file(v.Pos()); file != nil {
			return strings.HasPrefix(t.source[file.Offset(v.Pos()):], f.Name())
		}
	}
	return v.Pos()+token.Pos(len(f.Name())+len(".")) == outer
}

// selected returns the field that an instruction selects.
func selected(v ssa.Value) *types.Var {
	switch in := v.(type) {
	case *ssa.FieldAddr:
		return in.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct).Field(in.Field)
	case *ssa.Field:
		return in.X.Type().Underlying().(*types.Struct).Field(in.Field)
	}
	panic("BUG: exec: no field: " + v.String())
}
