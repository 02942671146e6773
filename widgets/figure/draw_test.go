package figure

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"tickbook/internal/hostile"

	"pgregory.net/rapid"
)

// frameOf makes a frame of lines over the same x.
func frameOf(x []float64, ys ...[]float64) *frame {
	f := &frame{width: 720, height: 360, zone: time.UTC}
	var data []rows
	for i, y := range ys {
		f.series = append(f.series, drawn{name: fmt.Sprintf("series %d", i+1)})
		data = append(data, arrays{x, y})
	}
	f.fill(data, summed(data, f.base))
	return f
}

// summed are the sums of series, read at once.
func summed(data []rows, base int64) (sums []*blocks) {
	for _, r := range data {
		b := &blocks{}
		b.update(r, base, 0)
		sums = append(sums, b)
	}
	return sums
}

// walk is a random walk of n steps.
func walk(n int, seed uint64) (x, y []float64) {
	r := rand.New(rand.NewPCG(seed, 1))
	v := 187.0
	for i := range n {
		v += r.NormFloat64() * 0.05
		x, y = append(x, float64(i)), append(y, v)
	}
	return x, y
}

// check demands that both pictures of f are well-formed, and returns the SVG and the decoded PNG.
func check(t testing.TB, f *frame) (string, image.Image) {
	t.Helper()
	svg, err := f.svg()
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		_, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("svg: %v", err)
		}
	}
	if bad := regexp.MustCompile(`[",MLA](NaN|[+-]?Inf)`).FindString(svg); bad != "" {
		t.Errorf("svg holds %s", bad)
	}
	img := decodePNG(t, f)
	if got := img.Bounds(); got.Dx() != f.width || got.Dy() != f.height {
		t.Errorf("png is %v, want %d × %d", got, f.width, f.height)
	}
	if r, g, b, a := img.At(0, 0).RGBA(); r&g&b&a != 0xffff {
		t.Errorf("background is %v, want opaque white", img.At(0, 0))
	}
	return svg, img
}

func decodePNG(t testing.TB, f *frame) image.Image {
	t.Helper()
	b, err := f.png()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// count is how many pixels of img are nearly c.
func count(img image.Image, c color.RGBA) int {
	n := 0
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, b, _ := img.At(x, y).RGBA()
			if near(r, c.R) && near(g, c.G) && near(b, c.B) {
				n++
			}
		}
	}
	return n
}

func near(a uint32, b uint8) bool { return math.Abs(float64(a>>8)-float64(b)) < 24 }

func TestDrawsEverySeries(t *testing.T) {
	x, a := walk(300, 1)
	_, b := walk(300, 2)
	f := frameOf(x, a, b)
	f.series[1].style = Scatter
	svg, img := check(t, f)
	for i := range 2 {
		if n := count(img, onWhite.series[i]); n < 300 {
			t.Errorf("series %d colours %d pixels", i+1, n)
		}
		if !strings.Contains(svg, fmt.Sprintf(">series %d<", i+1)) {
			t.Errorf("series %d is not in the legend", i+1)
		}
	}
}

// TestHonestDrawing draws what data may hold: never a panic, gaps where there is no value, a sentence where there is nothing.
func TestHonestDrawing(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	f := func(name, want string, x []float64, ys ...[]float64) {
		t.Helper()
		for _, style := range []Style{Line, Step, Scatter} {
			fr := frameOf(x, ys...)
			for i := range fr.series {
				fr.series[i].style = style
			}
			data := make([]rows, len(ys))
			for i := range ys {
				data[i] = arrays{x, ys[i]}
			}
			fr.fill(data, summed(data, fr.base))
			svg, _ := check(t, fr)
			if !strings.Contains(svg, want) {
				t.Errorf("%s: no %q in the picture", name, want)
			}
		}
	}
	f("no series", "nothing to plot yet", nil)
	f("no rows", "no rows", nil, nil)
	f("all null", "no points: each of 3 rows", []float64{1, 2, 3}, []float64{nan, nan, nan})
	f("one point", "series 1", []float64{1}, []float64{5})
	f("one value", "series 1", []float64{1, 2, 3}, []float64{5, 5, 5})
	f("one x", "series 1", []float64{2, 2, 2}, []float64{1, 2, 3})
	f("gaps", "series 1", []float64{1, 2, 3, 4, 5}, []float64{1, nan, 3, inf, -inf})
	f("null x", "series 1", []float64{nan, 2, nan}, []float64{1, 2, 3})
	f("the widest range", "series 1", []float64{-math.MaxFloat64, math.MaxFloat64}, []float64{math.MaxFloat64, -math.MaxFloat64})
	f("the smallest values", "series 1", []float64{0, 5e-324}, []float64{5e-324, 1e-323})
	f("hardly apart", "series 1", []float64{1e15, 1e15 + 0.125}, []float64{1e9, math.Nextafter(1e9, 2e9)})
	f("one of two empty", "series 2 (no points)", []float64{1, 2}, []float64{1, 2}, []float64{nan, nan})
}

