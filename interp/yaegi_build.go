package interp

import (
	"go/ast"
	"go/token"
	"strconv"
)

// Short makers of syntax for the rewriting.

func ident(name string, pos token.Pos) *ast.Ident { return &ast.Ident{Name: name, NamePos: pos} }

func id(name string) *ast.Ident { return ast.NewIdent(name) }

func intLit(n int) ast.Expr { return &ast.BasicLit{Kind: token.INT, Value: strconv.Itoa(n)} }

func assign(tok token.Token, lhs, rhs []ast.Expr) *ast.AssignStmt {
	return &ast.AssignStmt{Lhs: lhs, Tok: tok, Rhs: rhs}
}

func define(name string, v ast.Expr) ast.Stmt {
	return assign(token.DEFINE, []ast.Expr{id(name)}, []ast.Expr{v})
}

func set(l, r ast.Expr) ast.Stmt { return assign(token.ASSIGN, []ast.Expr{l}, []ast.Expr{r}) }

func call(f ast.Expr, args ...ast.Expr) *ast.CallExpr { return &ast.CallExpr{Fun: f, Args: args} }

func addr(x ast.Expr) ast.Expr { return &ast.UnaryExpr{Op: token.AND, X: x} }

func block(list ...ast.Stmt) *ast.BlockStmt { return &ast.BlockStmt{List: list} }

func ifStmt(cond ast.Expr, list ...ast.Stmt) ast.Stmt {
	return &ast.IfStmt{Cond: cond, Body: block(list...)}
}

func not(x ast.Expr) ast.Expr { return &ast.UnaryExpr{Op: token.NOT, X: &ast.ParenExpr{X: x}} }

func varDecl(name string, typ ast.Expr) ast.Stmt {
	return &ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{id(name)}, Type: typ}}}}
}

func exprStmt(x ast.Expr) ast.Stmt { return &ast.ExprStmt{X: x} }

// thunk is func() results { list }.
func thunk(results []ast.Expr, list ...ast.Stmt) *ast.FuncLit {
	t := &ast.FuncType{Params: &ast.FieldList{}}
	if len(results) > 0 {
		t.Results = &ast.FieldList{}
		for _, r := range results {
			t.Results.List = append(t.Results.List, &ast.Field{Type: r})
		}
	}
	return &ast.FuncLit{Type: t, Body: block(list...)}
}

// placeAll gives every identifier without a position pos: yaegi looks package names up by the file that a position is in.
func placeAll(n ast.Node, pos token.Pos) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if !n.NamePos.IsValid() {
				n.NamePos = pos
			}
		case *ast.BlockStmt:
			if n != nil && !n.Lbrace.IsValid() {
				n.Lbrace = pos
			}
		}
		return true
	})
}
