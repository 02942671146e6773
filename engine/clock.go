package engine

import (
	"sync"
	"time"
)

// MinInterval is the least time between the beginnings of two cycles of a graph with a clock. Batches grow under load, cycles don't multiply.
const MinInterval = time.Millisecond

// clock runs a graph's cycles when they are asked for. The zero value is stopped: a graph that is stepped by hand.
//
// There is a goroutine only while cycles are due, so that an idle graph costs nothing and leaves nothing behind.
type clock struct {
	g *Graph // nil: stepped by hand; set before use

	mu      sync.Mutex
	running bool // the goroutine is there
	again   bool // a cycle was asked for since the last one began
}

// Default is the graph of what cells make. It has a clock: a cycle starts when data arrives, at least [MinInterval] after the last one began, and
// takes what is there.
func Default() *Graph { return defaultGraph() }

var defaultGraph = sync.OnceValue(newClockedGraph)

func newClockedGraph() *Graph {
	g := NewGraph()
	g.clock.g = g
	return g
}

// wake asks for a cycle.
func (c *clock) wake() {
	if c.g == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.again = true
	if !c.running {
		c.running = true
		go c.run()
	}
}

// run makes cycles until none has been asked for during the least interval.
func (c *clock) run() {
	for {
		c.mu.Lock()
		if !c.again {
			c.running = false
			c.mu.Unlock()
			return
		}
		c.again = false
		c.mu.Unlock()
		began := time.Now()
		c.g.Step()
		if d := MinInterval - time.Since(began); d > 0 {
			time.Sleep(d)
		}
	}
}

// Waker starts a cycle soon. It holds neither a table nor a source: it is all that a feed's goroutines keep of them.
type Waker struct{ clock *clock }

// Wake says that data or a new status waits. It never blocks, costs little when repeated, and is safe after the table died.
func (w *Waker) Wake() { w.clock.wake() }
