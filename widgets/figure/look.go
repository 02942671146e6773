package figure

import (
	"image/color"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// pixel is the size of a pixel at 96 dots an inch, which browsers and the PNG use.
const pixel = vg.Inch / 96

// Figures are drawn on opaque white, so that they read the same on light and dark pages.
var (
	inkText  = color.RGBA{0x22, 0x22, 0x22, 0xff}
	inkQuiet = color.RGBA{0x66, 0x66, 0x66, 0xff}
	inkAxis  = color.RGBA{0x88, 0x88, 0x88, 0xff}
	inkGrid  = color.RGBA{0xe6, 0xe6, 0xe6, 0xff}
	inkWarn  = color.RGBA{0xb0, 0x3a, 0x00, 0xff}
)

// palette are the colours of series: Okabe and Ito's, which colour-blind people tell apart, without the yellow that white swallows.
var palette = []color.RGBA{
	{0x00, 0x72, 0xb2, 0xff}, // blue
	{0xd5, 0x5e, 0x00, 0xff}, // vermillion
	{0x00, 0x9e, 0x73, 0xff}, // green
	{0xcc, 0x79, 0xa7, 0xff}, // purple
	{0x56, 0xb4, 0xe9, 0xff}, // sky
	{0xe6, 0x9f, 0x00, 0xff}, // orange
	{0x22, 0x22, 0x22, 0xff}, // black
}

// dashes tell series apart that share a colour.
var dashes = [][]vg.Length{nil, {6 * pixel, 3 * pixel}, {2 * pixel, 3 * pixel}, {8 * pixel, 3 * pixel, 2 * pixel, 3 * pixel}}

// lineOf is how series number i is drawn.
func lineOf(i int) draw.LineStyle {
	return draw.LineStyle{Color: palette[i%len(palette)], Width: 1.5 * pixel, Dashes: dashes[i/len(palette)%len(dashes)]}
}

// writing is a style of text in px pixels, placed by its left top corner.
func writing(px float64, c color.Color, bold bool) text.Style {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Length(px) * pixel}
	if bold {
		f.Weight = xfont.WeightBold
	}
	return text.Style{Color: c, Font: f, XAlign: draw.XLeft, YAlign: draw.YTop, Handler: plot.DefaultTextHandler}
}
