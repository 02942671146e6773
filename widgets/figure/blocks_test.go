package figure

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// series draws a series' rows: in steps of any size, back and forth, with rows that have no point.
func drawSeries(t *rapid.T) arrays {
	n := rapid.IntRange(0, 2000).Draw(t, "n")
	back := rapid.IntRange(0, 3).Draw(t, "back")
	var s arrays
	x := 0.0
	for range n {
		x += rapid.SampledFrom([]float64{0, 0.5, 1, 1, 1, 40}).Draw(t, "dx")
		at := x
		if back > 0 && rapid.IntRange(0, 9).Draw(t, "late") < back {
			at -= float64(rapid.IntRange(0, 60).Draw(t, "by"))
		}
		y := float64(rapid.IntRange(-50, 50).Draw(t, "y"))
		switch rapid.IntRange(0, 30).Draw(t, "kind") {
		case 0:
			y = math.NaN()
		case 1:
			at = math.NaN()
		case 2:
			y = math.Inf(1)
		}
		s.x, s.y = append(s.x, at), append(s.y, y)
	}
	return s
}

// sortedLine is the reference of a line over time: its points and gaps in the order of x, of rows at one x in the order of rows, rows without an x left
// out. A gap breaks the line before and after its x, whatever else is there. What is seen of it in a span comes from the clipper, which knows no columns.
func sortedLine(s arrays, see span, style Style) (out []point) {
	var all []point
	for i := range s.x {
		if p := finite(s.x[i], s.y[i]); !math.IsNaN(p.x) {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b point) int {
		switch {
		case a.x < b.x:
			return -1
		case a.x > b.x:
			return 1
		}
		return 0
	})
	c := clipper{span: see, style: style, last: gap, add: func(p point) { out = append(out, p) }}
	for i := 0; i < len(all); {
		same := 1
		for i+same < len(all) && all[i+same].x == all[i].x {
			same++
		}
		rows := all[i : i+same]
		isBroken := slices.ContainsFunc(rows, point.isGap)
		if isBroken {
			c.next(gap)
		}
		for _, p := range rows {
			if !p.isGap() {
				c.next(p)
			}
		}
		if isBroken {
			c.next(gap)
		}
		i += same
	}
	return out
}

// columnsOf is each column's lowest, highest, first and last point.
func columnsOf(see span, columns int, points []point) map[int][4]float64 {
	m := map[int][4]float64{}
	for _, p := range points {
		if p.isGap() {
			continue
		}
		c := columnOf(see.x0, see.x1, columns, p.x)
		v, ok := m[c]
		if !ok {
			v = [4]float64{p.y, p.y, p.x, p.x}
		}
		m[c] = [4]float64{min(v[0], p.y), max(v[1], p.y), min(v[2], p.x), max(v[3], p.x)}
	}
	return m
}

// A line over time looks in each column of pixels as the whole line in the order of time does, wherever it is zoomed to and however its rows come.
func TestTimeLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSeries(t)
		f := &frame{width: rapid.IntRange(1, 60).Draw(t, "columns"), timed: true}
		style := rapid.SampledFrom([]Style{Line, Step}).Draw(t, "style")
		sum := &blocks{}
		sum.update(s, 0, 0)
		all, _, _, _ := sum.sum()
		if all.isEmpty() {
			return
		}
		see := span{all.x0, all.x1}
		if rapid.Bool().Draw(t, "zoom") {
			see.x0 += rapid.Float64Range(-0.2, 1).Draw(t, "from") * (all.x1 - all.x0)
			see.x1 = see.x0 + rapid.Float64Range(0.001, 1).Draw(t, "size")*(all.x1-all.x0)
		}
		got, want := f.timeLine(style, see, s, sum), sortedLine(s, see, style)
		a, b := columnsOf(see, f.width, got), columnsOf(see, f.width, want)
		if len(a) != len(b) {
			t.Fatalf("%d columns have points, want %d\n%v\n%v", len(a), len(b), got, want)
		}
		for c, w := range b {
			for i := range w {
				if math.Abs(a[c][i]-w[i]) > 1e-9 {
					t.Fatalf("column %d spans %v, want %v\n%v\n%v", c, a[c], w, got, want)
				}
			}
		}
		last := math.Inf(-1)
		for _, p := range got {
			if p.isGap() {
				continue
			}
			if p.x < last {
				t.Fatalf("the line steps back to %v from %v", p.x, last)
			}
			last = p.x
		}
		if len(got) > 5*f.width+4 {
			t.Fatalf("%d points for %d columns", len(got), f.width)
		}
	})
}

