package figure

import (
	"image/color"
	"math"

	"tickbook/widgets/live"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// pixel is the size of a pixel at 96 dots an inch, which browsers and the PNG use.
const pixel = vg.Inch / 96

// look is the colours of a picture.
type look struct {
	paper, text, quiet, axis, grid, warn color.RGBA
	series                               []color.RGBA
}

// onWhite is the look of snapshots, and of pages that do not say theirs: opaque, so that it reads the same on light and dark pages, and in print.
var onWhite = &look{
	paper: color.RGBA{0xff, 0xff, 0xff, 0xff},
	text:  color.RGBA{0x22, 0x22, 0x22, 0xff},
	quiet: color.RGBA{0x66, 0x66, 0x66, 0xff},
	axis:  color.RGBA{0x88, 0x88, 0x88, 0xff},
	grid:  color.RGBA{0xe6, 0xe6, 0xe6, 0xff},
	warn:  color.RGBA{0xb0, 0x3a, 0x00, 0xff},
	series: []color.RGBA{ // Okabe and Ito's, which colour-blind people tell apart, without the yellow that white swallows
		{0x00, 0x72, 0xb2, 0xff}, // blue
		{0xd5, 0x5e, 0x00, 0xff}, // vermillion
		{0x00, 0x9e, 0x73, 0xff}, // green
		{0xcc, 0x79, 0xa7, 0xff}, // purple
		{0x56, 0xb4, 0xe9, 0xff}, // sky
		{0xe6, 0x9f, 0x00, 0xff}, // orange
		{0x22, 0x22, 0x22, 0xff}, // black
	},
}

// onDark are the colours of series on dark paper, in the order of onWhite's: the same hues, lighter where they would drown.
var onDark = []color.RGBA{
	{0x4d, 0xa6, 0xe8, 0xff}, // blue
	{0xff, 0x8c, 0x42, 0xff}, // vermillion
	{0x2c, 0xc2, 0x98, 0xff}, // green
	{0xdd, 0x94, 0xbd, 0xff}, // purple
	{0x9a, 0xd8, 0xff, 0xff}, // sky
	{0xf0, 0xe4, 0x42, 0xff}, // yellow
	{0xdd, 0xdd, 0xdd, 0xff}, // white
}

// lookOf is the look on a page of that theme. Ink that could not be read on its paper becomes black or white.
func lookOf(t *live.Theme) *look {
	if t == nil {
		return onWhite
	}
	paper, ink := color.RGBA{t.Paper[0], t.Paper[1], t.Paper[2], 0xff}, color.RGBA{t.Ink[0], t.Ink[1], t.Ink[2], 0xff}
	if contrast(paper, ink) < 3 {
		black, white := color.RGBA{0, 0, 0, 0xff}, color.RGBA{0xff, 0xff, 0xff, 0xff}
		if ink = black; contrast(paper, white) > contrast(paper, black) {
			ink = white
		}
	}
	l := &look{paper: paper, text: ink, quiet: mix(paper, ink, 0.7), axis: mix(paper, ink, 0.5), grid: mix(paper, ink, 0.12), warn: onWhite.warn, series: onWhite.series}
	if luminance(paper) < luminance(ink) {
		l.warn, l.series = onDark[1], onDark
	}
	return l
}

// mix is the colour that lies part of the way from a to b.
func mix(a, b color.RGBA, part float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(float64(x)*(1-part) + float64(y)*part + 0.5) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 0xff}
}

// luminance and contrast are as WCAG 2 defines them: black has 0, white 1; a contrast is 1 to 21.
func luminance(c color.RGBA) float64 {
	l := func(x uint8) float64 {
		if v := float64(x) / 255; v > 0.04045 {
			return math.Pow((v+0.055)/1.055, 2.4)
		}
		return float64(x) / 255 / 12.92
	}
	return 0.2126*l(c.R) + 0.7152*l(c.G) + 0.0722*l(c.B)
}

func contrast(a, b color.RGBA) float64 {
	x, y := luminance(a)+0.05, luminance(b)+0.05
	return max(x, y) / min(x, y)
}

// inks are f's colours.
func (f *frame) inks() *look {
	if f.look == nil {
		return onWhite
	}
	return f.look
}

// dashes tell series apart that share a colour.
var dashes = [][]vg.Length{nil, {6 * pixel, 3 * pixel}, {2 * pixel, 3 * pixel}, {8 * pixel, 3 * pixel, 2 * pixel, 3 * pixel}}

// line is how series number i is drawn.
func (l *look) line(i int) draw.LineStyle {
	return draw.LineStyle{Color: l.series[i%len(l.series)], Width: 1.5 * pixel, Dashes: dashes[i/len(l.series)%len(dashes)]}
}

// writing is a style of text in px pixels, placed by its left top corner.
func writing(px float64, c color.Color, bold bool) text.Style {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Length(px) * pixel}
	if bold {
		f.Weight = xfont.WeightBold
	}
	return text.Style{Color: c, Font: f, XAlign: draw.XLeft, YAlign: draw.YTop, Handler: plot.DefaultTextHandler}
}
