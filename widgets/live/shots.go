package live

import (
	"fmt"
	"slices"
)

// shots are the snapshots that a page keeps for its notebook's file. One goroutine of a comm draws them, one after the other: drawing a figure
// takes a while.
type shots struct { // guarded by conn.mu
	running bool
	waiting []string         // views to draw next, each once
	seq     int64            // of the newest request that is answered when all those are drawn; 0 if none is
	sent    map[string]int64 // the step of the last one sent, by view
}

// snapshot answers with one message for each of the views that changed since the last one, and, if seq isn't 0, with one that says that these were
// all. They show what there is when the request comes, or what is newer.
func (n *conn) snapshot(views []string, seq int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return
	}
	for _, id := range views {
		switch {
		case n.hub.view(id) == nil:
			delete(n.shots.sent, id)
		case !slices.Contains(n.shots.waiting, id):
			n.shots.waiting = append(n.shots.waiting, id)
		}
	}
	n.shots.seq = max(n.shots.seq, seq)
	if !n.shots.running {
		n.shots.running = true
		n.wg.Add(1)
		go n.draw()
	}
}

// draw sends snapshots until none waits.
func (n *conn) draw() {
	defer n.wg.Done()
	for {
		n.mu.Lock()
		views, seq := n.shots.waiting, n.shots.seq
		n.shots.waiting, n.shots.seq = nil, 0
		if n.closed || len(views) == 0 && seq == 0 {
			n.shots.running = false
			n.mu.Unlock()
			return
		}
		n.mu.Unlock()
		for _, id := range views {
			if isClosed(n.end) {
				break
			}
			n.shoot(id)
		}
		if seq != 0 {
			n.send(Message{"t": "snapshots", "seq": seq})
		}
	}
}

// shoot sends a snapshot of a view, if it changed.
func (n *conn) shoot(id string) {
	defer func() {
		if e := recover(); e != nil {
			n.send(Message{"t": "error", "of": "snapshot", "view": id, "message": fmt.Sprint(e)})
		}
	}()
	v := n.hub.view(id)
	n.mu.Lock()
	last := n.shots.sent[id]
	n.mu.Unlock()
	if v == nil {
		return
	}
	step := v.now() // before it is drawn: what comes between is drawn again
	if step == last {
		return
	}
	n.mu.Lock()
	n.shots.sent[id] = step
	n.mu.Unlock()
	n.out.put(Message{"t": "snapshot", "view": id, "data": v.bundle()}, nil, true)
}
