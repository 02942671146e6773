package figure

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// arrays are rows without a table.
type arrays struct{ x, y []float64 }

func (s arrays) len() int              { return len(s.x) }
func (s arrays) origin() (int64, bool) { return 0, false }
func (s arrays) piece(lo, n int, _ int64) (x, y []float64) {
	return s.x[lo : lo+n], s.y[lo : lo+n]
}

func reduceLine(b box, columns int, points []point) []point {
	r := newLineReducer(b.x0, b.x1, columns)
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
		column := func(p point) int {
			return columnOf(b.x0, b.x1, columns, p.x)
		}
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

// TestFill demands that a frame's points have the range of their series, wherever its x goes.
func TestFill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3000).Draw(t, "n")
		scale := math.Pow(10, rapid.Float64Range(-300, 300).Draw(t, "scale"))
		path := rapid.SampledFrom([]string{"even", "bursts", "jumps", "still", "leap"}).Draw(t, "path")
		var s arrays
		for i := range n {
			x := float64(i)
			switch path {
			case "bursts":
				x = math.Exp(x / 100)
			case "jumps":
				x = rapid.Float64Range(-1, 1).Draw(t, "x")
			case "still":
				x = 7
			case "leap":
				x = float64(i % 7 / 6 * 1000)
			}
			y := rapid.Float64Range(-1, 1).Draw(t, "y")
			if rapid.IntRange(0, 9).Draw(t, "gap") == 0 {
				y = rapid.SampledFrom([]float64{math.NaN(), math.Inf(1)}).Draw(t, "nothing")
			}
			s.x, s.y = append(s.x, x*scale), append(s.y, y)
		}
		f := &frame{width: 160, height: 120, series: []drawn{{style: rapid.SampledFrom([]Style{Line, Scatter}).Draw(t, "style")}}}
		f.fill([]rows{s}, summed([]rows{s}, 0))
		d := f.series[0]
		got, missing := emptyBox(), 0
		for _, p := range d.points {
			if !p.isGap() {
				got.add(p)
			}
		}
		want := emptyBox()
		for i := range s.x {
			if p := finite(s.x[i], s.y[i]); p.isGap() {
				missing++
			} else {
				want.add(p)
			}
		}
		if d.missing != missing || d.rows != n || d.box != want || f.box != want {
			t.Fatalf("%d missing of %d in %v, want %d in %v", d.missing, d.rows, d.box, missing, want)
		}
		if d.style == Line && path != "jumps" && path != "leap" && got != want {
			t.Fatalf("the points lie in %v, the series in %v", got, want)
		}
		if d.style == Line && (got.y0 != want.y0 || got.y1 != want.y1) {
			t.Fatalf("the points lie in %v, the series in %v", got, want)
		}
		if len(d.points) > 51*f.width {
			t.Fatalf("%d points", len(d.points))
		}
	})
}

func TestDotReducer(t *testing.T) {
	r := newDotReducer(box{0, 1, 0, 1}, 360, 180)
	for i := range 1_000_000 {
		f := float64(i) / 1e6
		r.add(point{f, math.Mod(f*7919, 1)})
	}
	if got := len(r.finish()); got > 3000 || got < 500 {
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
