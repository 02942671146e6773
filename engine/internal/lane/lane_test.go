package lane

import (
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
)

// TestLane compares with a sorted slice.
func TestLane(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 1))
		var l Lane
		var want []Entry
		span, key := []int64{5, 400, 1 << 40}[seed%3], uint64(0)
		for cycle := range 70 {
			var late []Entry
			for range r.IntN([]int{60, 60, 500}[cycle%3]) {
				e := Entry{r.Int64N(span), key}
				if seed%2 == 0 {
					e.Time += int64(cycle) * span / 8
				}
				key++
				if len(late) == 0 && l.IsAfter(e) {
					end := l.End()
					l.Append(e)
					if r.IntN(50) == 0 && (l.AtEnd(end) || l.At(end) != e || !l.AtEnd(l.Next(end))) {
						t.Fatal("the old end is not the appended entry")
					}
				} else {
					late = append(late, e)
				}
				want = append(want, e)
			}
			l.Insert(late)
			slices.SortFunc(want, Compare)
			var gone []Entry
			if n := len(want); n > 0 && cycle%3 == 0 {
				if r.IntN(2) == 0 {
					n = r.IntN(min(n, 90)) // the oldest
					gone = slices.Clone(want[:n])
					want = slices.Delete(want, 0, n)
				} else {
					want = slices.DeleteFunc(want, func(e Entry) bool {
						if r.IntN(2+cycle%9) > 0 {
							return false
						}
						gone = append(gone, e)
						return true
					})
				}
				r.Shuffle(len(gone), func(i, j int) { gone[i], gone[j] = gone[j], gone[i] })
			}
			if !l.Remove(gone) {
				t.Fatal("Remove says that an entry isn't there")
			}
			check(t, &l, want, r, span*int64(cycle+8)/8)
		}
		if l.Remove([]Entry{{span * 100, 0}}) {
			t.Fatal("Remove found what isn't there")
		}
		l.Remove(slices.Clone(want))
		if l.Len() != 0 || len(l.blocks) != 0 {
			t.Fatalf("%d entries, %d blocks left", l.Len(), len(l.blocks))
		}
	}
}

func check(t *testing.T, l *Lane, want []Entry, r *rand.Rand, span int64) {
	t.Helper()
	var got []Entry
	for p := (Pos{}); !l.AtEnd(p); p = l.Next(p) {
		if e, ok := l.Before(p); ok != (len(got) > 0) || ok && e != got[len(got)-1] {
			t.Fatalf("Before(%v) = %v, %v", p, e, ok)
		}
		got = append(got, l.At(p))
	}
	if !slices.Equal(got, want) || l.Len() != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	entry := func(p Pos) (e Entry) {
		if !l.AtEnd(p) {
			e = l.At(p)
		}
		return
	}
	for range 20 {
		x := Entry{r.Int64N(span+2) - 1, uint64(r.IntN(1000))}
		at := sort.Search(len(want), func(i int) bool { return want[i].Time > x.Time })
		w := append(slices.Clone(want), Entry{})[at]
		if g := entry(l.Upper(x.Time)); g != w {
			t.Fatalf("Upper(%d) = %v, want %v", x.Time, g, w)
		}
		for _, near := range []Near{{}, {uint32(r.IntN(9)), uint32(r.IntN(blockLen))}, {1 << 31, 1 << 31}} {
			for _, y := range []int64{x.Time, x.Time + 1, x.Time + span/64, x.Time - span/4} { // from what was found on
				at := sort.Search(len(want), func(i int) bool { return want[i].Time > y })
				from := near
				e, ok := l.LastUpTo(y, &near)
				if ok != (at > 0) || ok && e != want[at-1] {
					t.Fatalf("LastUpTo(%d) from %v = %v, %v", y, from, e, ok)
				}
			}
		}
		at = sort.Search(len(want), func(i int) bool { return Compare(want[i], x) >= 0 })
		w = append(slices.Clone(want), Entry{})[at]
		if g := entry(l.Lower(x)); g != w {
			t.Fatalf("Lower(%v) = %v, want %v", x, g, w)
		}
	}
	l.sync()
	for i, b := range l.blocks {
		if len(b) == 0 || len(b) > blockLen {
			t.Fatalf("block %d has %d entries", i, len(b))
		}
	}
}
