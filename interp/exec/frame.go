package exec

import (
	"go/token"
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"tickbook/interp/exec/internal/pcs"
)

// Thread is what can be stopped together: the run of a cell, with the goroutines it starts.
type Thread struct {
	stop atomic.Bool
	done chan struct{} // closed when stopped
	once sync.Once
	live atomic.Int64 // goroutines that run interpreted code
}

// NewThread makes a thread.
func NewThread() *Thread { return &Thread{done: make(chan struct{})} }

// Stop makes the thread's goroutines end at their next loop, call or blocking operation. Deferred functions still run.
func (t *Thread) Stop() {
	t.once.Do(func() {
		t.stop.Store(true)
		close(t.done)
	})
}

// Running returns how many goroutines of the thread run interpreted code.
func (t *Thread) Running() int64 { return t.live.Load() }

// Stopped is what a goroutine of a stopped thread panics with; interpreted code cannot recover from it.
type Stopped struct{}

func (Stopped) Error() string { return "interrupted" }

// goroutine is one goroutine within a thread.
type goroutine struct {
	thread    *Thread
	top       *frame // of the innermost function that runs
	depth     int
	unwinding int           // deferred functions that run although the thread is stopped
	outer     *goroutine    // that called compiled code which called this
	call      *compiledCall // that outer made; nil: one on this very goroutine
	panicking *Panic        // the newest panic, until it is recovered
	again     bool          // panicking goes on in the caller's frame
	entries   int           // see entered
	handed    *frame        // that defers a made function: see handOver
	spare     *spareFrames
}

// spareFrames are frames that a goroutine keeps for its next calls: taking one from a function's pool costs more than most calls do. Functions with the
// same slot displace each other.
type spareFrames [32]struct {
	fn  *function
	top *frame // of a list by frame.next
	n   int
}

var slots atomic.Uint32

// nextSlot returns the slot of a new function.
func nextSlot() uint8 { return uint8(slots.Add(1) % uint32(len(spareFrames{}))) }

// maxSpare is how many frames of a function a goroutine keeps.
const maxSpare = 64

var spares = sync.Pool{New: func() any { return new(spareFrames) }}

// newGoroutine makes a goroutine. Its end is [goroutine.end].
func newGoroutine(th *Thread) *goroutine {
	return &goroutine{thread: th, spare: spares.Get().(*spareFrames)}
}

// end hands on what the goroutine kept. Nothing of it may run any more.
func (g *goroutine) end() {
	spares.Put(g.spare)
	g.spare = nil
}

// maxDepth is how deep interpreted calls may nest. The runtime kills a process whose stack outgrows 1 GB; a call takes up to 1 KB of it.
const maxDepth = 500_000

// frame is a call of a function.
type frame struct {
	base   unsafe.Pointer // the block of memory that layout describes
	fn     *function
	g      *goroutine
	caller *frame
	next   *frame // while it is spare
	block  int    // what runs, for traces
	ip     int
	mems   []unsafe.Pointer // what place.addr of structs and arrays points to
	*deferring
}

// deferring is the part of a frame that only functions with defer, and deferred functions, need.
type deferring struct {
	defers []func()
	of     *frame // the frame whose panic a recover here would end; nil: this is not a deferred call
	panic  *Panic // that runs through the frame
	// unwound is the panic whose deferred calls run, recovered or not: what led to it is still on the stack of compiled code.
	unwound *Panic
}

type op func(*frame)

// block is a basic block: ops, then where to go next; -1 returns.
type block struct {
	ops  []op
	next func(*frame) int
	to   int         // where next always goes; -1 if that depends, or it returns
	pos  []token.Pos // of ops, then of next
}

