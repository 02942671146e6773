package figure

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"tickbook/widgets/internal/safetext"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	margin  = 10 * pixel
	maxName = 40  // terminal columns of a series' name
	maxLine = 200 // of a title, a label or a note

	// A small picture leaves its words out for its data: below so many pixels of height the title, and the x axis' label; of width the y axis' label.
	roomForTitle = 150
	roomForX     = 200
	roomForY     = 280
)

// draw draws f: title, legend, plot and notes, from the top.
func (f *frame) draw(c draw.Canvas) {
	c.SetColor(f.inks().paper)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, margin, -1.5*margin, margin, -margin)
	if f.title != "" && f.height >= roomForTitle {
		style := writing(15, f.inks().text, true)
		c.FillText(style, vg.Point{X: c.Min.X, Y: c.Max.Y}, fit(style, f.title, c.Max.X-c.Min.X))
		c.Max.Y -= 22 * pixel
	}
	f.drawLegend(&c)
	for i := len(f.notes) - 1; i >= 0; i-- {
		style := writing(11, f.inks().warn, false)
		style.YAlign = draw.YBottom
		c.FillText(style, vg.Point{X: c.Min.X, Y: c.Min.Y}, fit(style, f.notes[i], c.Max.X-c.Min.X))
		c.Min.Y += 16 * pixel
	}
	f.drawPlot(c)
}

// drawLegend writes the names of the series in rows below the title and takes their room from c.
func (f *frame) drawLegend(c *draw.Canvas) {
	const swatch, space, height = 22 * pixel, 14 * pixel, 18 * pixel
	if len(f.series) == 0 {
		return
	}
	style := writing(12, f.inks().text, false)
	at := vg.Point{X: c.Min.X, Y: c.Max.Y}
	for i, s := range f.series {
		name := safetext.Line(s.name, maxName)
		if s.box.isEmpty() {
			name += " (no points)"
		}
		name = fit(style, name, c.Max.X-c.Min.X-swatch)
		width := swatch + style.Width(name)
		if at.X > c.Min.X && at.X+width > c.Max.X {
			at = vg.Point{X: c.Min.X, Y: at.Y - height}
			if rest := len(f.series) - i; c.Max.Y-at.Y >= 3*height {
				c.FillText(style, at, fmt.Sprintf("and %d more", rest))
				break
			}
		}
		middle := at.Y - 7*pixel
		line := f.inks().line(i)
		if s.style == Scatter {
			dots(c, line, 3*pixel, vg.Point{X: at.X + 8*pixel, Y: middle})
		} else {
			line.Width = 2.5 * pixel
			c.StrokeLine2(line, at.X, middle, at.X+16*pixel, middle)
		}
		c.FillText(style, vg.Point{X: at.X + swatch, Y: at.Y}, name)
		at.X += width + space
	}
	c.Max.Y = at.Y - height - 4*pixel
}

// drawPlot draws axes, grid and series into c.
func (f *frame) drawPlot(c draw.Canvas) {
	p := plot.New()
	p.BackgroundColor = nil
	empty := f.box.isEmpty()
	b := f.box
	if empty {
		b = box{0, 1, 0, 1}
	}
	if f.zoom != nil {
		z := f.inner(*f.zoom)
		b.x0, b.x1 = z.x0, z.x1
	}
	if f.timed {
		b.x0, b.x1 = widenTime(b.x0, b.x1)
	} else {
		b.x0, b.x1 = widen(b.x0, b.x1)
	}
	b.y0, b.y1 = widen(b.y0, b.y1)
	if f.zoom == nil {
		b.x0, b.x1 = pad(b.x0, b.x1, 0.01)
	}
	b.y0, b.y1 = pad(b.y0, b.y1, 0.05)

	xlabel, ylabel := f.xlabel, f.ylabel
	if f.height < roomForX {
		xlabel = ""
	}
	if f.height < roomForTitle || f.width < roomForY {
		ylabel = ""
	}
	f.axis(&p.X, b.x0, b.x1, xlabel, c.Max.X-c.Min.X)
	f.axis(&p.Y, b.y0, b.y1, ylabel, c.Max.Y-c.Min.Y)
	p.Y.Tick.Label.YAlign = draw.YCenter
	if empty && f.zoom == nil {
		p.X.Tick.Marker, p.Y.Tick.Marker = marks(nil), marks(nil)
	} else {
		if f.timed {
			p.X.Tick.Marker = marks(timeTicks(b.x0, b.x1, f.base, f.zone, max(1, f.width/85)))
		} else {
			p.X.Tick.Marker = marks(numberTicks(b.x0, b.x1, max(1, f.width/90)))
		}
		p.Y.Tick.Marker = marks(numberTicks(b.y0, b.y1, max(1, f.height/45)))
		p.Add(grid{f.inks().grid, pixel / vg.Length(max(1, f.ratio))})
	}
	for i := range f.series {
		if s := &f.series[i]; len(s.points) > 0 {
			p.Add(seriesPlotter{s, f.inks().line(i)})
		}
	}
	if empty {
		p.Add(sentence{f.whyEmpty(), f.inks().quiet})
	}
	p.Draw(c)
	f.area, f.plotted = p.DataCanvas(c).Rectangle, b
}

