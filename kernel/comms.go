package kernel

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"

	"tickbook/display"
)

const (
	maxComms    = 10_000
	maxCommWait = 1024 // messages from a page that wait for one comm's handler
)

// CommRequest is a comm message from a page.
type CommRequest struct {
	Type    string // comm_open, comm_msg or comm_close
	ID      string
	Target  string // of comm_open
	Data    json.RawMessage
	Buffers [][]byte
	Parent  json.RawMessage // the message's header
	Client  string          // who sent it, the header's session
}

// comms are the open comms of a session. Each has a goroutine that calls its handler, so that a slow one delays itself alone and none waits
// for a cell.
type comms struct {
	s  *Session
	wg sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	targets map[string]Target
	open    map[string]*comm
}

// comm is one channel to a page.
type comm struct {
	s       *Session
	id      string
	target  string
	quiet   bool
	inbox   chan CommRequest
	done    chan struct{} // closed when the comm is
	once    sync.Once
	handler display.CommHandler // its goroutine's, after the comm was opened

	mu     sync.Mutex
	parent json.RawMessage // of what it sends: the message handled last
}

var _ display.Comm = (*comm)(nil)

func (cs *comms) init(s *Session) {
	cs.s, cs.open, cs.targets = s, map[string]*comm{}, map[string]Target{}
	for name, t := range s.cfg.Targets {
		cs.targets[name] = t
	}
}

// RegisterTarget lets pages open comms under name.
func (s *Session) RegisterTarget(name string, t Target) {
	s.comms.mu.Lock()
	defer s.comms.mu.Unlock()
	s.comms.targets[name] = t
}

// OpenComm opens a comm from the kernel's side; the page's target gets data. metadata may be nil.
func (s *Session) OpenComm(target string, h display.CommHandler, data any, metadata map[string]any, buffers ...[]byte) (display.Comm, error) {
	text, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("open comm %q: %w", target, err)
	}
	c := newComm(s, rand.Text(), target, s.current().Parent)
	c.quiet = s.comms.isQuiet(target)
	c.handler = h
	if err := s.comms.enter(c); err != nil {
		return nil, fmt.Errorf("open comm %q: %w", target, err)
	}
	s.emitAside(Output{Type: "comm_open", Parent: c.parent, Metadata: metadata, Buffers: buffers, Content: map[string]any{
		"comm_id": c.id, "target_name": target, "data": json.RawMessage(text),
	}})
	go c.serve(nil)
	return c, nil
}

// Comms lists the open comms of a target, or all for "": names of targets by comm id.
func (s *Session) Comms(target string) map[string]string {
	s.comms.mu.Lock()
	defer s.comms.mu.Unlock()
	out := map[string]string{}
	for id, c := range s.comms.open {
		if target == "" || target == c.target {
			out[id] = c.target
		}
	}
	return out
}

// HandleComm takes a page's comm message. It returns at once: the comm's own goroutine serves it, also while a cell runs.
func (s *Session) HandleComm(m CommRequest) {
	cs := &s.comms
	cs.mu.Lock()
	c := cs.open[m.ID]
	target, known := cs.targets[m.Target]
	cs.mu.Unlock()
	switch {
	case m.Type == "comm_open" && c != nil:
		s.log.Printf("comm_open: comm %q is open already", m.ID)
		s.around(m.Parent, nil)
	case m.Type == "comm_open" && known && target.Open != nil:
		if target.Notebook != nil { // before a cell that the page sent after it begins
			s.live.notebooks.note(m.Client, target.Notebook(display.CommMessage{Data: m.Data, Buffers: m.Buffers}))
		}
		c = newComm(s, m.ID, m.Target, m.Parent)
		c.quiet = target.Quiet
		if err := cs.enter(c); err != nil {
			s.log.Printf("comm_open: %v", err)
			s.around(m.Parent, func() { s.sayClosed(m.ID, m.Parent) })
			return
		}
		c.inbox <- m
		go c.serve(target.Open)
	case c == nil && m.Type != "comm_close": // the page should know that nobody is there
		if bye := cs.bye(m); bye != nil {
			s.emitAside(Output{Type: "comm_msg", Parent: m.Parent, Content: map[string]any{"comm_id": m.ID, "data": bye}})
			return
		}
		s.around(m.Parent, func() { s.sayClosed(m.ID, m.Parent) })
	case c == nil:
		s.around(m.Parent, nil)
	default:
		select {
		case c.inbox <- m:
		case <-c.done:
			s.around(m.Parent, nil)
		default:
			s.log.Printf("%s: comm %q (%s) has %d messages waiting; this one is dropped", m.Type, m.ID, c.target, maxCommWait)
			s.around(m.Parent, nil)
		}
	}
}

// around tells the page that a message is being served.
func (s *Session) around(parent json.RawMessage, f func()) {
	s.emitAside(statusOutput(parent, "busy"))
	if f != nil {
		f()
	}
	s.emitAside(statusOutput(parent, "idle"))
	s.busyAgain()
}

