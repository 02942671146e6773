package interp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"go/types"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"sync"

	"github.com/traefik/yaegi/interp"

	"tickbook/display"
	"tickbook/internal/symbols"
	"tickbook/interp/internal/goid"
)

// yaegi is the [Evaluator] on github.com/traefik/yaegi. What yaegi does wrong or not at all is rewritten before it sees it: see the files
// yaegi_*.go, each of which cures one family of faults.
//
// Yaegi's own way to cancel (EvalWithContext) is not used: it makes all functions of earlier cells return zero values. Instead the rewritten
// code asks at each loop and call whether its cell was stopped.
type yaegi struct {
	in      *interp.Interpreter
	rt      *runtimeSupport
	names   map[types.Object]string // how the session's objects are called inside
	used    map[string]int          // names taken inside
	imports map[string]string       // import path to name inside
	insts   *instances
	holder  map[*types.Var]bool // variables that a function may hold on to
	helpers map[string]bool     // functions declared for the rewritten code
	frame   globalFrame
	lowered int       // cells rewritten so far
	trace   io.Writer // gets the rewritten source, for tests; nil: nobody

	mu     sync.Mutex
	values map[*types.Var]string // guarded by mu; variables that have storage
}

// NewYaegi makes an evaluator on github.com/traefik/yaegi.
func NewYaegi(opts Options) (Evaluator, error) {
	y := &yaegi{
		names: map[types.Object]string{}, imports: map[string]string{supportPath: supportPath}, used: map[string]int{supportPath: 1},
		helpers: map[string]bool{}, holder: map[*types.Var]bool{}, values: map[*types.Var]string{},
	}
	y.rt = newRuntimeSupport(opts)
	y.insts = newInstances(y)
	y.in = interp.New(interp.Options{Stdout: opts.Stdout, Stderr: y.rt.frames, Unrestricted: true})
	exports := interp.Exports{}
	for _, p := range symbols.Paths() {
		exports[p+"/"+packageName(p)] = symbols.Of(p)
	}
	y.rt.adapt(exports)
	// NB: Use treats tables with the key fmt/fmt as its own standard library: it would undo adapt and compile generic packages from source.
	exports["fmt/./fmt"] = exports["fmt/fmt"]
	delete(exports, "fmt/fmt")
	if err := y.in.Use(exports); err != nil {
		return nil, fmt.Errorf("interp: symbols: %w", err)
	}
	if err := y.in.Use(interp.Exports{supportPath + "/" + supportPath: y.rt.exports()}); err != nil {
		return nil, fmt.Errorf("interp: %w", err)
	}
	if err := y.openInternals(); err != nil {
		return nil, err
	}
	if _, err := y.in.Eval("package main; var " + stopFlag + " bool"); err != nil {
		return nil, fmt.Errorf("interp: %w", err)
	}
	y.rt.flag = y.flag(stopFlag)
	if err := y.openFrame(); err != nil {
		return nil, err
	}
	return y, nil
}

// packageName is the name in a package's package clause.
func packageName(importPath string) string {
	return cmp.Or(symbols.Name(importPath), baseName(importPath))
}

func (y *yaegi) Fset() *token.FileSet { return y.in.FileSet() }

// Run implements [Evaluator].
func (y *yaegi) Run(ctx context.Context, c *Cell, ready func()) (values []any, err error) {
	r := y.rt.newRun(c)
	low, err := y.lower(c, r)
	if err != nil {
		return nil, err
	}
	// Declarations only make names: variables are zero, and nothing of the cell runs.
	for _, decls := range [][]ast.Decl{low.imports(), low.decls()} {
		p, err := y.compile(&ast.File{Name: ident(mainPath, low.pos), Package: low.pos, Decls: decls})
		if err != nil {
			return nil, err
		}
		if p != nil {
			if _, err := y.execute(p); err != nil {
				return nil, fault(err)
			}
		}
	}
	y.insts.commit()
	var call *interp.Program
	if low.body != nil {
		body, err := y.compile(&ast.File{Name: ident(mainPath, low.pos), Package: low.pos, Decls: []ast.Decl{low.body}})
		if err != nil {
			return nil, err
		}
		if _, err := y.execute(body); err != nil {
			return nil, fault(err)
		}
		if call, err = y.compile(callOf(low.body)); err != nil {
			return nil, err
		}
	}
	y.declared(c)
	ready()
	if call == nil {
		return nil, nil
	}
	defer y.release(c)
	defer y.rt.forget(filepath.Base(low.file.Name()), low.body.Name.Name, r.flagName)
	return y.rt.execute(ctx, r, func() error {
		_, err := y.execute(call)
		return err
	})
}

