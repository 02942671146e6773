package figure

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"tickbook/engine"
	"tickbook/widgets/live"

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

// TestKept draws a figure of tables that grow, lose and change rows, before and after its end, and compares with a figure that keeps nothing.
func TestKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := engine.NewGraph()
		in := engine.NewInput(g, engine.Instant("Time"), engine.Float64("X"), engine.Float64("Y"))
		plot := func() *Figure {
			return New().PlotXY("in time", in.Table, "Time", "Y").PlotXY("above", in.Where("Y > 0"), "Time", "X", Step).PlotXY("dots", in.Sort("Y"), "Time", "Y", Scatter)
		}
		f := plot()
		var keys []uint64
		now := start
		for range 5 {
			for range rapid.IntRange(0, 300).Draw(t, "edits") {
				switch kind := rapid.IntRange(0, 40).Draw(t, "edit"); {
				case kind > 2 || len(keys) == 0:
					now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond)
					at := any(now.Add(-time.Duration(rapid.IntRange(0, 1).Draw(t, "late")) * time.Minute))
					if kind == 3 {
						at = nil
					}
					if kind == 4 {
						now = now.AddDate(0, 0, rapid.SampledFrom([]int{1, 100}).Draw(t, "days"))
					}
					keys = append(keys, in.Add(at, float64(len(keys)), float64(rapid.IntRange(-9, 9).Draw(t, "y"))))
				case kind == 0:
					i := rapid.IntRange(0, len(keys)-1).Draw(t, "row")
					in.Remove(keys[i])
					keys = slices.Delete(keys, i, i+1)
				default:
					in.Modify(keys[rapid.IntRange(0, len(keys)-1).Draw(t, "row")], []string{"X", "Y"}[kind-1], rapid.SampledFrom([]any{nil, 5.0}).Draw(t, "value"))
				}
			}
			g.Step()
			fresh := plot()
			a, b := f.frame(), fresh.frame()
			if a.base == b.base {
				if x, y := fmt.Sprint(a.series, a.box), fmt.Sprint(b.series, b.box); x != y {
					t.Fatalf("kept:\n%s\nfresh:\n%s", x, y)
				}
			}
			if x, y := a.summary(), b.summary(); x != y {
				t.Fatalf("kept:\n%s\nfresh:\n%s", x, y)
			}
			at := ms(start.Add(time.Duration(rapid.IntRange(-10, 400).Draw(t, "s")) * time.Second))
			label, values := f.nearest(at, nil)
			label2, values2 := fresh.nearest(at, nil)
			if a.base == b.base && (label != label2 || fmt.Sprint(values) != fmt.Sprint(values2)) {
				t.Fatalf("under the pointer: %s %v, want %s %v", label, values, label2, values2)
			}
			fresh.kept.drop()
		}
		f.kept.drop()
		if f.kept.follow != nil || f.kept.sums != nil {
			t.Fatal("something is kept after the end")
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

func TestLooks(t *testing.T) {
	if lookOf(nil) != onWhite {
		t.Error("a page without a theme has another look than white")
	}
	for _, theme := range []live.Theme{
		{Paper: [3]uint8{0x11, 0x11, 0x11}, Ink: [3]uint8{0xe0, 0xe0, 0xe0}},
		{Paper: [3]uint8{255, 255, 255}, Ink: [3]uint8{0, 0, 0}},
		{Paper: [3]uint8{0x27, 0x28, 0x22}, Ink: [3]uint8{0xf8, 0xf8, 0xf2}},
		{Paper: [3]uint8{0xfd, 0xf6, 0xe3}, Ink: [3]uint8{0x58, 0x6e, 0x75}},
		{Paper: [3]uint8{120, 120, 120}, Ink: [3]uint8{125, 120, 120}},
		{},
	} {
		l := lookOf(&theme)
		if c := contrast(l.paper, l.text); c < 3 {
			t.Errorf("%v: the text's contrast is %.1f", theme, c)
		}
		if l.paper.R != 120 {
			for i, c := range append(l.series[:6:6], l.warn, l.quiet) {
				if got := contrast(l.paper, c); got < 1.9 {
					t.Errorf("%v: colour %d has a contrast of %.1f", theme, i, got)
				}
			}
		}
	}
}

func TestPicturesOfScreens(t *testing.T) {
	x, y := walk(300, 1)
	f := frameOf(x, y)
	f.look = lookOf(&live.Theme{Paper: [3]uint8{0x11, 0x11, 0x11}, Ink: [3]uint8{0xe0, 0xe0, 0xe0}})
	f.ratio = clampRatio(2, f.width*f.height)
	img := decodePNG(t, f)
	if b := img.Bounds(); b.Dx() != 2*f.width || b.Dy() != 2*f.height {
		t.Errorf("at 2 the picture is %v", b)
	}
	if r, _, _, _ := img.At(0, 0).RGBA(); r>>8 != 0x11 {
		t.Errorf("the paper is %v", img.At(0, 0))
	}
	if n := count(img, onDark[0]); n < 600 {
		t.Errorf("the series colours %d pixels", n)
	}
	for _, c := range []struct {
		ratio  float64
		pixels int
		want   float64
	}{{0, 1, 1}, {-1, 1, 1}, {0.5, 1, 1}, {1.1, 1, 1}, {1.3, 1, 1.25}, {2, 720 * 360, 2}, {1e300, 1, 3}, {3, maxWidth * maxHeight, 1.5}} {
		if got := clampRatio(c.ratio, c.pixels); got != c.want {
			t.Errorf("clampRatio(%v, %d) = %v, want %v", c.ratio, c.pixels, got, c.want)
		}
	}
}

// BenchmarkLiveFigure draws the frames of a figure of a table of a million rows that grows by a thousand between two frames.
func BenchmarkLiveFigure(b *testing.B) {
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.Instant("Time"), engine.Float64("Price"))
	_, y := walk(1_000_000, 1)
	at := start
	add := func(n int) {
		for i := range n {
			at = at.Add(time.Millisecond)
			in.Add(at, y[i])
		}
		g.Step()
	}
	add(len(y))
	f := New().PlotXY("Price", in.Table, "Time", "Price")
	for _, bench := range []struct {
		name string
		drop bool
	}{{"kept", false}, {"anew", true}} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				add(1000)
				if bench.drop {
					f.kept.drop()
				}
				b.StartTimer()
				f.frame()
			}
		})
	}
	b.Run("nearest", func(b *testing.B) {
		x := ms(at) / 2
		for b.Loop() {
			f.nearest(x, nil)
		}
	})
}
