// Package pcs gives program counters to interpreted code, which has no machine code.
package pcs

import (
	"go/token"
	"reflect"
	"runtime"
	"sync"
	"unsafe"
	"weak"
)

// Table holds program counters: numbers from a range where no code lies, each for one place in the source. A place gets its number when somebody first
// asks for it, and always the same, so that there are never more than places in the source. What compiled code makes of these numbers is what it makes of
// unknown ones.
//
// A [runtime.Func] and a [runtime.Frames] say nothing to others than package runtime. Interpreted code calls the functions of the machine instead of their
// methods; see [Table.Funcs].
type Table struct {
	mu     sync.Mutex // guards what follows
	places []Site     // by number
	number map[Site]int
	known  map[Func]*funcInfo
	infos  map[*runtime.Func]*funcInfo

	frames sync.Map // weak.Pointer[runtime.Frames] to *frames
}

// Func is a function: its name as compiled Go has it, and where it is declared.
type Func struct {
	Name string
	Decl token.Position
}

// Site is a place in a function.
type Site struct {
	Func Func
	At   token.Position
}

// funcInfo is what a [*runtime.Func] of interpreted code points to.
//
// Invariant: it begins with zeros, in which the methods of compiled code find no function. Func has no size of its own.
type funcInfo struct {
	_  [16]uint64
	id Func
}

// frames are those of a [*runtime.Frames], which itself is empty.
type frames struct{ left []runtime.Frame }

const (
	pcStep  = 16                  // numbers for a place: a return address is amid them, so that the one before it is of the same place
	pcCount = 1 << 24             // places
	pcFirst = -(pcStep * pcCount) // the range is the end of the address space, where no system has code
	pcMid   = pcStep / 2          // of a call; an entry is the first number of its place
	pcNone  = uintptr(0)          // there are too many places
	noCode  = "?"                 // the file of an unknown function
)

// New returns a table without places.
func New() *Table {
	return &Table{number: map[Site]int{}, known: map[Func]*funcInfo{}, infos: map[*runtime.Func]*funcInfo{}}
}

// Funcs are the functions of package runtime that know interpreted code, by the names that SSA has for them.
func (t *Table) Funcs() map[string]any {
	return map[string]any{
		"runtime.FuncForPC": t.funcForPC, "runtime.CallersFrames": t.callersFrames, "(*runtime.Frames).Next": t.next,
		"(*runtime.Func).Name": t.name, "(*runtime.Func).Entry": t.entryOf, "(*runtime.Func).FileLine": t.fileLine,
	}
}

// first returns the first number of a place.
func (t *Table) first(s Site) uintptr {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, ok := t.number[s]
	if !ok {
		if n = len(t.places); n == pcCount {
			return pcNone
		}
		t.places = append(t.places, s)
		t.number[s] = n
	}
	base := pcFirst
	return uintptr(base) + uintptr(n)*pcStep
}

// Call returns the number of a call in interpreted code, as of the address it returns to.
func (t *Table) Call(s Site) uintptr {
	if pc := t.first(s); pc != pcNone {
		return pc + pcMid
	}
	return pcNone
}

// Entry returns the number of a function.
func (t *Table) Entry(id Func) uintptr { return t.first(Site{id, id.Decl}) }

// site returns the place that a number is of.
func (t *Table) site(pc uintptr) (s Site, ok bool) {
	base := pcFirst
	if pc < uintptr(base) {
		return s, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	n := (pc - uintptr(base)) / pcStep
	if n >= uintptr(len(t.places)) {
		return s, false
	}
	return t.places[n], true
}

// fn returns the [*runtime.Func] of a function, always the same.
func (t *Table) fn(id Func) *runtime.Func {
	t.mu.Lock()
	defer t.mu.Unlock()
	x := t.known[id]
	if x == nil {
		x = &funcInfo{id: id}
		t.known[id] = x
		t.infos[(*runtime.Func)(unsafe.Pointer(x))] = x
	}
	return (*runtime.Func)(unsafe.Pointer(x))
}

// info returns what is known of a [*runtime.Func], nil for one of compiled code.
func (t *Table) info(f *runtime.Func) *funcInfo {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.infos[f]
}

func (t *Table) funcForPC(pc uintptr) *runtime.Func {
	if s, ok := t.site(pc); ok {
		return t.fn(s.Func)
	}
	return runtime.FuncForPC(pc)
}

func (t *Table) name(f *runtime.Func) string {
	if x := t.info(f); x != nil {
		return x.id.Name
	}
	return f.Name()
}

func (t *Table) entryOf(f *runtime.Func) uintptr {
	if x := t.info(f); x != nil {
		return t.Entry(x.id)
	}
	return f.Entry()
}

func (t *Table) fileLine(f *runtime.Func, pc uintptr) (file string, line int) {
	x := t.info(f)
	if x == nil {
		return f.FileLine(pc)
	}
	if s, ok := t.site(pc); ok && s.Func == x.id {
		return s.At.Filename, s.At.Line
	}
	return noCode, 0
}

// callersFrames is [runtime.CallersFrames].
func (t *Table) callersFrames(list []uintptr) *runtime.Frames {
	fs := &frames{}
	for len(list) > 0 {
		if s, ok := t.site(list[0]); ok {
			f := t.fn(s.Func)
			pc := list[0]
			if pc%pcStep == pcMid {
				pc-- // of the call
			}
			fs.left = append(fs.left, runtime.Frame{
				PC: pc, Func: f, Function: s.Func.Name, File: s.At.Filename, Line: s.At.Line, Entry: t.Entry(s.Func),
			})
			list = list[1:]
			continue
		}
		n := 1 // compiled functions are told together: some of them are inlined
		for n < len(list) {
			if _, ok := t.site(list[n]); ok {
				break
			}
			n++
		}
		for it, more := runtime.CallersFrames(list[:n]), true; more; {
			var f runtime.Frame
			if f, more = it.Next(); f.PC != 0 {
				fs.left = append(fs.left, f)
			}
		}
		list = list[n:]
	}
	out := new(runtime.Frames)
	k := weak.Make(out)
	t.frames.Store(k, fs)
	runtime.AddCleanup(out, func(k weak.Pointer[runtime.Frames]) { t.frames.Delete(k) }, k)
	return out
}

// next is [runtime.Frames.Next].
func (t *Table) next(it *runtime.Frames) (f runtime.Frame, more bool) {
	x, ok := t.frames.Load(weak.Make(it))
	if !ok {
		return it.Next()
	}
	fs := x.(*frames)
	if len(fs.left) == 0 {
		return f, false
	}
	f, fs.left = fs.left[0], fs.left[1:]
	return f, len(fs.left) > 0
}

// OfCompiled returns a number for a call that a compiled function makes.
func OfCompiled(f any) uintptr { return reflect.ValueOf(f).Pointer() + 1 }
