package interp

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"tickbook/display"
)

// fails runs a cell that fails and then one that does not.
func (nb *notebook) fails(code, message string) {
	nb.t.Helper()
	_, err := nb.do(code)
	var ce *display.CellError
	if !errors.As(err, &ce) || !strings.Contains(err.Error(), message) {
		nb.t.Errorf("%.60q: error %.300v, want %q", code, err, message)
	}
	nb.want("1 + 1", "=> 2")
}

func TestEndlessRecursion(t *testing.T) {
	nb := newNotebook(t)
	const message = "stack overflow: a function calls itself without end"
	nb.fails("func f(n int) int { return f(n+1) + 1 }\nf(0)", message)
	nb.fails("var g func([]int)\ng = func(a []int) { sort.Slice(a, func(i, j int) bool { g([]int{2, 1}); return i < j }) }\ng([]int{2, 1})", message)
	nb.fails("type E struct{}\nfunc (E) Error() string { return errors.Join(E{}).Error() }\nE{}.Error()", message)
	// Package fmt catches the panics of methods that it calls.
	out, err := nb.do("type T struct{}\nfunc (t T) String() string { return fmt.Sprint(t) }\nfmt.Println(T{})")
	if err != nil || !strings.Contains(out, message) {
		t.Errorf("got %.200q, %v", out, err)
	}
	nb.want("1 + 1", "=> 2")
}

func TestPanicsNobodyWaitsFor(t *testing.T) {
	nb := newNotebook(t)
	for _, c := range []struct{ code, message string }{
		{"go func() { panic(\"in go\") }()", "in go"},
		{"go func() { var m map[string]int; m[\"a\"] = 1 }()", "assignment to entry in nil map"},
		{"go (func())(nil)()", "nil pointer"},
		{"var wg sync.WaitGroup\nwg.Go(func() { panic(\"in a wait group\") })\nwg.Wait()", "in a wait group"},
		{"var wg2 sync.WaitGroup\nwg2.Go(sync.OnceFunc(func() { panic(\"behind compiled code\") }))\nwg2.Wait()", "behind compiled code"},
		{"_ = time.AfterFunc(time.Millisecond, func() { panic(\"in a timer\") })", "in a timer"},
		{"ctx, cancel := context.WithCancel(context.Background())\ncontext.AfterFunc(ctx, func() { panic(\"after a context\") })\ncancel()", "after a context"},
		{"func() { x := new([100]int); runtime.SetFinalizer(x, func(*[100]int) { panic(\"in a finalizer\") }) }()\nruntime.GC()\nruntime.GC()", "in a finalizer"},
	} {
		nb.errs.Reset()
		if _, err := nb.do(c.code); err != nil {
			t.Errorf("%q: %v", c.code, err)
		}
		want := "panic in a goroutine of a cell: "
		nb.until(c.message, func() bool {
			got := nb.errs.String()
			return strings.Contains(got, want) && strings.Contains(got, c.message)
		})
	}
	nb.fails("*(*int)(unsafe.Pointer(uintptr(0xdeadbeef000)))", "invalid memory address")
}

// TestInterruptOfForeignGoroutines stops cells whose functions compiled code runs on goroutines of its own.
func TestInterruptOfForeignGoroutines(t *testing.T) {
	nb := newNotebook(t)
	for range 3 {
		nb.interrupt("var wg sync.WaitGroup\nfor range 10 { wg.Go(func() { for { } }) }\nwg.Wait()")
		nb.interrupt("ready := make(chan bool)\ngo http.ListenAndServe(\"127.0.0.1:0\", nil)\nfunc() { testing.Benchmark(func(b *testing.B) { for { } }) }()\nclose(ready)")
	}
	nb.want("1 + 1", "=> 2")
}

