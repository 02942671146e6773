package kernel

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"log"
	"os"
	"sync"
	"time"
)

// capture takes what compiled code writes to os.Stdout, os.Stderr and the standard logger, which passes the interpreter by.
type capture struct {
	pipes          [2]*pipe
	stdout, stderr *os.File  // the process's own
	logged         io.Writer // where the standard logger wrote
	once           sync.Once
}

var capturing sync.Mutex // held by the session that captures

// startCapture replaces os.Stdout and os.Stderr.
func startCapture(stdout, stderr io.Writer) (*capture, error) {
	if !capturing.TryLock() {
		return nil, errors.New("another session of this process has them")
	}
	c := &capture{stdout: os.Stdout, stderr: os.Stderr, logged: log.Writer()}
	for i, to := range []io.Writer{stdout, stderr} {
		p, err := newPipe(to)
		if err != nil {
			if i > 0 {
				c.pipes[0].close()
			}
			capturing.Unlock()
			return nil, err
		}
		c.pipes[i] = p
	}
	os.Stdout, os.Stderr = c.pipes[0].w, c.pipes[1].w
	log.SetOutput(os.Stderr)
	return c, nil
}

// drain returns when all that was written before has been passed on.
func (c *capture) drain() {
	for _, p := range c.pipes {
		p.drain()
	}
}

// close gives the process its files back.
func (c *capture) close() {
	c.once.Do(func() {
		os.Stdout, os.Stderr = c.stdout, c.stderr
		log.SetOutput(c.logged)
		for _, p := range c.pipes {
			p.close()
		}
		capturing.Unlock()
	})
}

// pipe passes on what is written to w. A marker written to it tells how far reading has come.
type pipe struct {
	r, w   *os.File
	marker []byte
	seen   chan struct{} // a marker came by
	done   chan struct{} // reading ended
	mu     sync.Mutex    // one drain at a time
}

const drainTimeout = 2 * time.Second

func newPipe(to io.Writer) (*pipe, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &pipe{r: r, w: w, marker: []byte("\x00\x1b" + rand.Text() + "\x00"), seen: make(chan struct{}, 1), done: make(chan struct{})}
	go p.read(to)
	return p, nil
}

func (p *pipe) read(to io.Writer) {
	defer close(p.done)
	buf := make([]byte, 64<<10)
	var held []byte // read, not passed on: may begin a marker
	for {
		n, err := p.r.Read(buf)
		held = append(held, buf[:n]...)
		for {
			i := bytes.Index(held, p.marker)
			if i < 0 {
				break
			}
			pass(to, held[:i])
			held = held[i+len(p.marker):]
			select {
			case p.seen <- struct{}{}:
			default:
			}
		}
		keep := markerPrefix(held, p.marker)
		if err != nil {
			keep = 0
		}
		pass(to, held[:len(held)-keep])
		held = append([]byte(nil), held[len(held)-keep:]...)
		if err != nil {
			return
		}
	}
}

func pass(to io.Writer, b []byte) {
	if len(b) > 0 {
		_, _ = to.Write(b) // a stream's writer doesn't fail
	}
}

// drain waits for a marker of its own to come by; not for ever, since a cell may have closed the file.
func (p *pipe) drain() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.seen: // of a drain that gave up
	default:
	}
	if _, err := p.w.Write(p.marker); err != nil {
		return
	}
	t := time.NewTimer(drainTimeout)
	defer t.Stop()
	select {
	case <-p.seen:
	case <-p.done:
	case <-t.C:
	}
}

func (p *pipe) close() {
	_ = p.w.Close()
	atMost(drainTimeout, p.done) // a child process may still hold the other end
	_ = p.r.Close()
}

// markerPrefix is the number of bytes at the end of b that the marker begins with.
func markerPrefix(b, marker []byte) int {
	for n := min(len(b), len(marker)-1); n > 0; n-- {
		if bytes.HasPrefix(marker, b[len(b)-n:]) {
			return n
		}
	}
	return 0
}
