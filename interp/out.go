package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// Values that cells showed stay to be had: `_` is the last one in the next cell, Out[3] that of cell 3, both with the type that they had there. Each is a
// hidden variable of the session.
const (
	outPrefix = "outꞏ"
	keptOuts  = 32 // how many values stay
)

func outName(n int) string { return outPrefix + strconv.Itoa(n) }

// useOuts lets `_` and Out[n] in expressions of the cell mean the values that earlier cells showed. An Out without such a value is the error.
func (k *checker) useOuts() error {
	if k.taken["Out"] {
		return nil
	}
	nodes := []ast.Node{k.cell.Body}
	for _, d := range k.own {
		nodes = append(nodes, d)
	}
	errs := k.fe.rewriteOuts(k.fe.fset, nodes)
	if e, ok := lastExpr(k.cell.Body); ok && k.cell.Shown != nil {
		k.cell.Shown = e // it may have been replaced
	}
	if errs != nil {
		return errs
	}
	return nil
}

// rewriteOuts replaces `_` and Out[n] in expressions by the hidden variables.
func (fe *frontEnd) rewriteOuts(fset *token.FileSet, nodes []ast.Node) (errs compileErrors) {
	if fe.objs["Out"] != nil || slices.ContainsFunc(nodes, definesOut) {
		return nil
	}
	binds := map[*ast.Ident]bool{} // places where _ is no value
	bind := func(es ...ast.Expr) {
		for _, e := range es {
			if id, ok := e.(*ast.Ident); ok {
				binds[id] = true
			}
		}
	}
	visit := func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.AssignStmt:
			bind(n.Lhs...)
		case *ast.RangeStmt:
			bind(n.Key, n.Value)
		case *ast.ValueSpec:
			for _, id := range n.Names {
				binds[id] = true
			}
		case *ast.Field:
			for _, id := range n.Names {
				binds[id] = true
			}
		case *ast.FuncDecl:
			binds[n.Name] = true
		case *ast.TypeSpec:
			binds[n.Name] = true
		case *ast.Ident:
			if n.Name == "_" && !binds[n] && fe.lastOut > 0 {
				n.Name = outName(fe.lastOut)
			}
		case *ast.IndexExpr:
			id, ok := n.X.(*ast.Ident)
			lit, ok2 := n.Index.(*ast.BasicLit)
			if !ok || !ok2 || id.Name != "Out" || lit.Kind != token.INT {
				return true
			}
			num, err := strconv.Atoi(lit.Value)
			if err != nil || fe.objs[outName(num)] == nil {
				errs = append(errs, compileError{pos: fset.Position(n.Pos()), msg: fmt.Sprintf("Out[%s] has no value: that cell showed none, or only something that changes, or it was too long ago", lit.Value)})
				return false
			}
			c.Replace(&ast.Ident{Name: outName(num), NamePos: n.Pos()})
			return false
		}
		return true
	}
	for _, n := range nodes {
		astutil.Apply(n, visit, nil)
	}
	return errs
}

// definesOut says whether some syntax gives the name Out to something else.
func definesOut(n ast.Node) (found bool) {
	is := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok && id.Name == "Out" {
			found = true
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				is(l)
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				is(id)
			}
		case *ast.Field:
			for _, id := range n.Names {
				is(id)
			}
		case *ast.RangeStmt:
			is(n.Key)
			is(n.Value)
		}
		return !found
	})
	return found
}

func lastExpr(body *ast.FuncDecl) (ast.Expr, bool) {
	list := body.Body.List
	if len(list) == 0 {
		return nil, false
	}
	es, ok := list[len(list)-1].(*ast.ExprStmt)
	if !ok {
		return nil, false
	}
	return es.X, true
}

// keepOut makes `outꞏ3 := value` of the value that the cell shows, and shows that. info is of pass 1.
func (k *checker) keepOut(info *types.Info, n int) {
	e, ok := lastExpr(k.cell.Body)
	if !ok || k.cell.Shown != e {
		return
	}
	tv := info.Types[e]
	if tv.Type == nil || !keepable(tv.Type) {
		return
	}
	name := outName(n)
	list := k.cell.Body.Body.List
	id := func() *ast.Ident { return &ast.Ident{Name: name, NamePos: e.Pos()} }
	k.cell.Shown = id()
	k.cell.Body.Body.List = append(list[:len(list)-1],
		&ast.AssignStmt{Lhs: []ast.Expr{id()}, Tok: token.DEFINE, TokPos: e.Pos(), Rhs: []ast.Expr{e}}, &ast.ExprStmt{X: k.cell.Shown})
	k.out = n
	k.cell.out = n
	if old, ok := k.fe.objs[outName(n-keptOuts)].(*types.Var); ok {
		k.cell.Gone = append(k.cell.Gone, old)
	}
}

// keepable says whether a value of the type may be held for no one asked for it: what changes, such as a table, would go on for ever.
func keepable(t types.Type) bool {
	switch t := t.(type) {
	case *types.Tuple:
		return false
	case *types.Basic:
		return t.Kind() != types.UntypedNil && t.Kind() != types.Invalid
	}
	text := types.TypeString(t, (*types.Package).Path) + types.TypeString(t.Underlying(), (*types.Package).Path)
	return !strings.Contains(text, "tickbook/")
}

var outNames = regexp.MustCompile(outPrefix + `(\d+)`)

// asTyped words a message about made-up names as the cell has them.
func asTyped(msg string) string {
	return outNames.ReplaceAllString(msg, "Out[$1]")
}
