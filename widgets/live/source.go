package live

import (
	"encoding/json"
	"errors"
	"time"

	"tickbook/display"
)

// Source is what a view shows. Its methods may be called from any goroutine.
type Source interface {
	// Kind is what draws it on the page: "table" or "figure".
	Kind() string
	// Schema is what a page learns once, when it opens the view.
	Schema() Message
	// Version differs, as to ==, from what it was before a change of what the source shows. It is cheap.
	Version() any
	// Watch signals changed after each change, as [display.Live] says.
	Watch(changed chan<- struct{}) (stop func())
	// Render is the source as it stands in a notebook's file.
	Render() display.MIMEBundle
	// Frame draws what q asks for.
	Frame(q *Request) (*Frame, error)
	// Ask answers an at or a copy. What a source doesn't know is an error.
	Ask(q *Request) (Message, error)
	// Keep renews the lease of what was derived for q, which a page asked again while nothing changed.
	Keep(q *Request)
	// Release frees what was derived for viewers. It is called when the view is shown no more; nothing is asked after it.
	Release()
}

// Message is the data of one comm message.
type Message map[string]any

// Frame is one picture of a source, in the source's own fields.
type Frame struct {
	Message Message
	Buffers [][]byte
	// Rest is how long the viewer waits for the next one, at least.
	Rest time.Duration
	// Again is when a frame is due though nothing changes, as where a rate falls to nothing. 0 is never.
	Again time.Duration
}

// Request is what a page asks of one view, checked for what all sources have in common.
type Request struct {
	T      string          `json:"t"`
	View   string          `json:"view"`
	Viewer json.RawMessage `json:"viewer"` // a string or a number, given back as it came
	Seq    int64           `json:"seq"`
	Since  *int64          `json:"since"` // a frame waits for a step beyond it; nil and negative ones don't wait

	// Of tables.
	First   int               `json:"first"` // a negative one asks for the last Count rows
	Count   int               `json:"count"`
	Order   []json.RawMessage `json:"order"`   // [column, descending] each, the column by position or name
	Columns []int             `json:"columns"` // of a copy
	Span    *Span             `json:"span"`    // columns in sight, of a frame; nil for the first ones

	// Of figures.
	Width  float64  `json:"width"`
	Height float64  `json:"height"`
	X      *float64 `json:"x"`
	Range  *Range   `json:"range"`
	Ratio  float64  `json:"ratio"` // of the screen's pixels to the page's; 0 is 1
	Theme  *Theme   `json:"theme"` // nil is dark ink on white paper

	// Of snapshots and holds.
	Views []string `json:"views"`

	// Of comm_open.
	Version int `json:"version"`
}

// Span is a range of columns: [First, End).
type Span struct {
	First int `json:"first"`
	End   int `json:"end"`
}

// Range is a part of an x axis, both ends included.
type Range struct {
	X0 float64 `json:"x0"`
	X1 float64 `json:"x1"`
}

// Theme is the colours of a page, of each red, green and blue.
type Theme struct {
	Paper [3]uint8 `json:"paper"`
	Ink   [3]uint8 `json:"ink"`
}

// The limits of what one page may ask for.
const (
	maxRequest = 1 << 20 // bytes
	maxViewers = 64      // of a comm
	maxName    = 100     // bytes of a view's or viewer's id
	maxViews   = 1000    // of a snapshot or hold
	maxOrder   = 16      // columns
)

// decode reads a request of a page.
func decode(data []byte) (*Request, error) {
	if len(data) > maxRequest {
		return nil, errors.New("the message is too long")
	}
	q := &Request{}
	if err := json.Unmarshal(data, q); err != nil {
		return q, err
	}
	switch q.T {
	case "snapshot", "hold":
		if len(q.Views) > maxViews {
			return q, errors.New("too many views")
		}
		return q, nil
	case "open", "frame", "at", "copy":
	default:
		return q, errors.New(`t is none of "open", "frame", "at", "copy", "snapshot", "hold"`)
	}
	switch {
	case q.View == "" || len(q.View) > maxName:
		return q, errors.New("view is no view's id")
	case len(q.Viewer) > maxName || !isName(q.Viewer):
		return q, errors.New("viewer is neither a short string nor a number")
	case q.Count < 0:
		return q, errors.New("count is negative")
	case len(q.Order) > maxOrder:
		return q, errors.New("order has too many columns")
	case q.Span != nil && !(0 <= q.Span.First && q.Span.First <= q.Span.End):
		return q, errors.New("span is none of columns: want 0 <= first <= end")
	case q.Range != nil && !(q.Range.X0 < q.Range.X1):
		return q, errors.New("range is empty: x0 must be less than x1")
	case q.T == "at" && q.X == nil:
		return q, errors.New("x is missing")
	}
	return q, nil
}

// isName says whether a JSON value is a string or a number.
func isName(v json.RawMessage) bool {
	return len(v) > 0 && (v[0] == '"' || v[0] == '-' || '0' <= v[0] && v[0] <= '9')
}

// reply is m as the answer to q.
func (q *Request) reply(t string, m Message) Message {
	out := Message{"t": t, "view": q.View, "viewer": q.Viewer, "seq": q.Seq}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// refusal is the answer to a message that can't be served. q says what could be read of it.
func refusal(q *Request, err error) Message {
	m := Message{"t": "error", "message": err.Error()}
	if q == nil {
		return m
	}
	if q.View != "" && len(q.View) <= maxName {
		m["view"] = q.View
	}
	if isName(q.Viewer) && len(q.Viewer) <= maxName {
		m["viewer"], m["seq"] = q.Viewer, q.Seq
	}
	if len(q.T) <= maxName {
		m["of"] = q.T
	}
	return m
}
