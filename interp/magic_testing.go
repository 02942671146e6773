package interp

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"go/types"
	"io"
	"maps"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"tickbook/display"
)

// How tests of cells run. Package testing runs each test and subtest in a goroutine of its own, which would be nobody's: an interrupt would not stop it
// and a panic would end the process. So what a test does is sent over a channel to a cell, which starts a goroutine of its own for it; the
// goroutine of package testing waits. The front end rewrites t.Run in cells so that subtests go the same way (testcalls.go).

// testSubmit is the session's hidden variable of the function that does so, a func(t any, run func()); nil as long as %test was not used.
const testSubmit = "submitꞏ"

// panicReporter is an [Evaluator] that knows the way of a panic. PanicError is called by the goroutine that panicked, in a deferred function.
type panicReporter interface {
	PanicError(v any) *display.CellError
}

var testRunning sync.Mutex // package testing has its settings once per process

func testMagic(m *magicCall) ([]any, error) {
	pattern := m.arg()
	if _, err := regexp.Compile(pattern); err != nil {
		return nil, m.errorf("%v", err)
	}
	tests, benchmarks := m.testFuncs()
	if pattern == "" {
		benchmarks = nil
	}
	names := append(slices.Clone(tests), benchmarks...)
	if len(names) == 0 {
		return nil, m.failf("NotFound", "no test functions; declare func TestName(t *testing.T) in a cell")
	}
	values, err := m.runAside(m.ctx, cellText{name: m.name, src: m.src, text: "[]any{" + strings.Join(names, ", ") + "}", n: m.count, show: true})
	if err != nil {
		return nil, err
	}
	funcs, _ := values[0].([]any)
	if len(funcs) != len(names) {
		return nil, fmt.Errorf("BUG: test: got %v", values)
	}
	r := &testRun{eval: m.eval, ctx: m.ctx, funcs: map[string]reflect.Value{}}
	for i, n := range names {
		r.funcs[n] = reflect.ValueOf(funcs[i])
	}
	defer r.over.Store(true)
	if err := m.connectTests(r); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(m.ctx)
	served := make(chan error, 1)
	go func() {
		_, err := m.runAside(ctx, cellText{name: m.name, src: m.src, text: "for fꞏ := range callsꞏ { go fꞏ() }", n: m.count, show: true})
		served <- err
	}()
	finished := make(chan error, 1)
	go func() { finished <- r.run(m.stdout, pattern, tests, benchmarks) }()
	isServed, isFinished := false, false
	select {
	case err = <-finished:
		isFinished = true
	case err = <-served: // too early: the interrupt came, or it could not begin
		isServed = true
	}
	cancel()
	if !isServed {
		<-served
	}
	if !isFinished && m.ctx.Err() != nil { // package testing has something to say about the tests that were stopped
		t := time.NewTimer(stopGrace)
		defer t.Stop()
		select {
		case <-finished:
		case <-t.C:
		}
	}
	switch {
	case m.ctx.Err() != nil: // NB: a test that is blocked in compiled code is left behind, as in any cell
		return nil, interrupted(m.ctx)
	case err != nil:
		return nil, err
	case len(r.failed) > 0:
		return nil, m.failf("TestFailure", "failed: %s", strings.Join(r.failed, ", "))
	}
	return nil, nil
}

// connectTests makes the hidden variables through which tests and the cell that runs them meet.
func (m *magicCall) connectTests(r *testRun) error {
	hidden := func(text string) ([]any, error) {
		return m.runHidden(m.ctx, cellText{name: m.name, src: m.src, text: text, n: m.count, show: true})
	}
	values, err := hidden("callsꞏ, submitsꞏ := make(chan func()), make(chan func(any, func()), 1)\n[]any{callsꞏ, submitsꞏ}")
	if err != nil {
		return err
	}
	list, _ := values[0].([]any)
	if len(list) != 2 {
		return fmt.Errorf("BUG: test: got %v", values)
	}
	calls, ok := list[0].(chan func())
	submits, ok2 := list[1].(chan func(any, func()))
	if !ok || !ok2 {
		return fmt.Errorf("BUG: test: got %T and %T", list[0], list[1])
	}
	r.calls = calls
	submits <- r.submit
	_, err = hidden(testSubmit + " := <-submitsꞏ")
	return err
}

