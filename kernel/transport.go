package kernel

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/transport"
)

// The names of our transport in endpoints.
const (
	transportTCP  = "tickbook-tcp"
	transportUnix = "tickbook-ipc"
)

const (
	handshakeTime = 5 * time.Second
	maxPeers      = 512      // connections of one port, those in their handshake included
	queueLimit    = 64 << 20 // bytes that wait for one peer
	queueSlack    = 4 << 20  // bytes beyond it for what is never dropped
)

// hardened is a transport for zmq4 that adds what it lacks: a handshake that keeps nobody else waiting, bounded queues per peer, whole-message
// writes, size limits on what comes in, answers to PING, sight of subscriptions. zmq4 hands the context of its socket to Listen, and
// the [port] in it says how the socket behaves.
type hardened struct {
	transport.Transport
	network string
}

type portKey struct{}

func init() { // registered once a process: zmq4 refuses a second time
	for name, network := range map[string]string{transportTCP: "tcp", transportUnix: "unix"} {
		if err := zmq4.RegisterTransport(name, hardened{transport.New(network), network}); err != nil {
			panic("BUG: " + err.Error())
		}
	}
}

// Listen implements [transport.Transport].
func (h hardened) Listen(ctx context.Context, addr string) (net.Listener, error) {
	p, ok := ctx.Value(portKey{}).(*port)
	if !ok {
		return nil, errors.New("kernel: listen: the socket's context holds no port")
	}
	l, err := net.Listen(h.network, addr)
	if err != nil {
		return nil, err
	}
	p.listener = l
	p.wg.Go(p.run)
	return p, nil
}

// port is one listening socket: who is connected, and how they are treated. It is the listener that zmq4 accepts from, and gives it only
// peers whose handshake is done.
type port struct {
	name     string // for the log
	kind     zmq4.SocketType
	log      *log.Logger
	welcome  func(topic []byte) [][]byte // PUB: what a new subscriber gets, or nil
	lagged   func(dropped int) [][]byte  // PUB: what a peer gets after some messages to it were dropped, or nil
	limit    int                         // bytes that wait for one peer
	listener net.Listener
	ready    chan *peer
	done     chan struct{}
	once     sync.Once
	wg       sync.WaitGroup

	mu       sync.Mutex
	shaking  map[net.Conn]bool // in their handshake
	peers    map[*peer]bool
	isClosed bool
}

var _ net.Listener = (*port)(nil)

func newPort(name string, kind zmq4.SocketType, log *log.Logger) *port {
	return &port{
		name: name, kind: kind, log: log, limit: queueLimit, ready: make(chan *peer), done: make(chan struct{}),
		shaking: map[net.Conn]bool{}, peers: map[*peer]bool{},
	}
}

// context carries p to [hardened.Listen].
func (p *port) context(ctx context.Context) context.Context {
	return context.WithValue(ctx, portKey{}, p)
}

// run accepts connections until Close. Each has its handshake in a goroutine.
func (p *port) run() {
	for {
		c, err := p.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // out of file descriptors, say
			p.log.Printf("%s: accept: %v", p.name, err)
			t := time.NewTimer(50 * time.Millisecond)
			select {
			case <-t.C:
			case <-p.done:
				t.Stop()
				return
			}
		case !p.admit(c):
			_ = c.Close()
		default:
			p.wg.Go(func() { p.shake(c) })
		}
	}
}

func (p *port) admit(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isClosed || len(p.shaking)+len(p.peers) >= maxPeers {
		return false
	}
	p.shaking[c] = true
	return true
}

// shake has the handshake with c and hands it to zmq4.
func (p *port) shake(c net.Conn) {
	_ = c.SetDeadline(time.Now().Add(handshakeTime))
	first, err := handshake(c, p.kind)
	_ = c.SetDeadline(time.Time{})
	p.mu.Lock()
	delete(p.shaking, c)
	if err != nil || p.isClosed {
		p.mu.Unlock()
		_ = c.Close()
		if err != nil {
			p.log.Printf("%s: handshake with %s: %v", p.name, c.RemoteAddr(), err)
		}
		return
	}
	peer := newPeer(c, p, first)
	p.peers[peer] = true
	p.mu.Unlock()
	p.wg.Go(peer.write)
	select {
	case p.ready <- peer:
	case <-p.done:
		_ = peer.Close()
	}
}

// Accept implements [net.Listener].
func (p *port) Accept() (net.Conn, error) {
	select {
	case c := <-p.ready:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// Addr implements [net.Listener].
func (p *port) Addr() net.Addr { return p.listener.Addr() }

// Close implements [net.Listener]: it ends all connections too.
func (p *port) Close() error {
	var err error
	p.once.Do(func() {
		close(p.done)
		err = p.listener.Close()
		p.mu.Lock()
		p.isClosed = true
		var conns []net.Conn
		for c := range p.shaking {
			conns = append(conns, c)
		}
		for c := range p.peers {
			conns = append(conns, c)
		}
		p.mu.Unlock()
		for _, c := range conns {
			_ = c.Close()
		}
	})
	p.wg.Wait()
	return err
}

// all is the connected peers.
func (p *port) all() []*peer {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]*peer, 0, len(p.peers))
	for c := range p.peers {
		out = append(out, c)
	}
	return out
}

func (p *port) forget(c *peer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.peers, c)
}

// publish queues a message for every subscriber. Messages to keep are not dropped for a peer that reads too slowly.
func (p *port) publish(frames [][]byte, keep bool) {
	text := encodeFrames(frames)
	for _, c := range p.all() {
		if c.subscribed(frames[0]) {
			_ = c.enqueue(text, keep) // a peer that is gone misses it
		}
	}
}

// drain waits until all that is queued is written, but not beyond ctx.
func (p *port) drain(ctx context.Context) {
	for _, c := range p.all() {
		select {
		case <-c.empty():
		case <-ctx.Done():
			return
		}
	}
}

func (p *port) String() string { return fmt.Sprintf("%s port %v", p.name, p.Addr()) }
