package exec

import (
	"errors"
	"fmt"
	"go/types"
	"io"
	"log"
	"reflect"
	"runtime/debug"
	"time"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"tickbook/internal/symbols"
)

// libraryFuncs are the functions of the standard library that must know of boxes, or whose output is the machine's.
func (m *Machine) libraryFuncs() map[string]reflect.Value {
	out := m.opts.Stdout
	l := log.New(m.opts.Stderr, "", log.LstdFlags)
	fs := map[string]any{
		"fmt.Print":    func(a ...any) (int, error) { return fmt.Fprint(out, m.bareStrings(a)...) },
		"fmt.Println":  func(a ...any) (int, error) { return fmt.Fprintln(out, m.reflect.printable(a)...) },
		"fmt.Printf":   func(f string, a ...any) (int, error) { f, a = m.typeVerbs(f, a); return fmt.Fprintf(out, f, a...) },
		"fmt.Sprintln": func(a ...any) string { return fmt.Sprintln(m.reflect.printable(a)...) },
		"fmt.Fprintln": func(w io.Writer, a ...any) (int, error) { return fmt.Fprintln(w, m.reflect.printable(a)...) },
		"fmt.Sprint":   func(a ...any) string { return fmt.Sprint(m.bareStrings(a)...) },
		"fmt.Fprint":   func(w io.Writer, a ...any) (int, error) { return fmt.Fprint(w, m.bareStrings(a)...) },
		"fmt.Sprintf":  func(f string, a ...any) string { f, a = m.typeVerbs(f, a); return fmt.Sprintf(f, a...) },
		"fmt.Errorf":   func(f string, a ...any) error { f, a = m.typeVerbs(f, a); return fmt.Errorf(f, a...) },
		"fmt.Fprintf": func(w io.Writer, f string, a ...any) (int, error) {
			f, a = m.typeVerbs(f, a)
			return fmt.Fprintf(w, f, a...)
		},
		"fmt.Appendf":  func(b []byte, f string, a ...any) []byte { f, a = m.typeVerbs(f, a); return fmt.Appendf(b, f, a...) },
		"maps.clone":   cloneMap,
		"errors.As":    m.errorsAs,
		"errors.Is":    errorsIs,
		"os.Exit":      m.opts.Exit,
		"log.Fatal":    l.Panic,
		"log.Fatalf":   func(f string, a ...any) { f, a = m.typeVerbs(f, a); l.Panicf(f, a...) },
		"log.Fatalln":  l.Panicln,
		"log.Flags":    l.Flags,
		"log.Output":   l.Output,
		"log.Panic":    l.Panic,
		"log.Panicf":   func(f string, a ...any) { f, a = m.typeVerbs(f, a); l.Panicf(f, a...) },
		"log.Panicln":  l.Panicln,
		"log.Prefix":   l.Prefix,
		"log.Print":    l.Print,
		"log.Printf":   func(f string, a ...any) { f, a = m.typeVerbs(f, a); l.Printf(f, a...) },
		"log.Println":  l.Println,
		"log.SetFlags": l.SetFlags, "log.SetOutput": l.SetOutput, "log.SetPrefix": l.SetPrefix, "log.Writer": l.Writer,
		"log.Default":       func() *log.Logger { return l },
		"time.AfterFunc":    func(d time.Duration, f func()) *time.Timer { return time.AfterFunc(d, m.reporting(f)) },
		"context.AfterFunc": m.contextAfterFunc, "runtime.SetFinalizer": m.setFinalizer,
		"runtime.Breakpoint": func() { panic("runtime.Breakpoint: there is no debugger, the signal would end the process") },
	}
	out2 := map[string]reflect.Value{}
	for n, f := range fs {
		out2[n] = reflect.ValueOf(f)
	}
	return out2
}

// cloneMap is what maps.Clone has in the runtime.
func cloneMap(x any) any {
	b, boxed := unbox(x)
	if boxed {
		x = b.V
	}
	v := reflect.ValueOf(x)
	c := reflect.MakeMapWithSize(v.Type(), v.Len())
	for it := v.MapRange(); it.Next(); {
		c.SetMapIndex(it.Key(), it.Value())
	}
	if boxed {
		return infoOf(b).wrap(symbols.Boxed{T: b.T, V: c.Interface()})
	}
	return c.Interface()
}

// bareStrings takes strings of named types out of their boxes: between strings Print puts no space.
func (m *Machine) bareStrings(a []any) []any {
	out := a
	for i, x := range a {
		b, ok := x.(symbols.Boxed)
		if !ok || infoOf(b).layout.Kind() != reflect.String || types.NewMethodSet(infoOf(b).t).Len() > 0 {
			continue
		}
		if &out[0] == &a[0] {
			out = append([]any(nil), a...)
		}
		out[i] = b.V
	}
	return m.reflect.printable(out)
}

