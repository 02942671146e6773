package exec

import (
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"tickbook/interp/internal/goid"
)

// closure is an interpreted function with the values it captured. What compiled code sees of it is a thunk: a real function of the right type
// that enters the interpreter.
type closure struct {
	fn       *function
	free     []unsafe.Pointer                // captured pointers, and the addresses of copies of other captured values
	receiver func(dst unsafe.Pointer, v any) // takes the first parameter, an any, to the method's receiver; nil: none
	call     *compiledCall                   // that got the function as an argument
}

// compiledCall is a call of compiled code that was given functions. While it lasts they belong to the caller's thread.
type compiledCall struct {
	g    *goroutine
	over atomic.Bool
}

// bind fills in the captured values.
func (cl *closure) bind(f *frame) {
	for i := range cl.free {
		p := &cl.fn.free[i]
		if p.c == classPointer {
			put(f.base, p.off, cl.free[i])
		} else {
			p.mv(p.addr(f), cl.free[i])
		}
	}
}

func (c *compiler) makeClosure(in *ssa.MakeClosure) op {
	do, t := c.place(in).off, c.place(in).t
	if t.Kind() != reflect.Func {
		t = c.m.types.of(in.Fn.(*ssa.Function).Signature)
	}
	fn := c.function(in.Fn.(*ssa.Function))
	var bs []place
	for _, b := range in.Bindings {
		bs = append(bs, c.place(b))
	}
	return func(f *frame) {
		cl := &closure{fn: fn, free: make([]unsafe.Pointer, len(bs))}
		for i := range bs {
			b := &bs[i]
			if b.c == classPointer {
				cl.free[i] = get[unsafe.Pointer](f.base, b.off)
				continue
			}
			p := reflect.New(b.t).UnsafePointer()
			b.mv(p, b.addr(f))
			cl.free[i] = p
		}
		put(f.base, do, newThunk(t, cl))
	}
}

// funcValue returns a function as the word of a func value.
func (fn *function) funcValue() unsafe.Pointer {
	if w := fn.value.Load(); w != nil {
		return *w
	}
	t := fn.m.types.of(fn.ssa.Signature)
	var w unsafe.Pointer
	if fn.m.isCompiled(fn.ssa) {
		v := reflect.New(t)
		v.Elem().Set(fn.m.compiledFunc(fn.ssa))
		w = *(*unsafe.Pointer)(v.UnsafePointer())
	} else {
		w = newThunk(t, &closure{fn: fn})
	}
	fn.value.CompareAndSwap(nil, &w)
	return *fn.value.Load()
}

var goroutines = sync.Pool{New: func() any { return newGoroutine(nil) }}

// enter begins a call by compiled code.
func (cl *closure) enter() *frame {
	g := goroutines.Get().(*goroutine)
	m := cl.fn.m
	*g = goroutine{thread: m.idle, spare: g.spare}
	if c := cl.call; c != nil && !c.over.Load() {
		g.within(c.g)
		g.call = c
	} else if m.adoptions.Load() > 0 {
		if x, ok := m.adopted.Load(goid.Get()); ok {
			g.within(x.(*goroutine))
		}
	}
	g.entered(m)
	f := cl.fn.ready().enter(g, nil)
	cl.bind(f)
	if o := g.outer; o != nil && o.handed != nil {
		f.deferredBy(o.handed)
		o.handed = nil
	}
	return f
}

// handOver lets the first interpreted function that is called before end recover from the panics of a frame: by defers a function that package
// reflect made, which only passes the call on.
func (m *Machine) handOver(g *goroutine, by *frame) (end func()) {
	g.handed = by
	leave := m.adopt(g)
	return func() {
		g.handed = nil
		leave()
	}
}

// isMade says whether reflect.MakeFunc made a function, given as the word of a func value.
func isMade(w unsafe.Pointer) bool { return funcLayout.known && get[uintptr](w, 0) == funcLayout.made }

// within makes g go on for another, which called compiled code.
func (g *goroutine) within(o *goroutine) {
	g.thread, g.depth, g.unwinding, g.outer, g.entries = o.thread, o.depth, o.unwinding, o, o.entries
}

// maxEntries is how often compiled code may call interpreted functions within such calls. A level takes some kilobytes of the stack, of which
// [maxDepth] knows nothing.
const maxEntries = 20_000

// entered counts an entry, see maxEntries. Of what compiled code calls without having been given it, as methods of boxes, it is not known in what it
// nests; then it is all such calls that are counted, and the stack tells whether they nest.
func (g *goroutine) entered(m *Machine) {
	if g.outer != nil {
		if g.entries++; g.entries > maxEntries {
			panic(errOverflow)
		}
		return
	}
	if m.entries.Add(1) > maxEntries {
		if pcs := [1]uintptr{}; runtime.Callers(5*maxEntries, pcs[:]) > 0 {
			m.entries.Add(-1)
			m.overflown.Store(true)
			panic(errOverflow)
		}
	}
}

// left takes entered back.
func (g *goroutine) left(m *Machine) {
	if g.outer == nil {
		m.entries.Add(-1)
	}
}

// adopt makes interpreted functions that compiled code calls on this goroutine part of g until the returned function is called.
func (m *Machine) adopt(g *goroutine) (end func()) {
	id := goid.Get()
	before, nested := m.adopted.Swap(id, g)
	m.adoptions.Add(1)
	return func() {
		m.adoptions.Add(-1)
		if nested {
			m.adopted.Store(id, before)
		} else {
			m.adopted.Delete(id)
		}
	}
}

