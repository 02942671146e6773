package exec

import (
	"context"
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"time"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// Outside is what a package has from outside of its Go text.
type Outside struct {
	Embedded map[*types.Var]reflect.Value // what go:embed puts into variables
	Linked   map[*types.Func]string       // what go:linkname says that functions without a body are
}

// LoadPackage takes a checked package in that has more than a cell has: variables with initial values, and things from outside. What it imports
// is loaded, or compiled. [Machine.Init] makes it ready.
func (m *Machine) LoadPackage(pkg *types.Package, files []*ast.File, info *types.Info, out Outside) error {
	if _, err := m.Load(pkg, files, info); err != nil {
		return err
	}
	for v, x := range out.Embedded {
		t := m.types.of(v.Type())
		valueAt(t, m.Global(v)).Set(x.Convert(t))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.packages[pkg] = false
	for f, name := range out.Linked {
		m.linked[f] = name
	}
	return nil
}

// Init initialises a package that LoadPackage took in, after those that it imports, unless that was done. The panic that ended it leaves it half
// done: it cannot be tried again.
func (m *Machine) Init(ctx context.Context, th *Thread, pkg *types.Package, grace time.Duration) *Panic {
	m.mu.Lock()
	done, ok := m.packages[pkg]
	m.mu.Unlock()
	if !ok || done {
		return nil
	}
	if p := m.Run(ctx, th, m.prog.Package(pkg).Func("init"), grace); p != nil {
		return p
	}
	m.initialised(pkg)
	return nil
}

// initialised notes that a package and what it imports are.
func (m *Machine) initialised(pkg *types.Package) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var note func(*types.Package)
	note = func(p *types.Package) {
		if done, ok := m.packages[p]; ok && !done {
			m.packages[p] = true
			for _, i := range p.Imports() {
				note(i)
			}
		}
	}
	note(pkg)
}

// Initialised says whether a package that LoadPackage took in is initialised.
func (m *Machine) Initialised(pkg *types.Package) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.packages[pkg]
}

// ssaGlobal returns the address of a variable, or of the guard that SSA gives the initialisation of a package.
func (m *Machine) ssaGlobal(g *ssa.Global) unsafe.Pointer {
	if v, ok := g.Object().(*types.Var); ok {
		return m.Global(v)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.initGuards[g]
	if p == nil {
		p = reflect.New(reflect.TypeFor[bool]()).UnsafePointer()
		m.initGuards[g] = p
	}
	return p
}

// NoBodyError is what a call of a function panics with that has no Go text.
type NoBodyError struct {
	Func   string // with its package
	Path   string // of the package
	Linked string // what go:linkname says it is; "": it is written in assembly
}

func (e *NoBodyError) Error() string {
	if e.Linked != "" {
		return fmt.Sprintf("%s is %s by go:linkname, which cells cannot run", e.Func, e.Linked)
	}
	return e.Func + " is written in assembly, which cells cannot run"
}

// withoutBody stands in for a function of a loaded package that has no body in Go.
func (m *Machine) withoutBody(f *ssa.Function) reflect.Value {
	o := f.Object().(*types.Func)
	m.mu.Lock()
	e := &NoBodyError{Func: f.String(), Path: o.Pkg().Path(), Linked: m.linked[o]}
	m.mu.Unlock()
	if x, ok := m.library[e.Linked]; ok {
		return x
	}
	return reflect.MakeFunc(m.types.of(f.Signature), func([]reflect.Value) []reflect.Value { panic(e) })
}
