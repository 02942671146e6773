package kernel

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tickbook/display"
)

// soakEnv is how long TestSoak runs, 20 s without it: TICKBOOK_SOAK=10m go test -timeout 20m -run TestSoak -v ./kernel
const soakEnv = "TICKBOOK_SOAK"

const (
	soakTime   = 20 * time.Second
	soakAnswer = 10 * time.Second // the longest that a good client waits for an answer
	soakHeap   = 700 << 20        // bytes of heap at any time, of clients and kernel together
	soakRest   = 64 << 20         // bytes of heap more than before, afterwards
)

// goodClient is a client as Jupyter's are: its own connections, each request's reply and idle awaited.
type goodClient struct {
	name                  string
	shell, control, iopub *testClient
	idle                  map[string]bool // requests whose idle came; guarded by mu
	shown                 map[string]int  // outputs by request; guarded by mu
	mu                    sync.Mutex
	came                  chan struct{} // holds a token when an idle came
	ended                 chan error    // of reading iopub
}

func newGoodClient(t *testing.T, sv *server, name string) *goodClient {
	t.Helper()
	g := &goodClient{
		name: name, idle: map[string]bool{}, shown: map[string]int{}, came: make(chan struct{}, 1), ended: make(chan error, 1),
		iopub: dial(t, sv.iopub.port, "SUB", ""), shell: dial(t, sv.shell.port, "DEALER", name), control: dial(t, sv.control.port, "DEALER", name),
	}
	go g.watch()
	return g
}

// watch reads iopub until the connection ends.
func (g *goodClient) watch() {
	for {
		_ = g.iopub.c.SetReadDeadline(time.Time{})
		m, err := g.iopub.next()
		if err != nil {
			g.ended <- err
			return
		}
		var parent header
		var c struct {
			State string `json:"execution_state"`
		}
		_ = json.Unmarshal(m.parent, &parent)
		_ = json.Unmarshal(m.content, &c)
		g.mu.Lock()
		switch m.header.Type {
		case "status":
			if c.State == "idle" {
				g.idle[parent.ID] = true
				select {
				case g.came <- struct{}{}:
				default:
				}
			}
		case "display_data", "stream":
			g.shown[parent.ID]++
		}
		g.mu.Unlock()
	}
}

// ask sends a request and waits for its reply, and for its idle. It returns the reply's content and how many outputs there were.
func (g *goodClient) ask(k *testClient, kind string, content any, limit time.Duration) (json.RawMessage, int, error) {
	_ = k.c.SetDeadline(time.Now().Add(limit))
	frames, err := buildMessage(testKey, g.name, newMessageID(), nil, kind, nil, nil, content, nil)
	if err != nil {
		return nil, 0, err
	}
	if _, err := k.c.Write(encodeFrames(frames)); err != nil {
		return nil, 0, err
	}
	var h header
	_ = json.Unmarshal(frames[2], &h)
	m, err := k.next()
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %s: no reply: %w", g.name, kind, err)
	}
	var parent header
	if _ = json.Unmarshal(m.parent, &parent); parent.ID != h.ID {
		return nil, 0, fmt.Errorf("%s: %s: the reply is to another request", g.name, kind)
	}
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for {
		g.mu.Lock()
		idle, n := g.idle[h.ID], g.shown[h.ID]
		if idle {
			delete(g.idle, h.ID)
			delete(g.shown, h.ID)
		}
		g.mu.Unlock()
		if idle {
			return m.content, n, nil
		}
		select {
		case <-g.came:
		case err := <-g.ended:
			return nil, 0, fmt.Errorf("%s: iopub ended: %w", g.name, err)
		case <-deadline.C:
			return nil, 0, fmt.Errorf("%s: %s: no idle in %v", g.name, kind, limit)
		}
	}
}

