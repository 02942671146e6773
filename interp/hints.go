package interp

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	selfassign "golang.org/x/tools/go/analysis/passes/assign"
	"golang.org/x/tools/go/analysis/passes/bools"
	"golang.org/x/tools/go/analysis/passes/copylock"
	"golang.org/x/tools/go/analysis/passes/errorsas"
	"golang.org/x/tools/go/analysis/passes/printf"
	"golang.org/x/tools/go/analysis/passes/structtag"
	"golang.org/x/tools/go/analysis/passes/timeformat"
	"golang.org/x/tools/go/analysis/passes/unmarshal"
	"golang.org/x/tools/go/analysis/passes/unreachable"
	"golang.org/x/tools/go/analysis/passes/unusedresult"
)

// hinters are the checks of go vet that find mistakes in cells. Those that need more than the cell's syntax and types, or that are about programs and not
// about statements, are left out.
var hinters = []*analysis.Analyzer{
	selfassign.Analyzer, bools.Analyzer, copylock.Analyzer, errorsas.Analyzer, printf.Analyzer, structtag.Analyzer,
	timeformat.Analyzer, unmarshal.Analyzer, unreachable.Analyzer, unusedresult.Analyzer,
}

const maxHints = 10

// hints says what go vet would of a checked cell that no evaluator has changed yet. They are only told, and never keep a cell from running.
func (fe *frontEnd) hints(c *Cell) []string {
	if !worthHints(c) {
		return nil
	}
	file := &ast.File{Name: ast.NewIdent(mainPath), Package: c.Body.Pos(), FileStart: c.Body.Pos(), FileEnd: c.Body.End()}
	file.Decls = append(file.Decls, c.own...)
	file.Decls = append(file.Decls, c.Body)
	h := &hinter{cell: c, file: file, results: map[*analysis.Analyzer]any{}, facts: map[factKey]analysis.Fact{}}
	for _, a := range hinters {
		h.run(a)
	}
	slices.SortStableFunc(h.found, func(a, b hint) int {
		return cmp.Or(cmp.Compare(a.pos.Line, b.pos.Line), cmp.Compare(a.pos.Column, b.pos.Column))
	})
	var out []string
	for _, f := range h.found {
		if len(out) == maxHints {
			break
		}
		if f.pos.Filename != c.Name || strings.Contains(f.msg, "ꞏ") {
			continue // about what the front end made
		}
		out = append(out, fmt.Sprintf("%s:%d:%d: note: %s", f.pos.Filename, f.pos.Line, f.pos.Column, inCells.Replace(" " + f.msg)[1:]))
	}
	return out
}

// worthHints says whether a cell has anything that a hint could be about: the checks take a tenth of a millisecond.
func worthHints(c *Cell) (worth bool) {
	if len(c.own) > 0 {
		return true
	}
	ast.Inspect(c.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			id, ok := n.Fun.(*ast.Ident)
			worth = worth || !ok || id.Name != showFunc.Name()
		case *ast.RangeStmt, *ast.FuncLit, *ast.StructType, *ast.ReturnStmt, *ast.BranchStmt:
			worth = true
		case *ast.BinaryExpr:
			worth = worth || n.Op == token.LAND || n.Op == token.LOR
		case *ast.AssignStmt:
			for _, r := range n.Rhs {
				switch ast.Unparen(r).(type) {
				case *ast.Ident, *ast.SelectorExpr, *ast.StarExpr, *ast.IndexExpr: // a copy
					worth = true
				}
			}
		}
		return !worth
	})
	return worth
}

type hint struct {
	pos token.Position
	msg string
}

// hinter runs analyzers on one cell.
type hinter struct {
	cell    *Cell
	file    *ast.File
	results map[*analysis.Analyzer]any
	facts   map[factKey]analysis.Fact
	found   []hint
}

type factKey struct {
	object types.Object
	typ    reflect.Type
}

// run runs an analyzer after those that it requires. One that fails says nothing.
func (h *hinter) run(a *analysis.Analyzer) (ok bool) {
	if _, done := h.results[a]; done {
		return true
	}
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	needs := map[*analysis.Analyzer]any{}
	for _, r := range a.Requires {
		if !h.run(r) {
			return false
		}
		needs[r] = h.results[r]
	}
	pass := &analysis.Pass{
		Analyzer: a, Fset: h.cell.Fset, Files: []*ast.File{h.file}, Pkg: h.cell.pkg, TypesInfo: h.cell.Info,
		TypesSizes: types.SizesFor("gc", runtime.GOARCH), ResultOf: needs, Module: &analysis.Module{Path: mainPath, GoVersion: goVersion},
		Report: func(d analysis.Diagnostic) { h.found = append(h.found, hint{h.cell.Fset.Position(d.Pos), d.Message}) },
		ImportObjectFact: func(o types.Object, f analysis.Fact) bool {
			have, ok := h.facts[factKey{o, reflect.TypeOf(f)}]
			if ok {
				reflect.ValueOf(f).Elem().Set(reflect.ValueOf(have).Elem())
			}
			return ok
		},
		ExportObjectFact:  func(o types.Object, f analysis.Fact) { h.facts[factKey{o, reflect.TypeOf(f)}] = f },
		ImportPackageFact: func(*types.Package, analysis.Fact) bool { return false },
		ExportPackageFact: func(analysis.Fact) {},
		AllObjectFacts:    func() []analysis.ObjectFact { return nil },
		AllPackageFacts:   func() []analysis.PackageFact { return nil },
	}
	result, err := a.Run(pass)
	if err != nil {
		return false
	}
	h.results[a] = result
	return true
}
