package exec

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// instruction compiles what is not the end of a block; nil when there is nothing to do.
func (c *compiler) instruction(in ssa.Instruction) op {
	switch in := in.(type) {
	case *ssa.Phi, *ssa.DebugRef, *ssa.Extract:
		return nil
	case *ssa.BinOp:
		return c.binop(in)
	case *ssa.UnOp:
		return c.unop(in)
	case *ssa.Alloc:
		return c.alloc(in)
	case *ssa.Store:
		return c.store(in)
	case *ssa.FieldAddr:
		return c.fieldAddr(in)
	case *ssa.Field:
		return c.field(in)
	case *ssa.IndexAddr:
		return c.indexAddr(in)
	case *ssa.Index:
		return c.indexValue(in)
	case *ssa.Lookup:
		return c.lookup(in)
	case *ssa.MapUpdate:
		return c.mapUpdate(in)
	case *ssa.MakeMap:
		return c.makeMap(in)
	case *ssa.MakeChan:
		return c.makeChan(in)
	case *ssa.MakeSlice:
		return c.makeSlice(in)
	case *ssa.Slice:
		return c.slice(in)
	case *ssa.SliceToArrayPointer:
		return c.toArrayPointer(in)
	case *ssa.Convert:
		return c.convert(in, in.X)
	case *ssa.MultiConvert:
		return c.convert(in, in.X)
	case *ssa.ChangeType:
		return c.changeType(in)
	case *ssa.ChangeInterface:
		return c.changeInterface(in)
	case *ssa.MakeInterface:
		return c.makeInterface(in)
	case *ssa.TypeAssert:
		return c.typeAssert(in)
	case *ssa.Range:
		return c.rangeOver(in)
	case *ssa.Next:
		return c.next(in)
	case *ssa.MakeClosure:
		return c.makeClosure(in)
	case *ssa.Call:
		return c.call(&in.Call, in)
	case *ssa.Go:
		return c.goStmt(in)
	case *ssa.Defer:
		return c.deferStmt(in)
	case *ssa.RunDefers:
		return func(f *frame) { f.runDefers() }
	case *ssa.Send:
		return c.send(in)
	case *ssa.Select:
		return c.selectStmt(in)
	}
	panic(fmt.Sprintf("BUG: exec: instruction %T", in))
}

func (c *compiler) load(in *ssa.UnOp) op {
	d, x := c.place(in), c.place(in.X)
	do, xo := d.off, x.off
	if d.c == classMem {
		mv := mover(d.t)
		return func(f *frame) { mv(get[unsafe.Pointer](f.base, do), notNil(get[unsafe.Pointer](f.base, xo))) }
	}
	via := c.isFused(in.X, in)
	var a access
	if via {
		a = c.access(in.X)
	}
	switch d.c {
	case classPointer:
		return loadAs[unsafe.Pointer](via, do, xo, a)
	case classString:
		return loadAs[string](via, do, xo, a)
	case classIface:
		return loadAs[any](via, do, xo, a)
	case classSlice:
		return loadAs[[]unsafe.Pointer](via, do, xo, a)
	case classWide:
		return loadAs[complex128](via, do, xo, a)
	}
	switch d.t.Size() {
	case 8:
		return loadAs[uint64](via, do, xo, a)
	case 4:
		return loadAs[uint32](via, do, xo, a)
	case 2:
		return loadAs[uint16](via, do, xo, a)
	}
	return loadAs[uint8](via, do, xo, a)
}

// loadAs compiles a load of a value that lies in memory as a T. One through nil faults, and the runtime makes a panic of that.
func loadAs[T any](via bool, do, xo uintptr, a access) op {
	if via {
		return loadVia[T](do, a)
	}
	return func(f *frame) { put(f.base, do, *get[*T](f.base, xo)) }
}

