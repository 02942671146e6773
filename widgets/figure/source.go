package figure

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"tickbook/display"
	"tickbook/engine"
	"tickbook/widgets/internal/safetext"
	"tickbook/widgets/live"
)

const (
	restShare = 3         // a page waits this many times as long as drawing a frame took
	maxSVG    = 256 << 10 // bytes of a frame; a picture of more is quicker on the page as PNG
)

// source is a figure as pages show it by themselves: at any size, any part of its x axis.
type source struct{ f *Figure }

var _ live.Source = (*source)(nil)

// figureVersion is all that a frame depends on, besides what is asked.
type figureVersion struct {
	edits  int
	zone   *time.Location
	tables string // their steps and statuses
}

func (s *source) Kind() string { return "figure" }

func (s *source) Schema() live.Message {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	return live.Message{"width": s.f.width, "height": s.f.height}
}

func (s *source) Version() any {
	s.f.mu.Lock()
	all := s.f.series[:len(s.f.series):len(s.f.series)]
	v := figureVersion{edits: s.f.edits, zone: engine.Zone()}
	s.f.mu.Unlock()
	var b []byte
	for _, r := range all {
		status := r.table.Status()
		b = binary.AppendUvarint(b, r.table.Snapshot().Step())
		b = binary.AppendVarint(b, status.BadRecords)
		b = append(b, byte(status.Code))
		if r.table.IsRefreshing() {
			b = append(b, 1)
		}
		b = append(append(b, status.Message...), 0)
	}
	v.tables = string(b)
	return v
}

func (s *source) Watch(changed chan<- struct{}) (stop func()) { return s.f.watch(changed) }

func (s *source) Render() display.MIMEBundle { return s.f.draw() }

// Frame is a picture, and where in it the data is.
func (s *source) Frame(q *live.Request) (*live.Frame, error) {
	start := time.Now()
	zoom := spanOf(q.Range)
	if zoom != nil && !zoom.canBeDrawn() {
		return nil, errors.New("range: it has no length that can be drawn")
	}
	fr := s.f.read(func(fr *frame, data []rows, sums []*blocks) {
		fr.zoom, fr.look = zoom, lookOf(q.Theme)
		switch {
		case q.Width > 0 && q.Height > 0:
			fr.width, fr.height = clampSize(int(min(q.Width, maxWidth)), int(min(q.Height, maxHeight)))
		case q.Width > 0:
			fr.width, fr.height = fitRoom(fr.width, fr.height, q.Width)
		}
		fr.ratio = clampRatio(q.Ratio, fr.width*fr.height)
		fr.fill(data, sums)
	})
	picture, mime := []byte(nil), display.SVG
	svg, err := fr.svg()
	if picture = []byte(svg); err != nil || len(svg) > maxSVG {
		mime = display.PNG
		if picture, err = fr.png(); err != nil {
			return nil, err
		}
	}
	notes := []string{}
	for _, n := range fr.notes {
		notes = append(notes, safetext.Line(n, maxLine))
	}
	return &live.Frame{
		Message: live.Message{"mime": mime, "width": fr.width, "height": fr.height, "live": fr.live, "notes": notes, "plot": fr.plot()},
		Buffers: [][]byte{picture},
		Rest:    (1 + restShare) * time.Since(start),
	}, nil
}

// fitRoom is a figure's size where it has so much room: what a page asks for itself when it knows the figure's own size, see FigureView's fit.
func fitRoom(width, height int, room float64) (int, int) {
	w := max(leastWidth, min(float64(width), room))
	return clampSize(int(math.Round(w)), int(math.Round(max(leastWidth, float64(height)*w/float64(width)))))
}

// plot is where a frame that is drawn has its data, in pixels, and which data that is.
func (f *frame) plot() live.Message {
	px := func(l float64) float64 { return l / float64(pixel) }
	a, b := f.area, f.plotted
	return live.Message{
		"left": px(float64(a.Min.X)), "top": float64(f.height) - px(float64(a.Max.Y)),
		"width": px(float64(a.Max.X - a.Min.X)), "height": px(float64(a.Max.Y - a.Min.Y)),
		"x0": f.outerX(b.x0), "x1": f.outerX(b.x1), "y0": b.y0, "y1": b.y1, "xtime": f.timed,
	}
}

// canBeDrawn says whether the ends of s can be told apart.
func (s *span) canBeDrawn() bool {
	size := math.Max(math.Abs(s.x0), math.Abs(s.x1))
	return s.x1-s.x0 > size*1e-15 && size < math.MaxFloat64/8
}

func (s *source) Ask(q *live.Request) (live.Message, error) {
	if q.T != "at" {
		return nil, errors.New("a figure answers to open, frame and at")
	}
	return s.at(q), nil
}

// Keep does nothing: what a frame kept outlives the wait for the next one, or is made again.
func (s *source) Keep(*live.Request) {}

// Release forgets what frames kept.
func (s *source) Release() { s.f.kept.drop() }

func spanOf(r *live.Range) *span {
	if r == nil {
		return nil
	}
	return &span{r.X0, r.X1}
}
