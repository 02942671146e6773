package live

import (
	"encoding/json"
	"fmt"
	"time"
)

// minRest is the time between two frames of a viewer that goes on showing the same part, on average: 20 a second. One may come sooner, so that views
// which a page asks for together are answered together.
const minRest = 50 * time.Millisecond

// The requests of a viewer that wait, one of each kind.
const (
	frame = iota
	at
	copied
	kinds
)

func kindOf(t string) int {
	switch t {
	case "at":
		return at
	case "copy":
		return copied
	}
	return frame
}

// viewer is one place on a page that shows a view. It has a goroutine, which answers its requests one at a time and ends when it was asked for
// nothing for a while.
type viewer struct {
	conn *conn
	key  string
	id   json.RawMessage // the page's name for it
	view *View
	gone <-chan struct{}
	wake chan struct{} // a request came

	waiting [kinds]*Request // guarded by conn.mu
	asked   time.Time       // when the last request came; guarded by conn.mu
	free    time.Time       // when the next frame may be sent; guarded by conn.mu
	drawing bool            // a frame; guarded by conn.mu

	// The goroutine's.
	kept    *Request      // the one that kept what was derived
	last    time.Time     // when the last one was sent
	again   time.Duration // when a frame is due though nothing changed
	changed chan struct{} // signalled when the view changes, while watched
	stop    func()        // ends that; nil while not watched
}

func (w *viewer) run() {
	defer w.conn.wg.Done()
	defer w.unwatch()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		q, wait, ended := w.next()
		switch {
		case ended:
			return
		case q != nil:
			w.answer(q)
			continue
		}
		timer.Reset(wait)
		select {
		case <-w.conn.end:
			return
		case <-w.gone:
			w.leave()
			return
		case <-w.wake:
		case <-w.changed:
		case <-timer.C:
		}
	}
}

// next takes the request that is to be answered now. If there is none, it says how long there will be none unless something happens. A viewer that
// nobody asks leaves the comm: then ended is true.
func (w *viewer) next() (q *Request, wait time.Duration, ended bool) {
	q, wait, ended = w.peek()
	if q == nil {
		return nil, wait, ended
	}
	if q.T == "frame" && q.Since != nil && *q.Since >= 0 {
		if wait > 0 {
			return nil, wait, false
		}
		if !w.due(*q.Since) {
			if q != w.kept {
				w.kept = q
				w.view.src.Keep(q)
			}
			if w.again > 0 {
				return nil, w.again - time.Since(w.last), false
			}
			return nil, silence, false
		}
	}
	w.conn.mu.Lock()
	defer w.conn.mu.Unlock()
	if kind := kindOf(q.T); w.waiting[kind] == q { // else a newer one came, which wakes
		w.waiting[kind] = nil
		w.drawing = kind == frame
		return q, 0, false
	}
	return nil, 0, false
}

// peek is the request to answer next, and how long a frame has to wait: what is asked once goes before what is asked all the time.
func (w *viewer) peek() (q *Request, wait time.Duration, ended bool) {
	w.conn.mu.Lock()
	defer w.conn.mu.Unlock()
	for _, kind := range []int{at, copied, frame} {
		if q := w.waiting[kind]; q != nil {
			return q, time.Until(w.free), false
		}
	}
	if wait = viewerLease - time.Since(w.asked); wait <= 0 {
		delete(w.conn.viewers, w.key)
		return nil, 0, true
	}
	return nil, wait, false
}

// due says whether there is something new since a step. If not, changes wake the viewer from now on.
func (w *viewer) due(since int64) bool {
	if w.again > 0 && time.Since(w.last) >= w.again {
		return true
	}
	if w.view.now() != since {
		return true
	}
	if w.stop != nil {
		return false
	}
	w.changed = make(chan struct{}, 1)
	w.stop = w.view.src.Watch(w.changed)
	return w.view.now() != since // it may have changed in between
}

func (w *viewer) unwatch() {
	if w.stop != nil {
		w.stop()
		w.changed, w.stop = nil, nil
	}
}

// answer serves a request. What a source panics with, as at a column that isn't there, is the answer.
func (w *viewer) answer(q *Request) {
	defer w.drawn(time.Time{})
	defer func() {
		if e := recover(); e != nil {
			w.conn.send(refusal(q, fmt.Errorf("%v", e)))
		}
	}()
	w.unwatch()
	if q.T != "frame" {
		m, err := w.view.src.Ask(q)
		if err != nil {
			w.conn.send(refusal(q, err))
			return
		}
		w.conn.send(q.reply(q.T, m))
		return
	}
	w.last = time.Now()
	step := w.view.now() // before it is drawn: what comes between is drawn again
	f, err := w.view.src.Frame(q)
	if err != nil {
		w.conn.send(refusal(q, err))
		return
	}
	w.again = f.Again
	m := q.reply("frame", f.Message)
	m["step"] = step
	w.drawn(w.last.Add(f.Rest))
	w.conn.out.put(m, f.Buffers, q.Seq == 1 || w.conn.isAbout(w)) // a page that is loaded asks for the first frames of its views one after the other
}

// drawn ends the drawing of a frame, of which there was none if rest is zero. Until rest, there is none again.
func (w *viewer) drawn(rest time.Time) {
	w.conn.mu.Lock()
	defer w.conn.mu.Unlock()
	w.drawing = false
	if !rest.IsZero() {
		w.free = later(later(w.free, w.last.Add(-minRest)).Add(minRest), rest)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// leave tells the page that the view is gone.
func (w *viewer) leave() {
	w.conn.mu.Lock()
	delete(w.conn.viewers, w.key)
	w.conn.mu.Unlock()
	w.conn.send(Message{"t": "gone", "view": w.view.id, "viewer": w.id})
}
