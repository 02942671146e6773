package engine

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSortDirty(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 6))
	o := &groupBy{}
	for range 500 {
		base, span := r.Uint64N(1000), uint64(1)<<r.IntN(20)
		all := map[uint64]bool{}
		for range r.IntN(300) {
			all[base+r.Uint64N(span)] = true
		}
		o.dirty = o.dirty[:0]
		var want []uint64
		for g := range all {
			o.dirty, want = append(o.dirty, g), append(want, g)
		}
		slices.Sort(want)
		if o.sortDirty(); !slices.Equal(o.dirty, want) {
			t.Fatalf("got %d, want %d", o.dirty, want)
		}
	}
}
