package exec

import (
	"fmt"
	"go/token"
	"runtime"

	"tickbook/interp/exec/internal/pcs"
	"tickbook/interp/internal/goid"
)

// Panic is a panic that nobody recovered from.
type Panic struct {
	Value   any
	Trace   []Frame // innermost first
	stopped bool
	kept    bool // see keepEscaped; a goroutine knows its panics alone
}

// Stopped says whether it is not the code's doing: its thread was stopped.
func (p *Panic) Stopped() bool { return p.stopped }

// Frame is a function of interpreted code that was running.
type Frame struct {
	Func string // as in the source
	Path string // of its package; "" for what SSA made
	Pos  token.Position
	// Source is the text of the cell that Pos is in, "" for functions of no cell.
	Source string

	site pcs.Site
	id   uintptr // see frameID
}

// runtimeError is worded as the runtime words it.
type runtimeError string

func (e runtimeError) Error() string { return "runtime error: " + string(e) }

// RuntimeError implements [runtime.Error].
func (runtimeError) RuntimeError() {}

// assertionError is what a failed type assertion panics with.
type assertionError string

func (e assertionError) Error() string { return string(e) }

// RuntimeError implements [runtime.Error].
func (assertionError) RuntimeError() {}

var (
	_ runtime.Error = runtimeError("")
	_ runtime.Error = assertionError("")
)

// keepEscaped keeps the way of a panic for who recovers it. Most recover without asking, so only the newest are kept.
func (m *Machine) keepEscaped(p *Panic) {
	if p.kept || m.overflown.Load() { // by a call within this one; and on a deep stack it takes long to find out where this is
		return
	}
	p.kept = true
	if m.escapes.Add(1)%256 == 0 {
		m.escaped.Clear()
	}
	m.escaped.Store(goid.Get(), p)
}

// Escaped describes a panic that compiled code recovered on this goroutine: v is its value.
func (m *Machine) Escaped(v any) *Panic {
	p := &Panic{}
	if x, ok := m.escaped.LoadAndDelete(goid.Get()); ok {
		p.Trace = x.(*Panic).Trace
	}
	p.Value = v
	_, p.stopped = v.(Stopped)
	return p
}

// guard runs f and returns the panic that ended it, nil for none.
func (g *goroutine) guard(f func()) (p *Panic) {
	done := false
	defer func() {
		if done {
			return
		}
		r := recover()
		if r == nil { // runtime.Goexit
			return
		}
		p = g.caught(r)
	}()
	f()
	done = true
	return nil
}

// caught describes a panic that was just recovered.
func (g *goroutine) caught(r any) *Panic {
	p := g.panicking
	if p == nil || !g.again {
		p = &Panic{Trace: g.trace()}
	} else if g.outerTrace(p) {
		p.Trace = append(p.Trace, g.trace()...)
	}
	p.Value = r
	_, p.stopped = r.(Stopped)
	g.panicking, g.again = p, false
	return p
}

// outerTrace says whether the trace of p ends where compiled code called back.
func (g *goroutine) outerTrace(p *Panic) bool {
	return p.Value == nil && len(p.Trace) > 0
}

const maxFrames = 50

// trace lists what runs, innermost first.
func (g *goroutine) trace() []Frame {
	var fs []Frame
	for f := g.top; f != nil && len(fs) < maxFrames; f = f.caller {
		if f.fn.isWrapper() || f.fn.ssa.Synthetic == rangeBody {
			continue
		}
		fr := Frame{Func: funcName(f), Pos: f.position(), id: frameID(f)}
		fr.site = siteAt(f.fn, fr.Pos)
		if p := f.fn.ssa.Package(); p != nil {
			fr.Path = p.Pkg.Path()
		}
		if t := f.fn.text; t != nil {
			fr.Source = t.source
		}
		fs = append(fs, fr)
	}
	return fs
}

func funcName(f *frame) string {
	p := f.fn.ssa.Package()
	if p == nil {
		return f.fn.ssa.Name()
	}
	return f.fn.ssa.RelString(p.Pkg)
}

// position is where a frame is in the source.
func (f *frame) position() token.Position {
	at := f.fn.ssa.Pos()
	if f.block < len(f.fn.blocks) {
		pos := f.fn.blocks[f.block].pos
		for i := min(f.ip, len(pos)-1); i >= 0; i-- {
			if pos[i].IsValid() {
				at = pos[i]
				break
			}
		}
	}
	return f.fn.source(at)
}

// source returns a position in the source of a function.
func (fn *function) source(at token.Pos) token.Position {
	if fn.text != nil {
		if file := fn.text.file(at); file != nil {
			return file.Position(at)
		}
	}
	return fn.m.opts.Fset.Position(at)
}

// String is one line of a trace.
func (f Frame) String() string { return fmt.Sprintf("%s at %s", f.Func, f.Pos) }
