package browsertest

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"slices"
)

// Shrink is a PNG picture of a page in its 256 most frequent colours, which is about a third as many bytes. A page has few colours but for the edges
// of its letters.
func Shrink(picture []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	box := full.Bounds()
	from := image.NewRGBA(box)
	draw.Draw(from, box, full, box.Min, draw.Src)
	counts := map[color.RGBA]int{}
	for i := 0; i < len(from.Pix); i += 4 {
		counts[at(from, i)]++
	}
	frequent := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	colours := color.Palette{}
	for _, c := range frequent {
		if len(colours) < 256 && isFar(colours, c) {
			colours = append(colours, c)
		}
	}
	to := image.NewPaletted(box, colours)
	place := map[color.RGBA]uint8{}
	for i := 0; i < len(from.Pix); i += 4 {
		c := at(from, i)
		p, ok := place[c]
		if !ok {
			p = uint8(colours.Index(c))
			place[c] = p
		}
		to.Pix[i/4] = p
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, to)
	return out.Bytes(), err
}

func at(m *image.RGBA, i int) color.RGBA {
	return color.RGBA{m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3]}
}

// isFar reports whether no colour is near c: one more would not be seen.
func isFar(colours color.Palette, c color.RGBA) bool {
	far := func(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }
	return !slices.ContainsFunc(colours, func(x color.Color) bool {
		y := x.(color.RGBA)
		return far(y.R, c.R)+far(y.G, c.G)+far(y.B, c.B) < 12
	})
}
