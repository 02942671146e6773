package figure

import (
	"math"
	"strconv"

	"tickbook/engine"
	"tickbook/widgets/internal/safetext"
	"tickbook/widgets/live"
)

// value is a series' point that is nearest to a place on the x axis.
type value struct {
	Name string  `json:"name"`
	Text string  `json:"text"` // y
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
}

// nearest finds each series' point that is nearest to x, within a span; both are as pages say them. Of points as near, it is the last. label is
// where the nearest of all is, or x itself if there is none.
func (f *Figure) nearest(x float64, within *span) (label string, values []value) {
	best := math.Inf(1)
	f.read(func(fr *frame, data []rows, sums []*blocks) {
		at, in := fr.innerX(x), (*span)(nil)
		if within != nil {
			z := fr.inner(*within)
			in = &z
		}
		label, values = fr.x(at), []value{}
		for i, r := range data {
			p, far := sums[i].nearest(r, fr.base, at, in)
			if p.isGap() {
				continue
			}
			if far < best {
				best, label = far, fr.x(p.x)
			}
			text := strconv.FormatFloat(p.y, 'g', 10, 64)
			if r.(tableRows).s.ykind == engine.KindDuration {
				text += " s"
			}
			values = append(values, value{safetext.Line(fr.series[i].name, maxName), text, fr.outerX(p.x), p.y})
		}
	})
	return label, values
}

func (s *source) at(q *live.Request) live.Message {
	label, values := s.f.nearest(*q.X, spanOf(q.Range))
	return live.Message{"x": *q.X, "label": label, "values": values}
}
