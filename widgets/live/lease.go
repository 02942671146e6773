package live

import "time"

// A page that is reloaded, or closed with its laptop, says no good-bye. One whose views are all out of sight says nothing but their names, every
// four minutes.
const (
	silence     = 10 * time.Minute // after which a comm without a message is dropped
	viewerLease = 30 * time.Second // after which a viewer that asks for nothing is dropped
	holdLease   = 10 * time.Minute // after which a view that the page does not name is followed no more
)

// hold is a page's claim of a view: it follows the view by itself. Out of sight too: it names all its views in a hold, and before a save.
type hold struct { // without the view, which may be gone
	free  func()
	gone  <-chan struct{}
	named time.Time
}

// hold notes that the page named v.
func (n *conn) hold(v *View) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return
	}
	h := n.claims[v.id]
	if h == nil {
		h = &hold{free: v.claims.begin(), gone: v.end()}
		n.claims[v.id] = h
	}
	h.named = time.Now()
}

// letGo ends the holds of views that the page has not named for long, or that are gone. n.mu is held.
func (n *conn) letGo() {
	for id, h := range n.claims {
		if time.Since(h.named) > holdLease || isClosed(h.gone) {
			h.free()
			delete(n.claims, id)
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
