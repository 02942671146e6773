package interp

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"tickbook/display"
	"tickbook/interp/exec"
)

// execEvaluator is the [Evaluator] on package exec.
type execEvaluator struct {
	fset    *token.FileSet
	m       *exec.Machine
	stderr  io.Writer
	mu      sync.Mutex
	threads []*exec.Thread // that may still run; guarded by mu
	shown   []any          // what the running cell shows
	pkgs    *packages
	unready func(which func(*types.Package) bool) // forgets packages whose initialisation failed
}

// NewExec makes the evaluator exec, which compiles cells through SSA to closures.
func NewExec(opts Options) (Evaluator, error) {
	e := &execEvaluator{fset: token.NewFileSet(), stderr: opts.Stderr}
	e.m = exec.New(exec.Options{Fset: e.fset, Stdout: opts.Stdout, Stderr: opts.Stderr, Reported: e.report, Exit: func(code int) { panic(ExitError(code)) }})
	e.m.Override(showFunc.Pkg().Path(), showFunc.Name(), func(v ...any) { e.shown = append([]any(nil), v...) })
	e.m.Declare(showFunc.Pkg())
	return e, nil
}

// importFrom lets the evaluator import what the front end imports, and the front end what the evaluator has as source.
func (e *execEvaluator) importFrom(p *packages) {
	e.m.SetImporter(p)
	e.pkgs, p.got = p, newGot(e.fset, e.m.LoadPackage)
	e.m.SetSeparateImporter(func(source func(string) (*types.Package, error)) types.Importer {
		own := newPackages()
		own.source = source
		return own
	})
	p.source = e.m.Source
}

func (e *execEvaluator) Fset() *token.FileSet { return e.fset }

// Run implements [Evaluator].
func (e *execEvaluator) Run(ctx context.Context, c *Cell, ready func()) ([]any, error) {
	if ctx.Err() != nil {
		return nil, interrupted(ctx)
	}
	p, err := e.m.LoadCell(exec.Cell{Pkg: c.pkg, Info: c.Info, Syntax: e.file(c), Source: c.Source, Files: c.files})
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	th := exec.NewThread()
	live := e.threads[:0]
	for _, t := range e.threads {
		if t.Running() > 0 {
			live = append(live, t)
		}
	}
	e.threads = append(live, th)
	e.mu.Unlock()
	if err := e.initImports(ctx, th, c.pkg); err != nil {
		return nil, err
	}
	for _, v := range c.Vars {
		e.m.Global(v)
	}
	ready()
	e.shown = nil
	body := p.Func(c.Body.Name.Name)
	delete(p.Members, body.Name()) // before others read these
	c.Body.Body = &ast.BlockStmt{} // SSA keeps the declaration
	exec.Clear(p.Func("init"))     // a cell's variables have no initial values
	failed := e.m.Run(ctx, th, body, stopGrace)
	e.m.Forget(body)
	if failed != nil && failed.Stopped() {
		return nil, interrupted(ctx)
	}
	if failed != nil {
		return nil, e.cellError(failed)
	}
	shown := e.shown
	e.shown = nil
	return shown, nil
}

// initImports initialises the packages from source that a cell imports.
func (e *execEvaluator) initImports(ctx context.Context, th *exec.Thread, cell *types.Package) error {
	imports := cell.Imports()
	slices.SortFunc(imports, func(a, b *types.Package) int { return strings.Compare(a.Path(), b.Path()) })
	for _, p := range imports {
		failed := e.m.Init(ctx, th, p, stopGrace)
		if failed == nil {
			continue
		}
		e.unready(func(p *types.Package) bool { return !e.m.Initialised(p) })
		if failed.Stopped() {
			return interrupted(ctx)
		}
		ce := e.cellError(failed)
		ce.Message = "while package " + p.Path() + " was initialised: " + ce.Message
		ce.Traceback[0] = ce.Name + ": " + ce.Message
		return ce
	}
	return nil
}

