package producttest

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"tickbook/interp"
	"tickbook/kernel"
	"tickbook/widgets"
)

// session is a session of cells as the product makes it, with what it shows by cell.
type session struct {
	t *testing.T
	s *kernel.Session
	n int

	mu    sync.Mutex
	shown map[string][]kernel.Output // by the request's id; guarded by mu
	last  map[string]map[string]any  // newest data by display id; guarded by mu
}

func newSession(t *testing.T) *session {
	t.Helper()
	s := &session{t: t, shown: map[string][]kernel.Output{}, last: map[string]map[string]any{}}
	var err error
	s.s, err = kernel.NewSession(kernel.Config{
		NewInterpreter: func(stdout, stderr io.Writer) (kernel.Interpreter, error) {
			return interp.New(interp.Options{Stdout: stdout, Stderr: stderr})
		},
		Render: widgets.Renderer,
	}, s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *session) close() {
	if err := s.s.Close(); err != nil {
		s.t.Error(err)
	}
}

// Emit keeps an output.
func (s *session) Emit(o kernel.Output) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var h struct{ ID string }
	_ = json.Unmarshal(o.Parent, &h)
	if id := displayID(o.Content); id != "" {
		s.last[id], _ = o.Content["data"].(map[string]any)
	}
	if o.Type != "update_display_data" {
		s.shown[h.ID] = append(s.shown[h.ID], o)
	}
}

func displayID(content map[string]any) string {
	transient, _ := content["transient"].(map[string]any)
	id, _ := transient["display_id"].(string)
	return id
}

// run runs a cell under a name, as a page runs the cell of that id.
func (s *session) run(name, code string) (kernel.Reply, string) {
	s.t.Helper()
	s.n++
	id := fmt.Sprint("run", s.n)
	r := s.s.Execute(s.t.Context(), kernel.Request{Code: code, CellID: name, StoreHistory: true, Parent: json.RawMessage(`{"ID":"` + id + `"}`)})
	return r, id
}

// mustRun is run of a cell that must succeed.
func (s *session) mustRun(name, code string) string {
	s.t.Helper()
	r, id := s.run(name, code)
	if r.Status != "ok" {
		s.t.Fatalf("cell %s: %v\n%s", name, r.Err, strings.Join(r.Traceback, "\n"))
	}
	return id
}

// text is everything that a run shows now in the given media type.
func (s *session) text(id, media string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, o := range s.shown[id] {
		data, _ := o.Content["data"].(map[string]any)
		if d := displayID(o.Content); d != "" {
			data = s.last[d]
		}
		if x, ok := data[media].(string); ok {
			b.WriteString(x + "\n")
		}
		if x, ok := o.Content["text"].(string); ok && o.Type == "stream" {
			b.WriteString(x)
		}
	}
	return b.String()
}

// forget lets go of what was shown so far.
func (s *session) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.shown)
	clear(s.last)
}
