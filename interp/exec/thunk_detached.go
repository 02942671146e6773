package exec

import (
	"context"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// Compiled code calls interpreted functions on goroutines that it starts itself. Nobody catches a panic there: it would end the process, and with it
// the session. Where the standard library does so, the function gets a guard that reports the panic and ends the goroutine.

// reporting returns f for a goroutine that nobody looks after.
func (m *Machine) reporting(f func()) func() {
	return func() { m.guardReported(&goroutine{thread: m.idle}, f) }
}

// contextAfterFunc is context.AfterFunc.
func (m *Machine) contextAfterFunc(ctx context.Context, f func()) (stop func() bool) {
	return context.AfterFunc(ctx, m.reporting(f))
}

// setFinalizer is runtime.SetFinalizer.
func (m *Machine) setFinalizer(obj, finalizer any) {
	fv := reflect.ValueOf(finalizer)
	if fv.Kind() != reflect.Func || fv.IsNil() {
		runtime.SetFinalizer(obj, finalizer)
		return
	}
	t := fv.Type()
	runtime.SetFinalizer(obj, reflect.MakeFunc(t, func(in []reflect.Value) (out []reflect.Value) {
		for i := range t.NumOut() {
			out = append(out, reflect.Zero(t.Out(i)))
		}
		m.reporting(func() { out = fv.Call(in) })()
		return out
	}).Interface())
}

// waitGroupGo compiles a call of sync.WaitGroup.Go, whose goroutine belongs to the thread as that of a go statement does.
func (c *compiler) waitGroupGo(args []place) op {
	wo, fo, m := args[0].off, args[1].off, c.m
	return func(f *frame) {
		wg, w := get[*sync.WaitGroup](f.base, wo), get[unsafe.Pointer](f.base, fo)
		wg.Add(1)
		m.spawn(f.g.thread, func(g *goroutine) {
			defer wg.Done()
			if cl := closureOf(w); w != nil && cl != nil {
				to := cl.fn.ready().enter(g, nil)
				cl.bind(to)
				cl.fn.run(to)
				cl.fn.leave(to)
				return
			}
			defer m.adopt(g)()
			(*(*func())(unsafe.Pointer(&w)))()
		})
	}
}

// isOurs says whether the machine started the calling goroutine: then it catches its panics.
func isOurs() bool {
	pcs := make([]uintptr, 256)
	n := runtime.Callers(0, pcs)
	for n == len(pcs) {
		pcs = make([]uintptr, 4*len(pcs))
		n = runtime.Callers(0, pcs)
	}
	// The last is the runtime's own, the one above it what the go statement called.
	frames := runtime.CallersFrames(pcs[max(n-2, 0):n])
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, machineFuncs) {
			return true
		}
		if !more {
			return false
		}
	}
}

// machineFuncs is what the names of the machine's functions begin with.
var machineFuncs = strings.TrimSuffix(runtime.FuncForPC(reflect.ValueOf((*Machine).spawn).Pointer()).Name(), "spawn")

// endForeign ends a goroutine of compiled code, on which a stopped thread cannot panic. t is a test's or benchmark's, or something else.
func endForeign(first any) {
	if t, ok := first.(interface{ FailNow() }); ok { // package testing takes another end for a fault of its own
		t.FailNow()
	}
	runtime.Goexit()
}