// work asks one thing after the other until ctx ends. It returns how many were answered.
func (g *goodClient) work(ctx context.Context) (n int, err error) {
	for ; ctx.Err() == nil; n++ {
		want := fmt.Sprint(g.name, " ", n)
		var reply json.RawMessage
		var shown int
		if reply, shown, err = g.ask(g.shell, "execute_request", map[string]any{"code": "print " + want + "\nshow " + want}, soakAnswer); err != nil {
			return n, err
		}
		if !bytes.Contains(reply, []byte(`"status":"ok"`)) || shown < 2 {
			return n, fmt.Errorf("%s: %d outputs and the reply %s", g.name, shown, reply)
		}
		if _, _, err = g.ask(g.shell, "complete_request", map[string]any{"code": "pri", "cursor_pos": 3}, soakAnswer); err != nil {
			return n, err
		}
		if _, _, err = g.ask(g.control, "kernel_info_request", map[string]any{}, soakAnswer); err != nil {
			return n, err
		}
		// Others have a turn.
		t := time.NewTimer(5 * time.Millisecond)
		select {
		case <-t.C:
		case <-ctx.Done():
		}
	}
	return n, nil
}

// burst makes the test kernel show n outputs for "burst n".
func burst(_ context.Context, arg string) ([]any, error) {
	n, err := strconv.Atoi(arg)
	if err != nil {
		return nil, err
	}
	for i := range n {
		display.Show(display.MIMEBundle{display.Text: strconv.Itoa(i) + strings.Repeat(".", 250)})
	}
	return nil, nil
}

// TestBurstBesideASubscriberThatNeverReads: 100,000 outputs reach who reads, another client is served meanwhile, memory is bounded, and the one that
// did not read finds every status, and a word about what it missed.
func TestBurstBesideASubscriberThatNeverReads(t *testing.T) {
	sv, _ := startServer(t)
	lazy := dial(t, sv.iopub.port, "SUB", "")
	a, b := newGoodClient(t, sv, "a"), newGoodClient(t, sv, "b")
	heap := watchHeap(t)
	const n = 100_000
	type result struct {
		shown int
		err   error
	}
	done := make(chan result, 1)
	go func() {
		_, shown, err := a.ask(a.shell, "execute_request", map[string]any{"code": "burst " + strconv.Itoa(n)}, 2*time.Minute)
		done <- result{shown, err}
	}()
	served := 0
	var r result
	for waiting := true; waiting; {
		if _, _, err := b.ask(b.control, "kernel_info_request", map[string]any{}, soakAnswer); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.ask(b.shell, "complete_request", map[string]any{"code": "pri", "cursor_pos": 3}, soakAnswer); err != nil {
			t.Fatal(err)
		}
		served++
		select {
		case r = <-done:
			waiting = false
		default:
		}
		turn := time.NewTimer(20 * time.Millisecond)
		<-turn.C
	}
	if r.err != nil || r.shown != n {
		t.Errorf("the reading client got %d outputs of %d, %v", r.shown, n, r.err)
	}
	t.Logf("%d answers to the other client meanwhile; at most %d MiB of heap", served, heap()>>20)
	if heap() > soakHeap {
		t.Errorf("the heap grew to %d MiB", heap()>>20)
	}
	_ = lazy.c.SetDeadline(time.Now().Add(testTime))
	idle, noted, outputs := 0, false, 0
	for idle <= 2*served || !noted {
		frames, err := lazy.frames()
		if err != nil {
			t.Fatalf("after %d idles and %d outputs: %v", idle, outputs, err)
		}
		switch content := frames[len(frames)-1]; {
		case bytes.Contains(content, []byte(`"idle"`)):
			idle++
		case bytes.Contains(content, []byte("left out")):
			noted = true
		default:
			outputs++
		}
	}
	if outputs > n {
		t.Errorf("the lazy client got %d outputs", outputs)
	}
}

// watchHeap samples the heap until the test ends; the function it returns is the most there was so far.
func watchHeap(t *testing.T) func() uint64 {
	var most atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapAlloc))
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}()
	t.Cleanup(func() { close(stop); <-stopped })
	return most.Load
}

