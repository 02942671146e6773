package kernel

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

const testTime = 20 * time.Second // the longest that a test waits for what must come

// testClient is one connection to a port, speaking ZMTP by hand.
type testClient struct {
	t testing.TB
	c net.Conn
	r *bufio.Reader
}

// dial connects to a port as a socket of a kind.
func dial(t testing.TB, p *port, kind, identity string) *testClient {
	t.Helper()
	k, err := connect(p, kind, identity)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.c.Close() })
	k.t = t
	return k
}

// connect is dial for goroutines.
func connect(p *port, kind, identity string) (*testClient, error) {
	c, err := net.Dial(p.Addr().Network(), p.Addr().String())
	if err != nil {
		return nil, err
	}
	k := &testClient{c: c, r: bufio.NewReader(c)}
	if err := k.shake(kind, identity); err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("%s: handshake: %w", p.name, err)
	}
	return k, nil
}

func (k *testClient) shake(kind, identity string) error {
	_ = k.c.SetDeadline(time.Now().Add(testTime))
	if _, err := k.c.Write(append(greeting[:len(greeting):len(greeting)], encodeCommand("READY", readyBody(kind, identity))...)); err != nil {
		return err
	}
	if _, err := io.ReadFull(k.r, make([]byte, greetingSize)); err != nil {
		return err
	}
	if _, err := k.frame(); err != nil { // READY
		return err
	}
	if kind != "SUB" {
		return nil
	}
	if _, err := k.c.Write(encodeFrames([][]byte{{1}})); err != nil {
		return err
	}
	m, err := k.next()
	if err == nil && m.header.Type != "iopub_welcome" {
		err = fmt.Errorf("got %s, want iopub_welcome", m.header.Type)
	}
	return err
}

func readyBody(kind, identity string) []byte {
	var b []byte
	for _, p := range [][2]string{{"Socket-Type", kind}, {"Identity", identity}} {
		b = append(b, byte(len(p[0])))
		b = append(b, p[0]...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(p[1])))
		b = append(b, p[1]...)
	}
	return b
}

func (k *testClient) write(b []byte) {
	k.t.Helper()
	if _, err := k.c.Write(b); err != nil {
		k.t.Fatal(err)
	}
}

type testFrame struct {
	flags byte
	body  []byte
}

func (k *testClient) frame() (testFrame, error) {
	head, err := k.r.Peek(2)
	if err == nil && head[0]&flagLong != 0 {
		head, err = k.r.Peek(9)
	}
	if err != nil {
		return testFrame{}, err
	}
	flags, size, _ := frameHead(head)
	_, _ = k.r.Discard(len(head))
	body := make([]byte, size)
	_, err = io.ReadFull(k.r, body)
	return testFrame{flags, body}, err
}

// frames reads a whole message.
func (k *testClient) frames() (out [][]byte, err error) {
	for {
		f, err := k.frame()
		if err != nil {
			return nil, err
		}
		out = append(out, f.body)
		if f.flags&flagMore == 0 {
			return out, nil
		}
	}
}

func (k *testClient) message() *message {
	k.t.Helper()
	m, err := k.next()
	if err != nil {
		k.t.Fatal(err)
	}
	return m
}

// next is message for goroutines.
func (k *testClient) next() (*message, error) {
	frames, err := k.frames()
	if err != nil {
		return nil, err
	}
	return parseMessage(frames, testKey)
}

// request sends a request and returns its id.
func (k *testClient) request(kind string, content any) string {
	k.t.Helper()
	frames := testMessage(k.t, testKey, kind, content)[1:]
	k.write(encodeFrames(frames))
	var h header
	if err := json.Unmarshal(frames[2], &h); err != nil {
		k.t.Fatal(err)
	}
	return h.ID
}

// ask sends a request and returns the answer's content.
func (k *testClient) ask(kind string, content any) map[string]any {
	k.t.Helper()
	id := k.request(kind, content)
	for {
		m := k.message()
		var parent header
		_ = json.Unmarshal(m.parent, &parent)
		if parent.ID == id {
			var c map[string]any
			if err := json.Unmarshal(m.content, &c); err != nil {
				k.t.Fatal(err)
			}
			return c
		}
	}
}

var testKey = []byte("0123456789abcdef")

// startServer runs a kernel on free ports of loopback.
func startServer(t testing.TB) (*server, *testLog) {
	t.Helper()
	lines := &testLog{}
	cfg := echoConfig()
	cfg.Log = log.New(lines, "", 0)
	info, err := parseConnection([]byte(`{"key": "` + string(testKey) + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	sv, err := newServer(info, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sv.close() })
	return sv, lines
}

// testLog keeps what is logged.
type testLog struct {
	limit int // bytes that are kept; 0 means all
	mu    sync.Mutex
	b     strings.Builder
}

func (l *testLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.limit > 0 && l.b.Len() > l.limit {
		l.b.Reset()
	}
	return l.b.Write(p)
}

func (l *testLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// eventually waits for a condition.
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.NewTimer(testTime)
	defer deadline.Stop()
	for !f() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("waited %v for: %s", testTime, what)
		}
	}
}
