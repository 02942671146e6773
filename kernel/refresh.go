package kernel

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tickbook/display"
)

// The pace of what goes on changing under a cell. A notebook server keeps what it gets for a closed tab, so the pace falls when no client
// gives a sign of life.
const (
	paceSeen    = 250 * time.Millisecond // some client spoke within unseenAfter
	paceUnseen  = 10 * time.Second
	paceGone    = time.Minute // nobody spoke for goneAfter
	unseenAfter = 2 * time.Minute
	goneAfter   = 30 * time.Minute

	// A server keeps what it gets for a closed tab: after so many bytes without a sign of life, a session's displays share so many a day.
	unseenBytes = 32 << 20
	unseenDaily = 32 << 20

	paceUpdate  = 100 * time.Millisecond // between two updates of one display by its cell
	renderShare = 4                      // a display rests this many times as long as drawing it takes
	maxLive     = 1000                   // displays that go on changing; further ones are drawn once
	maxShown    = 10_000                 // displays that can be updated; the oldest are forgotten
	refreshWait = 10 * time.Second       // the longest that Refresh and Close wait for one slow display
)

// refresher holds the displays of a session. A live one has a goroutine that waits for changes and draws them at the pace, until its cell is
// run again or the session closes.
type refresher struct {
	s  *Session
	wg sync.WaitGroup

	notebooks notebooks // of the clients that run cells

	spent atomic.Int64 // bytes of updates since a client's last sign of life

	mu      sync.Mutex
	closed  bool
	shown   map[string]*shown
	order   []*shown // by age
	live    int
	touched time.Time     // a client's last sign of life
	woken   chan struct{} // closed and renewed when the pace may have changed
}

func (r *refresher) init(s *Session) {
	r.s, r.shown, r.touched, r.woken = s, map[string]*shown{}, time.Now(), make(chan struct{})
}

// Touch notes a client's sign of life: live displays keep their quick pace.
func (s *Session) Touch() {
	r := &s.live
	r.mu.Lock()
	defer r.mu.Unlock()
	slow := time.Since(r.touched) >= unseenAfter || r.spent.Load() > unseenBytes
	r.touched = time.Now()
	r.spent.Store(0)
	if slow {
		r.wake()
	}
}

// Claim stops the updates of display id until release: a page that asks for what it shows needs none. Refresh still draws it.
func (s *Session) Claim(id string) (release func()) {
	r := &s.live
	r.mu.Lock()
	d := r.shown[id]
	r.mu.Unlock()
	if d == nil {
		return func() {}
	}
	d.claim(1)
	return sync.OnceFunc(func() {
		d.claim(-1)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.wake()
	})
}

// Refresh draws every live display that changed, now: before a notebook is written, say.
func (s *Session) Refresh() {
	r := &s.live
	r.mu.Lock()
	all := slices.Clone(r.order)
	r.mu.Unlock()
	deadline := time.NewTimer(refreshWait)
	defer deadline.Stop()
	var waiting []chan struct{}
	for _, d := range all {
		d.flushTo(s)
		if d.live == nil {
			continue
		}
		drawn := make(chan struct{})
		select {
		case d.draw <- drawn:
			waiting = append(waiting, drawn)
		case <-d.done:
		case <-deadline.C:
			return
		}
	}
	for _, drawn := range waiting {
		select {
		case <-drawn:
		case <-deadline.C:
			return
		}
	}
}

// add makes a display of c that changes by update only.
func (r *refresher) add(c *cell) string {
	d := &shown{id: newDisplayID(), key: c.key, client: c.Client, parent: c.Parent, done: make(chan struct{})}
	r.keep(d)
	return d.id
}

// show displays l under c and follows it.
func (r *refresher) show(c *cell, l display.Live) (string, display.MIMEBundle) {
	d := &shown{
		id: newDisplayID(), key: c.key, cell: c.name, client: c.Client, parent: c.Parent, live: l,
		changed: make(chan struct{}, 1), draw: make(chan chan struct{}), done: make(chan struct{}),
	}
	if !r.keep(d) {
		b := r.s.render(l)
		r.s.displayData(c, b, d.id)
		return d.id, b
	}
	stop := r.watch(d) // before it is drawn, so that no change is missed
	stopClaims := r.claims(d)
	start := time.Now()
	b := r.s.render(l)
	data := wireData(b)
	d.mu.Lock()
	d.sum, d.size = sumOf(data)
	d.mu.Unlock()
	r.s.emitBehind(Output{Type: "display_data", Parent: c.Parent, Content: displayContent(data, d.id)})
	go func() {
		defer r.wg.Done()
		defer stop()
		defer stopClaims()
		r.follow(d, time.Since(start))
	}()
	return d.id, b
}