// whyEmpty says why there is nothing to see.
func (f *frame) whyEmpty() string {
	rows := 0
	for _, s := range f.series {
		rows += s.rows
	}
	switch {
	case f.zoom != nil:
		return "no points in this range; double click to show all"
	case len(f.series) == 0:
		return "nothing to plot yet: add a series with PlotXY"
	case rows > 0:
		return fmt.Sprintf("no points: each of %s holds a null, a NaN or an infinity", safetext.Count(int64(rows), "row"))
	case f.live:
		return "no rows yet"
	default:
		return "no rows"
	}
}

// axis styles a, which is long points long.
func (f *frame) axis(a *plot.Axis, lo, hi float64, label string, long vg.Length) {
	a.Min, a.Max = lo, hi
	a.Scale = linear{}
	a.Padding = 0
	a.LineStyle = draw.LineStyle{Color: f.inks().axis, Width: pixel}
	a.Label.Padding = 3 * pixel
	restyle(&a.Label.TextStyle, 12, f.inks().quiet)
	a.Label.Text = fit(a.Label.TextStyle, label, long)
	a.Tick.LineStyle = a.LineStyle
	a.Tick.Length = 4 * pixel
	restyle(&a.Tick.Label, 11, f.inks().text)
}

// restyle gives a style our font and keeps its place.
func restyle(s *text.Style, px float64, c color.Color) {
	w := writing(px, c, false)
	s.Font, s.Color, s.Handler = w.Font, w.Color, w.Handler
}

// fit is s as it may be drawn, cut to width.
func fit(style text.Style, s string, width vg.Length) string {
	for limit := maxLine; limit > 0; limit = limit * 9 / 10 {
		if line := safetext.Line(s, limit); style.Width(line) <= width {
			return line
		}
	}
	return ""
}

// linear is a scale that bears ranges as wide as float64 has. What is out of range is drawn at its end: the rasteriser never returns
// from a place very far away.
type linear struct{}

func (linear) Normalize(lo, hi, v float64) float64 {
	s := share(lo, hi, v)
	if !(s > 0) {
		return 0
	}
	return min(1, s)
}

// marks are a plot.Ticker of ticks made before. Where one label has two lines, all have, so that they stand on one level.
type marks []tick

func (m marks) Ticks(_, _ float64) []plot.Tick {
	two := slices.ContainsFunc(m, func(k tick) bool { return strings.Contains(k.label, "\n") })
	ticks := make([]plot.Tick, len(m))
	for i, k := range m {
		if two && !strings.Contains(k.label, "\n") {
			k.label += "\n "
		}
		ticks[i] = plot.Tick{Value: k.at, Label: k.label}
	}
	return ticks
}

// grid draws a line a mark.
type grid struct {
	ink color.RGBA
	dot vg.Length // a pixel of the screen
}

// onDots is at moved to the middle of a pixel, so that the line is sharp.
func (g grid) onDots(at vg.Length) vg.Length {
	return (vg.Length(math.Floor(float64(at/g.dot))) + 0.5) * g.dot
}

func (g grid) Plot(c draw.Canvas, p *plot.Plot) {
	style := draw.LineStyle{Color: g.ink, Width: pixel}
	x, y := p.Transforms(&c)
	for _, t := range p.X.Tick.Marker.Ticks(0, 0) {
		if at := g.onDots(x(t.Value)); c.ContainsX(at) {
			c.StrokeLine2(style, at, c.Min.Y, at, c.Max.Y)
		}
	}
	for _, t := range p.Y.Tick.Marker.Ticks(0, 0) {
		if at := g.onDots(y(t.Value)); c.ContainsY(at) {
			c.StrokeLine2(style, c.Min.X, at, c.Max.X, at)
		}
	}
}

// sentence stands in the middle of an empty plot.
type sentence struct {
	text string
	ink  color.RGBA
}

func (s sentence) Plot(c draw.Canvas, _ *plot.Plot) {
	style := writing(13, s.ink, false)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	c.FillText(style, c.Center(), strings.TrimSpace(s.text))
}