// errorsIs is errors.Is for errors whose types only the machine can compare.
func errorsIs(err, target error) bool {
	if err == nil || target == nil {
		return err == target
	}
	b, boxed := unbox(target)
	if !boxed {
		return errors.Is(err, target)
	}
	same := func(e error) bool {
		x, ok := unbox(e)
		return ok && x.T == b.T && reflect.TypeOf(b.V).Comparable() && x.V == b.V
	}
	return walkErrors(err, func(e error) bool {
		if same(e) {
			return true
		}
		x, ok := e.(interface{ Is(error) bool })
		return ok && x.Is(target)
	})
}

// walkErrors visits an error and what it wraps until visit says that it found what it looks for.
func walkErrors(err error, visit func(error) bool) bool {
	for err != nil {
		if visit(err) {
			return true
		}
		switch x := err.(type) {
		case interface{ Unwrap() error }:
			err = x.Unwrap()
		case interface{ Unwrap() []error }:
			for _, e := range x.Unwrap() {
				if walkErrors(e, visit) {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}

// errorsAs is errors.As, whose target may be a variable of an interpreted type.
func (m *Machine) errorsAs(err error, target any) bool {
	box, ok := unbox(target)
	if !ok {
		if target == nil {
			panic("errors: target cannot be nil")
		}
		return errors.As(err, target)
	}
	p, ok := infoOf(box).t.Underlying().(*types.Pointer)
	if !ok {
		panic("errors: target must be a non-nil pointer")
	}
	dst := reflect.ValueOf(box.V).UnsafePointer()
	if dst == nil {
		panic("errors: target must be a non-nil pointer")
	}
	if _, isIface := p.Elem().Underlying().(*types.Interface); !isIface && !types.Implements(p.Elem(), errorInterface) {
		panic("errors: *target must be interface or implement error")
	}
	match := m.matcher(p.Elem())
	return walkErrors(err, func(e error) bool {
		if match(e, dst) {
			return true
		}
		x, ok := e.(interface{ As(any) bool })
		return ok && x.As(target)
	})
}

// raw are functions that look into values with reflect: they get what is in a box.
var raw = map[string]bool{
	"encoding/json.Unmarshal": true, "(*encoding/json.Decoder).Decode": true,
	"(*encoding/gob.Encoder).Encode": true, "(*encoding/gob.Decoder).Decode": true, "encoding/gob.Register": true,
	"encoding/binary.Read": true, "encoding/binary.Write": true, "encoding/binary.Size": true,
	"sort.Slice": true, "sort.SliceStable": true, "sort.SliceIsSorted": true,
	"fmt.Scan": true, "fmt.Scanf": true, "fmt.Scanln": true, "fmt.Sscan": true, "fmt.Sscanf": true, "fmt.Sscanln": true,
	"fmt.Fscan": true, "fmt.Fscanf": true, "fmt.Fscanln": true, "runtime.SetFinalizer": true, "runtime.KeepAlive": true,
	"(*tickbook/engine.Table).Scan": true, "tickbook/engine.FromStructs": true, "tickbook/engine.Let": true,
}

// unboxed takes a value, or those of a slice of them, out of its box.
func unboxed(v any) any {
	if b, ok := unbox(v); ok {
		return b.V
	}
	return v
}

func unboxedAll(a []any) []any {
	out := make([]any, len(a))
	for i, x := range a {
		out[i] = unboxed(x)
	}
	return out
}

// intrinsic compiles calls of functions that must know the calling goroutine; nil for others.
func (c *compiler) intrinsic(callee *ssa.Function, args, rs []place) op {
	if callee.Pkg == nil || callee.Signature.Recv() != nil || c.m.isLoaded(callee.Pkg.Pkg) {
		return nil
	}
	if callee.Pkg.Pkg.Path() == "runtime" || callee.Pkg.Pkg.Path() == "runtime/debug" {
		return stackIntrinsic(callee, args, rs)
	}
	switch callee.Pkg.Pkg.Path() + "." + callee.Name() {
	case "time.Sleep":
		a := args[0].off
		return func(f *frame) { sleep(f, time.Duration(get[int64](f.base, a))) }
	}
	return nil
}

// laterIntrinsic is later for intrinsics.
func (c *compiler) laterIntrinsic(callee *ssa.Function, args []place, keep func(*frame) []unsafe.Pointer) func(f *frame) invocation {
	return func(f *frame) invocation {
		kept := keep(f)
		return func(g *goroutine, by *frame) {
			switch callee.Name() {
			case "Sleep":
				sleep(&frame{g: g}, *(*time.Duration)(kept[0]))
			case "PrintStack":
				if by == nil { // a goroutine of its own
					debug.PrintStack()
					return
				}
				by.printStack()
			}
		}
	}
}

// sleep is time.Sleep that ends with the thread.
func sleep(f *frame, d time.Duration) {
	if d <= 0 {
		time.Sleep(d)
		return
	}
	if f.g.unwinding > 0 {
		time.Sleep(min(d, time.Second))
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-f.g.thread.done:
		panic(Stopped{})
	}
}
