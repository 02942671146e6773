package exec

import (
	"fmt"
	"go/token"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"tickbook/interp/exec/internal/pcs"
	"tickbook/interp/internal/goid"
)

const (
	gopanic = "runtime.gopanic"  // runs deferred calls of a function that panics
	panicGo = "runtime/panic.go" // where that is
)

// stackIntrinsic compiles calls that ask what calls them; nil for others.
func stackIntrinsic(callee *ssa.Function, args, rs []place) op {
	var a []uintptr
	for _, p := range args {
		a = append(a, p.off)
	}
	switch callee.Pkg.Pkg.Path() + "." + callee.Name() {
	case "runtime.Caller":
		return func(f *frame) {
			pc, file, line, ok := f.callerAt(get[int](f.base, a[0]))
			if len(rs) == 4 {
				put(f.base, rs[0].off, pc)
				put(f.base, rs[1].off, file)
				put(f.base, rs[2].off, line)
				put(f.base, rs[3].off, ok)
			}
		}
	case "runtime.Callers":
		return func(f *frame) { putResult(f, rs, f.callers(get[int](f.base, a[0]), get[[]uintptr](f.base, a[1]))) }
	case "runtime.Stack":
		return func(f *frame) { putResult(f, rs, copy(get[[]byte](f.base, a[0]), f.stackText())) }
	case "runtime/debug.Stack":
		return func(f *frame) { putResult(f, rs, f.stackText()) }
	case "runtime/debug.PrintStack":
		return (*frame).printStack
	}
	return nil
}

// putResult stores a call's only result if it is used.
func putResult[T any](f *frame, rs []place, x T) {
	if len(rs) == 1 {
		put(f.base, rs[0].off, x)
	}
}

// stack visits the functions of interpreted code that run, innermost first and as compiled Go lists them, until visit says no. Between a deferred call and a
// function that panics is what led to the panic.
func (f *frame) stack(visit func(s pcs.Site) bool) {
	for f != nil {
		if !f.fn.isWrapper() && !visit(f.site()) {
			return
		}
		if f.deferring != nil && f.of != nil && f.of.deferring != nil && f.of.unwound != nil {
			if !visit(pcs.Site{Func: pcs.Func{Name: gopanic}, At: token.Position{Filename: panicGo}}) {
				return
			}
			for _, x := range f.of.unwound.Trace {
				if x.id == frameID(f.of) {
					break
				}
				if !visit(x.site) {
					return
				}
			}
		}
		g := f.g
		if f = f.caller; f == nil && g.outer != nil && (g.call == nil || !g.call.over.Load()) {
			f = g.outer.top
		}
	}
}

// site is where a frame is.
func (f *frame) site() pcs.Site { return siteAt(f.fn, f.position()) }

func siteAt(fn *function, at token.Position) pcs.Site {
	if at.Filename == "" { // a line directive said so
		at.Filename = "??"
	}
	return pcs.Site{Func: fn.id(), At: at}
}

// frameID tells frames apart that live.
func frameID(f *frame) uintptr { return uintptr(unsafe.Pointer(f)) }

// callerAt is [runtime.Caller] for a call in f.
func (f *frame) callerAt(skip int) (pc uintptr, file string, line int, ok bool) {
	if skip < 0 { // within package runtime
		return runtime.Caller(skip)
	}
	f.stack(func(s pcs.Site) bool {
		if skip--; skip >= 0 {
			return true
		}
		pc, file, line, ok = f.fn.m.pcs.Call(s), s.At.Filename, s.At.Line, true
		return false
	})
	return pc, file, line, ok
}

// callers is [runtime.Callers] for a call in f.
func (f *frame) callers(skip int, pc []uintptr) int {
	n := 0
	add := func(x uintptr) bool {
		if skip--; skip >= 0 {
			return true
		}
		if n < len(pc) {
			pc[n] = x
			n++
		}
		return n < len(pc)
	}
	if add(pcs.OfCompiled(runtime.Callers)) {
		f.stack(func(s pcs.Site) bool { return add(f.fn.m.pcs.Call(s)) })
	}
	return n
}

// stackText is what [runtime/debug.Stack] returns for a call in f: the functions of interpreted code alone, without arguments.
func (f *frame) stackText() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "goroutine %d [running]:\n", goid.Get())
	f.stack(func(s pcs.Site) bool {
		if s.Func.Name == gopanic {
			b.WriteString("panic(...)\n")
		} else {
			fmt.Fprintf(&b, "%s(...)\n\t%s:%d\n", s.Func.Name, s.At.Filename, s.At.Line)
		}
		return true
	})
	return []byte(b.String())
}

// printStack is [runtime/debug.PrintStack].
func (f *frame) printStack() { _, _ = f.fn.m.opts.Stderr.Write(f.stackText()) }
