package exec

import (
	"cmp"
	"fmt"
	"go/constant"
	"go/types"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// builtin compiles a call of a built-in function.
func (c *compiler) builtin(b *ssa.Builtin, cc *ssa.CallCommon, v ssa.Value) op {
	args := c.arguments(cc)
	var d place
	if v != nil && !isVoid(v) && c.l.regs[v] != nil {
		d = c.place(v)
	}
	do := d.off
	at := func(f *frame, i int) reflect.Value { return valueAt(args[i].t, args[i].addr(f)) }
	var a0 uintptr
	if len(args) > 0 {
		a0 = args[0].off
	}
	switch b.Name() {
	case "len":
		switch args[0].c {
		case classString:
			return func(f *frame) { put(f.base, do, len(get[string](f.base, a0))) }
		case classSlice:
			return func(f *frame) { put(f.base, do, get[header](f.base, a0).len) }
		}
		if p, ok := cc.Args[0].Type().Underlying().(*types.Pointer); ok {
			n := int(p.Elem().Underlying().(*types.Array).Len())
			return func(f *frame) { put(f.base, do, n) }
		}
		if mt, ok := cc.Args[0].Type().Underlying().(*types.Map); ok && mt != nil {
			t, _ := c.mapType(cc.Args[0])
			return func(f *frame) { put(f.base, do, valueAt(t, args[0].addr(f)).Len()) }
		}
		return func(f *frame) { put(f.base, do, at(f, 0).Len()) }
	case "cap":
		if p, ok := cc.Args[0].Type().Underlying().(*types.Pointer); ok {
			n := int(p.Elem().Underlying().(*types.Array).Len())
			return func(f *frame) { put(f.base, do, n) }
		}
		return func(f *frame) { put(f.base, do, at(f, 0).Cap()) }
	case "append":
		if len(args) == 1 {
			return moveOp(d, args[0])
		}
		return c.appendOp(v, cc.Args[0], cc.Args[1])
	case "copy":
		return c.copyOp(cc, d, v != nil && c.l.regs[v] != nil)
	case "delete":
		t, _ := c.mapType(cc.Args[0])
		check := hashable(args[1], func(f *frame) int { return valueAt(t, args[0].addr(f)).Len() })
		return func(f *frame) {
			check(f)
			valueAt(t, args[0].addr(f)).SetMapIndex(valueAt(t.Key(), args[1].addr(f)), reflect.Value{})
		}
	case "clear":
		if args[0].c == classPointer {
			t, _ := c.mapType(cc.Args[0])
			return func(f *frame) { valueAt(t, args[0].addr(f)).Clear() }
		}
		return func(f *frame) { at(f, 0).Clear() }
	case "close":
		ch := c.channel(cc.Args[0])
		return func(f *frame) { ch(f).Close() }
	case "print", "println":
		return c.printOp(cc, args, b.Name() == "println")
	case "min", "max":
		return minMax(b.Name() == "min", d, args)
	case "recover":
		hasResult := d.t != nil
		return func(f *frame) {
			r := f.recoverPanic()
			if hasResult {
				put(f.base, do, r)
			}
		}
	case "ssa:wrapnilchk":
		a := args[0]
		text := ""
		if len(cc.Args) == 3 {
			if k, ok := cc.Args[1].(*ssa.Const); ok {
				if n, ok := cc.Args[2].(*ssa.Const); ok {
					recv, meth := constant.StringVal(k.Value), constant.StringVal(n.Value)
					text = fmt.Sprintf("value method %s.%s called using nil *%s pointer", recv, meth, recv[strings.LastIndex(recv, ".")+1:])
				}
			}
		}
		return func(f *frame) {
			p := get[unsafe.Pointer](f.base, a.off)
			if p == nil {
				panic(assertionError(text))
			}
			put(f.base, do, p)
		}
	case "panic":
		return func(f *frame) { panic(get[any](f.base, a0)) }
	case "Sizeof", "Alignof": // of a type that depends on type parameters
		t := c.m.types.of(cc.Args[0].Type())
		n := t.Size()
		if b.Name() == "Alignof" {
			n = uintptr(t.Align())
		}
		return func(f *frame) { put(f.base, do, n) }
	case "Offsetof":
		n := c.offsetOf(cc.Args[0])
		return func(f *frame) { put(f.base, do, n) }
	case "ssa:deferstack":
		return func(f *frame) { put(f.base, do, unsafe.Pointer(f)) }
	case "real", "imag", "complex":
		return complexOp(b.Name(), d, args)
	case "Add":
		n := c.index(cc.Args[1])
		return func(f *frame) { put(f.base, do, unsafe.Add(get[unsafe.Pointer](f.base, a0), n(f))) }
	case "Slice":
		n := c.index(cc.Args[1])
		size := uint64(c.m.types.of(cc.Args[0].Type().Underlying().(*types.Pointer).Elem()).Size())
		return func(f *frame) {
			k := n(f)
			p := get[unsafe.Pointer](f.base, a0)
			if p == nil && k > 0 {
				panic(runtimeError("unsafe.Slice: ptr is nil and len is not zero"))
			}
			if k < 0 || size > 0 && (uint64(k) > maxAlloc/size || k > 0 && uint64(uintptr(p)) > -(uint64(k)*size)) {
				panic(runtimeError("unsafe.Slice: len out of range"))
			}
			put(f.base, do, header{p, k, k})
		}
	case "SliceData":
		return func(f *frame) { put(f.base, do, get[header](f.base, a0).data) }
	case "String":
		n := c.index(cc.Args[1])
		return func(f *frame) {
			k := n(f)
			p := get[unsafe.Pointer](f.base, a0)
			if p == nil && k > 0 {
				panic(runtimeError("unsafe.String: ptr is nil and len is not zero"))
			}
			if k < 0 || k > 0 && uint64(uintptr(p)) > -uint64(k) {
				panic(runtimeError("unsafe.String: len out of range"))
			}
			put(f.base, do, unsafe.String((*byte)(p), k))
		}
	case "StringData":
		return func(f *frame) { put(f.base, do, unsafe.StringData(get[string](f.base, a0))) }
	}
	panic("BUG: exec: built-in function " + b.Name())
}

func (c *compiler) copyOp(cc *ssa.CallCommon, d place, used bool) op {
	x, y := c.place(cc.Args[0]), c.place(cc.Args[1])
	set := func(f *frame, n int) {
		if used {
			put(f.base, d.off, n)
		}
	}
	if y.c == classString {
		return func(f *frame) { set(f, copy(get[[]byte](f.base, x.off), get[string](f.base, y.off))) }
	}
	if t := x.t.Elem(); !hasPointers(t) {
		size := int(t.Size())
		return func(f *frame) {
			a, b := get[header](f.base, x.off), get[header](f.base, y.off)
			n := min(a.len, b.len)
			if n > 0 && size > 0 {
				copy(unsafe.Slice((*byte)(a.data), n*size), unsafe.Slice((*byte)(b.data), n*size))
			}
			set(f, n)
		}
	}
	return func(f *frame) { set(f, reflect.Copy(valueAt(x.t, x.addr(f)), valueAt(x.t, y.addr(f)))) }
}

// printOp writes to the standard error as the runtime does.
func (c *compiler) printOp(cc *ssa.CallCommon, args []place, line bool) op {
	var loads []func(unsafe.Pointer) any
	for i := range args {
		t := args[i].t
		if t.Kind() == reflect.Interface {
			loads = append(loads, loadInterface(t))
		} else {
			loads = append(loads, packer(t))
		}
	}
	return func(f *frame) {
		var b []byte
		for i, l := range loads {
			if i > 0 && line {
				b = append(b, ' ')
			}
			b = appendPrinted(b, l(args[i].addr(f)), args[i].c)
		}
		if line {
			b = append(b, '\n')
		}
		_, _ = c.m.opts.Stderr.Write(b)
	}
}

// appendPrinted writes a value as println does.
func appendPrinted(b []byte, x any, cl class) []byte {
	v := reflect.ValueOf(x)
	if cl == classIface {
		if x == nil {
			return append(b, "(0x0,0x0)"...)
		}
		return fmt.Appendf(b, "(%p,%p)", (*eface)(unsafe.Pointer(&x)).typ, (*eface)(unsafe.Pointer(&x)).data)
	}
	switch {
	case v.Kind() == reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case v.CanInt():
		return strconv.AppendInt(b, v.Int(), 10)
	case v.CanUint():
		return strconv.AppendUint(b, v.Uint(), 10)
	case v.CanFloat():
		return strconv.AppendFloat(b, v.Float(), 'g', -1, v.Type().Bits())
	case v.CanComplex():
		return append(b, strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits())...)
	case v.Kind() == reflect.String:
		return append(b, v.String()...)
	case v.Kind() == reflect.Slice:
		return fmt.Appendf(b, "[%d/%d]%#x", v.Len(), v.Cap(), v.Pointer())
	}
	return fmt.Appendf(b, "%#x", v.Pointer())
}

