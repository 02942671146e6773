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
	"tickbook/interp/exec/internal/pcs"
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
	pcs     *pcs.Table
	shadows *shadows
	unique  unique
	library map[string]reflect.Value // compiled functions that stand in for those of the tables, by "path.Name"
	idle    *Thread                  // owns what compiled code calls when no cell does
	imports types.Importer
	escaped sync.Map // goroutine number to *Panic that compiled code above interpreted functions gets
	escapes atomic.Int64
	locals  sync.Map // *types.TypeName to []types.Type: see noteLocals

	adopted   sync.Map // goroutine number to *goroutine: see adopt
	adoptions atomic.Int64
	entries   atomic.Int64 // see entered
	overflown atomic.Bool  // the newest cell's goroutines nested too deeply

	building sync.Mutex // held while SSA is made or compiled; guards made
	made     map[*types.Package]bool

	mu      sync.Mutex                  // guards what follows
	funcs   map[*ssa.Function]*function // that are of no cell
	globals map[*types.Var]unsafe.Pointer
	tables  map[string]symbols.Table // by import path
	sources map[string]*types.Package
	loaded  map[*types.Package]bool // from source, but for cells

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
	m.pcs = pcs.New()
	for n, f := range m.pcs.Funcs() {
		m.reflect.funcs[n] = reflect.ValueOf(f)
	}
	m.shadows = &shadows{m: m}
	m.library = m.libraryFuncs()
	return m
}

// SetImporter says how packages that are interpreted from source import others.
func (m *Machine) SetImporter(imp types.Importer) { m.imports = imp }

// Cell is a checked cell.
type Cell struct {
	Pkg    *types.Package
	Info   *types.Info
	Syntax *ast.File
	Source string        // for traces
	Files  []*token.File // that its positions are in, which may be gone from the file set when its code runs
}

// cellPath is the path of the packages that cells are.
const cellPath = "main"

// LoadCell takes a cell in. Its variables are zero; nothing of it runs.
func (m *Machine) LoadCell(c Cell) (*ssa.Package, error) {
	p, err := m.load(c.Pkg, []*ast.File{c.Syntax}, c.Info, m.imports)
	if err != nil {
		return nil, err
	}
	p.Members[textName] = &text{pkg: p, source: c.Source, files: c.Files, funcs: map[*ssa.Function]*function{}}
	for _, o := range c.Info.Defs {
		if f, ok := o.(*types.Func); ok {
			if f := m.prog.FuncValue(f); f != nil {
				m.hold(f)
			}
		}
	}
	return p, nil
}

// hold makes a function, and those that it uses, keep the session's variables that they use: a function is compiled when it is first called, and by
// then the variables may have been dropped.
func (m *Machine) hold(f *ssa.Function) {
	if textOf(f) == nil {
		return
	}
	for _, x := range m.function(f).keep() {
		m.hold(x)
	}
}

// keep makes a function that is not compiled yet keep the session's variables that it uses, and returns the functions that it uses; none if that was
// done.
func (fn *function) keep() (uses []*ssa.Function) {
	fn.body.Lock()
	defer fn.body.Unlock()
	if fn.globals != nil || fn.compiled.Load() || fn.ssa.Blocks == nil {
		return nil
	}
	fn.globals = map[*types.Var]unsafe.Pointer{}
	var rands [8]*ssa.Value
	for _, f := range tree(fn.ssa) {
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				for _, o := range in.Operands(rands[:0]) {
					switch x := (*o).(type) {
					case *ssa.Global:
						if v, ok := x.Object().(*types.Var); ok && v.Pkg().Path() == cellPath {
							fn.globals[v] = fn.m.Global(v)
						}
					case *ssa.Function:
						if x.Parent() == nil {
							uses = append(uses, x)
						}
					}
				}
			}
		}
	}
	return uses
}

// Unload lets go of the names of a cell's package. Code of the cell that still runs keeps what it needs.
func (m *Machine) Unload(pkg *types.Package) {
	m.building.Lock()
	defer m.building.Unlock()
	m.prog.CreatePackage(pkg, nil, nil, false)
}

// Load takes a checked package that is no cell in. Its variables are zero; nothing of it runs.
func (m *Machine) Load(pkg *types.Package, files []*ast.File, info *types.Info) (p *ssa.Package, err error) {
	return m.loadFrom(pkg, files, info, m.imports)
}

// loadFrom is Load for a package that imports with imp.
func (m *Machine) loadFrom(pkg *types.Package, files []*ast.File, info *types.Info, imp types.Importer) (p *ssa.Package, err error) {
	m.mu.Lock()
	m.loaded[pkg] = true
	m.mu.Unlock()
	m.building.Lock()
	m.made[pkg] = true
	m.building.Unlock()
	return m.load(pkg, files, info, imp)
}

func (m *Machine) load(pkg *types.Package, files []*ast.File, info *types.Info, imp types.Importer) (p *ssa.Package, err error) {
	m.complete(pkg.Imports(), imp)
	m.building.Lock()
	defer m.building.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("exec: %s: cannot compile: %v", pkg.Path(), r)
		}
	}()
	m.create(pkg.Imports())
	p = m.prog.CreatePackage(pkg, files, info, false)
	p.Build()
	return p, nil
}

// complete reads the packages in full that only the export data of others mentioned so far: SSA takes what is in a package's scope when it
// first meets the package. Packages that cells may not import stay as they are.
func (m *Machine) complete(pkgs []*types.Package, imp types.Importer) {
	for _, p := range pkgs {
		m.mu.Lock()
		known := m.completed[p]
		m.completed[p] = true
		m.mu.Unlock()
		if known {
			continue
		}
		if !p.Complete() && imp != nil {
			_, _ = imp.Import(p.Path())
		}
		m.complete(p.Imports(), imp)
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
	if p.Path() == cellPath {
		return true
	}
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

// function returns the compiled form of an SSA function, which may still be empty: see [function.ready]. For function literals see
// [compiler.function].
func (m *Machine) function(f *ssa.Function) *function {
	m.mu.Lock()
	defer m.mu.Unlock()
	funcs := m.functions(f)
	x := funcs[f]
	if x == nil {
		x = &function{m: m, ssa: f, text: textOf(f), recoverBlock: -1, slot: nextSlot(), hasBody: f.Blocks != nil}
		funcs[f] = x
	}
	return x
}

// functions returns where the compiled form of f is. The caller holds mu.
func (m *Machine) functions(f *ssa.Function) map[*ssa.Function]*function {
	if t := textOf(f); t != nil {
		return t.funcs
	}
	return m.funcs
}

// Forget drops the compiled form of a function that nothing will call by name again. Func values keep what they need.
func (m *Machine) Forget(f *ssa.Function) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.functions(f), f)
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

// tree lists a function and the function literals in it.
func tree(f *ssa.Function) []*ssa.Function {
	fs := []*ssa.Function{f}
	for _, a := range f.AnonFuncs {
		fs = append(fs, tree(a)...)
	}
	return fs
}
