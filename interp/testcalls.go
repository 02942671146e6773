package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// markTests rewrites what cells call of package testing: subtests run in goroutines of the cell that %test runs (magic_testing.go), and what is logged tells
// its line of the cell, since package testing would name one of the evaluator's. It says whether anything changed.
func (k *checker) markTests(info *types.Info) (changed bool) {
	if !k.importsTesting() {
		return false
	}
	visit := func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || k.marked[call] {
			return true
		}
		se, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		f, ok := info.Uses[se.Sel].(*types.Func)
		if !ok || f.Pkg() == nil || f.Pkg().Path() != "testing" || f.Signature().Recv() == nil {
			return true
		}
		pos := k.fe.fset.Position(call.Pos())
		place := &ast.BasicLit{ValuePos: call.Pos(), Kind: token.STRING, Value: strconv.Quote(fmt.Sprintf("%s:%d:", pos.Filename, pos.Line))}
		switch f.Name() {
		case "Logf", "Errorf", "Fatalf", "Skipf":
			if len(call.Args) == 0 || len(call.Args) == 1 && call.Ellipsis.IsValid() {
				return true
			}
			place.Value = strconv.Quote(strings.ReplaceAll(fmt.Sprintf("%s:%d: ", pos.Filename, pos.Line), "%", "%%"))
			call.Args[0] = &ast.BinaryExpr{X: place, OpPos: call.Args[0].Pos(), Op: token.ADD, Y: call.Args[0]}
		case "Log", "Error", "Fatal", "Skip":
			if call.Ellipsis.IsValid() {
				return true
			}
			call.Args = append([]ast.Expr{place}, call.Args...)
		case "Run":
			if len(call.Args) != 2 || call.Ellipsis.IsValid() {
				return true
			}
			wrapped := k.ownSubtest(call.Args[1], f)
			if wrapped == nil {
				return true
			}
			call.Args[1] = wrapped
		default:
			return true
		}
		k.marked[call] = true
		changed = true
		return true
	}
	for _, d := range k.own {
		ast.Inspect(d, visit)
	}
	ast.Inspect(k.cell.Body, visit)
	for _, f := range k.kept {
		ast.Inspect(f.decl, visit)
	}
	return changed
}

func (k *checker) importsTesting() bool {
	for _, ip := range k.cell.imports {
		if ip == "testing" {
			return true
		}
	}
	for _, f := range k.kept {
		for _, ip := range f.d.imports {
			if ip == "testing" {
				return true
			}
		}
	}
	return false
}

// ownSubtest wraps the function of a subtest or benchmark: see [testSubmit]. run is (*testing.T).Run or (*testing.B).Run.
func (k *checker) ownSubtest(f ast.Expr, run *types.Func) ast.Expr {
	sig, ok := run.Signature().Params().At(1).Type().Underlying().(*types.Signature)
	if !ok {
		return nil
	}
	param := types.TypeString(sig.Params().At(0).Type(), nil) // *testing.T
	name := ""
	for n, ip := range k.cell.imports {
		if ip == "testing" {
			name = n
		}
	}
	for _, kf := range k.kept {
		for n, ip := range kf.d.imports {
			if ip == "testing" && kf.decl.Pos() <= f.Pos() && f.Pos() <= kf.decl.End() {
				name = n
			}
		}
	}
	param = strings.Replace(param, "testing", name, 1)
	text := `func(gꞏ func(` + param + `)) func(` + param + `) { return func(tꞏ ` + param + `) { ` +
		`if ` + testSubmit + ` == nil { gꞏ(tꞏ); return }; ` + testSubmit + `(tꞏ, func() { gꞏ(tꞏ) }) } }`
	wrap := k.exprAt(f.Pos(), text)
	if k.fe.objs[testSubmit] == nil && !k.taken[testSubmit] {
		k.taken[testSubmit] = true
		vs := &ast.ValueSpec{Names: []*ast.Ident{{Name: testSubmit, NamePos: f.Pos()}}, Type: k.exprAt(f.Pos(), "func(any, func())")}
		k.varDecls = append(k.varDecls, &ast.GenDecl{Tok: token.VAR, TokPos: f.Pos(), Specs: []ast.Spec{vs}})
	}
	return &ast.CallExpr{Fun: wrap, Lparen: f.Pos(), Args: []ast.Expr{f}, Rparen: f.End()}
}

// exprAt parses a made-up expression that stands at pos.
func (k *checker) exprAt(pos token.Pos, text string) ast.Expr {
	p := k.fe.fset.Position(pos)
	e, err := parser.ParseExprFrom(k.fe.fset, p.Filename, lineAt(p.Filename, p.Line, p.Column)+text, parser.SkipObjectResolution)
	if err != nil {
		panic("BUG: made-up expression: " + err.Error())
	}
	k.cell.files = append(k.cell.files, k.fe.fset.File(e.Pos()))
	return e
}
