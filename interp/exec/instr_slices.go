package exec

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// indexPanic panics as the runtime does for an index out of range.
//
//go:noinline
func indexPanic(i, n int) { _ = make([]struct{}, n)[i] }

// unsignedPanic is indexPanic for an index of an unsigned type.
//
//go:noinline
func unsignedPanic(i uint, n int) { _ = make([]struct{}, n)[i] }

// failIndex returns the panic for indices of type t.
func failIndex(t reflect.Type) func(i, n int) {
	if isUnsigned(t) {
		return func(i, n int) { unsignedPanic(uint(i), n) }
	}
	return indexPanic
}

// sliceKind is what bounds are for, which decides how the runtime words what is wrong with them.
type sliceKind uint8

const (
	ofSlice sliceKind = iota // has a capacity
	ofArray                  // has a length
	ofString
)

// bound is one of the bounds of x[lo:hi:max].
type bound struct {
	n        int
	unsigned bool
}

// exceeds says whether the bound is not within 0 to n.
func (b bound) exceeds(n int) bool { return uint(b.n) > uint(n) }

// slicePanic panics as the runtime does for bounds out of range: it finds the first that is, as compiled code checks them, and lets that fail.
// max is nil when it is not given, n the length or capacity.
func slicePanic(lo, hi bound, max *bound, n int, k sliceKind) {
	switch {
	case max != nil && max.exceeds(n) && k == ofArray:
		max3Panic(*max, n)
	case max != nil && max.exceeds(n):
		slice3Panic(bound{}, bound{}, *max, n)
	case max != nil:
		slice3Panic(lo, hi, *max, n)
	case k == ofSlice:
		slice2Panic(lo, hi, make([]struct{}, n))
	default:
		b := make([]byte, n)
		string2Panic(lo, hi, unsafe.String(unsafe.SliceData(b), n))
	}
}

// max3Panic is for x[::max] of an array, whose length the compiler would have to know.
func max3Panic(max bound, n int) {
	if max.n < 0 && !max.unsigned {
		panic(runtimeError(fmt.Sprintf("slice bounds out of range [::%d]", max.n)))
	}
	panic(runtimeError(fmt.Sprintf("slice bounds out of range [::%d] with length %d", uint(max.n), n)))
}

//go:noinline
func slice2Panic(lo, hi bound, s []struct{}) {
	if hi.exceeds(cap(s)) {
		if hi.unsigned {
			_ = s[:uint(hi.n)]
		}
		_ = s[:hi.n]
	}
	if lo.unsigned {
		_ = s[uint(lo.n):hi.n]
	}
	_ = s[lo.n:hi.n]
}

//go:noinline
func string2Panic(lo, hi bound, s string) {
	if hi.exceeds(len(s)) {
		if hi.unsigned {
			_ = s[:uint(hi.n)]
		}
		_ = s[:hi.n]
	}
	if lo.unsigned {
		_ = s[uint(lo.n):hi.n]
	}
	_ = s[lo.n:hi.n]
}

//go:noinline
func slice3Panic(lo, hi, max bound, n int) {
	s := make([]struct{}, n)
	switch {
	case max.exceeds(n):
		if max.unsigned {
			_ = s[:0:uint(max.n)]
		}
		_ = s[:0:max.n]
	case hi.exceeds(max.n):
		if hi.unsigned {
			_ = s[:uint(hi.n):max.n]
		}
		_ = s[:hi.n:max.n]
	case lo.unsigned:
		_ = s[uint(lo.n):hi.n:max.n]
	}
	_ = s[lo.n:hi.n:max.n]
}

