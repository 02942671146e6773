package keymap

import (
	"math"
	"slices"
	"testing"

	"tickbook/engine/internal/chunk"
)

// list is a column of a slice.
type list[T any] struct {
	kind  chunk.Kind
	dict  *chunk.Dict
	vals  []T
	nulls []uint64
}

func (l list[T]) Kind() chunk.Kind  { return l.kind }
func (l list[T]) Dict() *chunk.Dict { return l.dict }
func (l list[T]) Read(b *chunk.Batch, _ *chunk.Scratch) ([]T, []uint64) {
	return l.vals[b.Lo : int(b.Lo)+b.N], l.nulls
}

func words(t *testing.T, c chunk.Column, n int) ([]uint64, []uint32) {
	t.Helper()
	p, err := NewPacker([]chunk.Kind{c.Kind()}, []*chunk.Dict{c.Dict()})
	if err != nil {
		t.Fatal(err)
	}
	w, nulls := make([]uint64, n), make([]uint32, n)
	if !p.Pack([]chunk.Column{c}, &chunk.Batch{N: n}, &chunk.Scratch{}, w, nulls) {
		nulls = nil
	}
	return w, nulls
}

func TestPackFloats(t *testing.T) {
	other := math.Float64frombits(math.Float64bits(math.NaN()) ^ 1<<63 ^ 5)
	w, _ := words(t, list[float64]{kind: chunk.Float64, vals: []float64{0, math.Copysign(0, -1), math.NaN(), other, 1.5}}, 5)
	if w[0] != w[1] || w[2] != w[3] || w[0] == w[4] {
		t.Errorf("words %x: want -0 like 0 and every NaN the same", w)
	}
	v, _ := words(t, list[float32]{kind: chunk.Float32, vals: []float32{1.5}}, 1)
	if v[0] != w[4] {
		t.Error("float32 and float64 of one value differ")
	}
}

func TestPackInts(t *testing.T) {
	a, _ := words(t, list[int8]{kind: chunk.Int8, vals: []int8{-3}}, 1)
	b, _ := words(t, list[int64]{kind: chunk.Int64, vals: []int64{-3}}, 1)
	if a[0] != b[0] {
		t.Error("int8 and int64 of one value differ")
	}
}

func TestPackNulls(t *testing.T) {
	w, nulls := words(t, list[bool]{kind: chunk.Bool, vals: []bool{true, true, false}, nulls: []uint64{2}}, 3)
	if !slices.Equal(w, []uint64{1, 0, 0}) || !slices.Equal(nulls, []uint32{0, 1, 0}) {
		t.Errorf("words %v, nulls %v", w, nulls)
	}
}

func TestPackAcrossDictionaries(t *testing.T) {
	here, there := chunk.NewDict(), chunk.NewDict()
	for _, s := range []string{"A", "B"} {
		here.Code(s)
	}
	var codes []uint32
	for _, s := range []string{"C", "B", "A"} {
		codes = append(codes, there.Code(s))
	}
	p, _ := NewPacker([]chunk.Kind{chunk.String}, []*chunk.Dict{here})
	w := make([]uint64, 3)
	for range 2 {
		p.Pack([]chunk.Column{list[uint32]{chunk.String, there, codes, nil}}, &chunk.Batch{N: 3}, &chunk.Scratch{}, w, nil)
		if !slices.Equal(w, []uint64{2, 1, 0}) {
			t.Errorf("words %v, want 2 1 0", w)
		}
	}
}

// TestKinds: every kind has a packer or a clean error.
func TestKinds(t *testing.T) {
	for _, k := range append([]chunk.Kind{chunk.Invalid, chunk.Key}, chunk.Kinds...) {
		_, err := NewPacker([]chunk.Kind{k}, []*chunk.Dict{nil})
		if ok := ClassOf(k) != NoClass; ok != (err == nil) {
			t.Errorf("NewPacker(%s): %v, class %d", k, err, ClassOf(k))
		}
	}
	if _, err := NewPacker(make([]chunk.Kind, 40), nil); err == nil {
		t.Error("40 columns: no error")
	}
}
