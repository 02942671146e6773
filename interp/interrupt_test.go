package interp

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"weak"

	"tickbook/display"
)

// interrupt runs a cell that does not end and cancels it once it has printed "go".
func (nb *notebook) interrupt(code string) {
	nb.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	nb.out.Reset()
	nb.n++
	failed := make(chan error, 1)
	go func() {
		_, err := nb.s.Execute(ctx, "fmt.Println(\"go\")\n"+code, nb.n)
		failed <- err
	}()
	nb.until("the cell runs", func() bool { return strings.HasPrefix(nb.out.String(), "go") })
	cancel()
	select {
	case err := <-failed:
		var ce *display.CellError
		if !errors.As(err, &ce) || ce.Name != "Interrupted" || !errors.Is(err, context.Canceled) {
			nb.t.Errorf("%q: error %v, want Interrupted", code, err)
		}
	case <-time.After(5 * time.Second):
		nb.t.Fatalf("%q: not interrupted", code)
	}
}

// until waits for a condition that another goroutine brings about.
func (nb *notebook) until(what string, cond func() bool) {
	nb.t.Helper()
	t := time.NewTicker(time.Millisecond)
	defer t.Stop()
	limit := time.After(10 * time.Second)
	for !cond() {
		select {
		case <-t.C:
		case <-limit:
			nb.t.Fatalf("waited too long until %s", what)
		}
	}
}

func TestInterrupt(t *testing.T) {
	nb := newNotebook(t)
	nb.want(`func sq(n int) int { return n * n }
func desc(a []int) []int { sort.Slice(a, func(i, j int) bool { return a[i] > a[j] }); return a }
func spin() { for { } }
func deep(n int) int { if n == 0 { spin() }; return deep(n - 1) }
k := 10
addK := func(n int) int { return n + k }
ch := make(chan int)
var beats atomic.Int64
go func() { for { beats.Add(1); time.Sleep(time.Millisecond) } }()`, "")
	for _, code := range []string{
		"for {\n}", "for i := 0; ; i++ {\n}", "time.Sleep(time.Hour)", "for { time.Sleep(time.Microsecond) }", "select {}", "<-ch", "ch <- 1",
		"for range ch {\n}", "select { case <-ch: case ch <- 2: }", "spin()", "deep(20)", "func() { defer func() { recover() }(); for {\n} }()",
		"for { func() { defer func() { recover() }(); spin() }() }",
		"sort.Slice([]int{3, 2, 1}, func(i, j int) bool { for {\n}; return true })",
		"k = func() int { <-ch; return 99 }()",
	} {
		nb.interrupt(code)
		nb.want("sq(7) + addK(1)", "=> 60")
		nb.want("desc([]int{1, 3, 2})", "=> [3 2 1]")
	}
	nb.want("k", "=> 10")
	nb.want("n0 := beats.Load()\ntime.Sleep(50 * time.Millisecond)\nbeats.Load() > n0 + 3", "=> true")
}

func TestInterruptStopsTheCellsGoroutines(t *testing.T) {
	nb := newNotebook(t)
	nb.want("var a, b atomic.Int64\ngo func() { for { a.Add(1); time.Sleep(time.Millisecond) } }()", "")
	nb.interrupt("go func() { for { b.Add(1); time.Sleep(time.Millisecond) } }()\nfor b.Load() < 5 { }\nselect {}")
	nb.want("time.Sleep(20 * time.Millisecond)\na0, b0 := a.Load(), b.Load()\ntime.Sleep(50 * time.Millisecond)\nfmt.Println(a.Load() > a0, b.Load() == b0)",
		"true true\n")
}

func TestCellsQueue(t *testing.T) {
	nb := newNotebook(t)
	nb.want("n := 0", "")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := nb.s.Execute(context.Background(), "for i := 0; i < 100; i++ { n++ }", 100+i); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	nb.want("n", "=> 800")
}

