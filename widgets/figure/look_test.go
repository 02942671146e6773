package figure

import (
	"testing"

	"tickbook/widgets/live"
)

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
