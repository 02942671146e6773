package exec

import (
	"reflect"
	"unsafe"
)

// get and put read and write a value of type T at an offset.
//
// Invariant of all callers: base+off holds a value that lies in memory as a T.
func get[T any](base unsafe.Pointer, off uintptr) T { return *(*T)(unsafe.Add(base, off)) }

func put[T any](base unsafe.Pointer, off uintptr, v T) { *(*T)(unsafe.Add(base, off)) = v }

// header is a slice as it lies in memory. Only its length and capacity are read through it, or all of it at once.
type header struct {
	data     unsafe.Pointer
	len, cap int
}

// eface is an interface without methods as it lies in memory: the type, and the value or its address.
type eface struct{ typ, data unsafe.Pointer }

// move copies a value, with the write barriers its pointers need.
type move func(dst, src unsafe.Pointer)

func moveWord8(d, s unsafe.Pointer) { *(*uint64)(d) = *(*uint64)(s) }

// mover returns how to copy values of t.
func mover(t reflect.Type) move {
	switch classOf(t) {
	case classIface:
		// Invariant: all interfaces are two words of pointers.
		return func(d, s unsafe.Pointer) { *(*any)(d) = *(*any)(s) }
	case classSlice:
		return func(d, s unsafe.Pointer) { *(*[]unsafe.Pointer)(d) = *(*[]unsafe.Pointer)(s) }
	case classString:
		return func(d, s unsafe.Pointer) { *(*string)(d) = *(*string)(s) }
	case classPointer:
		return func(d, s unsafe.Pointer) { *(*unsafe.Pointer)(d) = *(*unsafe.Pointer)(s) }
	case classWide:
		return func(d, s unsafe.Pointer) { *(*complex128)(d) = *(*complex128)(s) }
	case classMem:
		return memMover(t)
	}
	switch t.Size() {
	case 8:
		return moveWord8
	case 4:
		return func(d, s unsafe.Pointer) { *(*uint32)(d) = *(*uint32)(s) }
	case 2:
		return func(d, s unsafe.Pointer) { *(*uint16)(d) = *(*uint16)(s) }
	}
	return func(d, s unsafe.Pointer) { *(*uint8)(d) = *(*uint8)(s) }
}

const maxLeaves = 6

// memMover copies structs and arrays: small ones leaf by leaf.
func memMover(t reflect.Type) move {
	n := t.Size()
	if n == 0 {
		return func(_, s unsafe.Pointer) { _ = *(*struct{})(notNil(s)) }
	}
	if hasBlank(t) {
		return blankMover(t)
	}
	if !hasPointers(t) {
		if n == 8 {
			return moveWord8
		}
		if n == 16 {
			return func(d, s unsafe.Pointer) { *(*[2]uint64)(d) = *(*[2]uint64)(s) }
		}
		return func(d, s unsafe.Pointer) { copy(unsafe.Slice((*byte)(d), n), unsafe.Slice((*byte)(notNil(s)), n)) }
	}
	if leaves, ok := leavesOf(t, 0, nil); ok {
		if len(leaves) == 1 && leaves[0].off == 0 {
			return leaves[0].move
		}
		if len(leaves) == 2 {
			a, b := leaves[0], leaves[1]
			return func(d, s unsafe.Pointer) {
				notNil(s)
				a.move(unsafe.Add(d, a.off), unsafe.Add(s, a.off))
				b.move(unsafe.Add(d, b.off), unsafe.Add(s, b.off))
			}
		}
		return func(d, s unsafe.Pointer) {
			notNil(s)
			for _, l := range leaves {
				l.move(unsafe.Add(d, l.off), unsafe.Add(s, l.off))
			}
		}
	}
	return func(d, s unsafe.Pointer) { reflect.NewAt(t, notNil(d)).Elem().Set(reflect.NewAt(t, notNil(s)).Elem()) }
}

type leaf struct {
	off  uintptr
	move move
}

func leavesOf(t reflect.Type, off uintptr, in []leaf) ([]leaf, bool) {
	ok := true
	switch t.Kind() {
	case reflect.Struct:
		for i := 0; ok && i < t.NumField(); i++ {
			f := t.Field(i)
			in, ok = leavesOf(f.Type, off+f.Offset, in)
		}
		return in, ok
	case reflect.Array:
		for i := 0; ok && i < t.Len(); i++ {
			in, ok = leavesOf(t.Elem(), off+uintptr(i)*t.Elem().Size(), in)
		}
		return in, ok
	}
	in = append(in, leaf{off, mover(t)})
	return in, len(in) <= maxLeaves
}

// zero clears a value of type t.
func zero(t reflect.Type, p unsafe.Pointer) { reflect.NewAt(t, p).Elem().SetZero() }

