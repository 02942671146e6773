package figure

import (
	"iter"
	"maps"
	"slices"
	"sync"

	"tickbook/display"
	"tickbook/engine"
	"tickbook/widgets/live"
)

const (
	defaultWidth, defaultHeight = 720, 360
	maxWidth, maxHeight         = 2000, 1600
	leastWidth                  = 160
)

// Figure draws series of live tables over one pair of axes. Its methods return it, so that calls chain; a figure that is shown
// follows later calls too. They may be called from any goroutine. A figure keeps its tables alive.
type Figure struct {
	mu            sync.Mutex // guards all below
	title         string
	xlabel        label
	ylabel        label
	width, height int
	series        []series
	watchers      map[*watcher]struct{}
	edits         int // changes of the above
	live          *live.View

	kept kept // guarded by its own mutex
}

// label is an axis' label; one that was not set is made of the columns' names.
type label struct {
	text string
	set  bool
}

// series is one PlotXY.
type series struct {
	name         string
	table        *engine.Table
	x, y         string
	xkind, ykind engine.Kind
	style        Style
}

// watcher is one Watch.
type watcher struct {
	changed chan<- struct{}
	stops   []func() // of its watches of tables
}

var _ display.Claimable = (*Figure)(nil)

// New returns a figure without series.
func New() *Figure {
	f := &Figure{width: defaultWidth, height: defaultHeight, watchers: map[*watcher]struct{}{}}
	f.live = live.New(&source{f})
	return f
}

// PlotXY adds a series: a point for each row of table t at the values of columns x and y. x holds numbers or instants, which make a time axis in the
// zone of [engine.SetZone]; y holds numbers, or durations, which are drawn in seconds. A row with a null, a NaN or an infinity has no point, and a
// line breaks there. The style is [Line] unless another is given.
//
// A line over numbers joins the points in the order of the rows, so that it may go to and fro. A line over time joins them in the order of time,
// so that a row that comes late goes where it belongs; of rows at one instant, in the order of the rows.
//
// It panics with an *[engine.QueryError] if t has no such column, or a column can't be drawn.
func (f *Figure) PlotXY(name string, t *engine.Table, x, y string, style ...Style) *Figure {
	s := series{name: name, table: t, x: x, y: y}
	for _, st := range style {
		s.style = st
	}
	s.bind()
	return f.edit(func() {
		if len(f.series) > 0 {
			s.checkAxis(f.series[0])
		}
		f.series = append(f.series, s)
		for w := range f.watchers {
			w.stops = append(w.stops, t.Watch(w.changed))
		}
	})
}

// Title sets the line above the figure.
func (f *Figure) Title(text string) *Figure { return f.edit(func() { f.title = text }) }

// XLabel sets the text below the x axis. Without it, it is the column's name and, for a time axis, the zone.
func (f *Figure) XLabel(text string) *Figure { return f.edit(func() { f.xlabel = label{text, true} }) }

// YLabel sets the text beside the y axis. Without it, it is the column's name where all series have the same.
func (f *Figure) YLabel(text string) *Figure { return f.edit(func() { f.ylabel = label{text, true} }) }

// Size sets the figure's size in pixels, at first 720 by 360. It is held within 160 by 120 and 2000 by 1600.
func (f *Figure) Size(width, height int) *Figure {
	return f.edit(func() {
		f.width, f.height = clampSize(width, height)
	})
}

func clampSize(width, height int) (int, int) {
	return max(leastWidth, min(maxWidth, width)), max(120, min(maxHeight, height))
}

// edit changes the figure and signals its watchers.
func (f *Figure) edit(change func()) *Figure {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	f.edits++
	for w := range f.watchers {
		select {
		case w.changed <- struct{}{}:
		default:
		}
	}
	return f
}

// Watch signals changed after each cycle that changed one of the tables or its status, and after each change of the figure. Until stop, pages can
// show the figure by themselves.
func (f *Figure) Watch(changed chan<- struct{}) (stop func()) { return f.live.Watch(changed) }

// Claims implements [display.Claimable].
func (f *Figure) Claims(claim func() (release func())) (stop func()) { return f.live.Claims(claim) }

// Lets implements [display.Keeper] for the tables of the figure.
func (f *Figure) Lets() iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		f.mu.Lock()
		all := slices.Clone(f.series)
		f.mu.Unlock()
		found := map[string]bool{}
		for _, s := range all {
			for name, isEarlier := range s.table.Lets() {
				found[name] = found[name] || isEarlier
			}
		}
		maps.All(found)(yield)
	}
}

func (f *Figure) watch(changed chan<- struct{}) (stop func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := &watcher{changed: changed}
	for _, s := range f.series {
		w.stops = append(w.stops, s.table.Watch(changed))
	}
	f.watchers[w] = struct{}{}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.watchers, w)
		for _, stop := range w.stops {
			stop()
		}
		w.stops = nil
	}
}

// Render draws the figure as SVG and as PNG, says in text what it shows, and names it for pages that show it by themselves. All series are as of
// one cycle.
func (f *Figure) Render() display.MIMEBundle {
	b := f.draw()
	b[live.MIME] = f.live.Ref()
	return b
}

func (f *Figure) draw() display.MIMEBundle {
	fr := f.frame()
	b := display.MIMEBundle{display.Text: fr.summary()}
	svg, err := fr.svg()
	if err == nil {
		b[display.SVG] = svg
	}
	png, err2 := fr.png()
	if err2 == nil {
		b[display.PNG] = png
	}
	for _, err := range []error{err, err2} {
		if err != nil {
			b[display.Text] = b[display.Text].(string) + "\n" + err.Error()
		}
	}
	return b
}