func (c *compiler) indexAddr(in *ssa.IndexAddr) op {
	do, xo := c.place(in).off, c.place(in.X).off
	switch u := in.X.Type().Underlying().(type) {
	case *types.Slice:
		size := c.m.types.of(u.Elem()).Size()
		if i := c.place(in.Index); i.t.Kind() == reflect.Int {
			io := i.off
			return func(f *frame) {
				h := get[header](f.base, xo)
				k := get[int](f.base, io)
				if uint(k) >= uint(h.len) {
					indexPanic(k, h.len)
				}
				// Invariant: k is within the slice, whose elements are size bytes apart.
				put(f.base, do, unsafe.Add(h.data, uintptr(k)*size))
			}
		}
		ix, fail := c.index(in.Index), failIndex(c.place(in.Index).t)
		return func(f *frame) {
			h := get[header](f.base, xo)
			k := ix(f)
			if uint(k) >= uint(h.len) {
				fail(k, h.len)
			}
			put(f.base, do, unsafe.Add(h.data, uintptr(k)*size))
		}
	case *types.Pointer:
		at := u.Elem().Underlying().(*types.Array)
		size, n := c.m.types.of(at.Elem()).Size(), int(at.Len())
		ix, fail := c.index(in.Index), failIndex(c.place(in.Index).t)
		return func(f *frame) {
			k := ix(f)
			p := notNil(get[unsafe.Pointer](f.base, xo))
			if uint(k) >= uint(n) {
				fail(k, n)
			}
			put(f.base, do, unsafe.Add(p, uintptr(k)*size))
		}
	}
	panic("BUG: exec: index of " + in.X.Type().String())
}

func (c *compiler) indexValue(in *ssa.Index) op {
	d, x := c.place(in), c.place(in.X)
	ix, fail := c.index(in.Index), failIndex(c.place(in.Index).t)
	at, ok := in.X.Type().Underlying().(*types.Array)
	if !ok { // a string
		return c.byteOf(d, x, ix, fail)
	}
	mv, size, n := mover(d.t), c.m.types.of(at.Elem()).Size(), int(at.Len())
	return func(f *frame) {
		k := ix(f)
		if uint(k) >= uint(n) {
			fail(k, n)
		}
		mv(d.addr(f), unsafe.Add(x.addr(f), uintptr(k)*size))
	}
}

func (c *compiler) byteOf(d, x place, ix func(*frame) int, fail func(i, n int)) op {
	do, xo := d.off, x.off
	return func(f *frame) {
		s, k := get[string](f.base, xo), ix(f)
		if uint(k) >= uint(len(s)) {
			fail(k, len(s))
		}
		put(f.base, do, s[k])
	}
}

func (c *compiler) makeSlice(in *ssa.MakeSlice) op {
	d := c.place(in)
	n, m := c.index(in.Len), c.index(in.Cap)
	do, t := d.off, d.t
	return func(f *frame) {
		l, k := n(f), m(f)
		if l < 0 || t.Elem().Size() > 0 && uint64(l) > maxAlloc/uint64(t.Elem().Size()) {
			panic(runtimeError("makeslice: len out of range"))
		}
		if k < l || t.Elem().Size() > 0 && uint64(k) > maxAlloc/uint64(t.Elem().Size()) {
			panic(runtimeError("makeslice: cap out of range"))
		}
		room(uint64(k) * uint64(t.Elem().Size()))
		v := reflect.MakeSlice(t, l, k)
		put(f.base, do, header{v.UnsafePointer(), l, k})
	}
}

const maxAlloc = 1 << 47

// slice compiles x[lo:hi:max].
func (c *compiler) slice(in *ssa.Slice) op {
	do, xo := c.place(in).off, c.place(in.X).off
	load := func(v ssa.Value) (get func(*frame) int, unsigned bool) {
		if v == nil {
			return nil, false
		}
		return c.index(v), isUnsigned(c.place(v).t)
	}
	lo, loUnsigned := load(in.Low)
	hi, hiUnsigned := load(in.High)
	max, maxUnsigned := load(in.Max)
	bounds := func(f *frame, n, cp int, k sliceKind) (int, int, int) {
		l, h, m := 0, n, cp
		if lo != nil {
			l = lo(f)
		}
		if hi != nil {
			h = hi(f)
		}
		if max != nil {
			m = max(f)
		}
		if l < 0 || l > h || h > m || m > cp || uint(h) > uint(cp) {
			var given *bound
			if max != nil {
				given = &bound{m, maxUnsigned}
			}
			slicePanic(bound{l, loUnsigned}, bound{h, hiUnsigned}, given, cp, k)
		}
		return l, h, m
	}
	switch u := in.X.Type().Underlying().(type) {
	case *types.Basic:
		return func(f *frame) {
			s := get[string](f.base, xo)
			l, h, _ := bounds(f, len(s), len(s), ofString)
			put(f.base, do, s[l:h])
		}
	case *types.Slice:
		size := c.m.types.of(u.Elem()).Size()
		return func(f *frame) {
			s := get[header](f.base, xo)
			l, h, m := bounds(f, s.len, s.cap, ofSlice)
			put(f.base, do, cut(s.data, l, h, m, size))
		}
	case *types.Pointer:
		at := u.Elem().Underlying().(*types.Array)
		size, n := c.m.types.of(at.Elem()).Size(), int(at.Len())
		made, isAlloc := in.X.(*ssa.Alloc)
		isMake := isAlloc && made.Comment == "makeslice" // make([]T, len, constant)
		return func(f *frame) {
			p := notNil(get[unsafe.Pointer](f.base, xo))
			if isMake && hi != nil {
				if k := hi(f); k < 0 || size > 0 && uint64(k) > maxAlloc/uint64(size) {
					panic(runtimeError("makeslice: len out of range"))
				} else if k > n {
					panic(runtimeError("makeslice: cap out of range"))
				}
			}
			l, h, m := bounds(f, n, n, ofArray)
			put(f.base, do, cut(p, l, h, m, size))
		}
	}
	panic("BUG: exec: slice of " + in.X.Type().String())
}