func (c *compiler) store(in *ssa.Store) op {
	if fa, ok := in.Addr.(*ssa.FieldAddr); ok && isBlank(fa) {
		return nil // so that it stays zero: == must not see it
	}
	p, v := c.place(in.Addr), c.place(in.Val)
	po, vo := p.off, v.off
	if v.c == classMem {
		mv := mover(v.t)
		return func(f *frame) { mv(notNil(get[unsafe.Pointer](f.base, po)), get[unsafe.Pointer](f.base, vo)) }
	}
	via := c.isFused(in.Addr, in)
	var a access
	if via {
		a = c.access(in.Addr)
	}
	switch v.c {
	case classPointer:
		return storeAs[unsafe.Pointer](via, a, po, vo)
	case classString:
		return storeAs[string](via, a, po, vo)
	case classIface:
		return storeAs[any](via, a, po, vo)
	case classSlice:
		return storeAs[[]unsafe.Pointer](via, a, po, vo)
	case classWide:
		return storeAs[complex128](via, a, po, vo)
	}
	switch v.t.Size() {
	case 8:
		return storeAs[uint64](via, a, po, vo)
	case 4:
		return storeAs[uint32](via, a, po, vo)
	case 2:
		return storeAs[uint16](via, a, po, vo)
	}
	return storeAs[uint8](via, a, po, vo)
}

func storeAs[T any](via bool, a access, po, vo uintptr) op {
	if via {
		return storeVia[T](a, vo)
	}
	return func(f *frame) { *get[*T](f.base, po) = get[T](f.base, vo) }
}

func isBlank(in *ssa.FieldAddr) bool {
	st, ok := in.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
	return ok && st.Field(in.Field).Name() == "_"
}

func (c *compiler) alloc(in *ssa.Alloc) op {
	d := c.place(in)
	do := d.off
	t := c.m.types.of(in.Type().Underlying().(*types.Pointer).Elem())
	if !in.Heap || isAppended(in) {
		z := zeroer(t)
		return func(f *frame) { z(get[unsafe.Pointer](f.base, do)) }
	}
	switch t.Kind() { // reflect.New is slower
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Uint, reflect.Float64:
		return func(f *frame) { put(f.base, do, unsafe.Pointer(new(uint64))) }
	case reflect.String:
		return func(f *frame) { put(f.base, do, unsafe.Pointer(new(string))) }
	case reflect.Bool:
		return func(f *frame) { put(f.base, do, unsafe.Pointer(new(bool))) }
	}
	switch classOf(t) {
	case classPointer:
		return func(f *frame) { put(f.base, do, unsafe.Pointer(new(unsafe.Pointer))) }
	case classIface:
		return func(f *frame) { put(f.base, do, unsafe.Pointer(new(any))) }
	case classSlice:
		return func(f *frame) { put(f.base, do, unsafe.Pointer(new([]unsafe.Pointer))) }
	}
	return func(f *frame) {
		room(uint64(t.Size()))
		put(f.base, do, reflect.New(t).UnsafePointer())
	}
}

func (c *compiler) fieldAddr(in *ssa.FieldAddr) op {
	do, a := c.place(in).off, c.access(in)
	switch a.kind {
	case viaSlice:
		return func(f *frame) { put(f.base, do, a.element(f)) }
	case viaArray:
		return func(f *frame) { put(f.base, do, a.within(f)) }
	}
	return func(f *frame) { put(f.base, do, a.field(f)) }
}

func (c *compiler) field(in *ssa.Field) op {
	d, x := c.place(in), c.place(in.X)
	off := c.m.types.of(in.X.Type()).Field(in.Field).Offset
	mv := mover(d.t)
	return func(f *frame) { mv(d.addr(f), unsafe.Add(x.addr(f), off)) }
}

// changeType compiles a conversion between types with the same underlying type.
func (c *compiler) changeType(in *ssa.ChangeType) op {
	d, x := c.place(in), c.place(in.X)
	if d.c == classIface && d.t != x.t {
		return c.toInterface(d, x)
	}
	return moveOp(d, x)
}
