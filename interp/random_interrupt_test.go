package interp

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// interrupts is how many interrupts TICKBOOK_INTERRUPTS asks for.
func interrupts(t *testing.T) int {
	t.Helper()
	n := 200
	if s := os.Getenv("TICKBOOK_INTERRUPTS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// TestInterruptsAtRandom: while cells are interrupted at random moments, functions of cells that compiled code calls all the time, as the
// engine calls those in formulas, give right values, and so do the cells' own variables.
func TestInterruptsAtRandom(t *testing.T) {
	n := interrupts(t)
	nb := newNotebook(t)
	nb.want(`type acc struct{ sum int64; parts []int64 }
func (a *acc) add(v int64) { a.sum += v; a.parts = append(a.parts, v) }
func f(n int64) int64 {
	var a acc
	defer func() { a.parts = nil }()
	for i := range n { a.add(i) }
	sort.Slice(a.parts, func(i, j int) bool { return a.parts[i] > a.parts[j] })
	return a.sum
}
var mu sync.Mutex
var inside, before int`, "")
	vs, err := nb.s.Execute(context.Background(), "f", 900)
	if err != nil {
		t.Fatal(err)
	}
	f := vs[0].(func(int64) int64)
	var stop atomic.Bool
	called := make(chan int64, 1)
	go func() {
		var calls int64
		for i := int64(0); !stop.Load(); i++ {
			k := i % 50
			if got := f(k); got != k*(k-1)/2 {
				t.Errorf("call %d: f(%d) = %d", calls, k, got)
				break
			}
			calls++
		}
		called <- calls
	}()
	bodies := []string{
		"for { f(30) }", "for { sort.Slice([]int{3, 1, 2}, func(i, j int) bool { for { } }) }", "select {}", "time.Sleep(time.Hour)",
		"for { func() { mu.Lock(); defer mu.Unlock(); before = inside; inside++; f(10) }() }", "go func() { for { f(5) } }(); for { }",
		"func() { defer func() { recover() }(); for { } }()",
	}
	nb.interruptAtRandom(bodies, n)
	stop.Store(true)
	if calls := <-called; calls == 0 {
		t.Error("the function was not called")
	}
	nb.want("mu.Lock(); mu.Unlock(); f(20)", "=> 190")
}

// interruptAtRandom runs cells that do not end by themselves, by turns, n in all, and interrupts each within 4 ms.
func (nb *notebook) interruptAtRandom(bodies []string, n int) {
	nb.t.Helper()
	for i := range n {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.IntN(int(4*time.Millisecond))))
		_, err := nb.s.Execute(ctx, bodies[i%len(bodies)], i+1)
		cancel()
		if err == nil {
			nb.t.Fatalf("%q ended by itself", bodies[i%len(bodies)])
		}
	}
}
