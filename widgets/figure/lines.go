package figure

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// seriesPlotter draws the points of a series.
type seriesPlotter struct {
	s    *drawn
	line draw.LineStyle
}

var _ plot.Plotter = seriesPlotter{}

// Plot draws the series: as dots, or as one path that breaks at gaps. A point between two gaps is a dot.
func (sp seriesPlotter) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	place := func(p point) vg.Point { return vg.Point{X: x(p.x), Y: y(p.y)} }
	points := sp.s.points
	if sp.s.style == Scatter {
		for _, p := range points {
			dot(&c, sp.line, place(p), 2.25*pixel)
		}
		return
	}
	var path vg.Path
	for i, p := range points {
		if p.isGap() {
			continue
		}
		at := place(p)
		starts := i == 0 || points[i-1].isGap()
		ends := i == len(points)-1 || points[i+1].isGap()
		switch {
		case starts && ends:
			dot(&c, sp.line, at, 2.25*pixel)
		case starts:
			path.Move(at)
		default:
			if sp.s.style == Step {
				path.Line(vg.Point{X: at.X, Y: y(points[i-1].y)})
			}
			path.Line(at)
		}
	}
	if len(path) > 0 {
		c.SetLineStyle(sp.line)
		c.Stroke(path)
	}
}

// dot fills a circle.
func dot(c *draw.Canvas, style draw.LineStyle, at vg.Point, radius vg.Length) {
	c.SetColor(style.Color)
	var path vg.Path
	path.Move(vg.Point{X: at.X + radius, Y: at.Y})
	path.Arc(at, radius, 0, 2*math.Pi)
	path.Close()
	c.Fill(path)
}
