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

// pathPoints is how many points are stroked at a time: the rasteriser's work in a row of pixels grows with the square of the edges that
// cross it.
const pathPoints = 200

// Plot draws the series: as dots, or as a line that breaks at gaps. A point between two gaps is a dot.
func (sp seriesPlotter) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	place := func(p point) vg.Point { return vg.Point{X: x(p.x), Y: y(p.y)} }
	points := sp.s.points
	if sp.s.style == Scatter {
		at := make([]vg.Point, len(points))
		for i, p := range points {
			at[i] = place(p)
		}
		radius := 2.25 * pixel
		if len(points) > 300 {
			radius = 1.5 * pixel
		}
		dots(&c, sp.line, radius, at...)
		return
	}
	c.SetLineStyle(sp.line)
	var path vg.Path
	var alone []vg.Point
	for i, p := range points {
		if p.isGap() {
			continue
		}
		at := place(p)
		starts := i == 0 || points[i-1].isGap()
		ends := i == len(points)-1 || points[i+1].isGap()
		switch {
		case starts && ends:
			alone = append(alone, at)
		case starts:
			path.Move(at)
		default:
			if sp.s.style == Step {
				path.Line(vg.Point{X: at.X, Y: y(points[i-1].y)})
			}
			path.Line(at)
		}
		if len(path) >= pathPoints && len(sp.line.Dashes) == 0 {
			c.Stroke(path)
			path = path[:0]
			path.Move(at)
		}
	}
	if len(path) > 1 {
		c.Stroke(path)
	}
	if len(alone) > 0 {
		dots(&c, sp.line, 2.25*pixel, alone...)
	}
}

// dots fills circles, as one path: in SVG a path of its own would cost each twice the bytes.
func dots(c *draw.Canvas, style draw.LineStyle, radius vg.Length, at ...vg.Point) {
	var path vg.Path
	for _, p := range at {
		path.Move(vg.Point{X: p.X + radius, Y: p.Y})
		path.Arc(p, radius, 0, 2*math.Pi)
		path.Close()
	}
	c.SetColor(style.Color)
	c.Fill(path)
}
