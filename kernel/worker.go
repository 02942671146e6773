package kernel

import "sync"

const maxQueued = 10_000 // requests that wait for one worker

// worker serves requests of the shell socket one after the other: the main shell's, those that go past a running cell, or a subshell's.
type worker struct {
	sv     *server
	isMain bool

	mu     sync.Mutex
	wake   chan struct{} // holds one token while something waits
	queue  []*message
	busy   bool // a request is being served
	closed bool
	done   chan struct{} // closed by close
}

func newWorker(sv *server) *worker {
	return &worker{sv: sv, wake: make(chan struct{}, 1), done: make(chan struct{})}
}

// push queues m; false when too many wait or the worker ended.
func (w *worker) push(m *message) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || len(w.queue) >= maxQueued {
		return false
	}
	w.queue = append(w.queue, m)
	w.signal()
	return true
}

func (w *worker) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// isBusy says whether something is being served or waits.
func (w *worker) isBusy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.busy || len(w.queue) > 0
}

// take removes and returns the waiting execute requests.
func (w *worker) take() []*message {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out, rest []*message
	for _, m := range w.queue {
		if m.header.Type == "execute_request" {
			out = append(out, m)
		} else {
			rest = append(rest, m)
		}
	}
	w.queue = rest
	return out
}

// run serves until the worker or the server ends.
func (w *worker) run() {
	for {
		m := w.next()
		if m == nil {
			select {
			case <-w.wake:
				continue
			case <-w.done:
				return
			case <-w.sv.ctx.Done():
				return
			}
		}
		w.sv.serveShell(w, m)
	}
}

func (w *worker) next() *message {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy = false
	if w.closed || len(w.queue) == 0 || w.sv.ctx.Err() != nil {
		return nil
	}
	m := w.queue[0]
	w.queue[0] = nil
	w.queue = w.queue[1:]
	w.busy = true
	return m
}

// close ends the worker after the request that it serves. It returns what waited.
func (w *worker) close() []*message {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	close(w.done)
	q := w.queue
	w.queue = nil
	return q
}
