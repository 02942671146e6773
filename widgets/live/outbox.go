package live

import (
	"sync"
	"time"
)

const (
	// gather is how long a message waits at most for others that are about to follow.
	gather = 8 * time.Millisecond
	// maxGathered is after how many bytes none is waited for.
	maxGathered = 256 << 10
)

// outbox puts what a page hears within a moment into one message of the comm. The notebook server's sockets hold small messages back until the page's
// browser has acknowledged the last one (Nagle's algorithm), for which it takes 40 ms if it has nothing to say: three tables that tick together would be
// answered at once, but the second and the third would be seen after all that time.
type outbox struct {
	send func(m Message, buffers [][]byte)

	mu       sync.Mutex // guards what follows; held while send is called, so that messages stay in order
	messages []Message
	counts   []int // of buffers, by message
	buffers  [][]byte
	size     int         // of buffers, in bytes
	timer    *time.Timer // sends what waits; nil when nothing does
}

// put adds a message. If more is to come it waits for that, but not for long.
func (o *outbox) put(m Message, buffers [][]byte, more bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.messages = append(o.messages, m)
	o.counts = append(o.counts, len(buffers))
	o.buffers = append(o.buffers, buffers...)
	for _, b := range buffers {
		o.size += len(b)
	}
	switch {
	case !more || o.size > maxGathered:
		o.flush()
	case o.timer == nil:
		o.timer = time.AfterFunc(gather, func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.flush()
		})
	}
}

// flush sends what waits. o.mu is held.
func (o *outbox) flush() {
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	m := Message{"t": "several", "messages": o.messages, "buffers": o.counts}
	switch len(o.messages) {
	case 0:
		return
	case 1:
		m = o.messages[0]
	}
	buffers := o.buffers
	o.messages, o.counts, o.buffers, o.size = nil, nil, nil, 0
	o.send(m, buffers)
}