func minMax(least bool, d place, args []place) op {
	switch d.t.Kind() {
	case reflect.Int:
		return extreme[int](least, d, args)
	case reflect.Int8:
		return extreme[int8](least, d, args)
	case reflect.Int16:
		return extreme[int16](least, d, args)
	case reflect.Int32:
		return extreme[int32](least, d, args)
	case reflect.Int64:
		return extreme[int64](least, d, args)
	case reflect.Uint:
		return extreme[uint](least, d, args)
	case reflect.Uint8:
		return extreme[uint8](least, d, args)
	case reflect.Uint16:
		return extreme[uint16](least, d, args)
	case reflect.Uint32:
		return extreme[uint32](least, d, args)
	case reflect.Uint64:
		return extreme[uint64](least, d, args)
	case reflect.Uintptr:
		return extreme[uintptr](least, d, args)
	case reflect.Float32:
		return extreme[float32](least, d, args)
	case reflect.Float64:
		return extreme[float64](least, d, args)
	}
	return extreme[string](least, d, args)
}

func extreme[T cmp.Ordered](least bool, d place, args []place) op {
	return func(f *frame) {
		r := get[T](f.base, args[0].off)
		for _, a := range args[1:] {
			x := get[T](f.base, a.off)
			if least {
				r = min(r, x)
			} else {
				r = max(r, x)
			}
		}
		put(f.base, d.off, r)
	}
}

