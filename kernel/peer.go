package kernel

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

const maxTopics = 100 // subscriptions of one peer

// peer is one connection of a port, as zmq4 sees it.
//
// What zmq4 writes is put together to whole messages and queued; a goroutine writes the queue. So nobody waits for a peer that does not read:
// a subscriber misses outputs, another peer is disconnected. All errors that zmq4 sees are [net.ErrClosed], since it keeps a connection for
// ever on some others.
type peer struct {
	net.Conn
	port  *port
	first []byte // read in the handshake, for zmq4 to read again
	in    frameReader

	// out puts together what zmq4 writes; used by one goroutine at a time.
	out struct {
		skip    int    // bytes of zmq4's greeting, which the handshake has sent
		message []byte // so far
		at      int    // where the current frame begins in message
	}

	mu      sync.Mutex
	wake    *sync.Cond
	queue   net.Buffers
	queued  int // bytes queued or being written
	dropped int // messages since the queue was empty
	closed  bool
	idle    []chan struct{} // closed once the queue is empty
	topics  map[string]int
}

func newPeer(c net.Conn, p *port, first []byte) *peer {
	e := &peer{Conn: c, port: p, first: first, topics: map[string]int{}}
	e.wake = sync.NewCond(&e.mu)
	e.out.skip = greetingSize
	e.in = frameReader{r: bufio.NewReaderSize(c, 64<<10), command: e.command}
	if p.kind == zmq4.Pub {
		e.in.subscribe = e.subscribe
	}
	return e
}

// Read implements [net.Conn].
func (e *peer) Read(b []byte) (int, error) {
	if len(e.first) > 0 {
		n := copy(b, e.first)
		e.first = e.first[n:]
		return n, nil
	}
	n, err := e.in.Read(b)
	if n > 0 {
		return n, nil // an error comes again
	}
	if err == nil {
		return 0, nil
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) && !isNetError(err) {
		e.port.log.Printf("%s: %s disconnected: %v", e.port.name, e.RemoteAddr(), err)
	}
	_ = e.Close()
	return 0, net.ErrClosed
}

func isNetError(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) || errors.Is(err, io.ErrUnexpectedEOF)
}

// Write implements [net.Conn].
func (e *peer) Write(b []byte) (int, error) {
	n := len(b)
	skip := min(e.out.skip, n)
	e.out.skip -= skip
	e.out.message = append(e.out.message, b[skip:]...)
	for {
		flags, size, ok := frameHead(e.out.message[e.out.at:])
		if !ok {
			return n, nil
		}
		end := e.out.at + 2 + size
		if flags&flagLong != 0 {
			end += 7
		}
		if end > len(e.out.message) {
			return n, nil
		}
		e.out.at = end
		if flags&flagMore != 0 {
			continue
		}
		whole := e.out.message[:end:end]
		e.out.message, e.out.at = append([]byte(nil), e.out.message[end:]...), 0
		if err := e.enqueue(whole, true); err != nil {
			return 0, err
		}
	}
}

// enqueue queues a whole message. It never blocks: when too much waits, a message that need not be kept is dropped, and else the peer is.
func (e *peer) enqueue(b []byte, keep bool) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	limit := e.port.limit
	if e.port.kind == zmq4.Pub && keep {
		limit += queueSlack
	}
	switch {
	case e.closed:
		return net.ErrClosed
	case e.queued > 0 && e.queued+len(b) > limit && !keep:
		e.dropped++
		return nil
	case e.queued > 0 && e.queued+len(b) > limit:
		e.port.log.Printf("%s: %s disconnected: it left %d bytes unread", e.port.name, e.RemoteAddr(), e.queued)
		e.closed = true
		e.wake.Broadcast()
		go func() { _ = e.Close() }() // zmq4 may hold a lock that its reading side wants
		return net.ErrClosed
	}
	e.queue = append(e.queue, b)
	e.queued += len(b)
	e.wake.Signal()
	return nil
}

// write writes the queue until the peer is closed.
func (e *peer) write() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		for len(e.queue) == 0 && !e.closed {
			e.wake.Wait()
		}
		if e.closed {
			return
		}
		q, n := e.queue, e.queued
		e.queue = nil
		e.mu.Unlock()
		_, err := q.WriteTo(e.Conn)
		if err != nil {
			_ = e.Close()
		}
		e.mu.Lock()
		e.queued -= n
		if e.queued == 0 {
			e.emptied()
		}
	}
}

// emptied tells who waits for it, and the peer what it missed. e.mu is held.
func (e *peer) emptied() {
	for _, c := range e.idle {
		close(c)
	}
	e.idle = nil
	if e.dropped > 0 {
		e.port.log.Printf("%s: %s reads too slowly: %d messages dropped", e.port.name, e.RemoteAddr(), e.dropped)
		if e.port.lagged != nil {
			if frames := e.port.lagged(e.dropped); frames != nil {
				b := encodeFrames(frames)
				e.queue, e.queued = append(e.queue, b), len(b)
			}
		}
		e.dropped = 0
	}
}

// empty is closed once nothing is queued, or the peer is gone.
func (e *peer) empty() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := make(chan struct{})
	if e.queued == 0 || e.closed {
		close(c)
	} else {
		e.idle = append(e.idle, c)
	}
	return c
}

// command answers a PING, which zmq4 does not.
func (e *peer) command(name string, body []byte) {
	if name == "PING" && len(body) >= 2 {
		_ = e.enqueue(encodeCommand("PONG", body[2:min(len(body), 18)]), true)
	}
}

// subscribe takes a subscription: 1 or 0 and a topic.
func (e *peer) subscribe(body []byte) error {
	if len(body) == 0 || body[0] > 1 {
		return errors.New("malformed subscription")
	}
	topic := body[1:]
	e.mu.Lock()
	if body[0] == 0 {
		if e.topics[string(topic)]--; e.topics[string(topic)] <= 0 {
			delete(e.topics, string(topic))
		}
		e.mu.Unlock()
		return nil
	}
	if len(e.topics) >= maxTopics {
		e.mu.Unlock()
		return fmt.Errorf("more than %d subscriptions", maxTopics)
	}
	e.mu.Unlock()
	if e.port.welcome != nil { // before the first message on the topic
		if frames := e.port.welcome(topic); frames != nil {
			if err := e.enqueue(encodeFrames(frames), true); err != nil {
				return err
			}
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.topics[string(topic)]++
	return nil
}

func (e *peer) subscribed(topic []byte) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for t := range e.topics {
		if bytes.HasPrefix(topic, []byte(t)) {
			return true
		}
	}
	return false
}

// Close implements [net.Conn].
func (e *peer) Close() error {
	e.mu.Lock()
	e.closed = true
	e.queue = nil
	for _, c := range e.idle {
		close(c)
	}
	e.idle = nil
	e.wake.Broadcast()
	e.mu.Unlock()
	e.port.forget(e)
	return e.Conn.Close()
}

// Deadlines are ours to set: zmq4 keeps a connection that timed out.

// SetDeadline implements [net.Conn] and does nothing.
func (e *peer) SetDeadline(time.Time) error { return nil }
