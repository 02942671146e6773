package exec

import (
	"cmp"
	"reflect"
	"slices"
	"sort"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// instance compiles calls of functions of package slices that have compiled code here for slices as they lie in memory; nil for others, which are
// interpreted from their source. Elements of one kind lie alike whatever their types are called.
func (c *compiler) instance(callee *ssa.Function, args, rs []place) op {
	o := callee.Origin()
	if o == nil || o.Pkg == nil || o.Pkg.Pkg.Path() != "slices" || len(args) == 0 || args[0].t.Kind() != reflect.Slice {
		return nil
	}
	switch o.Name() {
	case "SortFunc":
		return c.sortFunc(callee, args, sort.Sort)
	case "SortStableFunc":
		return c.sortFunc(callee, args, sort.Stable)
	}
	switch args[0].t.Elem().Kind() {
	case reflect.Int:
		return orderedInstance[int](o.Name(), args, rs)
	case reflect.Int32:
		return orderedInstance[int32](o.Name(), args, rs)
	case reflect.Int64:
		return orderedInstance[int64](o.Name(), args, rs)
	case reflect.Uint8:
		return orderedInstance[uint8](o.Name(), args, rs)
	case reflect.Uint64:
		return orderedInstance[uint64](o.Name(), args, rs)
	case reflect.Float32:
		return orderedInstance[float32](o.Name(), args, rs)
	case reflect.Float64:
		return orderedInstance[float64](o.Name(), args, rs)
	case reflect.String:
		return orderedInstance[string](o.Name(), args, rs)
	}
	return nil
}

func orderedInstance[T cmp.Ordered](name string, args, rs []place) op {
	x, y, r, q := args[0].off, offsetOf(args, 1), offsetOf(rs, 0), offsetOf(rs, 1)
	switch name {
	case "Sort":
		return func(f *frame) { slices.Sort(get[[]T](f.base, x)) }
	case "IsSorted":
		return func(f *frame) { put(f.base, r, slices.IsSorted(get[[]T](f.base, x))) }
	case "Min":
		return func(f *frame) { put(f.base, r, slices.Min(get[[]T](f.base, x))) }
	case "Max":
		return func(f *frame) { put(f.base, r, slices.Max(get[[]T](f.base, x))) }
	case "Index":
		return func(f *frame) { put(f.base, r, slices.Index(get[[]T](f.base, x), get[T](f.base, y))) }
	case "Contains":
		return func(f *frame) { put(f.base, r, slices.Contains(get[[]T](f.base, x), get[T](f.base, y))) }
	case "Equal":
		return func(f *frame) { put(f.base, r, slices.Equal(get[[]T](f.base, x), get[[]T](f.base, y))) }
	case "Reverse":
		return func(f *frame) { slices.Reverse(get[[]T](f.base, x)) }
	case "BinarySearch":
		return func(f *frame) {
			i, found := slices.BinarySearch(get[[]T](f.base, x), get[T](f.base, y))
			put(f.base, r, i)
			put(f.base, q, found)
		}
	}
	return nil
}

// sortFunc compiles a sort by an interpreted function, which it calls without a way through compiled code. Packages sort and slices sort by the same
// algorithm, so that elements which compare equal end up in the same order.
func (c *compiler) sortFunc(callee *ssa.Function, args []place, by func(sort.Interface)) op {
	general := c.m.function(callee)
	t, x, compare := args[0].t, args[0].off, args[1].off
	size, mv := t.Elem().Size(), mover(t.Elem())
	return func(f *frame) {
		cl := comparer(f, compare)
		if cl == nil {
			general.finish(general.ready().enter(f.g, f), f, args, nil)
			return
		}
		h := get[header](f.base, x)
		if h.len < 2 {
			return
		}
		fn := cl.fn.ready()
		less := func(i, j int) bool {
			to := fn.enter(f.g, f)
			cl.bind(to)
			// Invariant: i and j are within the slice, whose elements are size bytes apart.
			mv(fn.params[0].addr(to), unsafe.Add(h.data, uintptr(i)*size))
			mv(fn.params[1].addr(to), unsafe.Add(h.data, uintptr(j)*size))
			fn.run(to)
			r := get[int](to.base, fn.results[0].off)
			fn.leave(to)
			return r < 0
		}
		by(&sorting{h.len, less, reflect.Swapper(valueAt(t, unsafe.Add(f.base, x)).Interface())})
	}
}

// comparer returns the interpreted function that a sort is by; nil when it is another one, or none.
func comparer(f *frame, off uintptr) *closure {
	w := get[unsafe.Pointer](f.base, off)
	if w == nil {
		return nil
	}
	cl := closureOf(w)
	if cl == nil || cl.receiver != nil {
		return nil
	}
	return cl
}

// sortSlice compiles sort.Slice and sort.SliceStable by an interpreted function; nil for other functions.
func (c *compiler) sortSlice(callee *ssa.Function, args []place) op {
	var by func(sort.Interface)
	switch callee.String() {
	case "sort.Slice":
		by = sort.Sort
	case "sort.SliceStable":
		by = sort.Stable
	default:
		return nil
	}
	general := c.native(callee, args, nil)
	x, compare := args[0].off, args[1].off
	return func(f *frame) {
		s := get[any](f.base, x)
		if b, ok := unbox(s); ok {
			s = b.V
		}
		cl := comparer(f, compare)
		if cl == nil || reflect.TypeOf(s) == nil || reflect.TypeOf(s).Kind() != reflect.Slice {
			general(f)
			return
		}
		fn := cl.fn.ready()
		less := func(i, j int) bool {
			to := fn.enter(f.g, f)
			cl.bind(to)
			put(to.base, fn.params[0].off, i)
			put(to.base, fn.params[1].off, j)
			fn.run(to)
			r := get[bool](to.base, fn.results[0].off)
			fn.leave(to)
			return r
		}
		by(&sorting{reflect.ValueOf(s).Len(), less, reflect.Swapper(s)})
	}
}

// sorting is a slice while it is sorted.
type sorting struct {
	n    int
	less func(i, j int) bool
	swap func(i, j int)
}

var _ sort.Interface = (*sorting)(nil)

func (s *sorting) Len() int           { return s.n }
func (s *sorting) Less(i, j int) bool { return s.less(i, j) }
func (s *sorting) Swap(i, j int)      { s.swap(i, j) }
