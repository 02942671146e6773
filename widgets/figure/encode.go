package figure

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"

	"git.sr.ht/~sbinet/gg"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// svg draws f as SVG, without fonts: the page's stand in where Liberation is not installed.
func (f *frame) svg() (string, error) {
	c := vgsvg.New(vg.Length(f.width)*pixel, vg.Length(f.height)*pixel)
	f.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return "", err
	}
	// The quote is markup: in text it is escaped, so text from data stays as it is.
	return strings.ReplaceAll(b.String(), `style="font-family:Liberation Sans;`, `style="font-family:'Liberation Sans',Arial,Helvetica,sans-serif;`), nil
}

// maxPixels of a PNG.
const maxPixels = 8 << 20

// clampRatio is a ratio of the screen's pixels to the page's that a picture of some of the page's pixels can be drawn at: in quarters, from 1 to 3.
func clampRatio(ratio float64, pixels int) float64 {
	ratio = math.Round(max(1, min(3, ratio))*4) / 4
	for ratio > 1 && ratio*ratio*float64(pixels) > maxPixels {
		ratio -= 0.25
	}
	return ratio
}

// png draws f as PNG at 96 dots an inch, times its ratio. Lines have bevelled joins: at this width they look like
// round ones and have fewer edges.
func (f *frame) png() ([]byte, error) {
	ratio := max(1, f.ratio)
	px := func(n int) int { return int(math.Round(float64(n) * ratio)) }
	img := image.NewRGBA(image.Rect(0, 0, px(f.width), px(f.height)))
	ctx := gg.NewContextForRGBA(img)
	ctx.SetLineCapButt()
	ctx.SetLineJoinBevel()
	ctx.InvertY()
	f.draw(draw.New(vgimg.NewWith(vgimg.UseImageWithContext(img, ctx), vgimg.UseDPI(int(96*ratio)))))
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&b, indexed(img)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// indexed is img in at most 256 colours, which are far fewer bytes to filter and compress. A figure has few inks; where
// their shades are more than 256, shades that the eye takes for one share a colour.
func indexed(img *image.RGBA) *image.Paletted {
	out := image.NewPaletted(img.Rect, nil)
	for bits := uint(5); ; bits-- { // of a channel, to tell shades apart
		index := make([]uint16, 1<<(3*bits)) // of a shade in the palette, from 1 on
		out.Palette = out.Palette[:0]
		if fill(out, img, index, bits) {
			return out
		}
	}
}

// fill reports whether the shades of img, told apart by some bits a channel, fit in a palette.
func fill(out *image.Paletted, img *image.RGBA, index []uint16, bits uint) bool {
	shift := 8 - bits
	for i := range out.Pix {
		p := img.Pix[4*i : 4*i+4 : 4*i+4]
		shade := uint(p[0]>>shift)<<(2*bits) | uint(p[1]>>shift)<<bits | uint(p[2]>>shift)
		at := index[shade]
		if at == 0 {
			if len(out.Palette) == 256 {
				return false
			}
			out.Palette = append(out.Palette, color.RGBA{p[0], p[1], p[2], 0xff})
			at = uint16(len(out.Palette))
			index[shade] = at
		}
		out.Pix[i] = uint8(at - 1)
	}
	return true
}
