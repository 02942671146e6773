package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tickbook/display"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// number is a source that shows a number.
type number struct {
	mu       sync.Mutex
	n        int
	drawn    int
	kept     int
	released int
	watchers map[chan<- struct{}]bool
	frame    func(q *Request) (*Frame, error) // nil: the number
}

func (s *number) set(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n = n
	for c := range s.watchers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (s *number) get() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func (s *number) watched() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.watchers)
}

func (s *number) Kind() string    { return "table" }
func (s *number) Schema() Message { return Message{"columns": []string{"N"}} }
func (s *number) Version() any    { return s.get() }

func (s *number) Watch(changed chan<- struct{}) func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watchers == nil {
		s.watchers = map[chan<- struct{}]bool{}
	}
	s.watchers[changed] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, changed)
	}
}

func (s *number) Render() display.MIMEBundle {
	return display.MIMEBundle{display.Text: fmt.Sprint(s.get()), display.PNG: []byte{1, 2, 3}, MIME: Ref{}}
}

func (s *number) Frame(q *Request) (*Frame, error) {
	s.mu.Lock()
	s.drawn++
	n, frame := s.n, s.frame
	s.mu.Unlock()
	if frame != nil {
		return frame(q)
	}
	return &Frame{Message: Message{"n": n}, Buffers: [][]byte{{byte(n)}}}, nil
}

func (s *number) Ask(q *Request) (Message, error) {
	if q.T == "at" {
		return Message{"label": fmt.Sprint(*q.X)}, nil
	}
	return nil, errors.New("no copies")
}

func (s *number) Keep(*Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept++
}

func (s *number) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.released++
}

// page is the other end of a comm.
type page struct {
	t *testing.T
	h display.CommHandler

	mu     sync.Mutex
	closed bool
	got    []Message
	sent   int // messages of the comm
}

func (p *page) ID() string { return "c" }

func (p *page) Send(data any, buffers ...[]byte) error {
	text, err := json.Marshal(data)
	if err != nil {
		p.t.Errorf("an answer that is no JSON: %v", err)
		return err
	}
	var m Message
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errors.New("closed")
	}
	p.sent++
	if m["t"] != "several" {
		p.hear(m, buffers)
		return nil
	}
	for i, one := range m["messages"].([]any) {
		n := int(m["buffers"].([]any)[i].(float64))
		p.hear(one.(map[string]any), buffers[:n])
		buffers = buffers[n:]
	}
	if len(buffers) > 0 {
		p.t.Errorf("%d buffers are nobody's", len(buffers))
	}
	return nil
}

// hear is told one thing: a frame of a number has the number as its buffer.
func (p *page) hear(m Message, buffers [][]byte) {
	if n, ok := m["n"].(float64); ok != (len(buffers) == 1) || ok && buffers[0][0] != byte(n) {
		p.t.Errorf("%v comes with the buffers %v", m, buffers)
	}
	p.got = append(p.got, m)
}

func (p *page) Forget() { _ = p.Close() }

func (p *page) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	return nil
}

func (p *page) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// open is a page with its comm.
func open(t *testing.T, h *Hub) *page {
	t.Helper()
	p := &page{t: t}
	n, err := h.Open(p, display.CommMessage{Data: []byte(`{"version":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	p.h = n
	if m := p.take(); len(m) != 1 || m[0]["t"] != "hello" || m[0]["session"] != h.session {
		t.Fatalf("at first: %v", m)
	}
	return p
}

// say sends a message as a page does. %v stands for its arguments.
func (p *page) say(format string, args ...any) {
	p.h.Message(display.CommMessage{Data: fmt.Appendf(nil, format, args...)})
}

// ask asks for a frame as viewer 1.
func (p *page) ask(v *View, seq, since int) {
	p.say(`{"t":"frame","view":%q,"viewer":"1","seq":%d,"since":%d,"count":10}`, v.id, seq, since)
}

// take is what came since the last take.
func (p *page) take() []Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	got := p.got
	p.got = nil
	return got
}

// brief writes messages short: t, and what tells them apart.
func brief(all []Message) string {
	s := ""
	for i, m := range all {
		if i > 0 {
			s += "; "
		}
		s += fmt.Sprint(m["t"])
		for _, key := range []string{"seq", "n", "step", "message", "data"} {
			if x, ok := m[key]; ok {
				s += fmt.Sprintf(" %s=%v", key, x)
			}
		}
	}
	return s
}

// shown is a view on display.
func shown(h *Hub) (s *number, v *View, stop func()) {
	s = &number{n: 1}
	v = h.New(s)
	return s, v, v.Watch(make(chan struct{}, 1))
}

// run runs f in a bubble, with a hub, a view on display and a page.
func run(t *testing.T, f func(t *testing.T, s *number, v *View, p *page)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := NewHub()
		s, v, stop := shown(h)
		p := open(t, h)
		f(t, s, v, p)
		p.h.Closed()
		stop()
		if n := s.watched(); n != 0 {
			t.Errorf("%d watchers are left", n)
		}
		if v.claims.pages != 0 {
			t.Errorf("%d claims are left", v.claims.pages)
		}
	})
}

func (p *page) want(want string) {
	p.t.Helper()
	if got := brief(p.heard()); got != want {
		p.t.Errorf("got %q, want %q", got, want)
	}
}

// heard is what comes within a moment.
func (p *page) heard() []Message {
	<-time.After(gather)
	synctest.Wait()
	return p.take()
}

func (p *page) wait() []Message {
	synctest.Wait()
	return p.take()
}
