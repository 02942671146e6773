package chunk

import (
	"math/rand/v2"
	"testing"
)

// cell is a model's value.
type cell struct {
	x    int32
	null bool
}

// checkColumn compares rows [lo, hi) of a column with a model, by range and by list of keys.
func checkColumn(t *testing.T, name string, c Column, lo int, want []cell) {
	t.Helper()
	v := c.(Vec[int32])
	var s Scratch
	for at := 0; at < len(want); {
		k := lo + at
		n := min(MaxBatch, len(want)-at, (k>>Bits+1)<<Bits-k)
		list := Batch{N: n}
		for i := range n {
			list.Keys = append(list.Keys, uint64(k+i))
		}
		for _, b := range []*Batch{{Lo: uint64(k), N: n}, &list} {
			x, nulls := v.Read(b, &s)
			for i := range n {
				w := want[at+i]
				if IsNull(nulls, i) != w.null || !w.null && x[i] != w.x {
					t.Fatalf("%s: row %d (keys %v): %d null %v, want %v", name, k+i, b.Keys != nil, x[i], IsNull(nulls, i), w)
				}
			}
			s.Release(0)
		}
		at += n
	}
}

func TestAppend(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := NewAppend[int32](Int32, nil)
		var model []cell
		type held struct {
			c Column
			n int
		}
		var states []held
		for range 40 {
			c.Begin()
			for range 1 + r.IntN(2) {
				n := r.IntN(4000)
				vals, nulls := make([]int32, n), []uint64(nil)
				if r.IntN(3) > 0 && seed > 0 {
					nulls = make([]uint64, n/64+1)
				}
				for i := range vals {
					vals[i] = r.Int32()
					null := nulls != nil && r.IntN(5) == 0
					if null {
						SetNull(nulls, i)
					}
					model = append(model, cell{vals[i], null})
				}
				c.Append(vals, nulls)
			}
			states = append(states, held{c.Publish(), len(model)})
		}
		for i, h := range states {
			checkColumn(t, "held state", h.c, 0, model[:h.n])
			_ = i
		}
		c.Begin()
		c.Free(Rows + 5)
		checkColumn(t, "after Free", c.Publish(), Rows, model[Rows:])
		checkColumn(t, "held since before Free", states[len(states)-1].c, 0, model)
	}
}

func TestAppendPublishesTheSameColumn(t *testing.T) {
	c := NewAppend[int32](Int32, nil)
	c.Begin()
	c.Append(make([]int32, 10), nil)
	first := c.Publish()
	c.Begin()
	c.Append(make([]int32, 10), nil)
	if c.Publish() != first {
		t.Error("appending values to a chunk that is there made another column object")
	}
	c.Begin()
	c.Append(make([]int32, 1), []uint64{1})
	if c.Publish() == first {
		t.Error("a first null must make another column object")
	}
}

func TestMut(t *testing.T) {
	const rows = Rows + 3000
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 2))
		c := NewMut[int32](Int32, nil)
		c.Begin()
		model := make([]cell, rows)
		for k := range model {
			model[k] = cell{int32(k), seed > 0 && r.IntN(50) == 0}
			c.Set(uint64(k), model[k].x, model[k].null)
		}
		held, heldModel := c.Publish(), append([]cell(nil), model...)
		for cycle := range 30 {
			c.Begin()
			for range r.IntN(60) {
				k := r.IntN(len(model))
				if r.IntN(3) == 0 {
					k = len(model)
					model = append(model, cell{})
				}
				model[k] = cell{r.Int32(), seed > 1 && r.IntN(4) == 0}
				c.Set(uint64(k), model[k].x, model[k].null)
				if x, ok := c.Get(uint64(k)); ok == model[k].null || ok && x != model[k].x {
					t.Fatalf("Get(%d) = %d, %v, want %v", k, x, ok, model[k])
				}
			}
			model = setSome(c, r, model, seed)
			now := c.Publish()
			checkColumn(t, "held state", held, 0, heldModel)
			if cycle%5 == 0 {
				checkColumn(t, "now", now, 0, model)
				held, heldModel = now, append([]cell(nil), model...)
			}
		}
		c.Begin()
		c.Free(Rows)
		checkColumn(t, "after Free", c.Publish(), Rows, model[Rows:])
		checkColumn(t, "held since before Free", held, 0, heldModel)
		c.Begin()
		c.Set(7, 70, false) // a row that left a filter comes back below what was forgotten
		checkColumn(t, "written again", c.Publish(), 7, []cell{{70, false}})
		c.Begin()
		c.Free(Rows)
	}
}

// setSome writes rows of a batch, which may be new ones, old ones or both.
func setSome(c *Mut[int32], r *rand.Rand, model []cell, seed uint64) []cell {
	b := Batch{Lo: uint64(len(model) - r.IntN(1500)), N: 1 + r.IntN(MaxBatch)}
	b.N = min(b.N, Rows-int(b.Lo&Mask))
	if r.IntN(4) == 0 {
		for i := range b.N {
			b.Keys = append(b.Keys, b.Lo+uint64(i))
		}
	}
	vals, nulls := make([]int32, b.N), []uint64(nil)
	if seed > 0 && r.IntN(2) == 0 {
		nulls = make([]uint64, NullWords)
	}
	for i := range vals {
		vals[i] = r.Int32()
		null := nulls != nil && r.IntN(4) == 0
		if null {
			SetNull(nulls, i)
		}
		if k := int(b.Key(i)); k < len(model) {
			model[k] = cell{vals[i], null}
		} else {
			model = append(model, cell{vals[i], null})
		}
	}
	c.SetAll(&b, vals, nulls)
	return model
}

func TestMutCopiesAPageOnceACycle(t *testing.T) {
	c := NewMut[int32](Int32, nil)
	c.Begin()
	for k := range uint64(1000) {
		c.Set(k, 1, false)
	}
	c.Publish()
	c.Begin()
	for k := range uint64(512) {
		c.Set(k, 2, false)
	}
	for k := range uint64(500) {
		c.Set(1000+k, 3, false) // new rows need no copy
	}
	if c.copied != 1 {
		t.Errorf("copied %d pages, want 1", c.copied)
	}
}

func BenchmarkAppend(b *testing.B) {
	c := NewAppend[int32](Int32, nil)
	vals := make([]int32, 1000)
	for b.Loop() {
		c.Begin()
		c.Append(vals, nil)
		c.Publish()
		if c.Len() > 10_000_000 {
			c = NewAppend[int32](Int32, nil)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/row")
}
