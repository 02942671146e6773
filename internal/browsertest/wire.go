package browsertest

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// Wire carries a browser's connections to a server, and can be cut, as a sleeping laptop's are.
type Wire struct {
	to string // HOST:PORT of the server

	mu     sync.Mutex
	isCut  bool              // guarded by mu
	open   map[net.Conn]bool // guarded by mu
	ending sync.WaitGroup
}

// NewWire returns the server as a browser sees it behind a wire. The wire ends with the test.
func NewWire(t testing.TB, s Server) (Server, *Wire) {
	t.Helper()
	w := &Wire{to: strings.Trim(strings.TrimPrefix(s.Base, "http://"), "/"), open: map[net.Conn]bool{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("wire: %v", err)
	}
	t.Cleanup(func() {
		l.Close()
		w.Cut()
		w.ending.Wait()
	})
	w.ending.Go(func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			w.ending.Go(func() { w.carry(from) })
		}
	})
	s.Base = "http://" + l.Addr().String() + "/"
	return s, w
}

// Cut ends all connections and refuses others until Mend.
func (w *Wire) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = true
	for c := range w.open {
		c.Close()
	}
}

// Mend lets connections through again.
func (w *Wire) Mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = false
}

func (w *Wire) carry(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer to.Close()
	if !w.keep(from, to) {
		return
	}
	defer w.forget(from, to)
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
		both.Go(func() {
			_, _ = io.Copy(way[1], way[0])
			way[0].Close()
			way[1].Close()
		})
	}
	both.Wait()
}

func (w *Wire) keep(conns ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.isCut {
		return false
	}
	for _, c := range conns {
		w.open[c] = true
	}
	return true
}

func (w *Wire) forget(conns ...net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range conns {
		delete(w.open, c)
	}
}