// file is what the machine compiles of a cell: its declarations, its variables without their initial values, and its statements as a function.
func (e *execEvaluator) file(c *Cell) *ast.File {
	for id, o := range c.Info.Uses {
		if orig := c.Original(o); orig != o {
			c.Info.Uses[id] = orig
		}
	}
	c.Info.InitOrder = nil
	decls := append([]ast.Decl(nil), c.Decls...)
	for _, v := range c.Vars {
		id := ast.NewIdent(v.Name())
		c.Info.Defs[id] = v
		decls = append(decls, &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{id}}}})
	}
	decls = append(decls, c.Body)
	return &ast.File{Name: ast.NewIdent(mainPath), Package: c.Body.Pos(), FileStart: c.Body.Pos(), Decls: decls}
}

// forget lets go of packages and variables of cells.
func (e *execEvaluator) forget(pkgs []*types.Package, vars []*types.Var) {
	for _, v := range vars {
		e.m.Drop(v)
	}
	for _, p := range pkgs {
		e.m.Unload(p)
	}
}

// Value implements [Evaluator].
func (e *execEvaluator) Value(v *types.Var) any { return e.m.Value(v) }

// Close implements [Evaluator].
func (e *execEvaluator) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, t := range e.threads {
		t.Stop()
	}
	return nil
}

func (e *execEvaluator) report(p *exec.Panic) {
	ce := e.cellError(p)
	fmt.Fprintln(e.stderr, "panic in a goroutine of a cell: "+ce.Message)
	for _, l := range ce.Traceback[1:] {
		fmt.Fprintln(e.stderr, l)
	}
}

// source is the text of a file of a package that %get fetched.
func (e *execEvaluator) source(name string) (string, bool) {
	at, ok := e.pkgs.got.texts.Load(name)
	if !ok {
		return "", false
	}
	data, err := os.ReadFile(at.(string))
	return string(data), err == nil
}

// PanicError implements panicReporter.
func (e *execEvaluator) PanicError(v any) *display.CellError { return e.cellError(e.m.Escaped(v)) }

// cellError describes a panic with the cells' lines it came through.
func (e *execEvaluator) cellError(p *exec.Panic) *display.CellError {
	ce := panicked(p.Value)
	var none *exec.NoBodyError
	if errors.As(ce.Cause, &none) {
		if hint, ok := e.pkgs.got.hints.Load(none.Path); ok {
			ce.Message += "; " + hint.(string)
		}
	}
	ce.Traceback = []string{ce.Name + ": " + ce.Message}
	for _, f := range p.Trace {
		src, ok := f.Source, f.Source != ""
		if !ok {
			src, ok = e.source(f.Pos.Filename)
		}
		if !ok {
			continue
		}
		name := f.Func
		switch {
		case f.Path != mainPath:
			name = " in " + inPackage(name, baseName(f.Path))
		case strings.HasPrefix(name, "cell_") && !strings.Contains(name, "$"):
			name = ""
		default:
			name = " in " + strings.TrimPrefix(name, "main.")
		}
		text := fmt.Sprintf("%s:%d%s", f.Pos.Filename, f.Pos.Line, name)
		if lines := strings.Split(src, "\n"); f.Pos.Line >= 1 && f.Pos.Line <= len(lines) {
			line := lines[f.Pos.Line-1]
			short := strings.TrimLeft(line, " \t")
			text += "\n" + strings.Join(marked(strings.TrimRight(short, " \t\r"), f.Pos.Column-(len(line)-len(short))), "\n")
		}
		ce.Traceback = append(ce.Traceback, text)
	}
	return ce
}

// inPackage names a function as other packages do: pkg.F, (*pkg.T).M.
func inPackage(name, pkg string) string {
	for _, open := range []string{"(*", "("} {
		if rest, ok := strings.CutPrefix(name, open); ok {
			return open + pkg + "." + rest
		}
	}
	return pkg + "." + name
}