// busyAgain tells pages that a cell still runs, after an idle that was another message's: they show the last status that they got.
func (s *Session) busyAgain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running {
		s.emitAside(statusOutput(s.cell.Parent, "busy"))
	}
}

func (s *Session) sayClosed(id string, parent json.RawMessage) {
	s.emitAside(Output{Type: "comm_close", Parent: parent, Content: map[string]any{"comm_id": id, "data": map[string]any{}}})
}

func statusOutput(parent json.RawMessage, state string) Output {
	return Output{Type: "status", Parent: parent, Content: map[string]any{"execution_state": state}}
}

func newComm(s *Session, id, target string, parent json.RawMessage) *comm {
	return &comm{s: s, id: id, target: target, parent: parent, inbox: make(chan CommRequest, maxCommWait), done: make(chan struct{})}
}

func (cs *comms) isQuiet(target string) bool {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return cs.targets[target].Quiet
}

// bye is the answer of the target that a message on no comm is meant for, nil if none has one.
func (cs *comms) bye(m CommRequest) any {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	name, _, _ := strings.Cut(m.ID, "-")
	if m.Type != "comm_msg" {
		return nil
	}
	return cs.targets[name].Bye
}

// enter makes c known; the caller starts its goroutine.
func (cs *comms) enter(c *comm) error {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	switch {
	case cs.closed:
		return errClosed
	case len(cs.open) >= maxComms:
		return fmt.Errorf("%d comms are open", maxComms)
	case cs.open[c.id] != nil:
		return fmt.Errorf("comm %q is open already", c.id)
	}
	cs.open[c.id] = c
	cs.wg.Add(1)
	return nil
}

func (cs *comms) leave(c *comm) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.open[c.id] == c {
		delete(cs.open, c.id)
	}
}

// close ends all comms.
func (cs *comms) close() {
	cs.mu.Lock()
	cs.closed = true
	var all []*comm
	for _, c := range cs.open {
		all = append(all, c)
	}
	cs.mu.Unlock()
	for _, c := range all {
		c.once.Do(func() { close(c.done) })
	}
	waitAtMost(&cs.wg, refreshWait)
}

// serve calls the handler until the comm ends. open is nil for a comm that the kernel opened.
func (c *comm) serve(open display.CommTarget) {
	defer c.s.comms.wg.Done()
	defer c.s.comms.leave(c)
	defer func() {
		if c.handler != nil {
			c.guard("closed", func() { c.handler.Closed() })
		}
	}()
	for {
		select {
		case <-c.done:
			return
		case m := <-c.inbox:
			if c.one(m, open) {
				return
			}
		}
	}
}

// one serves a message and says whether the comm ended by it.
func (c *comm) one(m CommRequest, open display.CommTarget) (ended bool) {
	c.mu.Lock()
	c.parent = m.Parent
	c.mu.Unlock()
	if !c.quiet {
		c.s.emitAside(statusOutput(m.Parent, "busy"))
		defer c.s.busyAgain()
		defer c.s.emitAside(statusOutput(m.Parent, "idle"))
	}
	msg := display.CommMessage{Data: m.Data, Buffers: m.Buffers}
	switch m.Type {
	case "comm_open":
		ok := false
		c.guard("open", func() {
			h, err := open(c, msg)
			if err != nil {
				c.s.log.Printf("comm_open %q: %v", c.target, err)
				return
			}
			c.handler, ok = h, true
		})
		if !ok {
			_ = c.Close()
			return true
		}
	case "comm_msg":
		if c.handler != nil {
			c.guard("message", func() { c.handler.Message(msg) })
		}
	case "comm_close":
		c.once.Do(func() { close(c.done) })
		return true
	}
	return false
}

// guard calls the handler: a panic in it harms nothing else.
func (c *comm) guard(what string, f func()) {
	defer func() {
		if e := recover(); e != nil {
			c.s.log.Printf("comm %q (%s): %s: panic: %v\n%s", c.id, c.target, what, e, debug.Stack())
		}
	}()
	f()
}

// ID implements [display.Comm].
func (c *comm) ID() string { return c.id }

// Send implements [display.Comm].
func (c *comm) Send(data any, buffers ...[]byte) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("comm %s: %w", c.target, err)
	}
	select {
	case <-c.done:
		return errors.New("comm " + c.target + ": is closed")
	default:
	}
	c.mu.Lock()
	parent := c.parent
	c.mu.Unlock()
	c.s.emitAside(Output{Type: "comm_msg", Parent: parent, Buffers: buffers, Content: map[string]any{"comm_id": c.id, "data": json.RawMessage(text)}})
	return nil
}

// Close implements [display.Comm].
func (c *comm) Close() error {
	c.end(func() {
		c.mu.Lock()
		parent := c.parent
		c.mu.Unlock()
		c.s.sayClosed(c.id, parent)
	})
	return nil
}

// Forget implements [display.Comm].
func (c *comm) Forget() { c.end(func() {}) }

func (c *comm) end(say func()) {
	c.once.Do(func() {
		close(c.done)
		c.s.comms.leave(c)
		say()
	})
}
