package figure

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"tickbook/engine"
	"tickbook/widgets/live"
)

func ms(t time.Time) float64 { return float64(t.UnixNano()) / 1e6 }

// framed asks f for a frame.
func framed(t *testing.T, f *Figure, r *live.Range) (live.Message, string) {
	t.Helper()
	fr, err := (&source{f}).Frame(&live.Request{T: "frame", Width: 720, Height: 360, Range: r})
	if err != nil {
		t.Fatal(err)
	}
	return fr.Message["plot"].(live.Message), string(fr.Buffers[0])
}

// A page that does not know a figure's size yet says how much room it has.
func TestFrameFitsItsRoom(t *testing.T) {
	f := New().PlotXY("Price", prices(engine.NewGraph()).Table, "Time", "Price")
	check := func(width, height int, room float64, want string) {
		t.Helper()
		fr, err := (&source{f.Size(width, height)}).Frame(&live.Request{T: "frame", Width: room})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%v x %v", fr.Message["width"], fr.Message["height"]); got != want {
			t.Errorf("%d x %d in a room of %v is drawn as %s, want %s", width, height, room, got, want)
		}
	}
	check(720, 360, 0, "720 x 360")
	check(720, 360, 1200, "720 x 360")
	check(720, 360, 500.5, "501 x 250")
	check(720, 360, 3, "160 x 160")
	check(300, 900, 200, "200 x 600")
	check(720, 360, 1e300, "720 x 360")
}

func TestFrameSaysWhereDataIs(t *testing.T) {
	f := New().PlotXY("Price", prices(engine.NewGraph()).Table, "Time", "Price")
	plot, svg := framed(t, f, nil)
	if !strings.Contains(svg, "<svg") || plot["xtime"] != true {
		t.Errorf("plot %v", plot)
	}
	left, width := plot["left"].(float64), plot["width"].(float64)
	top, height := plot["top"].(float64), plot["height"].(float64)
	if left < 20 || left+width > 720 || width < 500 || top < 10 || top+height > 350 || height < 200 {
		t.Errorf("the rectangle %v lies outside of the picture, or is small", plot)
	}
	x0, x1 := plot["x0"].(float64), plot["x1"].(float64)
	if want := ms(start); math.Abs(x0-(want-2400)) > 1 || math.Abs(x1-(want+240_000+2400)) > 1 {
		t.Errorf("x from %f to %f, want a little more than [%f, +240000]", x0, x1, want)
	}
}

// A zoomed figure is drawn from all rows of the range: of 100,000 points the few in it, exactly.
func TestZoomIsExact(t *testing.T) {
	n := 100_000
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], y[i] = float64(i), float64(i%1000)
	}
	table := engine.NewTable(engine.Col("X", x), engine.Col("Y", y))
	f := New().PlotXY("saw", table, "X", "Y").PlotXY("dots", table, "X", "Y", Scatter).PlotXY("steps", table, "X", "Y", Step)
	fr := f.read(func(fr *frame, data []rows, sums []*blocks) {
		fr.zoom = &span{50_000.5, 50_003.5}
		fr.fill(data, sums)
	})
	want := [][]point{
		{{50_000.5, 0.5}, {50_001, 1}, {50_002, 2}, {50_003, 3}, {50_003.5, 3.5}},
		{{50_001, 1}, {50_002, 2}, {50_003, 3}},
		{{50_000.5, 0}, {50_001, 1}, {50_002, 2}, {50_003, 3}, {50_003.5, 3}},
	}
	for i, s := range fr.series {
		var got []point
		for _, p := range s.points {
			if !p.isGap() {
				got = append(got, p)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want[i]) {
			t.Errorf("%s: points %v, want %v", s.name, got, want[i])
		}
	}
	plot, _ := framed(t, f, &live.Range{X0: 50_000.5, X1: 50_003.5})
	if plot["x0"] != 50_000.5 || plot["x1"] != 50_003.5 {
		t.Errorf("plot %v, want the range itself", plot)
	}
	_, svg := framed(t, f, &live.Range{X0: -20, X1: -10})
	mustHold(t, svg, "no points in this range")
}

