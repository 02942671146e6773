package figure

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tickbook/engine"

	"pgregory.net/rapid"
)

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
