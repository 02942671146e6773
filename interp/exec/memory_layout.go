package exec

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// class is how a value is held in a frame.
type class uint8

const (
	classIface   class = iota // two pointers
	classSlice                // pointer, two words
	classString               // pointer, word
	classPointer              // pointer, map, chan, func
	classWord                 // up to 8 bytes without pointers
	classWide                 // complex128
	classMem                  // struct or array: elsewhere, the frame holds its address
)

func classOf(t reflect.Type) class {
	switch t.Kind() {
	case reflect.Interface:
		return classIface
	case reflect.Slice:
		return classSlice
	case reflect.String:
		return classString
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return classPointer
	case reflect.Struct, reflect.Array:
		return classMem
	case reflect.Complex128:
		return classWide
	}
	return classWord
}

// place is where a value is.
type place struct {
	off uintptr // from the frame's base
	t   reflect.Type
	c   class
	mv  move // copies such a value
}

// addr returns the address of the value, which its frame keeps alive.
//
// Invariant: off is within the frame's block and is where newFrameType put a word of the right kind.
func (p place) addr(f *frame) unsafe.Pointer {
	q := unsafe.Add(f.base, p.off)
	if p.c == classMem {
		return *(*unsafe.Pointer)(q)
	}
	return q
}

// counts are how many words or groups of words of each class a block has.
type counts [classMem + 1]int

// layout collects the values of a function and gives them places.
type layout struct {
	m       *Machine
	regs    map[ssa.Value]*register
	vars    counts
	consts  counts
	mems    []memory     // structs and arrays
	fixed   []fixedValue // constants and addresses, written once per frame
	offsets [2][]uintptr // base offset by class, for variables and for constants
	size    reflect.Type // of the block
	clear   uintptr      // so many bytes from the base hold the variables' pointers
}

// register is a value before its place is known.
type register struct {
	t     reflect.Type
	mv    move
	c     class
	half  int         // 0 variable, 1 constant
	index int         // within its class
	parts []*register // of a tuple
}

// memory is what a frame allocates beside its block.
type memory struct {
	reg      *register
	t        reflect.Type
	pointers bool
}

type fixedValue struct {
	reg   *register
	write func(p unsafe.Pointer)
}

func (l *layout) add(t reflect.Type, half int) *register {
	r := &register{t: t, c: classOf(t), half: half}
	slot := r.c
	switch r.c {
	case classMem:
		slot = classPointer
		half = 1 // the address is a constant of the frame
		r.half = 1
		l.mems = append(l.mems, memory{r, t, hasPointers(t)})
	case classWide:
		slot = classWord
	}
	n := &l.vars
	if half == 1 {
		n = &l.consts
	}
	r.index = n[slot]
	n[slot]++
	if r.c == classWide {
		n[slot]++
	}
	return r
}

// value gives v a register.
func (l *layout) value(v ssa.Value) *register {
	if r := l.regs[v]; r != nil {
		return r
	}
	var r *register
	if tu, ok := v.Type().(*types.Tuple); ok {
		r = &register{}
		for e := range tu.Variables() {
			r.parts = append(r.parts, l.add(l.m.types.of(resultType(e.Type())), 0))
		}
	} else {
		r = l.add(l.typeOf(v), 0)
	}
	l.regs[v] = r
	return r
}

// resultType replaces the type of a result that nobody uses, which has none.
func resultType(t types.Type) types.Type {
	if t == types.Typ[types.Invalid] {
		return types.Typ[types.Bool]
	}
	return t
}

func (l *layout) typeOf(v ssa.Value) reflect.Type {
	if _, ok := v.(*ssa.Range); ok {
		return anyType // an iterator
	}
	return l.m.types.of(v.Type())
}

var wordGroups = [...]reflect.Type{
	classIface: anyType, classSlice: holeSlice, classString: reflect.TypeFor[string](), classPointer: holePointer, classWord: reflect.TypeFor[uint64](),
}

// seal fixes the places. Counts are rounded up, so that few types of blocks exist however many functions there are: reflect never forgets one.
func (l *layout) seal() {
	var fields []reflect.StructField
	var at [2][]int
	for half, n := range []counts{l.vars, l.consts} {
		for c, t := range wordGroups {
			at[half] = append(at[half], len(fields))
			fields = append(fields, reflect.StructField{Name: fmt.Sprint("F", len(fields)), Type: reflect.ArrayOf(roundUp(n[c]), t)})
		}
	}
	l.size = reflect.StructOf(fields)
	for half := range at {
		for _, i := range at[half] {
			l.offsets[half] = append(l.offsets[half], l.size.Field(i).Offset)
		}
	}
	if l.vars[classIface]+l.vars[classSlice]+l.vars[classString]+l.vars[classPointer] > 0 {
		l.clear = l.offsets[0][classWord]
	}
}

func roundUp(n int) int {
	if n <= 4 {
		return n
	}
	r := 8
	for r < n {
		r += r / 2
	}
	return r
}

func (l *layout) place(r *register) place {
	if r.parts != nil {
		panic("BUG: exec: a tuple has no place of its own")
	}
	slot := r.c
	switch slot {
	case classMem:
		slot = classPointer
	case classWide:
		slot = classWord
	}
	if r.mv == nil {
		r.mv = mover(r.t)
	}
	return place{l.offsets[r.half][slot] + uintptr(r.index)*wordGroups[slot].Size(), r.t, r.c, r.mv}
}

func hasPointers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return t.Len() > 0 && hasPointers(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if hasPointers(t.Field(i).Type) {
				return true
			}
		}
		return false
	}
	c := classOf(t)
	return c != classWord && c != classWide
}
