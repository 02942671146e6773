package kernel

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"tickbook/display"
)

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