// TestSoak: whatever peers send and however they leave, two good clients get each reply and each idle, and afterwards nothing is left behind.
func TestSoak(t *testing.T) {
	limit := soakTime
	if text := os.Getenv(soakEnv); text != "" {
		var err error
		if limit, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	sv, lines := startServer(t)
	lines.limit = 1 << 20
	before, goroutines := heapNow(), 0
	heap := watchHeap(t)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	good := []*goodClient{newGoodClient(t, sv, "a"), newGoodClient(t, sv, "b")}
	goroutines = runtime.NumGoroutine()
	var wg sync.WaitGroup
	for _, g := range good {
		wg.Go(func() {
			n, err := g.work(ctx)
			if err != nil {
				t.Error(err)
				cancel()
			}
			t.Logf("%s: %d rounds", g.name, n)
		})
	}
	var attacks [16]atomic.Int64
	for i := range 4 {
		wg.Go(func() {
			h := hostile{sv: sv, r: rand.New(rand.NewPCG(seed, uint64(i)))}
			defer h.leaveAll()
			for ctx.Err() == nil {
				attacks[h.attack(ctx)].Add(1)
			}
		})
	}
	wg.Wait()
	total := int64(0)
	for i := range attacks {
		total += attacks[i].Load()
	}
	t.Logf("%d attacks; at most %d MiB of heap", total, heap()>>20)
	if heap() > soakHeap {
		t.Errorf("the heap grew to %d MiB", heap()>>20)
	}
	if strings.Contains(lines.String(), "BUG") || strings.Contains(lines.String(), "panic") {
		t.Errorf("the log says:\n%s", lines)
	}
	good[0].endOthers(t)
	eventually(t, "the goroutines of before", func() bool { return runtime.NumGoroutine() <= goroutines+10 })
	eventually(t, "the heap of before", func() bool { return heapNow() < before+soakRest })
	for _, g := range good {
		if _, _, err := g.ask(g.shell, "kernel_info_request", map[string]any{}, soakAnswer); err != nil {
			t.Error(err)
		}
	}
}

// endOthers ends what hostile peers made by right: subshells and comms.
func (g *goodClient) endOthers(t *testing.T) {
	t.Helper()
	must := func(k *testClient, kind string, content any) (out struct {
		IDs   []string       `json:"subshell_id"`
		Comms map[string]any `json:"comms"`
	},
	) {
		text, _, err := g.ask(k, kind, content, soakAnswer)
		if err != nil {
			t.Fatal(err)
		}
		_ = json.Unmarshal(text, &out)
		return out
	}
	for _, id := range must(g.control, "list_subshell_request", map[string]any{}).IDs {
		must(g.control, "delete_subshell_request", map[string]any{"subshell_id": id})
	}
	for id := range must(g.shell, "comm_info_request", map[string]any{}).Comms {
		frames, err := buildMessage(testKey, g.name, newMessageID(), nil, "comm_close", nil, nil, map[string]any{"comm_id": id, "data": map[string]any{}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = g.shell.c.Write(encodeFrames(frames))
	}
}

func heapNow() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// hostile is a peer, or many, that do what they should not.
type hostile struct {
	sv   *server
	r    *rand.Rand
	open []net.Conn // connections left as they are, for a while
}

// attack does one thing, and says which.
func (h *hostile) attack(ctx context.Context) int {
	p := h.sv.allPorts()[h.r.IntN(5)]
	switch n := h.r.IntN(8); n {
	case 0: // a half-open peer
		for _, text := range malformedPeers() {
			if h.r.IntN(4) == 0 {
				h.send(p, text, true)
			}
		}
		return n
	case 1: // bytes that mean nothing
		text := make([]byte, h.r.IntN(2000))
		for i := range text {
			text[i] = byte(h.r.Uint32())
		}
		h.shaken(p, text)
		return n
	case 2: // a message cut off
		text := h.message(testKey)
		h.shaken(p, text[:h.r.IntN(len(text))])
		return n
	case 3: // a message with wrong bytes in it
		text := h.message(testKey)
		for range 1 + h.r.IntN(4) {
			text[h.r.IntN(len(text))] ^= byte(1 << h.r.IntN(8))
		}
		h.shaken(p, text)
		return n
	case 4: // a message that is not signed, or by someone else
		h.shaken(p, append(h.message(nil), h.message([]byte("another key"))...))
		return n
	case 5: // huge
		text := binary.BigEndian.AppendUint64([]byte{flagLong | byte(h.r.IntN(2))}, 1<<(20+h.r.IntN(43)))
		h.shaken(p, append(text, make([]byte, h.r.IntN(1<<20))...))
		return n
	case 6: // requests at their worst: of wrong types and out of order, signed
		var text []byte
		for range 1 + h.r.IntN(50) {
			text = append(text, h.message(testKey)...)
		}
		h.shaken(p, text)
		return n
	default: // connects and goes, at once or after a request
		for range 20 {
			if ctx.Err() != nil {
				break
			}
			h.send(p, greeting[:h.r.IntN(len(greeting))], false)
		}
		return n
	}
}

// shaken connects as a peer should, sends text, and leaves or stays.
func (h *hostile) shaken(p *port, text []byte) {
	kind := map[string]string{"iopub": "SUB", "heartbeat": "REQ"}[p.name]
	if kind == "" {
		kind = "DEALER"
	}
	k, err := connect(p, kind, fmt.Sprint("hostile", h.r.IntN(4)))
	if err != nil {
		return // the port may be full of us
	}
	_ = k.c.SetDeadline(time.Now().Add(time.Second))
	_, _ = k.c.Write(text)
	h.leave(k.c, h.r.IntN(2) == 0)
}

// send connects and sends text at once.
func (h *hostile) send(p *port, text []byte, stay bool) {
	c, err := net.Dial("tcp", p.Addr().String())
	if err != nil {
		return
	}
	_ = c.SetDeadline(time.Now().Add(time.Second))
	_, _ = c.Write(text)
	h.leave(c, stay)
}

// leave closes a connection, or keeps it and closes an older one.
func (h *hostile) leave(c net.Conn, stay bool) {
	if !stay {
		_ = c.Close()
		return
	}
	h.open = append(h.open, c)
	if len(h.open) > 40 {
		_ = h.open[0].Close()
		h.open = h.open[1:]
	}
}

func (h *hostile) leaveAll() {
	for _, c := range h.open {
		_ = c.Close()
	}
}

// message is a message for any socket, whole and signed, but its content seldom fits its type. It never asks for shutdown or interrupt, nor runs
// a cell: those are a client's right.
func (h *hostile) message(key []byte) []byte {
	kinds := []string{
		"kernel_info_request", "complete_request", "inspect_request", "is_complete_request", "history_request", "comm_info_request", "comm_open",
		"comm_msg", "comm_close", "input_reply", "create_subshell_request", "delete_subshell_request", "list_subshell_request", "debug_request",
		"execute_reply", "status", "stream", "x_request", "execute_request", "", strings.Repeat("x", 300),
	}
	kind := kinds[h.r.IntN(len(kinds))]
	content := map[string]any{}
	for _, name := range []string{"code", "cursor_pos", "detail_level", "comm_id", "target_name", "data", "hist_access_type", "n", "session", "start", "stop", "pattern", "value", "subshell_id", "user_expressions"} {
		if h.r.IntN(3) == 0 {
			content[name] = h.value(name)
		}
	}
	if kind == "execute_request" {
		content["code"] = 1
	}
	var c any = content
	switch h.r.IntN(12) {
	case 0:
		c = h.value("")
	case 1:
		c = json.RawMessage(strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000))
	case 2:
		c = json.RawMessage(`{"code": "` + strings.Repeat("x", h.r.IntN(200_000)) + `"`)
	}
	parts := [][]byte{[]byte("{}"), []byte("{}"), []byte("{}")}
	parts[2], _ = marshal(c)
	head, _ := marshal(map[string]any{"msg_id": newMessageID(), "msg_type": kind, "session": "hostile", "subshell_id": []any{nil, "", "no such"}[h.r.IntN(3)]})
	parts = append([][]byte{head}, parts...)
	frames := append([][]byte{delimiter, sign(key, parts)}, parts...)
	for range h.r.IntN(3) {
		frames = append(frames, make([]byte, h.r.IntN(1000)))
	}
	if h.r.IntN(10) == 0 {
		h.r.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
	}
	return encodeFrames(frames)
}

// value is what a field holds: often what it should not.
func (h *hostile) value(name string) any {
	values := []any{nil, true, -1, 1 << 40, 1.5, "", "pri", "print", "test.echo", "\x00\xff", []any{1, "x"}, map[string]any{"a": 1}, strings.Repeat("?*", 50)}
	if name == "comm_id" {
		return fmt.Sprint("comm", h.r.IntN(20))
	}
	if name == "hist_access_type" {
		return []any{"tail", "range", "search", "?"}[h.r.IntN(4)]
	}
	return values[h.r.IntN(len(values))]
}