func TestDeepNesting(t *testing.T) {
	nb := newNotebook(t)
	r := strings.Repeat
	const n = 12_000
	for _, code := range []string{
		r("(", n) + "1" + r(")", n), r("{", n) + r("}", n), "x := " + r("[]any{", n) + r("}", n), "var x " + r("[]", n) + "int", "var x " + r("*", n) + "int",
		"type T " + r("struct{ a ", n) + "int" + r("}", n), "x := 1\ny := " + r("-+", n/2) + "x", "x := true\ny := " + r("!", n) + "x", "x := 1\ny := x" + r("+x", n),
		"f := " + r("func() any { return ", n) + "1" + r("}", n), "x := 1\n" + r("if x > 0 {", n) + r("}", n), r("for {", n) + r("}", n),
		"x := 1\nif x == 0 {} " + r("else if x == 1 {}", n), "var x " + r("map[int]", n) + "int", "var x " + r("func() ", n) + "int", "func f() " + r("chan ", n) + "int { return nil }",
		"type G[T any] struct{}\nvar x " + r("G[", n) + "int" + r("]", n), "x := 1\n" + r("switch x { case 1: ", n) + r("}", n),
		"type L struct{ N *L }\nvar l L\nl" + r(".N", n), "var s []int\ns" + r("[0]", n), "f := func(int) int { return 1 }\n" + r("f(", n) + "1" + r(")", n),
	} {
		if _, err := nb.do(code); err == nil || !strings.Contains(err.Error(), "nested too deeply") {
			t.Errorf("%.40q: error %v", code, err)
		}
		nb.s.Complete(code, len(code))
		nb.s.Inspect(code, len(code)/2, 0)
		nb.s.IsComplete(code)
	}
	nb.want(r("(", 2000)+"1"+r(")", 2000), "=> 1")
	nb.want("n := 1\nn"+r(" + n", 5000), "=> 5001")
	nb.want(r("{", 300)+r("}", 300), "")
	nb.want("var deep "+r("[]", 100)+"int\ndeep == nil", "=> true")
}

func TestOddText(t *testing.T) {
	nb := newNotebook(t)
	nb.want("\ufeffx := 1\nx", "=> 1")
	nb.fails("x := 1\n\ufeffx", "illegal byte order mark")
	nb.fails("x := 1\x00\nx", "illegal character NUL")
	nb.fails("x := \"\xff\xfe\"", "illegal UTF-8 encoding")
	nb.fails("x\xff := 1", "illegal UTF-8 encoding")
	nb.fails("const c = 1 << 1000000", "invalid shift count")
	nb.fails("const a = 1 << 500\nconst b = a * a * a * a * a * a * a * a * a * a * a * a", "constant multiplication overflow")
	nb.fails("x := 1e1000000000", "malformed constant")
	nb.fails("x := 1"+strings.Repeat("0", 100_000), "excessively long constant")
	nb.want("const big = 1e100000 * 1e100000\nbig / big", "=> 1")
	nb.want("s := \""+strings.Repeat("a", 1<<20)+"\"\nlen(s)", "=> 1048576")
}

// TestLongCells runs cells of ten thousand lines, and asks for help while they are typed.
func TestLongCells(t *testing.T) {
	const lines = 10_000
	each := func(format string) string {
		var b strings.Builder
		for i := range lines {
			b.WriteString(strings.ReplaceAll(format, "%d", fmt.Sprint(i)) + "\n")
		}
		return b.String()
	}
	for _, c := range []struct{ code, last, want string }{
		{"x := 0\n" + each("x = x + 1"), "x", "=> 10000"},
		{each("func f%d() int { return %d }"), "f9999()", "=> 9999"},
		{"a := []int{\n" + each("%d,") + "}\n", "len(a)", "=> 10000"},
		{"m := map[string]int{\n" + each("\"%d\": %d,") + "}\n", "m[\"9999\"]", "=> 9999"},
		{each("if false { fmt.Println(%d) }"), "1", "=> 1"},
	} {
		nb := newNotebook(t)
		code := c.code + c.last
		nb.want(code, c.want)
		if ms, _, _ := nb.s.Complete(code+"\nfm", len(code)+3); len(ms) == 0 {
			t.Errorf("%.40q: no completion", code)
		}
		nb.s.Inspect(code, len(code), 0)
		nb.s.IsComplete(code)
	}
}

