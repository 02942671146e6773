package exec

import (
	"fmt"
	"go/constant"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// operands gives the constants, variables and functions that an instruction uses places that each frame fills once.
func (c *compiler) operands(in ssa.Instruction) {
	l := c.l
	for _, o := range in.Operands(nil) {
		if *o == nil || l.regs[*o] != nil {
			continue
		}
		switch v := (*o).(type) {
		case *ssa.Const:
			r := l.add(c.m.types.of(v.Type()), 1)
			l.regs[v] = r
			if v.Value == nil {
				continue
			}
			val := constValue(v, r.t)
			mv := mover(r.t)
			src := val.Addr().UnsafePointer()
			l.fixed = append(l.fixed, fixedValue{r, func(p unsafe.Pointer) { mv(p, src) }})
		case *ssa.Global:
			r := l.add(holePointer, 1)
			l.regs[v] = r
			p := unsafe.Pointer(nil)
			if o, ok := v.Object().(*types.Var); ok {
				p = c.fn.globals[o]
			}
			if p == nil {
				p = c.m.ssaGlobal(v)
			}
			l.fixed = append(l.fixed, fixedValue{r, func(q unsafe.Pointer) { *(*unsafe.Pointer)(q) = p }})
		case *ssa.Function:
			if call, ok := in.(ssa.CallInstruction); ok && call.Common().Value == v && !isArgument(call.Common(), v) {
				continue // called, not used as a value
			}
			if mc, ok := in.(*ssa.MakeClosure); ok && mc.Fn == v {
				continue
			}
			r := l.add(holePointer, 1)
			l.regs[v] = r
			fn := c.function(v)
			l.fixed = append(l.fixed, fixedValue{r, func(q unsafe.Pointer) { *(*unsafe.Pointer)(q) = fn.funcValue() }})
		}
	}
}

func isArgument(cc *ssa.CallCommon, v ssa.Value) bool {
	for _, a := range cc.Args {
		if a == v {
			return true
		}
	}
	return false
}

func constValue(k *ssa.Const, t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(constant.BoolVal(k.Value))
	case reflect.String:
		v.SetString(constant.StringVal(k.Value))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(k.Int64())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(k.Uint64())
	case reflect.Float32, reflect.Float64:
		v.SetFloat(k.Float64())
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(k.Complex128())
	case reflect.UnsafePointer:
		*(*uintptr)(v.Addr().UnsafePointer()) = uintptr(k.Uint64())
	default:
		panic(fmt.Sprintf("BUG: exec: a constant of type %s", k.Type()))
	}
	return v
}