// testFuncs lists the session's test and benchmark functions, in order of their declaration.
func (m *magicCall) testFuncs() (tests, benchmarks []string) {
	m.mu.Lock()
	objs := maps.Clone(m.fe.objs)
	m.mu.Unlock()
	names := slices.SortedFunc(maps.Keys(objs), func(a, b string) int { return int(objs[a].Pos()) - int(objs[b].Pos()) })
	for _, n := range names {
		if f, ok := objs[n].(*types.Func); ok {
			switch {
			case isTestName(n, "Test") && takes(f, "T"):
				tests = append(tests, n)
			case isTestName(n, "Benchmark") && takes(f, "B"):
				benchmarks = append(benchmarks, n)
			}
		}
	}
	return tests, benchmarks
}

func isTestName(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	return ok && (rest == "" || !unicode.IsLower([]rune(rest)[0]))
}

// takes says whether f is a func(*testing.T) with T of that name.
func takes(f *types.Func, name string) bool {
	sig := f.Signature()
	return sig.Params().Len() == 1 && sig.Results().Len() == 0 && sig.TypeParams().Len() == 0 &&
		types.TypeString(sig.Params().At(0).Type(), nil) == "*testing."+name
}

// testRun is one use of %test.
type testRun struct {
	eval   Evaluator
	ctx    context.Context // of the cell
	calls  chan func()     // to the cell that runs them
	over   atomic.Bool
	funcs  map[string]reflect.Value
	failed []string // tests that failed, without those whose subtests did
}

// run runs the tests with package testing and passes its output on.
func (r *testRun) run(stdout io.Writer, pattern string, tests, benchmarks []string) (err error) {
	testRunning.Lock()
	defer testRunning.Unlock()
	testing.Init()
	if !flag.Parsed() {
		if err := flag.CommandLine.Parse(nil); err != nil {
			return err
		}
	}
	restore, err := setFlags(map[string]string{
		"test.v": "true", "test.run": pattern, "test.bench": pattern, "test.benchmem": "true", "test.count": "1", "test.timeout": "0s",
		"test.testlogfile": "", "test.failfast": "false", "test.short": "false", "test.list": "", "test.fuzz": "", "test.skip": "", "test.shuffle": "off",
	})
	if err != nil {
		return err
	}
	defer restore()
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		r.pass(stdout, read)
	}()
	var it []testing.InternalTest
	for _, n := range tests {
		it = append(it, testing.InternalTest{Name: n, F: func(t *testing.T) { r.call(t, n) }})
	}
	var ib []testing.InternalBenchmark
	for _, n := range benchmarks {
		ib = append(ib, testing.InternalBenchmark{Name: n, F: func(b *testing.B) { r.call(b, n) }})
	}
	old, procs := os.Stdout, runtime.GOMAXPROCS(0)
	os.Stdout = write // package testing knows no other way
	testing.MainStart(testDeps{}, it, ib, nil, nil).Run()
	os.Stdout = old
	runtime.GOMAXPROCS(procs) // it sets the number that the first run of the process found
	err = write.Close()
	<-copied
	return errors.Join(err, read.Close())
}

// call runs a test function.
func (r *testRun) call(t testing.TB, name string) {
	r.hand(t, func() { r.funcs[name].Call([]reflect.Value{reflect.ValueOf(t)}) })
}

// submit is for subtests: see hand. tb is a testing.TB.
func (r *testRun) submit(tb any, run func()) {
	if r.over.Load() { // someone else runs tests
		run()
		return
	}
	r.hand(tb.(testing.TB), run)
}

// hand has a goroutine of the cell call run, and waits for it. After an interrupt, what has not begun is not called.
func (r *testRun) hand(t testing.TB, run func()) {
	var taken atomic.Bool
	done := make(chan struct{})
	call := func() {
		if !taken.CompareAndSwap(false, true) {
			return
		}
		defer close(done)
		defer func() {
			if v := recover(); v != nil {
				t.Error(r.panicText(v))
			}
		}()
		run()
	}
	select {
	case r.calls <- call:
	case <-r.ctx.Done():
	}
	select {
	case <-done:
	case <-r.ctx.Done():
		if taken.CompareAndSwap(false, true) {
			t.Error("interrupted")
			return
		}
		<-done
	}
}