// cut returns the slice [l:h:m] of what begins at p. An empty one at the end keeps pointing to the beginning, as nothing lies behind.
func cut(p unsafe.Pointer, l, h, m int, size uintptr) header {
	if m > l {
		p = unsafe.Add(p, uintptr(l)*size)
	}
	return header{p, h - l, m - l}
}

func (c *compiler) toArrayPointer(in *ssa.SliceToArrayPointer) op {
	do, xo := c.place(in).off, c.place(in.X).off
	n := int(in.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array).Len())
	return func(f *frame) {
		h := get[header](f.base, xo)
		if h.len < n {
			panic(runtimeError(fmt.Sprintf("cannot convert slice with length %d to array or pointer to array with length %d", h.len, n)))
		}
		put(f.base, do, h.data)
	}
}

// appendOp compiles append(x, y...).
func (c *compiler) appendOp(v ssa.Value, x, y ssa.Value) op {
	d, xp, yp := c.place(v), c.place(x), c.place(y)
	do, xo, yo := d.off, xp.off, yp.off
	if yp.c == classString {
		return func(f *frame) { put(f.base, do, append(get[[]byte](f.base, xo), get[string](f.base, yo)...)) }
	}
	t := d.t.Elem()
	switch classOf(t) {
	case classPointer:
		return appendAs[unsafe.Pointer](do, xo, yo)
	case classString:
		return appendAs[string](do, xo, yo)
	case classIface:
		return appendAs[any](do, xo, yo)
	case classSlice:
		return appendAs[[]unsafe.Pointer](do, xo, yo)
	case classWord:
		switch t.Size() {
		case 1:
			return appendAs[uint8](do, xo, yo)
		case 2:
			return appendAs[uint16](do, xo, yo)
		case 4:
			return appendAs[uint32](do, xo, yo)
		case 8:
			return appendAs[uint64](do, xo, yo)
		}
	}
	if t.Size() == 0 {
		return func(f *frame) {
			x, y := get[header](f.base, xo), get[header](f.base, yo)
			n := x.len + y.len
			if n < 0 {
				panic(runtimeError("growslice: len out of range"))
			}
			if x.data == nil {
				x.data = y.data
			}
			put(f.base, do, header{x.data, n, max(n, x.cap)})
		}
	}
	return func(f *frame) {
		s := valueAt(d.t, unsafe.Add(f.base, xo))
		more := valueAt(d.t, unsafe.Add(f.base, yo))
		if n := s.Len() + more.Len(); n > s.Cap() {
			room(uint64(n) * uint64(t.Size()))
		}
		r := reflect.AppendSlice(s, more)
		put(f.base, do, header{r.UnsafePointer(), r.Len(), r.Cap()})
	}
}

// appendAs appends elements that the garbage collector sees as it sees a T.
func appendAs[T any](do, xo, yo uintptr) op {
	return func(f *frame) {
		y := get[[]T](f.base, yo)
		if len(y) == 1 {
			put(f.base, do, append(get[[]T](f.base, xo), y[0]))
			return
		}
		x := get[[]T](f.base, xo)
		if n := len(x) + len(y); n > cap(x) {
			room(uint64(n) * uint64(unsafe.Sizeof(*new(T))))
		}
		put(f.base, do, append(x, y...))
	}
}
