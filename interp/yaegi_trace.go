package interp

import (
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"tickbook/display"
	"tickbook/interp/internal/goid"
)

// funcSlot is where a rewritten function notes which line of it runs.
type funcSlot struct {
	file string              // the cell
	name string              // for people
	line atomic.Pointer[int] // a variable of interpreted code, see lineOf
}

// frameWriter is yaegi's standard error. When a panic passes an interpreted function, yaegi writes a line with the function's position, which
// here becomes a frame of the trace; everything else is passed on.
type frameWriter struct {
	rt *runtimeSupport

	mu     sync.Mutex
	traces map[uint64]*trace // by goroutine; guarded by mu
}

// trace is the way of the newest panic in one goroutine, innermost function first.
type trace struct {
	depth  int // of the Go stack when the last frame was written
	frames []string
}

var frameLine = regexp.MustCompile(`^(\S+:\d+:\d+): panic: main[\w.·ꞏ]*\(\.\.\.\)\n$`)

const maxFrames = 30

func (w *frameWriter) Write(b []byte) (int, error) {
	m := frameLine.FindSubmatch(b)
	if m == nil {
		return w.rt.stderr.Write(b)
	}
	id := goid.Get()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.traces == nil {
		w.traces = map[uint64]*trace{}
	}
	t := w.traces[id]
	if t == nil {
		t = &trace{}
		w.traces[id] = t
	}
	if len(t.frames) < maxFrames {
		// A panic on its way up runs the deferred functions on top of the stack that it leaves, so the stack grows from frame to frame; one
		// that starts lower is another panic, and the last was recovered.
		var pcs [1 << 12]uintptr
		depth := runtime.Callers(0, pcs[:])
		if depth <= t.depth && depth < len(pcs) {
			t.frames = nil
		}
		t.depth = depth
		if f := w.rt.frameAt(string(m[1])); f != "" {
			t.frames = append(t.frames, f)
		}
	}
	return len(b), nil
}

func (w *frameWriter) take(id uint64) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.traces[id]
	delete(w.traces, id)
	if t == nil {
		return nil
	}
	return t.frames
}

func (w *frameWriter) forget(id uint64) { w.take(id) }

// lineOf reads a line that interpreted code noted. NB: another goroutine in the same function may write it meanwhile; the trace then tells
// that one's line.
//
//go:norace
func lineOf(p *int) int { return *p }

// frameAt describes the function whose position yaegi wrote, at the line that it noted last; "" when it is none of a cell's.
func (rt *runtimeSupport) frameAt(pos string) string {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	s := rt.slots[pos]
	if s == nil {
		return ""
	}
	line := 0
	if p := s.line.Load(); p != nil {
		line = lineOf(p)
	}
	text := fmt.Sprintf("%s:%d", s.file, line)
	if s.name != "" {
		text += " in " + s.name
	}
	if lines := strings.Split(rt.sources[s.file], "\n"); line <= len(lines) && line > 0 {
		text += "\n    " + strings.TrimSpace(lines[line-1])
	}
	return text
}

// panicError makes of a panic's value what the page shows.
func (rt *runtimeSupport) panicError(v any, id uint64) *display.CellError {
	if x, ok := v.(reflect.Value); ok && x.IsValid() && x.CanInterface() {
		v = x.Interface()
	}
	e := panicked(v)
	e.Message = plain(e.Message)
	e.Traceback = append([]string{e.Name + ": " + e.Message}, rt.frames.take(id)...)
	return e
}

// plain words as Go does what yaegi's use of reflect words its own way.
func plain(msg string) string {
	switch {
	case strings.HasPrefix(msg, "reflect: ") && strings.HasSuffix(msg, "index out of range"):
		return "runtime error: index out of range"
	case strings.HasPrefix(msg, "reflect: ") && strings.Contains(msg, "on zero Value"), strings.Contains(msg, "reflect.Value.Elem on"):
		return "runtime error: invalid memory address or nil pointer dereference"
	}
	return msg
}