func TestTimeLineBreaks(t *testing.T) {
	nan := math.NaN()
	check := func(see span, x, y []float64, want string) {
		t.Helper()
		s := arrays{x, y}
		sum := &blocks{}
		sum.update(s, 0, 0)
		text := ""
		for _, p := range (&frame{width: 1000, timed: true}).timeLine(Line, see, s, sum) {
			if p.isGap() {
				text += "| "
			} else {
				text += fmt.Sprintf("%g,%g ", p.x, p.y)
			}
		}
		if text != want {
			t.Errorf("%v %v in %v: %s, want %s", x, y, see, text, want)
		}
	}
	whole := span{0, 10}
	check(whole, []float64{0, 5, 10, 3}, []float64{1, 2, 3, 9}, "0,1 3,9 5,2 10,3 ")
	check(whole, []float64{0, 10, 5}, []float64{1, 2, nan}, "0,1 | 10,2 ")
	check(whole, []float64{0, nan, 10}, []float64{1, 7, 2}, "0,1 10,2 ") // a row without a time is nowhere
	check(whole, []float64{0, 5, 5, 10}, []float64{1, 2, nan, 3}, "0,1 | 5,2 | 10,3 ")
	check(span{4, 6}, []float64{10, 0}, []float64{10, 0}, "4,4 6,6 ")
	check(span{4, 6}, []float64{10, 0, 5}, []float64{10, 0, nan}, "")
	check(span{4, 6}, []float64{10, 0, 5, 2}, []float64{10, 0, 5, nan}, "5,5 6,6 ")
	check(span{4, 6}, []float64{10, 0, 5, 7}, []float64{10, 0, 5, nan}, "4,4 5,5 ")
	check(span{4, 6}, []float64{10, 0, 11, 12}, []float64{10, 0, 5, nan}, "4,4 6,6 ")
	check(span{4, 6}, []float64{0, 1}, []float64{10, 0}, "")
}

// A line in the order of rows, and dots, are drawn from sums as they are from all rows.
func TestSumsMakeNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSeries(t)
		style := rapid.SampledFrom([]Style{Line, Step, Scatter}).Draw(t, "style")
		make := func() *frame {
			f := &frame{width: 160, height: 120, series: []drawn{{style: style}}}
			if rapid.Bool().Draw(t, "zoom") {
				f.zoom = &span{20, 300}
			}
			return f
		}
		f := make()
		g := *f
		g.series = []drawn{{style: style}}
		f.fill([]rows{s}, summed([]rows{s}, 0))
		single := &blocks{} // a block that never fits
		single.update(s, 0, 0)
		for i := range single.all {
			single.all[i].left, single.all[i].right = point{math.Inf(-1), 0}, point{math.Inf(1), 0}
		}
		see := span{f.box.x0, f.box.x1}
		if f.zoom != nil {
			see = *f.zoom
		}
		if f.series[0].box.isEmpty() {
			return
		}
		g.box = f.box
		var want []point
		if style == Scatter {
			want = g.dots(see, s, single)
		} else {
			want = g.rowLine(style, see, s, single)
		}
		a, b := columnsOf(see, f.width, f.series[0].points), columnsOf(see, f.width, want)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatalf("got %v, want %v", a, b)
		}
	})
}

// counted counts the rows that are read.
type counted struct {
	arrays
	read *int
}

func (c counted) piece(lo, n int, base int64) (x, y []float64) {
	*c.read += n
	return c.arrays.piece(lo, n, base)
}

// A frame of a long series reads what is new, and of the rest the blocks that are in two columns of pixels; a zoom reads what it shows.
func TestWork(t *testing.T) {
	const n = 2_000_000
	x, y := walk(n, 1)
	read := 0
	sum := &blocks{}
	at := func(rows int) counted { return counted{arrays{x[:rows], y[:rows]}, &read} }
	f := &frame{width: 720, height: 360, timed: true}
	check := func(what string, most int, do func()) {
		t.Helper()
		read = 0
		if do(); read > most {
			t.Errorf("%s reads %d rows, want at most %d", what, read, most)
		}
	}
	check("the first time", n, func() { sum.update(at(n-1000), 0, 0) })
	check("a thousand new rows", 1000+blockRows, func() { sum.update(at(n), 0, n-1000) })
	check("a line over time", 720*blockRows, func() { f.timeLine(Line, span{0, n}, at(n), sum) })
	f.zoom = &span{n / 2, n/2 + 5000}
	check("a zoom", 5000+2*blockRows, func() { f.timeLine(Line, *f.zoom, at(n), sum) })
	check("a zoom in the order of rows", 5000+2*blockRows, func() { f.rowLine(Line, *f.zoom, at(n), sum) })
	check("dots in a zoom", 2*blockRows, func() { f.boxIn(*f.zoom, at(n), sum) })
	check("what is under the pointer", 3*blockRows, func() {
		if p, far := sum.nearest(at(n), 0, 1234567.4, nil); p.x != 1234567 || far > 0.41 {
			t.Errorf("the nearest is %v, %v away", p, far)
		}
	})
}
