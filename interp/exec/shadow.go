package exec

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"maps"
	"path"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"tickbook/internal/symbols"
)

// shadows are packages whose whole work is reflection, such as text/template, as interpreted code: calls that pass values of cells' types go
// there, so that what the packages ask package reflect is answered by [reflection].
//
// A shadow works on the compiled package's own values: its types are the compiled ones, since they are made from the same source, and its
// functions take over in the middle of what compiled code began. Its variables are its own. What a shadow imports is read again, apart from
// what cells import: it is loaded while cells run, and the types of a package may not change then.
type shadows struct {
	m        *Machine
	importer func(source func(importPath string) (*types.Package, error)) types.Importer

	loading sync.Mutex // held by load; guards imports and texts
	imports types.Importer
	texts   map[string]*types.Package

	packages sync.Map // import path to *ssa.Package
	own      sync.Map // *types.Package to bool

	funcs atomic.Bool // templates have functions that make values of cells' types
}

// SetSeparateImporter says how to make an importer with types of its own. It asks source first, which returns nil for compiled packages.
func (m *Machine) SetSeparateImporter(f func(source func(importPath string) (*types.Package, error)) types.Importer) {
	m.shadows.importer = f
}

// godebugSource is package internal/godebug for interpreted code.
const godebugSource = `package godebug

import (
	"os"
	"strings"
)

type Setting struct{ name string }

func New(name string) *Setting { return &Setting{name} }

func (s *Setting) IncNonDefault() {}

func (s *Setting) Value() (v string) {
	for _, kv := range strings.Split(os.Getenv("GODEBUG"), ",") {
		if k, x, ok := strings.Cut(kv, "="); ok && k == s.name {
			v = x
		}
	}
	return v
}
`

// is says whether a package is a shadow.
func (s *shadows) is(p *types.Package) bool {
	_, ok := s.own.Load(p)
	return ok
}

// function returns a function or method of a compiled package from the package's source.
func (s *shadows) function(callee *ssa.Function) (*function, error) {
	o := callee.Object()
	p, err := s.load(o.Pkg().Path())
	if err != nil {
		return nil, err
	}
	if recv := callee.Signature.Recv(); recv != nil {
		named := deref(recv.Type()).(*types.Named)
		t := p.Pkg.Scope().Lookup(named.Obj().Name()).Type()
		if fn := s.m.method(types.NewPointer(t), nil, o.Name()); fn != nil {
			return fn, nil
		}
	} else if f := p.Func(o.Name()); f != nil {
		return s.m.function(f), nil
	}
	return nil, fmt.Errorf("BUG: exec: no %s in the source", callee)
}

// load returns a package from source, initialised.
func (s *shadows) load(importPath string) (*ssa.Package, error) {
	if p, ok := s.packages.Load(importPath); ok {
		return p.(*ssa.Package), nil
	}
	s.loading.Lock()
	defer s.loading.Unlock()
	if s.imports == nil {
		s.texts = map[string]*types.Package{}
		s.imports = s.importer(s.source)
	}
	if _, err := s.source(importPath); err != nil {
		return nil, err
	}
	p, ok := s.packages.Load(importPath)
	if !ok {
		return nil, fmt.Errorf("BUG: exec: no source of package %s", importPath)
	}
	return p.(*ssa.Package), nil
}

// source returns a package that is interpreted, nil for one of compiled code. The caller holds loading.
func (s *shadows) source(importPath string) (*types.Package, error) {
	if p, ok := s.texts[importPath]; ok {
		return p, nil
	}
	texts, err := symbols.Reflecting(importPath)
	if err != nil {
		return nil, err
	}
	own := len(texts) > 0
	switch {
	case own:
	case importPath == "iter":
		texts = map[string]string{"iter.go": iterSource}
	case importPath == "internal/godebug":
		texts = map[string]string{"godebug.go": godebugSource}
	default:
		if texts, err = symbols.Source(importPath); err != nil {
			return nil, err
		}
	}
	if len(texts) == 0 {
		s.texts[importPath] = nil
		return nil, nil
	}
	pkg, files, info, err := s.m.parse(importPath, texts, s.imports)
	if err != nil {
		return nil, err
	}
	s.texts[importPath] = pkg
	if own {
		s.own.Store(pkg, true)
	}
	p, err := s.m.loadFrom(pkg, files, info, s.imports)
	if err != nil {
		return nil, err
	}
	if own {
		valueOfFunc(s.m.function(p.Func("init")))()
	}
	s.packages.Store(importPath, p)
	return pkg, nil
}

// valueOfFunc returns an interpreted function as one of compiled code.
func valueOfFunc(fn *function) func() {
	w := fn.funcValue()
	return *(*func())(unsafe.Pointer(&w))
}

// parse reads and checks a package's files.
func (m *Machine) parse(importPath string, texts map[string]string, imp types.Importer) (*types.Package, []*ast.File, *types.Info, error) {
	var files []*ast.File
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		f, err := parser.ParseFile(m.opts.Fset, importPath+"/"+name, texts[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("source of package %s: %w", importPath, err)
		}
		files = append(files, f)
	}
	info := NewInfo()
	var first error
	conf := types.Config{Importer: imp, Sizes: types.SizesFor("gc", runtime.GOARCH), Error: func(err error) {
		if first == nil {
			first = err
		}
	}}
	pkg := types.NewPackage(importPath, path.Base(importPath))
	_ = types.NewChecker(&conf, m.opts.Fset, pkg, info).Files(files) // the first fault is kept by Error
	if first != nil {
		return nil, nil, nil, fmt.Errorf("source of package %s: %w", importPath, first)
	}
	pkg.MarkComplete()
	return pkg, files, info, nil
}

// divert compiles a call that may go to a shadow; nil for others.
func (c *compiler) divert(callee *ssa.Function, args, rs []place) op {
	d, ok := diversions[callee.String()]
	if !ok {
		return nil
	}
	m, first := c.m, 0
	if callee.Signature.Recv() != nil {
		first = 1
	}
	compiled := c.native(callee, args, rs)
	var known atomic.Pointer[function]
	x := args[d.arg]
	load := c.m.types.load(callee.Signature.Params().At(d.arg - first).Type())
	return func(f *frame) {
		v := load(x.addr(f))
		if !d.needs(m, v) {
			compiled(f)
			if d.after != nil && len(rs) == 1 {
				if err := get[error](f.base, rs[0].off); err != nil {
					d.after(m, v, err)
				}
			}
			return
		}
		fn := known.Load()
		if fn == nil {
			var err error
			if fn, err = m.shadows.function(callee); err != nil {
				panic(err)
			}
			known.Store(fn)
		}
		fn.finish(fn.ready().enter(f.g, f), f, args, rs)
	}
}
