package interp

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"tickbook/display"
)

// growth is what cells do again and again. None of them leaves more names than there were, so none may leave more than its text, which is history.
var growth = []struct {
	name, cell string // with %d for the number of the cell
	fails      bool
}{
	{name: "assign", cell: "x := %d"},
	{name: "show", cell: "%d + 1"},
	{name: "print", cell: "for i := range 3 { fmt.Print(i + %d) }"},
	{name: "redefine a function", cell: "func f() int { return %d }\nfunc g() int { return f() }"},
	{name: "redefine a type", cell: "type T struct { A int `n:\"%d\"` }"},
	{name: "another type", cell: "y := [%d]int{}"},
	{name: "closure", cell: "h := func() func() int { return func() int { return %d } }\n_ = h()()"},
	{name: "goroutine", cell: "c := make(chan int)\ngo func() { c <- %d }()\n<-c"},
	{name: "does not parse", cell: "a + + %d)", fails: true},
	{name: "does not compile", cell: "undefinedName + %d", fails: true},
	{name: "panics", cell: "func() { panic(%d) }()", fails: true},
}

func TestCellsLeaveNothing(t *testing.T) {
	const cells, perCell = 1000, 1500 // bytes; what is listed above left 4,000 to 10,000
	for _, c := range growth {
		t.Run(c.name, func(t *testing.T) {
			s, err := New(Options{Evaluator: NewExec, Stdout: io.Discard, Stderr: io.Discard})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			run := func() {
				for range cells {
					n++
					if _, err := s.Execute(t.Context(), strings.ReplaceAll(c.cell, "%d", fmt.Sprint(n)), n); (err != nil) != c.fails {
						t.Fatalf("cell %d: %v", n, err)
					}
				}
			}
			run() // tables have grown, packages are read
			before := liveBytes()
			run()
			if got := (liveBytes() - before) / cells; got > perCell {
				t.Errorf("a cell leaves %d bytes, want at most %d", got, perCell)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func liveBytes() int64 {
	var m runtime.MemStats
	for range 3 { // pools are emptied in two steps
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkLateCell is a cell's time in a session that has run many cells, or has many names.
func BenchmarkLateCell(b *testing.B) {
	for _, c := range []struct {
		name, before string
		count        int
	}{
		{"first", "x := %d", 1},
		{"after 10,000 cells", "x := %d", 10_000},
		{"among 10,000 variables", "x%d := 1", 10_000},
		{"among 10,000 functions", "func f%d() int { return x }", 10_000},
	} {
		b.Run(c.name, func(b *testing.B) {
			s, err := New(Options{Evaluator: NewExec, Stdout: io.Discard, Stderr: io.Discard})
			if err != nil {
				b.Fatal(err)
			}
			n := 1
			run := func(cell string) {
				if _, err := s.Execute(b.Context(), cell, n); err != nil {
					b.Fatal(err)
				}
				n++
			}
			run("x := 1")
			for n <= c.count {
				run(fmt.Sprintf(c.before, n))
			}
			for b.Loop() {
				run("x = x + 1\nx")
			}
			if err := s.Close(); err != nil {
				b.Error(err)
			}
		})
	}
}

// TestOldCodeKeepsWhatItNeeds runs code of cells whose names mean something else, or never meant anything, after many other cells.
func TestOldCodeKeepsWhatItNeeds(t *testing.T) {
	nb := newNotebook(t)
	others := func() {
		for i := range 50 {
			nb.want(fmt.Sprintf("other := %d\nfunc another() int { return other }\nif other == 3 { another() }", i), "")
		}
	}
	nb.want("x := 5\nfunc f() int { return x }\nfunc g() int { return f() + twice(x) }\nfunc twice[T int | float64](v T) T { return v * 2 }", "")
	nb.want("old := g\nlater := func() func() int { return func() int { return g() } }", "")
	nb.want("x := \"text\"", "")
	others()
	nb.want("old()", "=> 15")
	nb.want("func f() int { return 1 }\nfunc g() int { return 2 }\nfunc twice(s string) string { return s + s }", "")
	others()
	nb.want("old() + later()()", "=> 30")
	nb.want("twice(x)", "=> texttext")

	nb.want("type T struct{ N int }\nfunc (t T) String() string { return fmt.Sprint(\"T\", t.N+len(twice(\"a\"))) }\nvar v fmt.Stringer = T{1}", "")
	nb.want("type T int\nfunc twice() {}", "")
	others()
	nb.want("v.String()", "=> T3")

	nb.want("\nvar broken func()\nbroken = func() {\n\tvar m map[string]int\n\tfunc() { m[\"a\"] = 1 }()\n}", "")
	at := nb.n
	others()
	_, err := nb.do("broken()")
	var ce *display.CellError
	if !errors.As(err, &ce) || !strings.Contains(strings.Join(ce.Traceback, "\n"), fmt.Sprintf("In[%d]:5", at)) ||
		!strings.Contains(strings.Join(ce.Traceback, "\n"), "func() { m[\"a\"] = 1 }()") {
		t.Errorf("got %v", err)
	}
}
