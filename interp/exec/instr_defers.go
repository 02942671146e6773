package exec

import (
	"reflect"
	"runtime/debug"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// invocation is a call whose operands have been evaluated: one that is deferred, or that a new goroutine makes.
type invocation func(g *goroutine, by *frame)

// kept copies the operands of a call that is made later.
func kept(f *frame, args []place) []unsafe.Pointer {
	ps := make([]unsafe.Pointer, len(args))
	for i := range args {
		ps[i] = reflect.New(args[i].t).UnsafePointer()
		args[i].mv(ps[i], args[i].addr(f))
	}
	return ps
}

// later compiles a call to what evaluates its operands now and makes it later.
func (c *compiler) later(cc *ssa.CallCommon) func(f *frame) invocation {
	if b, ok := cc.Value.(*ssa.Builtin); ok {
		return c.laterBuiltin(b, cc)
	}
	args := c.arguments(cc)
	keep := func(f *frame) []unsafe.Pointer { return kept(f, args) }
	interpreted := func(fn *function, cl *closure, receiver func(f *frame), kept []unsafe.Pointer, g *goroutine, by *frame) {
		to := fn.ready().enter(g, by)
		if by != nil {
			to.deferredBy(by)
		}
		if cl != nil {
			cl.bind(to)
		}
		first := 0
		if receiver != nil {
			receiver(to)
			first = 1
		}
		for i := range kept {
			p := &fn.params[i+first]
			p.mv(p.addr(to), kept[i])
		}
		fn.run(to)
		fn.leave(to)
	}
	compiled := func(g *goroutine, by *frame, fv reflect.Value, kept []unsafe.Pointer) {
		if by == nil { // the goroutine begins with compiled code: what that calls belongs to the thread all the same
			defer c.m.adopt(g)()
		}
		ft := fv.Type()
		in := make([]reflect.Value, len(kept))
		for i := range kept {
			t := ft.In(i)
			if t.Kind() == reflect.Interface && t != args[i].t {
				in[i] = reflect.New(t).Elem()
				c.m.assign(in[i], loadInterface(args[i].t)(kept[i]))
				continue
			}
			in[i] = valueAt(t, kept[i])
		}
		if ft.IsVariadic() {
			fv.CallSlice(in)
		} else {
			fv.Call(in)
		}
	}
	if cc.IsInvoke() {
		x := c.place(cc.Value)
		load := loadInterface(x.t)
		return func(f *frame) invocation {
			v := load(x.addr(f))
			if v == nil {
				nilPanic()
			}
			kept := keep(f)
			b, ok := unbox(v)
			if !ok {
				fv := reflect.ValueOf(v).MethodByName(cc.Method.Name())
				return func(g *goroutine, by *frame) { compiled(g, by, fv, kept) }
			}
			t := c.m.target(b, cc.Method.Pkg(), cc.Method.Name())
			receiver := func(to *frame) { t.unpack(t.fn.params[0].addr(to), b.V) }
			return func(g *goroutine, by *frame) { interpreted(t.fn, nil, receiver, kept, g, by) }
		}
	}
	if _, isClosure := cc.Value.(*ssa.MakeClosure); !isClosure {
		if callee := cc.StaticCallee(); callee != nil {
			if c.m.isCompiled(callee) {
				if c.intrinsic(callee, args, nil) != nil {
					return c.laterIntrinsic(callee, args, keep)
				}
				fv := c.m.compiledFunc(callee)
				return func(f *frame) invocation {
					kept := keep(f)
					return func(g *goroutine, by *frame) { compiled(g, by, fv, kept) }
				}
			}
			fn := c.function(callee)
			return func(f *frame) invocation {
				kept := keep(f)
				return func(g *goroutine, by *frame) { interpreted(fn, nil, nil, kept, g, by) }
			}
		}
	}
	x := c.place(cc.Value)
	ft := c.m.types.of(cc.Signature())
	return func(f *frame) invocation {
		w := get[unsafe.Pointer](f.base, x.off)
		kept := keep(f)
		return func(g *goroutine, by *frame) {
			if w == nil {
				nilPanic()
			}
			if cl := closureOf(w); cl != nil {
				interpreted(cl.fn, cl, nil, kept, g, by)
				return
			}
			if by != nil && isMade(w) {
				defer c.m.handOver(g, by)()
			}
			compiled(g, by, valueAt(ft, unsafe.Pointer(&w)), kept)
		}
	}
}

func (c *compiler) deferStmt(in *ssa.Defer) op {
	prepare := c.later(&in.Call)
	if in.DeferStack == nil {
		return func(f *frame) {
			call := prepare(f)
			f.defers = append(f.defers, func() { call(f.g, f) })
		}
	}
	// In the body of a range over a function, what is deferred belongs to the function around it.
	s := c.place(in.DeferStack)
	return func(f *frame) {
		call := prepare(f)
		to := (*frame)(get[unsafe.Pointer](f.base, s.off))
		to.defers = append(to.defers, func() { call(to.g, to) })
	}
}

func (c *compiler) goStmt(in *ssa.Go) op {
	prepare := c.later(&in.Call)
	m := c.m
	return func(f *frame) {
		call := prepare(f)
		m.spawn(f.g.thread, func(g *goroutine) { call(g, nil) })
	}
}

// spawn starts a goroutine of a thread. A panic in it is reported and ends it alone.
func (m *Machine) spawn(th *Thread, run func(g *goroutine)) {
	th.live.Add(1)
	go func() {
		g := newGoroutine(th)
		debug.SetPanicOnFault(true) // unsafe code of a cell
		defer th.live.Add(-1)
		defer g.end()
		m.guardReported(g, func() { run(g) })
	}()
}

// guardReported runs what nobody waits for on a goroutine: a panic that ends it is reported.
func (m *Machine) guardReported(g *goroutine, run func()) {
	if p := g.guard(run); p != nil && !p.stopped && m.opts.Reported != nil {
		m.opts.Reported(p)
	}
}

// deferredBy marks a frame as a deferred call of another.
func (f *frame) deferredBy(by *frame) {
	if f.deferring == nil {
		f.deferring = &deferring{}
	}
	f.of = by
}

// runDeferring runs a function that may defer.
func (fn *function) runDeferring(f *frame) {
	g := f.g
	depth := g.depth
	protect := func(run func()) { f.protect(depth, run) }
	completed := false
	protect(func() {
		fn.loop(f, 0)
		completed = true
	})
	if completed && len(f.defers) == 0 {
		return
	}
	// The body panicked, or left calls to its caller that the body of a range over a function deferred.
	for len(f.defers) > 0 {
		protect(f.runDefers)
	}
	if p := f.panic; p != nil {
		f.panic = nil
		g.panicking, g.again = p, true
		panic(p.Value)
	}
	if fn.recoverBlock >= 0 {
		fn.loop(f, fn.recoverBlock)
	}
}

// protect runs a part of f's function. A panic in it becomes f's own, for deferred functions to recover.
func (f *frame) protect(depth int, run func()) {
	g := f.g
	done := false
	defer func() {
		if done {
			return
		}
		r := recover()
		if r != nil {
			f.panic = g.caught(r) // which looks at what ran
			f.unwound = f.panic
		}
		g.top, g.depth = f, depth
		if r == nil { // runtime.Goexit ends the goroutine; its deferred functions run
			for len(f.defers) > 0 {
				f.protect(depth, f.runDefers)
			}
		}
	}()
	if f.panic != nil && f.panic.stopped {
		g.unwinding++
		defer func() { g.unwinding-- }()
	}
	run()
	done = true
}

func (f *frame) runDefers() {
	for n := len(f.defers); n > 0; n = len(f.defers) {
		d := f.defers[n-1]
		f.defers = f.defers[:n-1]
		d()
		if f.panic == nil {
			f.unwound = nil
		}
	}
}

// recoverPanic is the built-in function recover.
func (f *frame) recoverPanic() any {
	if f.deferring == nil || f.of == nil {
		return nil
	}
	by := f.of
	p := by.panic
	if p == nil || p.stopped {
		return nil
	}
	by.panic = nil
	f.g.panicking, f.g.again = nil, false
	by.g.panicking, by.g.again = nil, false // another goroutine's when compiled code is between them
	return p.Value
}
