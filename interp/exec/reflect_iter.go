package exec

import (
	"go/types"
	"iter"
	"reflect"
	"runtime"
	"weak"
)

// mapRange is [reflect.Value.MapRange]. What the map's types are is noted beside the iterator.
func (r *reflection) mapRange(v reflect.Value) *reflect.MapIter {
	c := r.of(v)
	it := r.loose(v).MapRange()
	if c != nil {
		r.note(it, c)
	}
	return it
}

func (r *reflection) note(it *reflect.MapIter, c *carrier) {
	k := weak.Make(it)
	if _, known := r.iters.Swap(k, c.t.Underlying()); !known {
		runtime.AddCleanup(it, func(k weak.Pointer[reflect.MapIter]) { r.iters.Delete(k) }, k)
	}
}

// iterated returns a key or an element of an iterator.
func (r *reflection) iterated(it *reflect.MapIter, v reflect.Value, part func(*types.Map) types.Type) reflect.Value {
	u, ok := r.iters.Load(weak.Make(it))
	if !ok {
		return v
	}
	return r.copyAt(part(u.(*types.Map)), r.memory(v), false)
}

func (r *reflection) resetIter(it *reflect.MapIter, v reflect.Value) {
	c := r.of(v)
	if c == nil {
		r.iters.Delete(weak.Make(it))
		it.Reset(v)
		return
	}
	r.note(it, c)
	it.Reset(r.loose(v))
}

// seq is [reflect.Value.Seq].
func (r *reflection) seq(v reflect.Value) iter.Seq[reflect.Value] {
	c := r.of(v)
	if c == nil {
		return v.Seq()
	}
	in := r.bare(v)
	switch {
	case in.Kind() == reflect.Func:
		return func(yield func(reflect.Value) bool) {
			r.call(v, []reflect.Value{r.makeFunc(r.typeOfValue(v).In(0), func(in []reflect.Value) []reflect.Value {
				return []reflect.Value{reflect.ValueOf(yield(in[0]))}
			})}, false)
		}
	case in.Kind() == reflect.Map:
		return func(yield func(reflect.Value) bool) {
			for it := r.mapRange(v); it.Next(); {
				if !yield(r.iterated(it, it.Key(), (*types.Map).Key)) {
					return
				}
			}
		}
	case in.Kind() == reflect.Chan:
		return func(yield func(reflect.Value) bool) {
			for {
				x, ok := r.receive(v, reflect.Value.Recv)
				if !ok || !yield(x) {
					return
				}
			}
		}
	case in.CanInt() || in.CanUint():
		return func(yield func(reflect.Value) bool) {
			for x := range in.Seq() {
				if !yield(r.take(c.t, x)) {
					return
				}
			}
		}
	}
	return r.plain(v).Seq() // counts, or cannot
}

// seq2 is [reflect.Value.Seq2].
func (r *reflection) seq2(v reflect.Value) iter.Seq2[reflect.Value, reflect.Value] {
	c := r.of(v)
	if c == nil {
		return v.Seq2()
	}
	in, list := r.bare(v), v
	switch in.Kind() {
	case reflect.Func:
		return func(yield func(k, v reflect.Value) bool) {
			r.call(v, []reflect.Value{r.makeFunc(r.typeOfValue(v).In(0), func(in []reflect.Value) []reflect.Value {
				return []reflect.Value{reflect.ValueOf(yield(in[0], in[1]))}
			})}, false)
		}
	case reflect.Map:
		return func(yield func(k, v reflect.Value) bool) {
			for it := r.mapRange(v); it.Next(); {
				if !yield(r.iterated(it, it.Key(), (*types.Map).Key), r.iterated(it, it.Value(), (*types.Map).Elem)) {
					return
				}
			}
		}
	case reflect.Pointer:
		if t := r.typeOfValue(v).Elem(); t.Kind() == reflect.Array {
			list = r.elem(v)
		}
	}
	switch r.bare(list).Kind() {
	case reflect.Slice, reflect.Array:
		return func(yield func(k, v reflect.Value) bool) {
			for i := range r.bare(list).Len() {
				if !yield(reflect.ValueOf(i), r.index(list, i)) {
					return
				}
			}
		}
	}
	return r.plain(v).Seq2() // a string, or what cannot
}