func complexOp(name string, d place, args []place) op {
	do, a0 := d.off, args[0].off
	switch name {
	case "real":
		if args[0].t.Kind() == reflect.Complex64 {
			return func(f *frame) { put(f.base, do, real(get[complex64](f.base, a0))) }
		}
		return func(f *frame) { put(f.base, do, real(get[complex128](f.base, a0))) }
	case "imag":
		if args[0].t.Kind() == reflect.Complex64 {
			return func(f *frame) { put(f.base, do, imag(get[complex64](f.base, a0))) }
		}
		return func(f *frame) { put(f.base, do, imag(get[complex128](f.base, a0))) }
	}
	a1 := args[1].off
	if d.t.Kind() == reflect.Complex64 {
		return func(f *frame) { put(f.base, do, complex(get[float32](f.base, a0), get[float32](f.base, a1))) }
	}
	return func(f *frame) { put(f.base, do, complex(get[float64](f.base, a0), get[float64](f.base, a1))) }
}

// laterBuiltin is later for built-in functions.
func (c *compiler) laterBuiltin(b *ssa.Builtin, cc *ssa.CallCommon) func(f *frame) invocation {
	args := c.arguments(cc)
	if b.Name() == "recover" { // as if the function that defers it called it, once that returns
		return func(f *frame) invocation {
			return func(_ *goroutine, by *frame) {
				if by != nil && by.panic == nil {
					by.recoverPanic()
				}
			}
		}
	}
	run := c.builtin(b, cc, nil)
	return func(f *frame) invocation {
		operands := kept(f, args)
		fn := f.fn
		return func(g *goroutine, _ *frame) {
			to := fn.enter(g, nil) // a frame of the same function, for the operands alone
			for i := range args {
				args[i].mv(args[i].addr(to), operands[i])
			}
			run(to)
		}
	}
}
