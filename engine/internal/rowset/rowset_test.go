package rowset

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"tickbook/engine/internal/chunk"
)

func keysOf(list ...uint64) *Keys {
	k := new(Keys)
	k.FromList(list)
	return k
}

func list(k *Keys) (out []uint64) {
	k.Each(func(x uint64) { out = append(out, x) })
	return out
}

func TestKeysAlgebra(t *testing.T) {
	a, b := keysOf(1, 2, 3, 7, 9, 10, 20), keysOf(2, 3, 4, 8, 10, 21)
	var k Keys
	f := func(name string, want ...uint64) {
		t.Helper()
		if got := list(&k); !slices.Equal(got, want) || k.Len() != len(want) {
			t.Errorf("%s = %v (%d), want %v", name, got, k.Len(), want)
		}
	}
	k.Union(a, b)
	f("union", 1, 2, 3, 4, 7, 8, 9, 10, 20, 21)
	k.Minus(a, b)
	f("minus", 1, 7, 9, 20)
	k.Intersect(a, b)
	f("intersect", 2, 3, 10)
	k.Union(a, new(Keys))
	f("union with nothing", list(a)...)
	k.Minus(new(Keys), a)
	f("nothing minus")
	k.FromList([]uint64{5, 3, 5, 4})
	f("list with repeats", 3, 4, 5)
}

func TestKeysRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		in := [2]map[uint64]bool{{}, {}}
		var k [2]Keys
		for i := range in {
			for range r.IntN(30) {
				lo := r.Uint64N(100)
				for x := lo; x < lo+r.Uint64N(8); x++ {
					in[i][x] = true
				}
			}
			k[i].FromList(slices.Collect(maps.Keys(in[i])))
		}
		var u, m, s Keys
		u.Union(&k[0], &k[1])
		m.Minus(&k[0], &k[1])
		s.Intersect(&k[0], &k[1])
		for x := range uint64(110) {
			a, b := in[0][x], in[1][x]
			if k[0].Has(x) != a || u.Has(x) != (a || b) || m.Has(x) != (a && !b) || s.Has(x) != (a && b) {
				t.Fatalf("key %d: in a %v, in b %v; union %v minus %v intersection %v", x, a, b, u.Has(x), m.Has(x), s.Has(x))
			}
		}
	}
}

func TestShareLeavesTheOwnerAlone(t *testing.T) {
	a := keysOf(1, 5, 9)
	b := a.Share()
	b.Reset()
	b.Add(100)
	if got := list(a); !slices.Equal(got, []uint64{1, 5, 9}) {
		t.Errorf("the owner's keys became %v", got)
	}
}

func TestBatches(t *testing.T) {
	k := keysOf(1, 3, 4)
	k.AddRun(100, 5000)
	k.Add(chunk.Rows - 1)
	k.AddRun(chunk.Rows*2-50, chunk.Rows*2+50)
	k.Add(chunk.Rows * 3)
	for _, limit := range []int{0, 1, 2, 33} {
		var s chunk.Scratch
		s.LimitBatches(limit)
		var got []uint64
		k.Batches(&s, func(b *chunk.Batch) {
			if b.N == 0 || b.N > s.BatchRows() {
				t.Fatalf("limit %d: a batch of %d rows", limit, b.N)
			}
			if b.Keys == nil && b.Lo>>chunk.Bits != (b.Lo+uint64(b.N)-1)>>chunk.Bits {
				t.Fatalf("limit %d: range [%d, +%d) crosses a chunk", limit, b.Lo, b.N)
			}
			for i := range b.N {
				got = append(got, b.Key(i))
			}
		})
		if !slices.Equal(got, list(k)) {
			t.Errorf("limit %d: %d keys in batches, want %d in order", limit, len(got), k.Len())
		}
		if s.Mark() != 0 {
			t.Errorf("limit %d: scratch not released", limit)
		}
	}
}

