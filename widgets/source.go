package widgets

import (
	"errors"
	"slices"
	"time"

	"tickbook/display"
	"tickbook/engine"
	"tickbook/widgets/internal/safetext"
	"tickbook/widgets/live"
)

// tableSource is a table as pages show it by themselves: any window of it, in any order.
type tableSource struct {
	view   *TableView
	orders orders
	rate   rate
}

var _ live.Source = (*tableSource)(nil)

// tableVersion is all that a frame depends on, besides the rows asked for.
type tableVersion struct {
	step   uint64
	status engine.Status
	live   bool
	zone   *time.Location
}

func (s *tableSource) Kind() string { return "table" }

func (s *tableSource) Version() any {
	t := s.view.t
	return tableVersion{step: t.Snapshot().Step(), status: t.Status(), live: t.IsRefreshing(), zone: engine.Zone()}
}

func (s *tableSource) Watch(changed chan<- struct{}) (stop func()) { return s.view.t.Watch(changed) }

func (s *tableSource) Render() display.MIMEBundle { return s.view.draw().bundle() }

// Schema names the columns. tail says that the cell asked for the last rows; hidden counts the columns that the page never sees.
func (s *tableSource) Schema() live.Message {
	type columnJSON struct {
		Name  string `json:"name"`
		Type  string `json:"type"`
		Label string `json:"label"` // what stands below the name
	}
	columns := []columnJSON{}
	defs := s.view.t.Schema()
	for _, d := range defs[:min(len(defs), schemaColumns)] {
		columns = append(columns, columnJSON{frameText(d.Name, frameCell), d.Kind.String(), kindText(d.Kind)})
	}
	return live.Message{"columns": columns, "hidden": len(defs) - len(columns), "tail": s.view.last}
}

// Frame is a window of rows and columns. It says which it is, since a page may ask for more than there is or than it gets.
func (s *tableSource) Frame(q *live.Request) (*live.Frame, error) {
	status, refreshing := s.view.t.Status(), s.view.t.IsRefreshing()
	snap, err := s.snapshot(q)
	if err != nil {
		return nil, err
	}
	rows := snap.Len()
	first, count, span := bounds(q, rows, min(len(s.view.t.Schema()), schemaColumns))
	w := snap.Window(first, count)
	rate := s.rate.add(time.Now(), rows)
	f := &live.Frame{
		Message: live.Message{
			"first": first, "count": w.Len(), "rows": rows, "span": span, "live": refreshing, "rate": rate,
			"status": map[string]any{
				"code": status.Code.String(), "message": safetext.Line(status.Message, maxMessage), "bad": status.BadRecords,
			},
		},
		Buffers: encode(w, span),
	}
	if rate > 0 {
		f.Again = 2 * rateSpan
	}
	return f, nil
}

// clip is the window of count rows from first on, or the last count for a negative first or one beyond the end, that rows rows have.
func clip(first, count, rows int) (int, int) {
	count = max(0, min(count, rows))
	if first < 0 || first >= rows {
		first = rows - count
	}
	return first, min(count, rows-first)
}

// snapshot is the table in the order that q asks for.
func (s *tableSource) snapshot(q *live.Request) (*engine.Snapshot, error) {
	by, err := sortColumns(q.Order, s.view.t.Schema())
	if err != nil {
		return nil, err
	}
	if len(by) == 0 {
		return s.view.t.Snapshot(), nil
	}
	t, err := s.orders.by(by)
	if err != nil {
		return nil, err
	}
	return t.Snapshot(), nil
}

func (s *tableSource) Ask(q *live.Request) (live.Message, error) {
	if q.T != "copy" {
		return nil, errors.New("a table answers to open, frame and copy")
	}
	snap, err := s.snapshot(q)
	if err != nil {
		return nil, err
	}
	text, err := tsv(snap, q)
	if err != nil {
		return nil, err
	}
	return live.Message{"text": text}, nil
}

func (s *tableSource) Keep(q *live.Request) {
	if by, err := sortColumns(q.Order, s.view.t.Schema()); err == nil && len(by) > 0 {
		s.orders.keep(by)
	}
}

func (s *tableSource) Release() { s.orders.release() }

// columnIndex is the place of the column that a page names, -1 if there is none.
func columnIndex(defs []engine.ColumnDef, name string) int {
	return slices.IndexFunc(defs, func(d engine.ColumnDef) bool { return d.Name == name || frameText(d.Name, frameCell) == name })
}
