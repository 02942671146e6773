package live

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"tickbook/display"
)

// Target is the name under which pages open their comms.
const Target = "tickbook"

// Bye ends a comm. A page that goes on speaking opens another.
var Bye = Message{"t": "bye"}

// Open serves a page's comm with the process's views. It is the [display.CommTarget] of [Target].
func Open(c display.Comm, open display.CommMessage) (display.CommHandler, error) {
	return defaultHub.Open(c, open)
}

// Modules are the versions of modules that a page's notebook has, by path; the page says them when it opens its comm.
func Modules(open display.CommMessage) map[string]string {
	var q struct {
		Modules map[string]string `json:"modules"`
	}
	if json.Unmarshal(open.Data, &q) != nil { // Open will say so
		return nil
	}
	return q.Modules
}

// Notebook is the path of the notebook that a page shows, which it says when it opens its comm; "" of pages that don't.
func Notebook(open display.CommMessage) string {
	var q struct {
		Notebook string `json:"notebook"`
	}
	if json.Unmarshal(open.Data, &q) != nil { // Open will say so
		return ""
	}
	return q.Notebook
}

// Open serves a page's comm.
func (h *Hub) Open(c display.Comm, open display.CommMessage) (display.CommHandler, error) {
	var q Request
	err := json.Unmarshal(open.Data, &q)
	if err == nil && q.Version != version {
		err = fmt.Errorf("the page speaks version %d of the live views' messages, the kernel version %d: run tickbook install and reload the page", q.Version, version)
	}
	if err != nil {
		_ = c.Send(refusal(nil, err))
		return nil, err
	}
	n := &conn{hub: h, comm: c, end: make(chan struct{}), viewers: map[string]*viewer{}, claims: map[string]*hold{}}
	n.shots.sent = map[string]int64{}
	n.out.send = func(m Message, buffers [][]byte) { _ = c.Send(m, buffers...) } // a comm that has ended takes none
	n.silence = time.AfterFunc(silence, n.drop)
	n.send(Message{"t": "hello", "session": h.session, "version": version})
	return n, nil
}

// conn is one page's comm, with what the page asked for.
type conn struct {
	hub  *Hub
	comm display.Comm
	wg   sync.WaitGroup
	end  chan struct{} // closed when the comm ends
	out  outbox

	mu      sync.Mutex // guards what follows, and the waiting requests of all viewers
	closed  bool
	silence *time.Timer        // ends a comm whose page says nothing
	viewers map[string]*viewer // by the page's name for them and their view
	claims  map[string]*hold   // by view
	shots   shots
}

var _ display.CommHandler = (*conn)(nil)

// Message serves one message of the page. It answers what is quick and leaves the rest to goroutines, so that a slow view delays itself alone.
func (n *conn) Message(m display.CommMessage) {
	q, err := decode(m.Data)
	if err != nil {
		n.send(refusal(q, err))
		return
	}
	n.mu.Lock()
	if n.closed {
		n.mu.Unlock()
		return
	}
	n.silence.Reset(silence)
	n.letGo()
	n.mu.Unlock()
	if q.T == "snapshot" || q.T == "hold" {
		for _, id := range q.Views {
			if v := n.hub.view(id); v != nil {
				n.hold(v)
			}
		}
		if q.T == "snapshot" {
			n.snapshot(q.Views, q.Seq)
		}
		return
	}
	v := n.hub.view(q.View)
	if v == nil {
		n.send(q.reply("gone", nil))
		return
	}
	n.hold(v)
	if q.T == "open" {
		m := q.reply("schema", v.src.Schema())
		m["kind"] = v.src.Kind()
		n.out.put(m, nil, true) // the first frame follows, and other views do
		return
	}
	if err := n.ask(v, q); err != nil {
		n.send(refusal(q, err))
	}
}

// ask gives a viewer its next request. One of the same kind that still waits is replaced.
func (n *conn) ask(v *View, q *Request) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil
	}
	key := string(q.Viewer) + " " + q.View
	w := n.viewers[key]
	if w == nil {
		if len(n.viewers) >= maxViewers {
			return fmt.Errorf("%d viewers of this page are open; close some, or wait %v", maxViewers, viewerLease)
		}
		w = &viewer{conn: n, key: key, id: q.Viewer, view: v, gone: v.end(), wake: make(chan struct{}, 1)}
		n.viewers[key] = w
		n.wg.Add(1)
		go w.run()
	}
	w.waiting[kindOf(q.T)] = q
	w.asked = time.Now()
	select {
	case w.wake <- struct{}{}:
	default:
	}
	return nil
}

// send gives a message to the page.
func (n *conn) send(m Message) { n.out.put(m, nil, false) }

// isAbout reports whether a viewer other than w is about to send a frame: it is drawing one, or was asked for one that is due.
func (n *conn) isAbout(w *viewer) bool {
	type question struct {
		view  *View
		since int64
	}
	var open []question
	n.mu.Lock()
	for _, v := range n.viewers {
		switch q := v.waiting[frame]; {
		case v == w:
		case v.drawing:
			n.mu.Unlock()
			return true
		case q != nil && q.Since != nil && !time.Now().Before(v.free):
			open = append(open, question{v.view, *q.Since})
		}
	}
	n.mu.Unlock()
	return slices.ContainsFunc(open, func(q question) bool { return q.since < 0 || q.view.now() != q.since })
}

// Closed frees what the page asked for. It returns when the last goroutine has ended.
func (n *conn) Closed() {
	n.mu.Lock()
	if !n.closed {
		n.closed = true
		close(n.end)
		n.silence.Stop()
		for id, h := range n.claims {
			h.free()
			delete(n.claims, id)
		}
	}
	n.mu.Unlock()
	n.wg.Wait()
}

// drop ends a comm whose page is silent. It says so in a message of ours: JupyterLab reports the comm_close of a comm that it doesn't know, as those
// of a page that was loaded again, as an error.
func (n *conn) drop() {
	n.send(Bye)
	n.comm.Forget()
	n.Closed()
}
