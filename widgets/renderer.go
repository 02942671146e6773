package widgets

import (
	"tickbook/display"
	"tickbook/engine"
)

// Renderer returns what shows v in a notebook, or false if widgets knows no view of it. A table ticks; a snapshot and rows stand still.
func Renderer(v any) (display.Renderer, bool) {
	switch v := v.(type) {
	case *engine.Table:
		return Table(v), true
	case *engine.Input:
		if v == nil {
			return nothing("a nil table"), true
		}
		return Table(v.Table), true
	case *engine.Snapshot:
		if v == nil {
			return nothing("a nil snapshot"), true
		}
		return snapshotView{v}, true
	case []engine.Row:
		return rowsView(v), true
	}
	return nil, false
}

// bundle is v in the media types of a table.
func (v *view) bundle() display.MIMEBundle {
	return display.MIMEBundle{display.HTML: v.html(), display.Text: v.text()}
}

// nothing shows a sentence.
type nothing string

func (n nothing) Render() display.MIMEBundle { return display.MIMEBundle{display.Text: string(n)} }

// snapshotView shows the first rows of a snapshot.
type snapshotView struct{ s *engine.Snapshot }

func (sv snapshotView) Render() display.MIMEBundle {
	v := &view{}
	v.read(sv.s, defaultRows)
	return v.bundle()
}
