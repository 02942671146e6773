package kernel

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"
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