// function is the compiled form of an SSA function.
type function struct {
	m            *Machine
	ssa          *ssa.Function
	text         *text // nil: of no cell
	compiled     atomic.Bool
	interpreted  atomic.Bool // it was compiled from a body, which is gone
	once         sync.Once
	fault        string                        // why it could not be compiled
	hasBody      bool                          // ssa has, or had
	body         sync.Mutex                    // held while ssa is read or let go; guards globals
	globals      map[*types.Var]unsafe.Pointer // see hold; nil when it is compiled
	layout       *layout
	blocks       []block
	params       []place
	free         []place
	results      []place
	recoverBlock int // runs after a recovered panic: -1 none
	hasDefers    bool
	frames       sync.Pool
	slot         uint8                          // in spareFrames
	value        atomic.Pointer[unsafe.Pointer] // as a func value, made once
	named        atomic.Pointer[pcs.Func]       // see id
	literals     map[*ssa.Function]string       // names of the function literals of the outermost function; complete once it is compiled
}

// ready compiles the function unless that was done.
func (fn *function) ready() *function {
	if !fn.compiled.Load() {
		fn.once.Do(fn.compile)
	}
	return fn
}

// enter returns a frame for a call. The caller fills in the parameters.
func (fn *function) enter(g *goroutine, caller *frame) *frame {
	if g.spare != nil {
		if s := &g.spare[fn.slot]; s.fn == fn && s.top != nil {
			f := s.top
			s.top, f.next = f.next, nil
			s.n--
			f.g, f.caller = g, caller
			return f
		}
	}
	f, _ := fn.frames.Get().(*frame)
	if f == nil {
		f = fn.newFrame()
	}
	f.g, f.caller = g, caller
	return f
}

// leave gives a frame back once its results are copied.
func (fn *function) leave(f *frame) {
	g := f.g
	f.caller, f.g = nil, nil
	if n := fn.layout.clear; n > 0 {
		// Invariant: these words are those of the block that may hold pointers, and lengths between them.
		clear(unsafe.Slice((*unsafe.Pointer)(f.base), n/unsafe.Sizeof(uintptr(0))))
	}
	for i, m := range fn.layout.mems {
		if m.pointers {
			zero(m.t, f.mems[i])
		}
	}
	if f.deferring != nil {
		*f.deferring = deferring{}
	}
	if g.spare == nil {
		fn.frames.Put(f)
		return
	}
	s := &g.spare[fn.slot]
	if s.fn != fn {
		s.fn, s.top, s.n = fn, nil, 0
	}
	if s.n == maxSpare {
		fn.frames.Put(f)
		return
	}
	f.next, s.top = s.top, f
	s.n++
}

// run runs the function of f.
func (fn *function) run(f *frame) {
	g := f.g
	g.depth++
	if g.depth > maxDepth {
		g.overflow()
	}
	if g.thread.stop.Load() {
		g.checkStop()
	}
	g.top = f
	if fn.hasDefers {
		fn.runDeferring(f)
	} else {
		fn.loop(f, 0)
	}
	g.top = f.caller
	g.depth--
}

func (fn *function) loop(f *frame, b int) {
	for b >= 0 {
		blk := &fn.blocks[b]
		f.block = b
		for i, o := range blk.ops {
			f.ip = i
			o(f)
		}
		f.ip = len(blk.ops)
		next := blk.next(f)
		if next <= b && next >= 0 && f.g.thread.stop.Load() {
			f.g.checkStop()
		}
		b = next
	}
}

// checkStop ends the goroutine's functions if its thread is stopped, but not the deferred functions that are to leave things in order.
func (g *goroutine) checkStop() {
	if g.thread.stop.Load() && g.unwinding == 0 {
		panic(Stopped{})
	}
}

const errOverflow = runtimeError("stack overflow: a function calls itself without end")

// overflow ends a recursion without end. The frames above get room to handle the panic.
func (g *goroutine) overflow() {
	g.depth -= 1000
	panic(errOverflow)
}

// newFrame makes a frame with its block and memory.
func (fn *function) newFrame() *frame {
	l := fn.layout
	f := &frame{fn: fn, base: reflect.New(l.size).UnsafePointer()}
	for _, m := range l.mems {
		p := reflect.New(m.t).UnsafePointer()
		f.mems = append(f.mems, p)
		put(f.base, l.place(m.reg).off, p)
	}
	for _, v := range l.fixed {
		v.write(l.place(v.reg).addr(f))
	}
	if fn.hasDefers {
		f.deferring = &deferring{}
	}
	return f
}
