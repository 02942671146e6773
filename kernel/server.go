package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"tickbook/kernel/supervise"

	"github.com/go-zeromq/zmq4"
)

const (
	stopTime   = 2 * time.Second       // what a running cell gets to end at shutdown
	drainTime  = 2 * time.Second       // what peers get to read the last messages
	sameSignal = 50 * time.Millisecond // between two that are one
	abortWait  = 10 * time.Millisecond // after a failed cell, for requests on their way to be queued behind it
)

// Serve runs a session on the sockets of a connection file until a client asks for shutdown, ctx ends, the process gets SIGTERM, or the
// process that started it is gone (JPY_PARENT_PID). SIGINT interrupts the running cell, so ctx should not end by it.
func Serve(ctx context.Context, connectionFile string, cfg Config) error {
	info, err := readConnection(connectionFile)
	if err != nil {
		return fmt.Errorf("kernel: %w", err)
	}
	cfg.Capture = true
	if cfg.History == "" && !cfg.NoHistory {
		if cfg.History, err = userHistoryFolder(); err != nil {
			log.Printf("kernel: history: %v", err) // the session is as good without
		}
	}
	watch, unwatch := context.WithCancel(ctx)
	defer unwatch()
	orphaned := supervise.WatchParent(watch) // before a port is open: whoever sees one may leave at once
	sv, err := newServer(info, cfg)
	if err != nil {
		return fmt.Errorf("kernel: %w", err)
	}
	limit, err := memoryLimit(os.Getenv(envMemory))
	if err != nil {
		_ = sv.close()
		return fmt.Errorf("kernel: %w", err)
	}
	if limit > 0 {
		sv.wg.Go(func() { sv.session.watchMemory(sv.ctx, limit) })
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	var interrupted time.Time
	for {
		select {
		case s := <-signals:
			if s == os.Interrupt {
				// A signal to the process group comes twice: the supervisor passes on what it gets.
				if time.Since(interrupted) > sameSignal {
					sv.session.Interrupt()
				}
				interrupted = time.Now()
				continue
			}
		case <-ctx.Done():
		case <-orphaned:
		case <-sv.stop:
		}
		return sv.close()
	}
}

// server is a session on sockets.
type server struct {
	info    connectionInfo
	cfg     Config
	key     []byte
	id      string // of this kernel, as the sender of its messages
	log     *log.Logger
	session *Session
	ctx     context.Context // ends when the server does
	cancel  context.CancelFunc
	wg      sync.WaitGroup

	shell, control, stdin, heartbeat socket
	iopub                            socket // its port publishes; zmq4 only accepts

	main  *worker // runs cells, and what came behind them
	aside *worker // answers what need not wait for a running cell

	parent atomic.Pointer[json.RawMessage] // of what was published last

	mu        sync.Mutex
	subshells map[string]*worker
	stopping  bool

	questions questions

	stop    chan struct{} // closed when a client asked for shutdown and got its answer
	stopped sync.Once
}

// socket is one of the five, and the port below it.
type socket struct {
	zmq4.Socket
	port *port
	mu   *sync.Mutex // zmq4's ROUTER wants one sender at a time
}

var _ Sink = (*server)(nil)

func newServer(info connectionInfo, cfg Config) (*server, error) {
	sv := &server{
		info: info, cfg: cfg, key: []byte(info.Key), id: newMessageID(), log: cfg.Log,
		subshells: map[string]*worker{}, stop: make(chan struct{}),
	}
	if sv.log == nil {
		sv.log = log.New(os.Stderr, "tickbook: ", 0)
	}
	sv.cfg.Log = sv.log
	sv.ctx, sv.cancel = context.WithCancel(context.Background())
	if err := sv.listen(); err != nil {
		sv.closeSockets()
		return nil, err
	}
	session, err := NewSession(sv.cfg, sv)
	if err != nil {
		sv.closeSockets()
		return nil, err
	}
	sv.session = session
	sv.main, sv.aside = newWorker(sv), newWorker(sv)
	sv.main.isMain = true
	sv.publishStatus(nil, "starting")
	sv.wg.Go(sv.echo)
	sv.wg.Go(func() {
		sv.recover()
		sv.main.run()
	})
	sv.wg.Go(sv.aside.run)
	sv.wg.Go(func() { sv.receive(sv.control, sv.onControl) })
	sv.wg.Go(func() { sv.receive(sv.stdin, sv.onStdin) })
	sv.wg.Go(func() { sv.receive(sv.shell, sv.onShell) })
	cfg.Parent.Up()
	return sv, nil
}

// listen opens the sockets: the heartbeat first and the shell last, which clients try first.
func (sv *server) listen() error {
	for _, s := range []struct {
		to   *socket
		name string
		kind zmq4.SocketType
		make func(context.Context, ...zmq4.Option) zmq4.Socket
		port int
	}{
		{&sv.heartbeat, "heartbeat", zmq4.Rep, zmq4.NewRep, sv.info.Heartbeat},
		{&sv.iopub, "iopub", zmq4.Pub, zmq4.NewPub, sv.info.IOPub},
		{&sv.control, "control", zmq4.Router, zmq4.NewRouter, sv.info.Control},
		{&sv.stdin, "stdin", zmq4.Router, zmq4.NewRouter, sv.info.Stdin},
		{&sv.shell, "shell", zmq4.Router, zmq4.NewRouter, sv.info.Shell},
	} {
		p := newPort(s.name, s.kind, sv.log)
		if s.kind == zmq4.Pub {
			p.welcome, p.lagged = sv.welcome, sv.lagged
		}
		*s.to = socket{s.make(p.context(sv.ctx), zmq4.WithLogger(log.New(io.Discard, "", 0))), p, new(sync.Mutex)}
		if err := sv.open(s.to, sv.info.endpoint(s.port)); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// close ends the session and then the sockets, once the last messages are out.
func (sv *server) close() error {
	sv.cfg.Parent.Stops()
	sv.mu.Lock()
	sv.stopping = true
	sv.mu.Unlock()
	sv.session.Interrupt()
	err := sv.session.Close()
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	for _, s := range []socket{sv.shell, sv.control, sv.stdin, sv.iopub} {
		s.port.drain(ctx)
	}
	sv.closeSockets()
	waitAtMost(&sv.wg, stopTime) // a cell may not end
	return err
}

func (sv *server) closeSockets() {
	sv.cancel()
	for _, s := range []socket{sv.heartbeat, sv.shell, sv.control, sv.stdin, sv.iopub} {
		if s.Socket == nil {
			continue
		}
		_ = s.Close() // of loopback connections; nobody is left to tell
		for range 64 {
			_, _ = s.Recv() // zmq4's readers block until what they have read is taken, now or by chance
		}
	}
}

// receive gives f the messages of a socket. What is malformed is logged and dropped.
func (sv *server) receive(s socket, f func(*message)) {
	for {
		zm, err := s.Recv()
		if sv.ctx.Err() != nil {
			return
		}
		if err != nil {
			continue // of one connection, which zmq4 has closed
		}
		m, err := parseMessage(zm.Frames, sv.key)
		if err != nil {
			sv.log.Printf("%s: dropped: %v", s.port.name, err)
			continue
		}
		sv.session.Touch()
		f(m)
	}
}

// echo answers heartbeats.
func (sv *server) echo() {
	for {
		m, err := sv.heartbeat.Recv()
		if sv.ctx.Err() != nil {
			return
		}
		if err == nil {
			_ = sv.heartbeat.Send(m) // the peer may be gone
		}
	}
}

// Emit implements [Sink]: it publishes o.
func (sv *server) Emit(o Output) {
	sv.parent.Store(&o.Parent)
	topic := []byte("kernel." + sv.id + "." + o.Type)
	frames, err := buildMessage(sv.key, sv.id, newMessageID(), [][]byte{topic}, o.Type, o.Parent, o.Metadata, o.Content, o.Buffers)
	if err != nil {
		sv.log.Printf("publish: %v", err)
		return
	}
	sv.iopub.port.publish(frames, o.Type == "status" || o.Type == "error" || o.Type == "shutdown_reply")
}

func (sv *server) publishStatus(parent json.RawMessage, state string) {
	sv.session.emit(statusOutput(parent, state))
}

// welcome is what a new subscriber gets.
func (sv *server) welcome(topic []byte) [][]byte {
	frames, err := buildMessage(sv.key, sv.id, newMessageID(), [][]byte{topic}, "iopub_welcome", nil, nil, map[string]any{"subscription": string(topic)}, nil)
	if err != nil {
		return nil
	}
	return frames
}

// lagged tells a subscriber that it missed outputs. The port holds a lock: the session must not be asked anything.
func (sv *server) lagged(dropped int) [][]byte {
	var parent json.RawMessage
	if p := sv.parent.Load(); p != nil {
		parent = *p
	}
	frames, err := buildMessage(sv.key, sv.id, newMessageID(), [][]byte{[]byte("kernel." + sv.id + ".stream")}, "stream", parent, nil,
		map[string]any{"name": "stderr", "text": fmt.Sprintf("[%d outputs left out: this page read too slowly]\n", dropped)}, nil)
	if err != nil {
		return nil
	}
	return frames
}

// reply answers m on the socket that it came by.
func (sv *server) reply(s socket, m *message, kind string, content any) {
	sv.send(s, m, kind, content)
	sv.cfg.Parent.Done(m.header.ID)
}

func (sv *server) send(s socket, m *message, kind string, content any) {
	frames, err := buildMessage(sv.key, sv.id, newMessageID(), m.idents, kind, m.raw, nil, content, nil)
	if err != nil {
		sv.log.Printf("%s: %v", s.port.name, err)
		return
	}
	sv.sendFrames(s, kind, frames)
}

func (sv *server) sendFrames(s socket, kind string, frames [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.Send(zmq4.NewMsgFrom(frames...)); err != nil && !errors.Is(err, net.ErrClosed) && sv.ctx.Err() == nil {
		sv.log.Printf("%s: %s: %v", s.port.name, kind, err)
	}
}

// errorContent is the content of a reply that failed.
func errorContent(name, message string) map[string]any {
	return map[string]any{"status": "error", "ename": name, "evalue": message, "traceback": []string{name + ": " + message}}
}
