package engine_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tickbook/engine"
)

// TestAsOfLoad compares the first step, over rows in order, some of them late, and in no order, with and without nulls, with a search written from the
// doc comment; then again after a cycle, for which the first step left its state behind.
func TestAsOfLoad(t *testing.T) {
	const n = 9000 // several batches
	for _, late := range []int{0, 3, 1000} {
		for _, nulls := range []int{0, 20, 1000} {
			for _, ticking := range []string{"neither", "left", "right", "both"} {
				t.Run(fmt.Sprintf("late %d, nulls %d, %s ticks", late, nulls, ticking), func(t *testing.T) {
					l, r := newLoadSide(n, late, nulls, 1), newLoadSide(n+500, late, nulls, 2)
					g := engine.NewGraph()
					left, right := l.table(), r.table()
					if ticking == "left" || ticking == "both" {
						left = l.input(g)
					}
					if ticking == "right" || ticking == "both" {
						right = r.input(g)
					}
					g.Step()
					j := left.Where("V % 7 != 3").AsOfJoin(right.Where("V % 11 != 5").View("K", "RT = T", "RV = V"), "K, T >= RT", "RV")
					checkLoad(t, l, r, j)
					for i := range 40 {
						l.tick(i * 211)
						r.tick(i * 97)
					}
					g.Step()
					checkLoad(t, l, r, j)
				})
			}
		}
	}
}

// loadSide is the rows of a table: V is the row's number, or less than 0 for one that is gone.
type loadSide struct {
	k, t, v []int64
	ok      []bool // K and T are not null
	in      *engine.Input
}

// newLoadSide makes rows of which late and nulls in a thousand come late and have nulls.
func newLoadSide(n, late, nulls int, seed uint64) *loadSide {
	r := rand.New(rand.NewPCG(seed, 9))
	s := &loadSide{}
	for i := range int64(n) {
		at := i / 2
		if r.IntN(1000) < late {
			at -= r.Int64N(4000)
		}
		s.k, s.t, s.v, s.ok = append(s.k, r.Int64N(5)), append(s.t, at), append(s.v, i), append(s.ok, r.IntN(1000) >= nulls)
	}
	return s
}

func (s *loadSide) table() *engine.Table {
	return engine.NewTable(engine.Col("K", s.k, s.ok), engine.Col("T", s.t, s.ok), engine.Col("V", s.v))
}

func (s *loadSide) input(g *engine.Graph) *engine.Table {
	s.in = engine.NewInput(g, engine.Int64("K"), engine.Int64("T"), engine.Int64("V"))
	for i := range s.k {
		if s.ok[i] {
			s.in.Add(s.k[i], s.t[i], s.v[i])
		} else {
			s.in.Add(nil, nil, s.v[i])
		}
	}
	return s.in.Table
}

// tick moves row i in time and takes the one behind it out, if the side ticks and they are there.
func (s *loadSide) tick(i int) {
	if s.in == nil || i+1 >= len(s.k) || s.v[i] < 0 || s.v[i+1] < 0 {
		return
	}
	s.t[i], s.k[i], s.ok[i] = s.t[i]-300, (s.k[i]+1)%5, true
	s.in.Modify(uint64(i), "T", s.t[i])
	s.in.Modify(uint64(i), "K", s.k[i])
	s.in.Remove(uint64(i + 1))
	s.v[i+1] = -1
}

// checkLoad looks a twentieth of the rows' matches up.
func checkLoad(t *testing.T, l, r *loadSide, j *engine.Table) {
	t.Helper()
	s := j.Snapshot()
	row, got, valid := s.Int64s("V"), s.Int64s("RV"), s.Valid("RV")
	for p := 0; p < len(row); p += 20 {
		i := row[p]
		want, found := int64(-1), false
		for c, at := range r.t {
			if l.ok[i] && r.ok[c] && r.v[c] >= 0 && r.v[c]%11 != 5 && r.k[c] == l.k[i] && at <= l.t[i] && (!found || at >= r.t[want]) {
				want, found = int64(c), true
			}
		}
		if ok := valid == nil || valid[p]; ok != found || ok && got[p] != want {
			t.Fatalf("row %d: got %d, %v, want %d, %v", i, got[p], ok, want, found)
		}
	}
}
