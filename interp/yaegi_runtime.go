package interp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	"github.com/traefik/yaegi/interp"

	"tickbook/display"
	"tickbook/interp/internal/goid"
)

// supportPath is the package of functions that rewritten cells call.
const supportPath = "tbsupport"

// runtimeSupport is what rewritten cells call at run time.
//
// A goroutine belongs to the run (of a cell) that started it. To stop a run sets its flag, raises the common flag, which rewritten code
// reads at each loop and call, and wakes all blocked channel operations; a goroutine that sees the common flag asks whether its own run is
// stopped, and if so panics with stopped.
type runtimeSupport struct {
	internals
	stdout, stderr io.Writer
	frames         *frameWriter

	flag *bool // a variable of interpreted code, see setFlag

	mu      sync.Mutex
	owners  map[uint64]*run      // by goroutine id; guarded by mu
	halting map[*run]bool        // stopped runs that have goroutines left; guarded by mu
	wake    chan struct{}        // closed to wake blocked operations, then replaced; guarded by mu
	closed  bool                 // guarded by mu
	reaping bool                 // guarded by mu
	slots   map[string]*funcSlot // by yaegi's position of the function; guarded by mu
	sources map[string]string    // texts of cells by name; guarded by mu
}

// run is one execution of a cell.
type run struct {
	cell       *Cell
	flagName   string               // the variable that the cell's body reads
	flag       atomic.Pointer[bool] // its address once the cell runs; see setFlag
	slots      []*funcSlot          // of the functions that the cell declares
	stopped    atomic.Bool
	goroutines atomic.Int64
	shown      []any // what the cell shows; written by its own goroutine
}

// stopped is what a goroutine of a stopped run panics with.
type stopped struct{}

func (stopped) Error() string { return "interrupted" }

func newRuntimeSupport(opts Options) *runtimeSupport {
	rt := &runtimeSupport{
		stdout: opts.Stdout, stderr: opts.Stderr, owners: map[uint64]*run{}, halting: map[*run]bool{}, wake: make(chan struct{}),
		slots: map[string]*funcSlot{}, sources: map[string]string{},
	}
	rt.frames = &frameWriter{rt: rt}
	return rt
}

// exports is the table of package tbsupport.
func (rt *runtimeSupport) exports() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Check": reflect.ValueOf(rt.check), "Register": reflect.ValueOf(rt.register), "Go": reflect.ValueOf(rt.spawn),
		"Recv": reflect.ValueOf(rt.recv), "Send": reflect.ValueOf(rt.send), "Select": reflect.ValueOf(rt.choose),
		"Clear": reflect.ValueOf(clearAny), "Sort": reflect.ValueOf(sortAny), "Overlap": reflect.ValueOf(overlap), "Start": reflect.ValueOf(start),
		"Show":  reflect.ValueOf(rt.show),
		"Print": reflect.ValueOf(func(a ...any) { fmt.Fprint(rt.stderr, a...) }), "Println": reflect.ValueOf(func(a ...any) { fmt.Fprintln(rt.stderr, a...) }),
	}
}

// newRun prepares the execution of a cell.
func (rt *runtimeSupport) newRun(c *Cell) *run { return &run{cell: c} }

// setFlag writes a flag that interpreted code reads. NB: that read is a plain load inside package reflect, which nothing here can make
// atomic; a flag seen one loop later does no harm, and the race detector must not see the write.
//
//go:norace
func setFlag(p *bool, v bool) { *p = v }

func (rt *runtimeSupport) owner(id uint64) *run {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	return rt.owners[id]
}

// enter makes the calling goroutine one of r; leave ends that.
func (rt *runtimeSupport) enter(r *run) (leave func()) {
	id := goid.Get()
	r.goroutines.Add(1)
	rt.mu.Lock()
	rt.owners[id] = r
	rt.mu.Unlock()
	return func() {
		rt.mu.Lock()
		delete(rt.owners, id)
		rt.mu.Unlock()
		rt.frames.forget(id)
		r.goroutines.Add(-1)
	}
}

// execute runs f as the cell of r.
func (rt *runtimeSupport) execute(ctx context.Context, r *run, f func() error) ([]any, error) {
	if err := ctx.Err(); err != nil {
		return nil, interrupted(ctx)
	}
	done := make(chan struct{})
	var err error
	var deep *atomic.Bool
	go func() {
		defer close(done)
		defer rt.enter(r)()
		id := goid.Get()
		if err = f(); err != nil {
			err = rt.cellError(err, id)
		}
	}()
	deep = rt.watchStack(done)
	select {
	case <-done:
	case <-ctx.Done():
		rt.stop(r)
		select {
		case <-done:
		case <-time.After(stopGrace):
		}
		return nil, interrupted(ctx)
	}
	if deep.Load() {
		return nil, &display.CellError{Name: "panic", Message: deepMessage, Traceback: []string{"panic: " + deepMessage}}
	}
	if err != nil {
		return nil, err
	}
	shown := r.shown
	r.shown = nil
	return shown, nil
}

// stopGrace is how long an interrupted cell may take to stop; what is blocked in a compiled call is left behind and stops when it returns.
const stopGrace = 500 * time.Millisecond