func TestGoroutinePanicIsReported(t *testing.T) {
	nb := newNotebook(t)
	nb.want("func bad(m map[string]int) {\n\n\tm[\"a\"] = 1\n}", "")
	nb.want("go bad(nil)", "")
	nb.until("the panic is reported", func() bool { return strings.Contains(nb.errs.String(), "nil map") })
	nb.until("its line is reported", func() bool { return strings.Contains(nb.errs.String(), "In[1]:3 in bad") })
	nb.want("1", "=> 1")
}

func TestRunawayRecursion(t *testing.T) {
	nb := newNotebook(t)
	nb.want("func f(n int) int { return f(n+1) + 1 }\ng := func() int { return 5 }", "")
	nb.want("f(0)", "ERR stack overflow")
	nb.want("g()", "=> 5")
}

// positioned is an error with a place, as compiled packages panic with.
type positioned struct{}

func (*positioned) Error() string      { return "no column \"Qyt\"" }
func (*positioned) Source() string     { return "Px * Qyt" }
func (*positioned) Offset() int        { return 5 }
func (*positioned) Suggestion() string { return "Qty" }

func TestPanicTrace(t *testing.T) {
	nb := newNotebook(t)
	nb.want("func idx(a []int) int {\n\tj := 3\n\treturn a[j]\n}\nfunc mid() int {\n\tx := 1\n\n\treturn idx([]int{x})\n}", "")
	_, err := nb.do("x := 3\n\nmid()")
	var ce *display.CellError
	if !errors.As(err, &ce) {
		t.Fatalf("error %v, want a CellError", err)
	}
	want := []string{
		"panic: runtime error: index out of range [3] with length 1", "In[1]:3 in idx\n    return a[j]\n            ^",
		"In[1]:8 in mid\n    return idx([]int{x})\n              ^", "In[2]:3\n    mid()\n       ^",
	}
	if got := fmt.Sprintf("%q", ce.Traceback); got != fmt.Sprintf("%q", want) {
		t.Errorf("traceback\n got %s\nwant %q", got, want)
	}
}

func TestPanicKeepsPositionedError(t *testing.T) {
	nb := newNotebook(t)
	nb.offer("fail", func() { panic(&positioned{}) })
	_, err := nb.do("testing.Init()")
	var ce *display.CellError
	if !errors.As(err, &ce) || ce.Name != "positioned" {
		t.Fatalf("error %#v, want a CellError called positioned", err)
	}
	var pe display.PositionedError
	if !errors.As(err, &pe) || pe.Offset() != 5 {
		t.Errorf("the error lost its cause: %v", err)
	}
}

// offer puts a compiled function where cells find testing.Init, which has the type that tests need.
func (nb *notebook) offer(_ string, f func()) {
	setSymbol(nb.s, "testing", "Init", f)
}

type big struct{ b []byte }

func TestRerunFreesValues(t *testing.T) {
	nb := newNotebook(t)
	var made []weak.Pointer[big]
	setSymbol(nb.s, "errors", "New", func(string) error {
		b := &big{make([]byte, 1<<20)}
		made = append(made, weak.Make(b))
		return b
	})
	run := func() {
		nb.want("e := errors.New(\"a\")\nf := errors.New(\"b\")\nshow := func() error { return e }\n_ = show()\ne", "=> big")
		nb.n-- // the same cell again
	}
	run()
	runtime.GC()
	goroutines := runtime.NumGoroutine()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 50 {
		run()
	}
	nb.until("old values are freed", func() bool {
		runtime.GC()
		alive := 0
		for _, p := range made {
			if p.Value() != nil {
				alive++
			}
		}
		return alive <= 2
	})
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("heap grew by %d bytes in 50 runs", grown)
	}
	nb.until("no goroutine is left", func() bool { return runtime.NumGoroutine() <= goroutines })

	nb.want("e := 1\nf := 2", "") // another type: a new variable
	nb.want("show = nil", "")
	nb.until("the last values are freed", func() bool {
		runtime.GC()
		return made[len(made)-1].Value() == nil
	})
}

func (b *big) Error() string { return "big" }