// checkSet compares a set with a model, by every method.
func checkSet(t *testing.T, s Set, want map[uint64]bool, top uint64) {
	t.Helper()
	keys := slices.Sorted(maps.Keys(want))
	if s.Len() != len(keys) {
		t.Fatalf("Len %d, want %d", s.Len(), len(keys))
	}
	for pos, k := range keys {
		if got := s.At(pos); got != k {
			t.Fatalf("At(%d) = %d, want %d", pos, got, k)
		}
		if got := s.Rank(k); got != pos {
			t.Fatalf("Rank(%d) = %d, want %d", k, got, pos)
		}
	}
	for k := uint64(0); k < top; k += 7 {
		if s.Has(k) != want[k] {
			t.Fatalf("Has(%d) = %v", k, s.Has(k))
		}
	}
	if len(keys) > 0 && s.Floor() > keys[0] {
		t.Fatalf("Floor %d, above key %d", s.Floor(), keys[0])
	}
	if s.Rank(top+1<<40) != len(keys) {
		t.Fatalf("Rank beyond the end = %d, want %d", s.Rank(top+1<<40), len(keys))
	}
	var all, some, got Keys
	s.Keys(&all)
	if !slices.Equal(list(&all), keys) {
		t.Fatalf("Keys: %d, want %d", all.Len(), len(keys))
	}
	some.AddRun(top/4, top/2)
	some.AddRun(top-3, top+3)
	s.Filter(&some, &got)
	var inside []uint64
	for _, k := range keys {
		if some.Has(k) {
			inside = append(inside, k)
		}
	}
	if !slices.Equal(list(&got), inside) {
		t.Fatalf("Filter: %v, want %v", got.Runs(), inside)
	}
	for _, cut := range [][2]int{{0, len(keys)}, {len(keys) / 3, len(keys) / 2}, {len(keys), len(keys)}} {
		out := make([]uint64, cut[1]-cut[0])
		s.Slice(cut[0], out)
		if !slices.Equal(out, keys[cut[0]:cut[1]]) {
			t.Fatalf("Slice(%d, %d) differs", cut[0], cut[1])
		}
	}
}

func TestWriterRandom(t *testing.T) {
	const top = 3*chunk.Rows + 100
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 3))
		var w Writer
		model := map[uint64]bool{}
		var held Set
		heldModel := map[uint64]bool{}
		for cycle := range 25 {
			w.Begin()
			for range 1 + r.IntN(20) {
				lo := r.Uint64N(top)
				hi := min(top, lo+1+r.Uint64N(40))
				if r.IntN(15) == 0 {
					hi = min(top, lo+r.Uint64N(chunk.Rows*2))
				}
				on := r.IntN(5) < 3
				if on {
					w.AddRun(lo, hi)
				} else {
					w.RemoveRun(lo, hi)
				}
				for k := lo; k < hi; k++ {
					if on {
						model[k] = true
					} else {
						delete(model, k)
					}
				}
			}
			if cycle%6 == 0 {
				held, heldModel = w.Set(), maps.Clone(model)
			}
			if cycle%8 == 7 {
				checkSetSparsely(t, held, heldModel)
			}
		}
		checkSetSparsely(t, w.Set(), model)
		w.Begin()
		w.RemoveRun(0, top*2)
		checkSet(t, w.Set(), nil, top)
		w.AddRun(5, 9)
		checkSet(t, w.Set(), map[uint64]bool{5: true, 6: true, 7: true, 8: true}, 20)
	}
}

// checkSetSparsely thins out At and Rank, which walk the containers.
func checkSetSparsely(t *testing.T, s Set, want map[uint64]bool) {
	t.Helper()
	keys := slices.Sorted(maps.Keys(want))
	var all Keys
	s.Keys(&all)
	if s.Len() != len(keys) || !slices.Equal(list(&all), keys) {
		t.Fatalf("Len %d, keys %d, want %d", s.Len(), all.Len(), len(keys))
	}
	for pos := 0; pos < len(keys); pos += 997 {
		if s.At(pos) != keys[pos] || s.Rank(keys[pos]) != pos || !s.Has(keys[pos]) {
			t.Fatalf("position %d: At %d, Rank %d, want key %d", pos, s.At(pos), s.Rank(keys[pos]), keys[pos])
		}
	}
	out := make([]uint64, len(keys)/2)
	s.Slice(len(keys)/3, out)
	if !slices.Equal(out, keys[len(keys)/3:len(keys)/3+len(out)]) {
		t.Fatal("Slice differs")
	}
}

func TestWriterStaysDense(t *testing.T) {
	var w Writer
	model := map[uint64]bool{}
	for c := range uint64(30) {
		w.Begin()
		w.AddRun(c*10, c*10+10)
		for k := c * 10; k < c*10+10; k++ {
			model[k] = true
		}
		if c > 5 {
			w.RemoveRun(0, c*7)
			for k := range c * 7 {
				delete(model, k)
			}
		}
	}
	if w.s.dir != nil {
		t.Error("appending at the end and removing at the front left the dense form")
	}
	checkSet(t, w.Set(), model, 400)
}

func TestSmallSets(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 4))
		var w Writer
		model := map[uint64]bool{}
		for range r.IntN(12) {
			w.Begin()
			lo := r.Uint64N(60)
			hi := lo + r.Uint64N(30)
			if r.IntN(2) == 0 {
				w.AddRun(lo, hi)
				for k := lo; k < hi; k++ {
					model[k] = true
				}
			} else {
				w.RemoveRun(lo, hi)
				for k := lo; k < hi; k++ {
					delete(model, k)
				}
			}
			checkSet(t, w.Set(), model, 100)
		}
	}
}