// panicText is what a test prints of a panic.
func (r *testRun) panicText(v any) string {
	if p, ok := r.eval.(panicReporter); ok {
		return strings.Join(p.PanicError(v).Traceback, "\n")
	}
	return fmt.Sprint("panic: ", v)
}

var (
	failedTest = regexp.MustCompile(`^\s*--- FAIL: (\S+)`)
	// logPlace is what package testing takes for the place of a log, and what the cell knows (testcalls.go).
	logPlace = regexp.MustCompile(`^(\s*)(?:\S+:\d+: )?(` + regexp.QuoteMeta("In[") + `\d+\]:\d+:) ?`)
	ownPlace = regexp.MustCompile(`^(\s*)magic_testing\.go:\d+: `)
)

// pass copies the output of package testing line by line, with places in cells.
func (r *testRun) pass(to io.Writer, from io.Reader) {
	for in := bufio.NewReader(from); ; {
		line, err := in.ReadString('\n')
		if m := failedTest.FindStringSubmatch(line); m != nil {
			// A test's line comes before those of its subtests.
			for name := m[1]; ; {
				i := strings.LastIndexByte(name, '/')
				if i < 0 {
					break
				}
				name = name[:i]
				r.failed = slices.DeleteFunc(r.failed, func(s string) bool { return s == name })
			}
			r.failed = append(r.failed, m[1])
		}
		line = logPlace.ReplaceAllString(line, "$1$2 ")
		line = ownPlace.ReplaceAllString(line, "$1")
		if _, werr := io.WriteString(to, line); werr != nil || err != nil {
			_, _ = io.Copy(io.Discard, in)
			return
		}
	}
}

// setFlags sets flags of package testing. restore sets them back.
func setFlags(values map[string]string) (restore func(), err error) {
	old := map[string]string{}
	restore = func() {
		for n, v := range old {
			_ = flag.Set(n, v) // it was its value
		}
	}
	for n, v := range values {
		f := flag.Lookup(n)
		if f == nil {
			return restore, fmt.Errorf("BUG: test: no flag %s", n)
		}
		old[n] = f.Value.String()
		if err := flag.Set(n, v); err != nil {
			restore()
			return restore, err
		}
	}
	return restore, nil
}

// testDeps is what package testing needs of the program: only the matching of names. NB: testing.MainStart is not covered by the promise of Go 1;
// a new Go version may ask for another method here.
type testDeps struct{}

// corpusEntry is how package testing spells it.
type corpusEntry = struct {
	Parent     string
	Path       string
	Data       []byte
	Values     []any
	Generation int
	IsSeed     bool
}

var errNoFuzzing = errors.New("fuzzing is not supported in cells")

func (testDeps) ImportPath() string { return "" }
func (testDeps) ModulePath() string { return "" }
func (testDeps) MatchString(pat, str string) (bool, error) {
	re, err := regexp.Compile(pat)
	return err == nil && re.MatchString(str), err
}
func (testDeps) SetPanicOnExit0(bool)                        {}
func (testDeps) StartCPUProfile(io.Writer) error             { return nil }
func (testDeps) StopCPUProfile()                             {}
func (testDeps) StartTestLog(io.Writer)                      {}
func (testDeps) StopTestLog() error                          { return nil }
func (testDeps) WriteProfileTo(string, io.Writer, int) error { return nil }
func (testDeps) CoordinateFuzzing(time.Duration, int64, time.Duration, int64, int, []corpusEntry, []reflect.Type, string, string) error {
	return errNoFuzzing
}
func (testDeps) RunFuzzWorker(func(corpusEntry) error) error              { return errNoFuzzing }
func (testDeps) ReadCorpus(string, []reflect.Type) ([]corpusEntry, error) { return nil, errNoFuzzing }
func (testDeps) CheckCorpus([]any, []reflect.Type) error                  { return errNoFuzzing }
func (testDeps) ResetCoverage()                                           {}
func (testDeps) SnapshotCoverage()                                        {}
func (testDeps) InitRuntimeCoverage() (string, func(string, string) (string, error), func() float64) {
	return "", nil, nil
}
