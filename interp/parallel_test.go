//go:build !race

package interp

import "testing"

// The race detector reports two things about the cells here that are known and do no harm; so they stay out of its builds. A function that
// runs in several goroutines notes its lines, which traces tell, in one variable. And yaegi, when it compiles the next cell, writes the
// name of the package again, which a goroutine that panics meanwhile reads for its trace.

func TestParallel(t *testing.T) {
	f := func(cells ...string) {
		t.Helper()
		nb := newNotebook(t)
		for i := 0; i < len(cells); i += 2 {
			nb.want(cells[i], cells[i+1])
		}
	}
	f("var wg sync.WaitGroup\nvar mu sync.Mutex\nsum := 0\nfor i := range 10 { wg.Go(func() { mu.Lock(); sum += i; mu.Unlock() }) }\nwg.Wait()\nsum", "=> 45",
		"sum = 0\nfor i := range 10 { wg.Add(1); go func(n int) { defer wg.Done(); mu.Lock(); sum += n; mu.Unlock() }(i) }\nwg.Wait()\nsum", "=> 45")
	f("in, out := make(chan int), make(chan int)\nfor range 4 { go func() { for { select { case v, ok := <-in: if !ok { return }; out <- v * v } } }() }\n"+
		"go func() { for i := range 100 { in <- i }; close(in) }()\nsum := 0\nfor range 100 { sum += <-out }\nsum", "=> 328350")
}

// A blocked compiled call cannot be stopped. It is left behind, and its cell does not go on when it returns.
func TestInterruptLeavesBlockedCall(t *testing.T) {
	nb := newNotebook(t)
	nb.want("k := 10\nvar mu sync.Mutex\nfunc sq(n int) int { return n * n }", "")
	nb.interrupt("mu.Lock()\nmu.Lock()\nk = 98")
	nb.want("sq(7)", "=> 49")
	nb.want("mu.Unlock()\nk", "=> 10")
	nb.want("time.Sleep(20 * time.Millisecond)\nk", "=> 10")
}
