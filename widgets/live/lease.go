package live

import "time"

// A page that is reloaded, or closed with its laptop, says no good-bye.
const (
	silence     = time.Minute      // after which a comm without a message is dropped
	viewerLease = 30 * time.Second // after which a viewer that asks for nothing is dropped
	holdLease   = time.Minute      // after which a view that the page does not name is followed no more
)

// hold is a page's claim of a view: it follows the view by itself. Out of sight too: it names all its views when it asks for snapshots.
type hold struct {
	free  func()
	named time.Time
}

// hold notes that the page named v, and lets go of what it has not named for long.
func (n *conn) hold(v *View) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return
	}
	now := time.Now()
	h := n.claims[v]
	if h == nil {
		h = &hold{free: v.claims.begin()}
		n.claims[v] = h
	}
	h.named = now
	for v, h := range n.claims {
		if now.Sub(h.named) > holdLease || isClosed(v.end()) {
			h.free()
			delete(n.claims, v)
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