// zeroer returns how to clear values of t.
func zeroer(t reflect.Type) func(unsafe.Pointer) {
	switch classOf(t) {
	case classIface:
		return func(p unsafe.Pointer) { *(*any)(p) = nil }
	case classSlice:
		return func(p unsafe.Pointer) { *(*[]unsafe.Pointer)(p) = nil }
	case classString:
		return func(p unsafe.Pointer) { *(*string)(p) = "" }
	case classPointer:
		return func(p unsafe.Pointer) { *(*unsafe.Pointer)(p) = nil }
	}
	if n := t.Size(); !hasPointers(t) {
		if n == 8 {
			return func(p unsafe.Pointer) { *(*uint64)(p) = 0 }
		}
		return func(p unsafe.Pointer) { clear(unsafe.Slice((*byte)(p), n)) }
	}
	return func(p unsafe.Pointer) { zero(t, p) }
}

// notNil panics as a compiled load through a nil pointer does.
func notNil(p unsafe.Pointer) unsafe.Pointer {
	if p == nil {
		nilPanic()
	}
	return p
}

//go:noinline
func nilPanic() {
	var p *int
	*p = 0 // the runtime's own panic
}

// valueAt returns the value of type t at p, addressable.
func valueAt(t reflect.Type, p unsafe.Pointer) reflect.Value { return reflect.NewAt(t, p).Elem() }

// moveOp copies from place to place.
func moveOp(d, s place) op {
	do, so := d.off, s.off
	if d.c != s.c {
		panic("BUG: exec: a move between classes: " + d.t.String() + " and " + s.t.String())
	}
	switch d.c {
	case classWord:
		return func(f *frame) { put(f.base, do, get[uint64](f.base, so)) } // words are 8 bytes wide in a frame
	case classPointer:
		return func(f *frame) { put(f.base, do, get[unsafe.Pointer](f.base, so)) }
	case classString:
		return func(f *frame) { put(f.base, do, get[string](f.base, so)) }
	case classIface:
		return func(f *frame) { put(f.base, do, get[any](f.base, so)) }
	case classSlice:
		return func(f *frame) { put(f.base, do, get[[]unsafe.Pointer](f.base, so)) }
	}
	mv := mover(d.t)
	return func(f *frame) { mv(d.addr(f), s.addr(f)) }
}

// wordOf returns the type word of interfaces that hold a t, and whether such an interface holds the value itself rather than its address.
func wordOf(t reflect.Type) (typ unsafe.Pointer, direct bool) {
	v := reflect.New(t)
	if t.Size() == unsafe.Sizeof(uintptr(0)) && hasPointers(t) {
		mark := new(int)
		// Invariant: t is one pointer, perhaps in a struct or an array.
		*(*unsafe.Pointer)(v.UnsafePointer()) = unsafe.Pointer(mark)
		var i any
		if t.Kind() == reflect.Interface {
			return nil, false
		}
		i = v.Elem().Interface()
		e := (*eface)(unsafe.Pointer(&i))
		direct = e.data == unsafe.Pointer(mark)
		*(*unsafe.Pointer)(v.UnsafePointer()) = nil
		return e.typ, direct
	}
	i := v.Elem().Interface()
	return (*eface)(unsafe.Pointer(&i)).typ, false
}

// packer returns how to make an interface without methods of a value of type t, which is no interface.
func packer(t reflect.Type) func(src unsafe.Pointer) any {
	typ, direct := wordOf(t)
	mv := mover(t)
	if direct {
		return func(src unsafe.Pointer) (i any) {
			// Invariant: typ is t's, and values of t are the data word.
			*(*eface)(unsafe.Pointer(&i)) = eface{typ, *(*unsafe.Pointer)(src)}
			return i
		}
	}
	switch t.Kind() {
	case reflect.Int:
		if t == reflect.TypeFor[int]() {
			return func(src unsafe.Pointer) any { return *(*int)(src) } // small ones need no memory
		}
	case reflect.Uint8:
		if t == reflect.TypeFor[uint8]() {
			return func(src unsafe.Pointer) any { return *(*uint8)(src) }
		}
	}
	return func(src unsafe.Pointer) (i any) {
		p := reflect.New(t).UnsafePointer()
		mv(p, src)
		// Invariant: p is memory of its own that nothing writes any more.
		*(*eface)(unsafe.Pointer(&i)) = eface{typ, p}
		return i
	}
}

// unpacker returns how to take a value of type t out of an interface that holds one.
func unpacker(t reflect.Type) func(dst unsafe.Pointer, i any) {
	_, direct := wordOf(t)
	mv := mover(t)
	if direct {
		return func(dst unsafe.Pointer, i any) { *(*unsafe.Pointer)(dst) = (*eface)(unsafe.Pointer(&i)).data }
	}
	return func(dst unsafe.Pointer, i any) { mv(dst, (*eface)(unsafe.Pointer(&i)).data) }
}
