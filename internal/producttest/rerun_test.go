package producttest

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tickbook/kafka/broker"
	"tickbook/notebooks"
)

const reruns = 50

// Fifty runs of the guide's cells leave one consumer a topic, and goroutines and heap as they were.
func TestFiftyRuns(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("github.com/rcrowley/go-metrics.(*meterArbiter).tick"))
	b, err := broker.Start(broker.Options{Partitions: 2, Feed: &broker.FeedOptions{Seed: 1, Rate: 100, History: time.Minute}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	t.Setenv("TICKBOOK_BOOTSTRAP", b.Addr())
	nb, err := notebooks.Parse(notebooks.Guide())
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(t)
	defer func() { // what cells opened ends with the session's variables
		s.close()
		s = nil
		Wait(t, "the end of all consumers", func() bool { return consumers(t) == 0 })
	}()
	runAll := func() {
		s.forget()
		for _, c := range nb.Cells {
			if c.IsCode() {
				s.mustRun(c.ID(), c.Source())
			}
		}
	}
	for range 5 { // caches fill
		runAll()
	}
	Wait(t, "one consumer a topic", func() bool { return consumers(t) == 2 })
	goroutines, heap := settled(t)
	for range reruns {
		runAll()
	}
	s.forget()
	Wait(t, "one consumer a topic after all runs", func() bool { return consumers(t) == 2 })
	Wait(t, "the goroutines of the beginning", func() bool {
		g, _ := settled(t)
		return g <= goroutines+5
	})
	_, after := settled(t)
	t.Logf("goroutines %d, heap %d KiB before and %d KiB after %d runs", goroutines, heap>>10, after>>10, reruns)
	if grown := int64(after) - int64(heap); grown > reruns*maxGrowth {
		t.Errorf("the heap grew by %d KiB in %d runs", grown>>10, reruns)
	}
}

// maxGrowth is what a run of the nine cells may leave, in bytes: their text, names and code, and the rows that the feed brings meanwhile, but no table and
const maxGrowth = 150 << 10

func settled(t *testing.T) (goroutines int, heap uint64) {
	t.Helper()
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return runtime.NumGoroutine(), m.HeapAlloc
}

// consumerFrame is at the bottom of the goroutine that looks after a consumed topic.
const consumerFrame = "tickbook/kafka.(*consumer).run("

// consumers counts the topics that are being fetched, by the goroutines that do so.
func consumers(t *testing.T) int {
	t.Helper()
	runtime.GC()
	buf := make([]byte, 1<<22)
	return strings.Count(string(buf[:runtime.Stack(buf, true)]), consumerFrame)
}