func TestManyGoroutines(t *testing.T) {
	nb := newNotebook(t)
	nb.want("var n atomic.Int64\nvar all sync.WaitGroup\ngate := make(chan int)\nfor range 100_000 { all.Add(1); go func() { defer all.Done(); <-gate; n.Add(1) }() }\nclose(gate)\nall.Wait()\nn.Load()", "=> 100000")
}

func TestGoexitOfCell(t *testing.T) {
	nb := newNotebook(t)
	if _, err := nb.s.Execute(context.Background(), "runtime.Goexit()", 1); err != nil {
		t.Log(err)
	}
	nb.want("1 + 1", "=> 2")
}

func TestSeveralErrors(t *testing.T) {
	nb := newNotebook(t)
	for _, c := range []struct {
		code string
		want []string
	}{
		{"x := \ny := )\nfmt.Println(1", []string{"In[1]:2:", "In[1]:3:"}},
		{"var a int = \"s\"\nundefinedA()\nb := nope", []string{"In[2]:1:13: cannot use", "In[2]:2:1: undefined: undefinedA", "In[2]:3:6: undefined: nope"}},
	} {
		_, err := nb.do(c.code)
		if err == nil {
			t.Fatalf("%q: no error", c.code)
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%q: got\n%v\nwhich lacks %q", c.code, err, w)
			}
		}
	}
	_, err := nb.do(strings.Repeat("if {\n}\n", 30))
	var ce *display.CellError
	if !errors.As(err, &ce) || strings.Count(ce.Message, "In[3]") != maxCompileErrors || ce.Traceback[len(ce.Traceback)-1] != "too many errors" {
		t.Errorf("got %v", err)
	}
}

func TestStaleNamesAreTold(t *testing.T) {
	nb := newNotebook(t)
	nb.want("func base() int { return 1 }\ntype P struct{ X int }\nfunc user() int { return base() + P{X: 1}.X }", "")
	nb.want("func base() string { return \"a\" }", "")
	if got := nb.errs.String(); !strings.Contains(got, "user keeps its old meaning, since it does not compile with this cell") {
		t.Errorf("got %q", got)
	}
	nb.want("user()", "=> 2")
	nb.errs.Reset()
	nb.want("type P struct{ Y int }", "")
	if got := nb.errs.String(); !strings.Contains(got, "user keeps its old meaning") {
		t.Errorf("got %q", got)
	}
	nb.want("user()", "=> 2")
}

// A function that defers something does not hide what it called from the trace of a panic.
func TestTraceBelowDefer(t *testing.T) {
	nb := newNotebook(t)
	_, err := nb.do("func inner() { panic(\"deep\") }\nfunc outer() {\n\tdefer func() {}()\n\tinner()\n}\nouter()")
	var ce *display.CellError
	if !errors.As(err, &ce) {
		t.Fatalf("got %v", err)
	}
	trace := strings.Join(ce.Traceback, "\n")
	at := 0
	for _, want := range []string{"In[1]:1 in inner", "In[1]:4 in outer", "In[1]:6"} {
		i := strings.Index(trace[at:], want)
		if i < 0 {
			t.Fatalf("no %q in order in\n%s", want, trace)
		}
		at += i
	}
}

// A cell that wants more memory at once than there may be fails before it takes it, and what is garbage does not count.
func TestMemoryAtOnce(t *testing.T) {
	nb := newNotebook(t)
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(int64(m.HeapAlloc) + 1<<30))
	const message = "out of memory"
	nb.fails("s := \"x\"\nfor { s += s }", message)
	nb.fails("a := []byte{1}\nfor { a = append(a, a...) }", message)
	nb.fails("b := []struct{ p *int; n int }{{}}\nfor { b = append(b, b...) }", message)
	nb.fails("make([]int, 1<<35)", message)
	nb.want("s, a, b = \"\", nil, nil\nn := 0\nfor range 50 { n += len(make([]byte, 200<<20)) }\nn", fmt.Sprint("=> ", 50*200<<20))
}