// run runs what enter began.
func (cl *closure) run(f *frame) {
	done := false
	g := f.g
	defer func() {
		if done { // else a panic goes on through compiled code
			return
		}
		g.left(cl.fn.m)
		if g.thread.stop.Load() && !isOurs() {
			_ = recover() // of nobody's interest
			var first any
			if len(cl.fn.params) > 0 && cl.fn.params[0].t.Kind() == reflect.Pointer {
				first = packer(cl.fn.params[0].t)(cl.fn.params[0].addr(f))
			}
			endForeign(first)
		}
		p := g.panicking
		if !g.again || p == nil {
			p = &Panic{Trace: g.trace()}
		}
		cl.fn.m.keepEscaped(p)
		if g.outer != nil {
			g.outer.panicking, g.outer.again = p, true
		}
	}()
	cl.fn.run(f)
	done = true
}

func (cl *closure) leave(f *frame) {
	g := f.g
	g.left(cl.fn.m)
	cl.fn.leave(f)
	goroutines.Put(g)
}

// reflectCall is how compiled code calls a function that has no typed thunk.
func (cl *closure) reflectCall(t reflect.Type, in []reflect.Value) []reflect.Value {
	f := cl.enter()
	for i := range in {
		p := &cl.fn.params[i]
		if i == 0 && cl.receiver != nil {
			cl.receiver(p.addr(f), in[0].Interface())
			continue
		}
		storeValue(p.t)(p.addr(f), in[i])
	}
	cl.run(f)
	out := make([]reflect.Value, len(cl.fn.results))
	for i := range out {
		out[i] = cl.fn.m.valueAs(t.Out(i), &cl.fn.results[i], f)
	}
	cl.leave(f)
	return out
}

// valueAs copies a value out of a frame as one of type t.
func (m *Machine) valueAs(t reflect.Type, p *place, f *frame) reflect.Value {
	v := reflect.New(t)
	if t.Kind() == reflect.Interface && t != p.t {
		m.assign(v.Elem(), loadInterface(p.t)(p.addr(f)))
		return v.Elem()
	}
	mover(t)(v.UnsafePointer(), p.addr(f))
	return v.Elem()
}

// newThunk makes a function of type t that runs cl, as the word of a func value. Common types have thunks of their own: reflect.MakeFunc takes
// several times as long.
func newThunk(t reflect.Type, cl *closure) unsafe.Pointer {
	if make, ok := typedThunks[t]; ok {
		return make(cl)
	}
	v := reflect.New(t)
	v.Elem().Set(reflect.MakeFunc(t, makeBody(t, cl)))
	return *(*unsafe.Pointer)(v.UnsafePointer())
}

// body is what a made function runs: it is kept where bodyOf finds it.
type body struct {
	cl *closure
	t  reflect.Type
}

// makeBody returns what a made function is to run. It is not inlined: there would be several addresses of the code.
//
//go:noinline
func makeBody(t reflect.Type, cl *closure) func([]reflect.Value) []reflect.Value {
	b := &body{cl, t}
	return func(in []reflect.Value) []reflect.Value { return b.cl.reflectCall(b.t, in) }
}

// funcLayout is how function values lie in memory, as found out when the process starts: a func value is the address of a block that begins
// with the code's address, and a closure's captured variable follows. A function made by reflect.MakeFunc holds the func it runs somewhere.
// Where that is not so, interpreted functions are called as if they were compiled: right, only slower.
var funcLayout struct {
	known  bool
	thunks map[uintptr]bool // code addresses of typed thunks
	made   uintptr          // code address of functions made by reflect
	inner  uintptr          // offset of the func that they run
	body   uintptr          // its code address
}

// typedThunks is what makeTypedThunks makes.
var typedThunks map[reflect.Type]func(cl *closure) unsafe.Pointer

func init() {
	typedThunks = makeTypedThunks()
	l := &funcLayout
	l.thunks = map[uintptr]bool{}
	probe := &closure{}
	for _, make := range typedThunks {
		w := make(probe)
		if get[*closure](w, wordSize) != probe {
			return
		}
		l.thunks[get[uintptr](w, 0)] = true
	}
	t := reflect.TypeFor[func(complex64) complex64]()
	inner := makeBody(t, probe)
	innerWord := *(*unsafe.Pointer)(unsafe.Pointer(&inner))
	l.body = get[uintptr](innerWord, 0)
	if get[*body](innerWord, wordSize).cl != probe {
		return
	}
	v := reflect.New(t)
	v.Elem().Set(reflect.MakeFunc(t, inner))
	w := *(*unsafe.Pointer)(v.UnsafePointer())
	l.made = get[uintptr](w, 0)
	for off := uintptr(wordSize); off < 6*wordSize; off += wordSize {
		if get[uintptr](w, off) == uintptr(innerWord) {
			l.inner, l.known = off, true
			return
		}
	}
}

const wordSize = unsafe.Sizeof(uintptr(0))

// closureOf returns the interpreted function behind the word of a func value, nil for compiled ones.
//
// Invariant: w is the address of a function block, see funcLayout.
func closureOf(w unsafe.Pointer) *closure {
	l := &funcLayout
	if !l.known {
		return nil
	}
	pc := get[uintptr](w, 0)
	if pc == l.made {
		inner := get[unsafe.Pointer](w, l.inner)
		if get[uintptr](inner, 0) != l.body {
			return nil
		}
		return get[*body](inner, wordSize).cl
	}
	if l.thunks[pc] {
		return get[*closure](w, wordSize)
	}
	return nil
}

// lend gives a function that is an argument of a compiled call to the calling thread for as long as the call lasts.
func lend(t reflect.Type, w unsafe.Pointer, call *compiledCall) unsafe.Pointer {
	if w == nil {
		return nil
	}
	cl := closureOf(w)
	if cl == nil {
		return w
	}
	lent := *cl
	lent.call = call
	return newThunk(t, &lent)
}