func TestTimeAxisOfAnySpan(t *testing.T) {
	for _, span := range []float64{0, 1, 1e3, 1e6, 1e9, 6e10, 3.6e12, 8.64e13, 1e15, 1e17, 9e18} {
		for _, base := range []int64{0, time.Date(2026, 1, 23, 15, 21, 48, 0, time.UTC).UnixNano(), math.MaxInt64, math.MinInt64} {
			f := frameOf([]float64{0, span / 2, span}, []float64{1, 3, 2})
			f.timed, f.base = true, base
			check(t, f)
		}
	}
}

func TestTextOfPicturesIsText(t *testing.T) {
	for _, s := range append([]string{"日本語 🚀", "", strings.Repeat("long ", 1000)}, hostile.Texts...) {
		x, y := walk(10, 1)
		f := frameOf(x, y)
		f.title, f.xlabel, f.ylabel, f.series[0].name, f.notes = s, s, s, s, []string{s}
		svg, _ := check(t, f)
		onlyShapes(t, s, svg)
	}
}

// onlyShapes demands that an SVG has nothing but shapes and texts, with attributes that only look.
func onlyShapes(t *testing.T, name, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Errorf("%q: %v", name, err)
			return
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if e.Name.Local != "svg" && e.Name.Local != "g" && e.Name.Local != "path" && e.Name.Local != "text" {
			t.Errorf("%q: element %s", name, e.Name.Local)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(strings.ToLower(a.Name.Local), "on") || a.Name.Local == "href" || strings.Contains(a.Value, "url(") {
				t.Errorf("%q: attribute %s=%q", name, a.Name.Local, a.Value)
			}
		}
	}
	if strings.ContainsFunc(svg, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }) {
		t.Errorf("%q: a control character is left", name)
	}
}

func TestManySeries(t *testing.T) {
	x, y := walk(50, 1)
	var ys [][]float64
	for i := range 60 {
		shifted := make([]float64, len(y))
		for j := range y {
			shifted[j] = y[j] + float64(i)
		}
		ys = append(ys, shifted)
	}
	svg, _ := check(t, frameOf(x, ys...))
	if !regexp.MustCompile(`>and \d+ more<`).MatchString(svg) {
		t.Error("the legend does not say how many names it leaves out")
	}
}

// TestAnyFrame draws small frames of any values in any style: pictures come, and no panic.
func TestAnyFrame(t *testing.T) {
	odd := []float64{0, 1, -1, 5e-324, 1e-300, 1e300, math.MaxFloat64, -math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxInt64, 1e15 + 0.25}
	rapid.Check(t, func(rt *rapid.T) {
		value := rapid.OneOf(rapid.SampledFrom(odd), rapid.Float64(), rapid.Float64Range(0, 1e12))
		f := &frame{
			width: rapid.IntRange(160, 300).Draw(rt, "width"), height: rapid.IntRange(120, 200).Draw(rt, "height"),
			timed: rapid.Bool().Draw(rt, "timed"), zone: time.UTC, title: rapid.String().Draw(rt, "title"),
		}
		var data []rows
		for range rapid.IntRange(0, 3).Draw(rt, "series") {
			f.series = append(f.series, drawn{name: rapid.String().Draw(rt, "name"), style: Style(rapid.IntRange(0, 2).Draw(rt, "style"))})
			var a arrays
			for range rapid.IntRange(0, 20).Draw(rt, "rows") {
				a.x, a.y = append(a.x, value.Draw(rt, "x")), append(a.y, value.Draw(rt, "y"))
			}
			data = append(data, a)
		}
		f.fill(data, summed(data, f.base))
		check(t, f)
		if f.summary() == "" {
			t.Error("no summary")
		}
	})
}

// BenchmarkFrame draws two series of 5,000 points, as a live figure does a few times a second.
func BenchmarkFrame(b *testing.B) {
	x, y1 := walk(5000, 1)
	_, y2 := walk(5000, 2)
	b.Run("reduce", func(b *testing.B) {
		for b.Loop() {
			frameOf(x, y1, y2)
		}
	})
	f := frameOf(x, y1, y2)
	f.timed = true
	for i := range x {
		x[i] *= 1e9
	}
	f = frameOf(x, y1, y2)
	f.timed = true
	b.Run("svg", func(b *testing.B) {
		n := 0
		for b.Loop() {
			s, err := f.svg()
			if err != nil {
				b.Fatal(err)
			}
			n = len(s)
		}
		b.ReportMetric(float64(n), "B/picture")
	})
	b.Run("png", func(b *testing.B) {
		n := 0
		for b.Loop() {
			s, err := f.png()
			if err != nil {
				b.Fatal(err)
			}
			n = len(s)
		}
		b.ReportMetric(float64(n), "B/picture")
	})
}
