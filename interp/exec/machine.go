package exec

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"tickbook/internal/symbols"
)

// Options are how to make a [Machine].
type Options struct {
	Fset           *token.FileSet
	Stdout, Stderr io.Writer
	// Exit is what os.Exit does.
	Exit func(code int)
	// Reported is told of a panic that ended a goroutine other than the one that [Machine.Run] waits for.
	Reported func(*Panic)
}

// Machine runs functions of the packages that were loaded into it. Its methods may be called from any goroutine.
type Machine struct {
	opts    Options
	prog    *ssa.Program
	types   *typeTable
	reflect *reflection
	library map[string]reflect.Value // compiled functions that stand in for those of the tables, by "path.Name"
	idle    *Thread                  // owns what compiled code calls when no cell does
	imports types.Importer
	escaped sync.Map // goroutine number to *Panic that compiled code above interpreted functions gets
	escapes atomic.Int64

	adopted   sync.Map // goroutine number to *goroutine: see adopt
	adoptions atomic.Int64

	building sync.Mutex // held while SSA is made or compiled; guards made
	made     map[*types.Package]bool

	mu      sync.Mutex // guards what follows
	funcs   map[*ssa.Function]*function
	globals map[*types.Var]unsafe.Pointer
	tables  map[string]symbols.Table // by import path
	sources map[string]*types.Package
	loaded  map[*types.Package]bool // from source: cells and packages

	completed map[*types.Package]bool

	packages   map[*types.Package]bool // that LoadPackage took in; the value: it is initialised
	initGuards map[*ssa.Global]unsafe.Pointer
	linked     map[*types.Func]string // functions without a body: what go:linkname says they are
}

// New makes a machine.
func New(opts Options) *Machine {
	m := &Machine{
		opts: opts, prog: ssa.NewProgram(opts.Fset, ssa.InstantiateGenerics|ssa.BuildSerially), idle: NewThread(),
		made: map[*types.Package]bool{}, funcs: map[*ssa.Function]*function{}, globals: map[*types.Var]unsafe.Pointer{},
		tables: map[string]symbols.Table{}, sources: map[string]*types.Package{}, loaded: map[*types.Package]bool{}, completed: map[*types.Package]bool{},
		packages: map[*types.Package]bool{}, initGuards: map[*ssa.Global]unsafe.Pointer{}, linked: map[*types.Func]string{},
	}
	m.types = newTypeTable(m)
	m.reflect = newReflection(m)
	m.library = m.libraryFuncs()
	return m
}

// SetImporter says how packages that are interpreted from source import others.
func (m *Machine) SetImporter(imp types.Importer) { m.imports = imp }

// Load takes a checked package in. Its variables are zero; nothing of it runs.
func (m *Machine) Load(pkg *types.Package, files []*ast.File, info *types.Info) (p *ssa.Package, err error) {
	m.complete(pkg.Imports())
	m.building.Lock()
	defer m.building.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("exec: %s: cannot compile: %v", pkg.Path(), r)
		}
	}()
	m.mu.Lock()
	m.loaded[pkg] = true
	m.mu.Unlock()
	m.create(pkg.Imports())
	m.made[pkg] = true
	p = m.prog.CreatePackage(pkg, files, info, false)
	p.Build()
	return p, nil
}

// complete reads the packages in full that only the export data of others mentioned so far: SSA takes what is in a package's scope when it
// first meets the package. Packages that cells may not import stay as they are.
func (m *Machine) complete(pkgs []*types.Package) {
	for _, p := range pkgs {
		m.mu.Lock()
		known := m.completed[p]
		m.completed[p] = true
		m.mu.Unlock()
		if known {
			continue
		}
		if !p.Complete() && m.imports != nil {
			_, _ = m.imports.Import(p.Path())
		}
		m.complete(p.Imports())
	}
}

// Declare makes a compiled package known whose functions loaded packages may call though they do not import it.
func (m *Machine) Declare(pkg *types.Package) {
	m.building.Lock()
	defer m.building.Unlock()
	m.create([]*types.Package{pkg})
}

// create makes SSA packages of imported ones, whose functions have no bodies. The caller holds building.
func (m *Machine) create(pkgs []*types.Package) {
	for _, p := range pkgs {
		if !m.made[p] {
			m.made[p] = true
			m.create(p.Imports())
			if m.prog.Package(p) == nil {
				m.prog.CreatePackage(p, nil, nil, true)
			}
		}
	}
}

// Override makes interpreted calls of a compiled function call f instead, which has its type. It must be called before anything runs.
func (m *Machine) Override(path, name string, f any) { m.library[path+"."+name] = reflect.ValueOf(f) }

// isLoaded says whether a package's types and functions are interpreted.
func (m *Machine) isLoaded(p *types.Package) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.loaded[p]
}

// symbol returns what compiled code has under a name; the zero Value when it is not offered.
func (m *Machine) symbol(p *types.Package, name string) reflect.Value {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tables[p.Path()]
	if !ok {
		t = symbols.Of(p.Path())
		m.tables[p.Path()] = t
	}
	return t[name]
}

// function returns the compiled form of an SSA function, which may still be empty: see [function.ready].
func (m *Machine) function(f *ssa.Function) *function {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := m.funcs[f]
	if x == nil {
		x = &function{m: m, ssa: f, recoverBlock: -1}
		m.funcs[f] = x
	}
	return x
}

// Tree lists a function and the function literals in it.
func Tree(f *ssa.Function) []*ssa.Function {
	fs := []*ssa.Function{f}
	for _, a := range f.AnonFuncs {
		fs = append(fs, Tree(a)...)
	}
	return fs
}

// Forget drops the compiled form of functions that nothing will call by name again. Func values keep what they need.
func (m *Machine) Forget(fs []*ssa.Function) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range fs {
		delete(m.funcs, f)
	}
}

// method returns the method of a type by the name of the object that declares it or an interface's method.
func (m *Machine) method(t types.Type, pkg *types.Package, name string) *function {
	sel := types.NewMethodSet(t).Lookup(pkg, name)
	if sel == nil {
		return nil
	}
	m.building.Lock()
	defer m.building.Unlock()
	f := m.prog.MethodValue(sel)
	if f == nil {
		return nil
	}
	return m.function(f)
}

// Global returns the address of a package's variable.
func (m *Machine) Global(v *types.Var) unsafe.Pointer {
	m.mu.Lock()
	p, ok := m.globals[v]
	m.mu.Unlock()
	if ok {
		return p
	}
	if !m.isLoaded(v.Pkg()) {
		if s := m.symbol(v.Pkg(), v.Name()); s.IsValid() && s.CanAddr() {
			p = s.Addr().UnsafePointer()
		}
	}
	if p == nil {
		p = reflect.New(m.types.of(v.Type())).UnsafePointer()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if q, ok := m.globals[v]; ok {
		return q
	}
	m.globals[v] = p
	return p
}

// Value returns what a variable holds, as compiled code would see it in an interface.
func (m *Machine) Value(v *types.Var) any {
	m.mu.Lock()
	p, ok := m.globals[v]
	m.mu.Unlock()
	if !ok {
		return nil
	}
	return m.types.load(v.Type())(p)
}

// Drop frees a variable's value and its place. Interpreted functions that use the variable keep both.
func (m *Machine) Drop(v *types.Var) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.globals, v)
}
