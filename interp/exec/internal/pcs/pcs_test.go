package pcs

import (
	"go/token"
	"runtime"
	"testing"
)

func TestTable(t *testing.T) {
	p := New()
	f := Func{Name: "main.f", Decl: token.Position{Filename: "cell 1", Line: 3}}
	call := p.Call(Site{f, token.Position{Filename: "cell 1", Line: 5}})
	if again := p.Call(Site{f, token.Position{Filename: "cell 1", Line: 5}}); again != call || p.Entry(f) == call {
		t.Errorf("a place has the numbers %#x and %#x; the entry is %#x", call, again, p.Entry(f))
	}
	if x := runtime.FuncForPC(call); x != nil {
		t.Errorf("compiled code lies there: %s", x.Name())
	}

	x := p.funcForPC(call)
	file, line := p.fileLine(x, call)
	if x != p.funcForPC(p.Entry(f)) || p.name(x) != f.Name || p.entryOf(x) != p.Entry(f) || file != "cell 1" || line != 5 {
		t.Errorf("got %s at %#x, %s:%d", p.name(x), p.entryOf(x), file, line)
	}
	if own := p.funcForPC(OfCompiled(TestTable)); p.name(own) != "tickbook/interp/exec/internal/pcs.TestTable" {
		t.Errorf("a compiled function is called %s", p.name(own))
	}

	it := p.callersFrames([]uintptr{call, OfCompiled(TestTable), p.Entry(f)})
	for i, want := range []struct {
		name string
		line int
	}{{f.Name, 5}, {"tickbook/interp/exec/internal/pcs.TestTable", 0}, {f.Name, 3}} {
		fr, more := p.next(it)
		if fr.Function != want.name || want.line > 0 && fr.Line != want.line || more != (i < 2) {
			t.Errorf("frame %d is %s:%d (more: %t), want %s:%d", i, fr.Function, fr.Line, more, want.name, want.line)
		}
	}
	if fr, more := p.next(it); fr.Function != "" || more {
		t.Errorf("after the last comes %v", fr)
	}
}