func interrupted(ctx context.Context) error {
	return &display.CellError{Name: "Interrupted", Message: "the cell was interrupted", Traceback: []string{"Interrupted"}, Cause: context.Cause(ctx)}
}

// stop stops a run.
func (rt *runtimeSupport) stop(r *run) {
	r.stopped.Store(true)
	if f := r.flag.Load(); f != nil {
		setFlag(f, true)
	}
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.halting[r] = true
	rt.raise()
	if !rt.reaping {
		rt.reaping = true
		go rt.reap()
	}
}

// raise lets every goroutine ask whether it is to stop. The caller holds mu.
func (rt *runtimeSupport) raise() {
	setFlag(rt.flag, true)
	close(rt.wake)
	rt.wake = make(chan struct{})
}

// reap keeps the flag up until all stopped runs have ended. One that is stuck in a compiled call would slow everything down for as long, so
// after a while the flag goes up only now and then.
func (rt *runtimeSupport) reap() {
	const busy, patience, pause = 2 * time.Millisecond, 500, 250 * time.Millisecond
	for i := 0; ; i++ {
		time.Sleep(busy)
		rt.mu.Lock()
		for r := range rt.halting {
			if r.goroutines.Load() == 0 {
				delete(rt.halting, r)
			}
		}
		if len(rt.halting) == 0 || rt.closed && i > patience {
			rt.reaping = false
			setFlag(rt.flag, false)
			rt.mu.Unlock()
			return
		}
		rt.mu.Unlock()
		if i >= patience {
			setFlag(rt.flag, false)
			time.Sleep(pause)
			rt.mu.Lock()
			rt.raise()
			rt.mu.Unlock()
		}
	}
}

// check ends the calling goroutine if its run is stopped.
func (rt *runtimeSupport) check() {
	if r := rt.owner(goid.Get()); r != nil && r.stopped.Load() {
		panic(stopped{})
	}
}

// close stops everything.
func (rt *runtimeSupport) close() {
	rt.mu.Lock()
	all := map[*run]bool{}
	for _, r := range rt.owners {
		all[r] = true
	}
	rt.closed = true
	rt.mu.Unlock()
	for r := range all {
		rt.stop(r)
	}
}

// register takes the addresses of the variables that the rewriting made for a cell.
func (rt *runtimeSupport) register(flag *bool, lines ...*int) {
	r := rt.owner(goid.Get())
	if r == nil {
		panic("BUG: register: not called by a cell")
	}
	for i, p := range lines {
		r.slots[i].line.Store(p)
	}
	r.flag.Store(flag)
	if r.stopped.Load() {
		setFlag(flag, true)
	}
}

// show takes the values of the cell's last expression.
func (rt *runtimeSupport) show(v ...any) {
	if r := rt.owner(goid.Get()); r != nil {
		r.shown = append([]any(nil), v...)
	}
}

// spawn starts a goroutine of the calling goroutine's run. A panic in it is reported, not fatal.
func (rt *runtimeSupport) spawn(f func()) {
	r := rt.owner(goid.Get())
	if r == nil {
		r = &run{} // called by a compiled goroutine: nobody's
	}
	r.goroutines.Add(1)
	go func() {
		defer r.goroutines.Add(-1)
		defer rt.enter(r)()
		id := goid.Get()
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if _, ok := v.(stopped); ok {
				return
			}
			e := rt.panicError(v, id)
			fmt.Fprintln(rt.stderr, "panic in a goroutine of a cell: "+e.Message)
			for _, l := range e.Traceback[1:] {
				fmt.Fprintln(rt.stderr, l)
			}
		}()
		f()
	}()
}

// sleep is time.Sleep that an interrupt ends.
func (rt *runtimeSupport) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		wake := rt.waker()
		rt.check()
		select {
		case <-t.C:
			return
		case <-wake:
		}
	}
}

func (rt *runtimeSupport) waker() chan struct{} {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	return rt.wake
}

const deepMessage = "stack overflow: a function calls itself without end"

// watchStack ends all running interpreted functions when stacks grow so large that the process is about to be killed for it.
func (rt *runtimeSupport) watchStack(done <-chan struct{}) *atomic.Bool {
	const limit = 192 << 20 // the runtime gives up when a stack of 512 MB would have to grow
	var deep atomic.Bool
	go func() {
		t := time.NewTicker(10 * time.Millisecond)
		defer t.Stop()
		sample := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
		for {
			select {
			case <-done:
				return
			case <-t.C:
			}
			if metrics.Read(sample); sample[0].Value.Kind() == metrics.KindUint64 && sample[0].Value.Uint64() > limit {
				deep.Store(true)
				resume := rt.endAllFrames()
				<-done
				resume()
				return
			}
		}
	}()
	return &deep
}

// cellError makes of what the evaluator returned what the page shows.
func (rt *runtimeSupport) cellError(err error, id uint64) error {
	var p interp.Panic
	if !errors.As(err, &p) {
		return fault(err)
	}
	if _, ok := p.Value.(stopped); ok {
		return stopped{}
	}
	return rt.panicError(p.Value, id)
}

func (rt *runtimeSupport) addSlot(at string, s *funcSlot) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.slots[at] = s
}

func (rt *runtimeSupport) addSource(cell, text string) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.sources[cell] = text
}
