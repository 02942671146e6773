package figure

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// slices are rows without a table.
type slices struct{ x, y []float64 }

func (s slices) len() int              { return len(s.x) }
func (s slices) origin() (int64, bool) { return 0, false }
func (s slices) piece(lo, n int, _ int64) (x, y []float64) {
	return s.x[lo : lo+n], s.y[lo : lo+n]
}

func reduceLine(b box, columns int, points []point) []point {
	r := newLineReducer(b, columns)
	for _, p := range points {
		r.add(p)
	}
	return r.finish()
}

func TestLineReducerKeepsFewPointsAsTheyAre(t *testing.T) {
	in := []point{{0, 1}, {1, 2}, gap, gap, {2, 3}, {3, 1}}
	want := []point{{0, 1}, {1, 2}, gap, {2, 3}, {3, 1}}
	got := reduceLine(box{0, 3, 1, 3}, 700, in)
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] && !(got[i].isGap() && want[i].isGap()) {
			t.Errorf("point %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// TestLineReducer demands that each pixel column keeps its lowest and its highest value, that only points of the series come out, in
// their order, and that there are no more of them than the picture can show.
func TestLineReducer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 40).Draw(t, "columns")
		n := rapid.IntRange(1, 2000).Draw(t, "n")
		jumps := rapid.Bool().Draw(t, "jumps")
		var in []point
		b := emptyBox()
		for i := range n {
			p := point{float64(i), rapid.Float64Range(-100, 100).Draw(t, "y")}
			if jumps {
				p.x = float64(rapid.IntRange(0, n).Draw(t, "x"))
			}
			if rapid.IntRange(0, 9).Draw(t, "gap") == 0 {
				p = gap
			} else {
				b.add(p)
			}
			in = append(in, p)
		}
		if b.isEmpty() {
			return
		}
		out := reduceLine(b, columns, in)
		if most := 17*columns + 5; len(out) > most {
			t.Fatalf("%d points for %d columns", len(out), columns)
		}
		column := func(p point) int { return min(columns-1, int(share(b.x0, b.x1, p.x)*float64(columns))) }
		ranges := func(points []point) map[int]box {
			m := map[int]box{}
			for _, p := range points {
				if p.isGap() {
					continue
				}
				r, ok := m[column(p)]
				if !ok {
					r = emptyBox()
				}
				r.add(p)
				m[column(p)] = r
			}
			return m
		}
		got, want := ranges(out), ranges(in)
		for c, w := range want {
			if g := got[c]; g.y0 != w.y0 || g.y1 != w.y1 {
				t.Fatalf("column %d spans %v to %v, want %v to %v", c, g.y0, g.y1, w.y0, w.y1)
			}
		}
		if jumps {
			return
		}
		at := 0
		for _, p := range out {
			if p.isGap() {
				continue
			}
			for at < len(in) && in[at] != p {
				at++
			}
			if at == len(in) {
				t.Fatalf("point %v is not in the series, or not in its order", p)
			}
		}
	})
}

func TestDotReducer(t *testing.T) {
	r := newDotReducer(box{0, 1, 0, 1}, 360, 180)
	for i := range 1_000_000 {
		f := float64(i) / 1e6
		r.add(point{f, math.Mod(f*7919, 1)})
	}
	if got := len(r.finish()); got > 6000 || got < 1000 {
		t.Errorf("a million dots become %d", got)
	}
	r = newDotReducer(box{0, 1, 0, 1}, 360, 180)
	r.add(point{0.5, 0.5})
	r.add(gap)
	r.add(point{0.5, 0.5})
	if got := len(r.finish()); got != 1 {
		t.Errorf("two dots on one place and a gap become %d", got)
	}
}

func TestShareBearsTheWidestRange(t *testing.T) {
	f := func(lo, hi, v, want float64) {
		t.Helper()
		if got := share(lo, hi, v); got != want {
			t.Errorf("share(%v, %v, %v) = %v, want %v", lo, hi, v, got, want)
		}
	}
	f(0, 10, 5, 0.5)
	f(3, 3, 3, 0.5)
	f(-math.MaxFloat64, math.MaxFloat64, 0, 0.5)
	f(-math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, 1)
}