func TestZoomOfTime(t *testing.T) {
	f := New().PlotXY("Price", prices(engine.NewGraph()).Table, "Time", "Price")
	r := &live.Range{X0: ms(start.Add(90 * time.Second)), X1: ms(start.Add(150 * time.Second))}
	plot, svg := framed(t, f, r)
	if math.Abs(plot["x0"].(float64)-r.X0) > 0.001 || math.Abs(plot["x1"].(float64)-r.X1) > 0.001 {
		t.Errorf("plot %v, want %v", plot, *r)
	}
	mustHold(t, svg, ">15:02:00<")
	// the line from minute 1 to minute 3 passes the range's edges at half its steps
	if y0, y1 := plot["y0"].(float64), plot["y1"].(float64); y0 < 188.4 || y0 > 188.5 || y1 < 189.5 || y1 > 189.6 {
		t.Errorf("y from %f to %f, want around 188.5 to 189.5", y0, y1)
	}
	back, err := (&source{f}).Frame(&live.Request{Range: &live.Range{X0: 1, X1: 1 + 1e-16}})
	if err == nil {
		t.Errorf("a range without length is drawn: %v", back.Message)
	}
}

func TestClipper(t *testing.T) {
	check := func(style Style, points []point, want string) {
		t.Helper()
		var got []string
		c := clipper{span: span{10, 20}, style: style, last: gap, add: func(p point) {
			if p.isGap() {
				got = append(got, "|")
			} else {
				got = append(got, fmt.Sprintf("%g,%g", p.x, p.y))
			}
		}}
		for _, p := range points {
			c.next(p)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%v of %v: %s, want %s", style, points, s, want)
		}
	}
	check(Line, []point{{5, 0}, {15, 10}, {25, 20}}, "| 10,5 15,10 20,15 |")
	check(Line, []point{{25, 20}, {15, 10}, {5, 0}}, "| 20,15 15,10 10,5 |")
	check(Line, []point{{0, 0}, {40, 40}}, "| 10,10 20,20 |")
	check(Line, []point{{40, 40}, {0, 0}}, "| 20,20 10,10 |")
	check(Line, []point{{0, 0}, {5, 1}, {25, 1}, {30, 7}}, "| 10,1 20,1 |")
	check(Line, []point{{5, 0}, gap, {15, 1}, gap, {25, 2}}, "| 15,1 |")
	check(Step, []point{{5, 1}, {15, 2}, {25, 3}}, "| 10,1 15,2 20,2 |")
	check(Scatter, []point{{5, 1}, {10, 2}, {20, 3}, {25, 4}}, "10,2 20,3")
}

func TestNearest(t *testing.T) {
	g := engine.NewGraph()
	in := prices(g)
	f := New().PlotXY("Price <b>", in.Table, "Time", "Price").PlotXY("Wait", in.Table, "Time", "Wait")
	label, values := f.nearest(ms(start.Add(130*time.Second)), nil)
	if label != "2026-01-23 15:02:00" || len(values) != 2 || values[0].Text != "189" || values[0].Y != 189 || values[1].Text != "2 s" || values[0].Name != "Price <b>" {
		t.Errorf("%s %v", label, values)
	}
	if math.Abs(values[0].X-ms(start.Add(2*time.Minute))) > 0.001 {
		t.Errorf("x %f", values[0].X)
	}
	_, values = f.nearest(ms(start.Add(130*time.Second)), &span{ms(start.Add(170 * time.Second)), ms(start.Add(time.Hour))})
	if len(values) != 2 || values[0].Y != 190 {
		t.Errorf("in a range: %v", values)
	}
	if _, values = f.nearest(0, &span{0, 1}); len(values) != 0 {
		t.Errorf("nothing is near, but %v", values)
	}
}

// TestOddRanges draws what no pointer selects.
func TestOddRanges(t *testing.T) {
	timed := New().PlotXY("Price", prices(engine.NewGraph()).Table, "Time", "Price")
	plain := New().PlotXY("n", engine.NewTable(engine.Col("X", []float64{1, 2}), engine.Col("Y", []float64{1, 2})), "X", "Y")
	for _, f := range []*Figure{timed, plain, New()} {
		for _, r := range []live.Range{{X0: -math.MaxFloat64, X1: math.MaxFloat64}, {X0: -1e300, X1: 1e300}, {X0: 0, X1: 1e-300}, {X0: 1, X1: 1 + 1e-14}, {X0: -1e18, X1: 1e18}, {X0: 1e17, X1: 1e17 + 1024}} {
			fr, err := (&source{f}).Frame(&live.Request{Range: &r, Width: 1e9, Height: 1})
			if err != nil {
				continue // refused
			}
			for k, v := range fr.Message["plot"].(live.Message) {
				if x, ok := v.(float64); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
					t.Errorf("range %v: %s is %v, which JSON has not", r, k, x)
				}
			}
		}
	}
}
