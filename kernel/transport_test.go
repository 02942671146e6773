package kernel

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

func (sv *server) allPorts() []*port {
	return []*port{sv.shell.port, sv.control.port, sv.stdin.port, sv.heartbeat.port, sv.iopub.port}
}

// malformedPeers are peers that say something wrong or nothing, and stay.
func malformedPeers() map[string][]byte {
	ready := func(body string) []byte {
		return append(append([]byte(nil), greeting...), encodeCommand("READY", []byte(body))...)
	}
	long := append(append([]byte(nil), greeting...), flagCommand|flagLong)
	long = binary.BigEndian.AppendUint64(long, 1<<62)
	curve := append([]byte(nil), greeting...)
	copy(curve[12:], "CURVE")
	old := append([]byte(nil), greeting...)
	old[10] = 1
	return map[string][]byte{
		"silent":            nil,
		"half a signature":  greeting[:5],
		"a signature":       greeting[:10],
		"no READY":          greeting,
		"half a READY":      ready("\x0bSocket-Type\x00\x00\x00\x06DEALER")[:80],
		"a name too long":   ready("\xffSocket-Type"),
		"a value too long":  ready("\x0bSocket-Type\xff\xff\xff\xff"),
		"an empty name":     ready("\x00\x00\x00\x00\x00"),
		"no socket type":    ready(""),
		"a PULL socket":     ready("\x0bSocket-Type\x00\x00\x00\x04PULL"),
		"a huge command":    long,
		"CURVE":             curve,
		"an old version":    old,
		"a web browser":     []byte("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + strings.Repeat("x", 100)),
		"a message at once": append(append([]byte(nil), greeting...), encodeFrames([][]byte{[]byte("hi")})...),
	}
}

// TestHalfOpenPeers: peers that stop in the middle keep nobody else waiting, on any port.
func TestHalfOpenPeers(t *testing.T) {
	sv, _ := startServer(t)
	for _, p := range sv.allPorts() {
		for name, text := range malformedPeers() {
			c, err := net.Dial("tcp", p.Addr().String())
			if err != nil {
				t.Fatalf("%s: %s: %v", p.name, name, err)
			}
			defer c.Close()
			_, _ = c.Write(text) // the kernel may have hung up already
		}
	}
	start := time.Now()
	dial(t, sv.iopub.port, "SUB", "")
	for _, p := range []*port{sv.shell.port, sv.control.port} {
		if got := dial(t, p, "DEALER", "me").ask("kernel_info_request", map[string]any{}); got["status"] != "ok" {
			t.Errorf("%s: got %v", p.name, got)
		}
	}
	dial(t, sv.stdin.port, "DEALER", "me")
	hb := dial(t, sv.heartbeat.port, "REQ", "")
	hb.write(encodeFrames([][]byte{{}, []byte("ping")}))
	if got, err := hb.frames(); err != nil || string(got[len(got)-1]) != "ping" {
		t.Errorf("heartbeat: %q, %v", got, err)
	}
	if d := time.Since(start); d > handshakeTime {
		t.Errorf("served after %v: a half-open peer held it up", d)
	}
}

// TestMalformedMessages: what is malformed after the handshake is dropped, or its peer is.
func TestMalformedMessages(t *testing.T) {
	sv, lines := startServer(t)
	shell := dial(t, sv.shell.port, "DEALER", "me")
	unsigned := testMessage(t, []byte("another key"), "shutdown_request", map[string]any{})[1:]
	shell.write(encodeFrames(unsigned))
	shell.write(encodeFrames([][]byte{{}, []byte("x")}))
	shell.write(encodeFrames([][]byte{{}}))
	if got := shell.ask("kernel_info_request", map[string]any{}); got["status"] != "ok" {
		t.Errorf("got %v", got)
	}
	eventually(t, "a line in the log", func() bool { return strings.Contains(lines.String(), "wrong signature") })

	huge := binary.BigEndian.AppendUint64([]byte{flagLong}, 1<<60)
	endless := bytes.Repeat(append([]byte{flagMore | flagLong}, append(binary.BigEndian.AppendUint64(nil, 300), make([]byte, 300)...)...), maxFrames+1)
	for name, text := range map[string][]byte{"a huge frame": huge, "endless frames": endless, "reserved flags": {0x80, 0}} {
		c := dial(t, sv.shell.port, "DEALER", name)
		_, _ = c.c.Write(text)
		if f, err := c.frames(); err == nil {
			t.Errorf("%s: got %q, want the connection closed", name, f)
		}
	}
	sub := dial(t, sv.iopub.port, "SUB", "")
	for range maxTopics + 1 {
		_, _ = sub.c.Write(encodeFrames([][]byte{[]byte("\x01topic")}))
		_, _ = sub.c.Write(encodeFrames([][]byte{fmt.Appendf([]byte{1}, "%d", time.Now().UnixNano())}))
	}
	for {
		if _, err := sub.frames(); err != nil {
			break
		}
	}
	if got := shell.ask("kernel_info_request", map[string]any{}); got["status"] != "ok" {
		t.Errorf("got %v", got)
	}
}

func TestPing(t *testing.T) {
	sv, _ := startServer(t)
	c := dial(t, sv.control.port, "DEALER", "me")
	c.write(encodeCommand("PING", []byte("\x00\x10context")))
	f, err := c.frame()
	if err != nil || string(f.body) != "\x04PONGcontext" || f.flags != flagCommand {
		t.Errorf("got %v %q, %v", f.flags, f.body, err)
	}
}

// TestSlowSubscriber: a subscriber that never reads costs a bounded queue; another gets everything, and the slow one every status.
func TestSlowSubscriber(t *testing.T) {
	sv, lines := startServer(t)
	fast, slow := dial(t, sv.iopub.port, "SUB", ""), dial(t, sv.iopub.port, "SUB", "")
	const n, group = 60_000, 1000
	output, err := buildMessage(testKey, "kernel", newMessageID(), [][]byte{[]byte("stream")}, "stream", nil, nil, map[string]any{"text": strings.Repeat("x", 2000)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	statuses := 0
	for i := range n {
		sv.iopub.port.publish(output, false)
		if i%group == group-1 {
			sv.Emit(statusOutput(nil, "idle"))
			statuses++
			_ = fast.c.SetDeadline(time.Now().Add(testTime))
			for range group + 1 {
				if _, err := fast.frames(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, p := range sv.iopub.port.all() {
		p.mu.Lock()
		if p.queued > queueLimit+queueSlack {
			t.Errorf("%d bytes are queued", p.queued)
		}
		p.mu.Unlock()
	}
	_ = slow.c.SetDeadline(time.Now().Add(testTime))
	streams, noted := 0, false
	for statuses > 0 || !noted {
		frames, err := slow.frames()
		if err != nil {
			t.Fatal(err)
		}
		switch content := string(frames[len(frames)-1]); {
		case strings.Contains(content, "idle"):
			statuses--
		case strings.Contains(content, "left out"):
			noted = true
		default:
			streams++
		}
	}
	if streams == 0 || streams == n {
		t.Errorf("the slow subscriber got %d of %d outputs", streams, n)
	}
	if !strings.Contains(lines.String(), "messages dropped") {
		t.Errorf("nothing in the log about it:\n%s", lines)
	}
}

// TestSlowRequester: a peer that leaves its replies unread is disconnected; others are served.
func TestSlowRequester(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := newPort("shell", zmq4.Router, log.New(io.Discard, "", 0))
	p.limit = 1 << 20
	router := zmq4.NewRouter(p.context(ctx), zmq4.WithLogger(log.New(io.Discard, "", 0)))
	if err := router.Listen(transportTCP + "://127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer router.Close()
	dial(t, p, "DEALER", "slow")
	good := dial(t, p, "DEALER", "good")
	eventually(t, "two peers", func() bool { return len(p.all()) == 2 })
	good.write(encodeFrames([][]byte{[]byte("hello")}))
	if _, err := router.Recv(); err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 64<<10)
	eventually(t, "the slow peer's end", func() bool {
		if err := router.Send(zmq4.NewMsgFrom([]byte("slow"), block)); err != nil {
			return true
		}
		return len(p.all()) == 1
	})
	eventually(t, "one peer", func() bool { return len(p.all()) == 1 })
	if err := router.Send(zmq4.NewMsgFrom([]byte("good"), []byte("yes"))); err != nil {
		t.Fatal(err)
	}
	if got, err := good.frames(); err != nil || string(got[0]) != "yes" {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestUnixSockets: the ipc transport of connection files.
func TestUnixSockets(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("no unix sockets here")
		return
	}
	info, err := parseConnection(fmt.Appendf(nil, `{"transport": "ipc", "ip": %q, "key": %q, "shell_port": 1, "control_port": 2, "stdin_port": 3, "hb_port": 4, "iopub_port": 5}`,
		filepath.Join(t.TempDir(), "k"), testKey))
	if err != nil {
		t.Fatal(err)
	}
	cfg := echoConfig()
	cfg.Log = log.New(io.Discard, "", 0)
	sv, err := newServer(info, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer sv.close()
	if got := dial(t, sv.shell.port, "DEALER", "me").ask("kernel_info_request", map[string]any{}); got["status"] != "ok" {
		t.Errorf("got %v", got)
	}
}

// TestReconnects: connections leave nothing behind.
func TestReconnects(t *testing.T) {
	sv, _ := startServer(t)
	kinds := map[*port]string{sv.iopub.port: "SUB", sv.heartbeat.port: "REQ"}
	for range 200 {
		for _, p := range sv.allPorts() {
			kind := kinds[p]
			if kind == "" {
				kind = "DEALER"
			}
			c := dial(t, p, kind, "me")
			_, _ = c.c.Write([]byte{flagMore, 5, 'x'}) // and hangs up inside a frame
			_ = c.c.Close()
		}
	}
	for _, p := range sv.allPorts() {
		eventually(t, p.name+" to forget its peers", func() bool { return len(p.all()) == 0 })
	}
	dial(t, sv.shell.port, "DEALER", "me").ask("kernel_info_request", map[string]any{})
}

// FuzzFrames: no bytes panic, and what is passed on is whole frames within the limits.
func FuzzFrames(f *testing.F) {
	f.Add(encodeFrames([][]byte{[]byte("a"), bytes.Repeat([]byte("b"), 300)}))
	f.Add(encodeCommand("PING", []byte("\x00\x10")))
	f.Add([]byte{flagLong, 255, 255, 255, 255, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = handshake(&memConn{r: bytes.NewReader(data)}, zmq4.Router)
		_ = checkReady(data, zmq4.Router)
		for _, sub := range []func([]byte) error{nil, func([]byte) error { return nil }} {
			r := frameReader{r: bufio.NewReader(bytes.NewReader(data)), command: func(string, []byte) {}, subscribe: sub}
			got, _ := io.ReadAll(&r)
			if len(got) > len(data) {
				t.Errorf("%d bytes of %d", len(got), len(data))
			}
			if sub != nil && len(got) > 0 {
				t.Error("a subscriber's message was passed on")
			}
		}
	})
}

// memConn reads from memory and writes to nowhere.
type memConn struct{ r io.Reader }

func (m *memConn) Read(p []byte) (int, error)  { return m.r.Read(p) }
func (m *memConn) Write(p []byte) (int, error) { return len(p), nil }