// watch asks for d's changes.
func (r *refresher) watch(d *shown) (stop func()) {
	defer func() {
		if e := recover(); e != nil {
			r.s.log.Printf("watch %T: panic: %v", d.live, e)
			stop = func() {}
		}
	}()
	return d.live.Watch(d.changed)
}

// claims lets pages that follow d's value by themselves claim d.
func (r *refresher) claims(d *shown) (stop func()) {
	c, ok := d.live.(display.Claimable)
	if !ok {
		return func() {}
	}
	defer func() {
		if e := recover(); e != nil {
			r.s.log.Printf("claims of %T: panic: %v", d.live, e)
			stop = func() {}
		}
	}()
	return c.Claims(func() func() { return r.s.Claim(d.id) })
}

// keep enters d, and reports whether it may go on changing by itself; if so, the caller starts its goroutine.
func (r *refresher) keep(d *shown) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || d.live != nil && r.live >= maxLive {
		d.live = nil
	}
	if r.closed {
		return false
	}
	if len(r.order) >= maxShown {
		r.drop(r.order[0])
	}
	r.shown[d.id] = d
	r.order = append(r.order, d)
	if d.live == nil {
		return false
	}
	r.live++
	r.wg.Add(1)
	return true
}

// follow draws d's changes until its end. cost is how long the first drawing took.
func (r *refresher) follow(d *shown, cost time.Duration) {
	last := time.Now()
	redraw := func() {
		start := time.Now()
		data := wireData(r.s.render(d.live))
		last = time.Now()
		cost = last.Sub(start)
		d.show(r.s, data)
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-d.done:
			return
		case drawn := <-d.draw:
			redraw()
			close(drawn)
			continue
		case <-d.changed:
		}
		for waiting := true; waiting; {
			pace, woken := r.pace(d)
			due := last.Add(max(pace, renderShare*cost))
			if d.claimed() {
				due = last.Add(365 * 24 * time.Hour)
			}
			if wait := time.Until(due); wait > 0 {
				timer.Reset(wait)
			} else {
				redraw()
				break
			}
			select {
			case <-d.done:
				return
			case drawn := <-d.draw:
				redraw()
				close(drawn)
				waiting = false
			case <-timer.C:
			case <-woken:
			}
		}
	}
}

// pace is the time between two drawings of d, and a channel that is closed when it may have changed.
func (r *refresher) pace(d *shown) (time.Duration, <-chan struct{}) {
	d.mu.Lock()
	size := d.size
	d.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.spent.Load() > unseenBytes {
		share := float64(size) * float64(r.live) / unseenDaily // of a day
		return max(paceGone, time.Duration(share*float64(24*time.Hour))), r.woken
	}
	switch quiet := time.Since(r.touched); {
	case quiet < unseenAfter:
		return paceSeen, r.woken
	case quiet < goneAfter:
		return paceUnseen, r.woken
	default:
		return paceGone, r.woken
	}
}

// wake has every waiting display look at the pace again. r.mu is held.
func (r *refresher) wake() {
	close(r.woken)
	r.woken = make(chan struct{})
}

// flushUpdates gives the sink what update has left waiting.
func (r *refresher) flushUpdates() {
	r.mu.Lock()
	all := slices.Clone(r.order)
	r.mu.Unlock()
	for _, d := range all {
		d.flushTo(r.s)
	}
}

// endCell ends the displays of a cell that client runs again, but not those of another notebook's cell.
func (r *refresher) endCell(key, client string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range slices.Clone(r.order) {
		if d.key == key && !r.notebooks.differ(d.client, client) {
			r.drop(d)
		}
	}
}

// drop ends d. r.mu is held. After it, nothing more is shown for d.
func (r *refresher) drop(d *shown) {
	delete(r.shown, d.id)
	if i := slices.Index(r.order, d); i >= 0 {
		r.order = slices.Delete(r.order, i, i+1)
	}
	if d.live != nil {
		r.live--
	}
	d.end()
}

// close ends all displays.
func (r *refresher) close() {
	r.flushUpdates()
	r.mu.Lock()
	r.closed = true
	for _, d := range slices.Clone(r.order) {
		r.drop(d)
	}
	r.mu.Unlock()
	waitAtMost(&r.wg, refreshWait)
}

// waitAtMost waits for wg, but not for ever: a goroutine of it may be in other people's code.
func waitAtMost(wg *sync.WaitGroup, d time.Duration) {
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
	}
}