func (y *yaegi) execute(p *interp.Program) (reflect.Value, error) {
	y.frame.fill()
	return y.in.Execute(p)
}

func callOf(f *ast.FuncDecl) *ast.BlockStmt {
	call := &ast.CallExpr{Fun: ident(f.Name.Name, f.Pos()), Lparen: f.Pos(), Rparen: f.Pos()}
	return &ast.BlockStmt{Lbrace: f.Pos(), List: []ast.Stmt{&ast.ExprStmt{X: call}}, Rbrace: f.Pos()}
}

func (y *yaegi) compile(n ast.Node) (p *interp.Program, err error) {
	if f, ok := n.(*ast.File); ok && len(f.Decls) == 0 {
		return nil, nil
	}
	if y.trace != nil {
		_ = printer.Fprint(y.trace, token.NewFileSet(), n)
		fmt.Fprintln(y.trace)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the evaluator yaegi cannot compile this cell: %v", r)
		}
	}()
	p, err = y.in.CompileAST(n)
	if err != nil {
		return nil, fault(err)
	}
	return p, nil
}

// fault says of an error that it is the evaluator's, not the cell's, which was checked.
func fault(err error) error {
	var p interp.Panic
	if errors.As(err, &p) {
		return fmt.Errorf("the evaluator yaegi cannot run this cell: %v", p.Value)
	}
	return fmt.Errorf("the evaluator yaegi cannot compile this cell: %w", err)
}

func (y *yaegi) declared(c *Cell) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, v := range c.Vars {
		y.values[v] = y.name(c, v)
	}
}

// release frees what the session's variables no longer name: the value of a variable whose name has gone to a new one stays only where a
// function may still use it.
func (y *yaegi) release(c *Cell) {
	for _, v := range c.Gone {
		if y.holder[v] {
			continue
		}
		y.mu.Lock()
		name, ok := y.values[v]
		delete(y.values, v)
		y.mu.Unlock()
		if ok {
			if g := y.global(name); g.CanSet() {
				g.SetZero()
			}
		}
		delete(y.names, v)
	}
}

// Value implements [Evaluator].
func (y *yaegi) Value(v *types.Var) any {
	y.mu.Lock()
	name, ok := y.values[v]
	y.mu.Unlock()
	if !ok {
		return nil
	}
	g := y.global(name)
	if !g.IsValid() || !g.CanInterface() {
		return nil
	}
	return g.Interface()
}

// PanicError implements [panicReporter].
func (y *yaegi) PanicError(v any) *display.CellError {
	if _, ok := v.(stopped); ok {
		return &display.CellError{Name: "Interrupted", Traceback: []string{"interrupted"}}
	}
	return y.rt.panicError(v, goid.Get())
}

// global returns the storage of a variable of package main.
func (y *yaegi) global(name string) reflect.Value { return y.in.Globals()[name] }

// flag returns the address of a bool of package main.
func (y *yaegi) flag(name string) *bool { return y.global(name).Addr().Interface().(*bool) }

// stopFlag is the variable of package main that interpreted code reads to learn that something is to stop.
const stopFlag = "stopꞏ"

// Close implements [Evaluator].
func (y *yaegi) Close() error {
	y.rt.close()
	return nil
}

// name returns what a session object is called inside. Each object has its own name, so that a redefinition leaves the old thing alone.
func (y *yaegi) name(c *Cell, o types.Object) string {
	if c != nil {
		o = c.Original(o)
	}
	if n, ok := y.names[o]; ok {
		return n
	}
	n := y.fresh(o.Name())
	y.names[o] = n
	return n
}

// fresh returns base, or base with a number, as a new name.
func (y *yaegi) fresh(base string) string {
	y.used[base]++
	if k := y.used[base]; k > 1 {
		return y.fresh(fmt.Sprintf("%s_%d", base, k))
	}
	return base
}

// packageAlias returns the name inside of an imported package.
func (y *yaegi) packageAlias(importPath string) string {
	if a, ok := y.imports[importPath]; ok {
		return a
	}
	a := y.fresh("p_" + strings.NewReplacer("/", "_", "-", "_", ".", "_").Replace(importPath))
	y.imports[importPath] = a
	return a
}
