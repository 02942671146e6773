package kernel

import (
	"context"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// soakEnv is how long TestSoak runs, 20 s without it: TICKBOOK_SOAK=10m go test -timeout 20m -run TestSoak -v ./kernel
const soakEnv = "TICKBOOK_SOAK"

const (
	soakTime   = 20 * time.Second
	soakAnswer = 10 * time.Second // the longest that a good client waits for an answer
	soakHeap   = 700 << 20        // bytes of heap at any time, of clients and kernel together
	soakRest   = 64 << 20         // bytes of heap more than before, afterwards
)

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

func heapNow() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
