package exec

import (
	"go/types"
	"reflect"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

func (c *compiler) makeMap(in *ssa.MakeMap) op {
	d := c.place(in)
	do, t := d.off, d.t
	var n func(*frame) int
	if in.Reserve != nil {
		n = c.index(in.Reserve)
	}
	return func(f *frame) {
		size := 0
		if n != nil {
			size = max(n(f), 0)
		}
		put(f.base, do, reflect.MakeMapWithSize(t, min(size, 1<<24)).UnsafePointer())
	}
}

// lookup compiles m[k], also of a string.
func (c *compiler) lookup(in *ssa.Lookup) op {
	x, i := c.place(in.X), c.place(in.Index)
	if x.c == classString {
		return c.byteOf(c.place(in), x, c.index(in.Index), failIndex(i.t))
	}
	ds := c.places(in)
	d := ds[0]
	ok := uintptr(0)
	if in.CommaOk {
		ok = ds[1].off
	}
	if o := fastLookup(x, i, d, in.CommaOk, ok); o != nil {
		return o
	}
	mt, et := c.mapType(in.X)
	clearDst, mv, check := zeroer(d.t), mover(d.t), hashable(i, func(f *frame) int { return valueAt(mt, unsafe.Add(f.base, x.off)).Len() })
	return func(f *frame) {
		dst := d.addr(f)
		check(f)
		v := valueAt(mt, unsafe.Add(f.base, x.off)).MapIndex(valueAt(mt.Key(), i.addr(f)))
		found := v.IsValid()
		if found {
			tmp := reflect.New(et)
			tmp.Elem().Set(v)
			mv(dst, tmp.UnsafePointer())
		} else {
			clearDst(dst)
		}
		if in.CommaOk {
			put(f.base, ok, found)
		}
	}
}

// hashable returns what panics as the runtime does for a key, in an interface, of a type that cannot be compared: the runtime would
// not know the type's name. length is that of the map for what does not add to it: then an empty map has words of its own.
func hashable(k place, length func(*frame) int) op {
	if k.c != classIface {
		return func(*frame) {}
	}
	load := loadInterface(k.t)
	return func(f *frame) {
		b, ok := unbox(load(unsafe.Add(f.base, k.off)))
		if !ok || reflect.TypeOf(b.V).Comparable() {
			return
		}
		name := infoOf(b).m.typeString(infoOf(b).t)
		if length != nil && length(f) == 0 {
			panic(assertionError("hash of unhashable type: " + name))
		}
		panic(runtimeError("hash of unhashable type " + name))
	}
}

// mapType returns the layout of a map with those of its elements as the machine's code sees them.
func (c *compiler) mapType(v ssa.Value) (m, elem reflect.Type) {
	t := c.m.types.of(v.Type())
	if t.Kind() != reflect.Map { // of a type that contains itself
		u := v.Type().Underlying().(*types.Map)
		t = reflect.MapOf(c.m.types.of(u.Key()), c.m.types.of(u.Elem()))
	}
	return t, t.Elem()
}

func (c *compiler) mapUpdate(in *ssa.MapUpdate) op {
	m, k, v := c.place(in.Map), c.place(in.Key), c.place(in.Value)
	if o := fastUpdate(m, k, v); o != nil {
		return o
	}
	mt, _ := c.mapType(in.Map)
	check := hashable(k, nil)
	return func(f *frame) {
		check(f)
		valueAt(mt, unsafe.Add(f.base, m.off)).SetMapIndex(valueAt(mt.Key(), k.addr(f)), valueAt(mt.Elem(), v.addr(f)))
	}
}

// fastLookup and fastUpdate are for maps from strings and ints to what is common.
//
// Invariant: the map's own type has the same keys, and elements that lie in memory as those of the type used here.
func fastLookup(m, k, d place, commaOk bool, ok uintptr) op {
	if m.t.Kind() != reflect.Map {
		return nil
	}
	switch m.t.Key() {
	case reflect.TypeFor[string]():
		return lookupBy[string](m, k, d, commaOk, ok)
	case reflect.TypeFor[int]():
		return lookupBy[int](m, k, d, commaOk, ok)
	}
	return nil
}

func lookupBy[K comparable](m, k, d place, commaOk bool, ok uintptr) op {
	switch m.t.Elem().Kind() {
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Float64:
		return lookupIn[K, uint64](m, k, d, commaOk, ok)
	case reflect.Bool, reflect.Uint8, reflect.Int8:
		return lookupIn[K, uint8](m, k, d, commaOk, ok)
	case reflect.Int32, reflect.Uint32:
		return lookupIn[K, uint32](m, k, d, commaOk, ok)
	case reflect.String:
		return lookupIn[K, string](m, k, d, commaOk, ok)
	case reflect.Interface:
		return lookupIn[K, any](m, k, d, commaOk, ok)
	case reflect.Slice:
		return lookupIn[K, []unsafe.Pointer](m, k, d, commaOk, ok)
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return lookupIn[K, unsafe.Pointer](m, k, d, commaOk, ok)
	}
	return nil
}

func lookupIn[K comparable, V any](m, k, d place, commaOk bool, ok uintptr) op {
	mo, ko, do := m.off, k.off, d.off
	if commaOk {
		return func(f *frame) {
			v, found := get[map[K]V](f.base, mo)[get[K](f.base, ko)]
			put(f.base, do, v)
			put(f.base, ok, found)
		}
	}
	return func(f *frame) { put(f.base, do, get[map[K]V](f.base, mo)[get[K](f.base, ko)]) }
}

func fastUpdate(m, k, v place) op {
	if m.t.Kind() != reflect.Map {
		return nil
	}
	switch m.t.Key() {
	case reflect.TypeFor[string]():
		return updateBy[string](m, k, v)
	case reflect.TypeFor[int]():
		return updateBy[int](m, k, v)
	}
	return nil
}

func updateBy[K comparable](m, k, v place) op {
	switch m.t.Elem().Kind() {
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Float64:
		return updateIn[K, uint64](m, k, v)
	case reflect.Bool, reflect.Uint8, reflect.Int8:
		return updateIn[K, uint8](m, k, v)
	case reflect.Int32, reflect.Uint32:
		return updateIn[K, uint32](m, k, v)
	case reflect.String:
		return updateIn[K, string](m, k, v)
	case reflect.Interface:
		return updateIn[K, any](m, k, v)
	case reflect.Slice:
		return updateIn[K, []unsafe.Pointer](m, k, v)
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return updateIn[K, unsafe.Pointer](m, k, v)
	}
	return nil
}

func updateIn[K comparable, V any](m, k, v place) op {
	mo, ko, vo := m.off, k.off, v.off
	return func(f *frame) { get[map[K]V](f.base, mo)[get[K](f.base, ko)] = get[V](f.base, vo) }
}

// rangeOver makes an iterator over a map or a string.
func (c *compiler) rangeOver(in *ssa.Range) op {
	do, x := c.place(in).off, c.place(in.X)
	if x.c == classString {
		return func(f *frame) { put(f.base, do, any(&stringIter{s: get[string](f.base, x.off)})) }
	}
	mt, _ := c.mapType(in.X)
	return func(f *frame) { put(f.base, do, any(valueAt(mt, unsafe.Add(f.base, x.off)).MapRange())) }
}

type stringIter struct {
	s string
	i int
}

func (c *compiler) next(in *ssa.Next) op {
	x := c.place(in.Iter)
	ds := c.places(in)
	ok, k, v := ds[0].off, ds[1], ds[2]
	if in.IsString {
		return func(f *frame) {
			it := get[any](f.base, x.off).(*stringIter)
			more := it.i < len(it.s)
			put(f.base, ok, more)
			if more {
				r, n := utf8.DecodeRuneInString(it.s[it.i:])
				put(f.base, k.off, it.i)
				put(f.base, v.off, r)
				it.i += n
			}
		}
	}
	tu := in.Type().(*types.Tuple)
	wantKey, wantValue := tu.At(1).Type() != types.Typ[types.Invalid], tu.At(2).Type() != types.Typ[types.Invalid]
	return func(f *frame) {
		it := get[any](f.base, x.off).(*reflect.MapIter)
		more := it.Next()
		put(f.base, ok, more)
		if !more {
			return
		}
		if wantKey {
			valueAt(k.t, k.addr(f)).SetIterKey(it)
		}
		if wantValue {
			valueAt(v.t, v.addr(f)).SetIterValue(it)
		}
	}
}
