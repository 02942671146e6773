package kernel

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"iter"
	"slices"
	"sync"
	"time"

	"tickbook/display"
)

// shown is one display.
type shown struct {
	id      string
	key     string // of its cell
	client  string // that ran the cell
	cell    string // its name
	parent  json.RawMessage
	live    display.Live // nil when it changes only by update
	changed chan struct{}
	draw    chan chan struct{} // draw now, then close
	done    chan struct{}      // closed at its end

	mu      sync.Mutex // held while an update is given to the sink
	ended   bool
	fixed   bool // its cell said what it shows, so it follows its value no longer
	claims  int
	sum     [sha256.Size]byte // of what was shown last
	size    int               // of it, in bytes
	pending display.MIMEBundle
	timer   *time.Timer // gives pending to the sink; nil when none waits
	updated time.Time   // when update last gave something to the sink
}

// update replaces what display id shows, at a pace of its own: a cell may update in a tight loop.
func (r *refresher) update(id string, b display.MIMEBundle) {
	r.mu.Lock()
	d := r.shown[id]
	r.mu.Unlock()
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended {
		return
	}
	d.fixed, d.pending = true, b
	if d.timer == nil {
		d.timer = time.AfterFunc(max(0, paceUpdate-time.Since(d.updated)), func() { d.flushTo(r.s) })
	}
}

// Shown yields what ticks, by the names of its cells. It serves [display.Shown].
func (s *Session) Shown() iter.Seq2[string, display.Live] {
	return func(yield func(string, display.Live) bool) {
		s.live.mu.Lock()
		all := slices.Clone(s.live.order)
		s.live.mu.Unlock()
		for _, d := range all {
			if d.live != nil && !yield(d.cell, d.live) {
				return
			}
		}
	}
}

// show gives data to the sink if it is not what is shown already.
func (d *shown) show(s *Session, data map[string]any) {
	sum, size := sumOf(data)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended || d.fixed || sum == d.sum {
		return
	}
	d.sum, d.size = sum, size
	s.live.spent.Add(int64(size))
	s.emitAside(Output{Type: "update_display_data", Parent: d.parent, Content: displayContent(data, d.id)})
}

// flushTo gives the sink the update that waits, if one does.
func (d *shown) flushTo(s *Session) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	if d.ended || d.pending == nil {
		return
	}
	data := wireData(d.pending)
	d.pending, d.updated = nil, time.Now()
	s.emitAside(Output{Type: "update_display_data", Parent: d.parent, Content: displayContent(data, d.id)})
}

func (d *shown) claim(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.claims += n
}

func (d *shown) claimed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.claims > 0
}

func (d *shown) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.ended {
		d.ended = true
		close(d.done)
	}
	if d.timer != nil {
		d.timer.Stop()
	}
}

// sumOf tells data from other data, and its size in bytes.
func sumOf(data map[string]any) (sum [sha256.Size]byte, size int) {
	text, _ := json.Marshal(data) // what wireData made can be marshalled; map keys are sorted
	return sha256.Sum256(text), len(text)
}

func newDisplayID() string { return "tickbook-" + rand.Text() }
