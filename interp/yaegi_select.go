package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// sendStmt is ch <- v.
func (l *lowering) sendStmt(s *ast.SendStmt) []ast.Stmt {
	ch := l.typeOf(s.Chan).Underlying().(*types.Chan)
	c, v := l.temp("c"), l.temp("v")
	return []ast.Stmt{block(
		define(c, s.Chan), varDecl(v, l.typeExpr(ch.Elem())), set(id(v), s.Value),
		exprStmt(call(l.support("Send"), id(c), addr(id(v)))),
	)}
}

// recvOf returns the channel of a receive expression, nil for another.
func recvOf(e ast.Expr) ast.Expr {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		return u.X
	}
	return nil
}

// recv2 is v, ok := <-ch.
func (l *lowering) recv2(s *ast.AssignStmt) []ast.Stmt {
	if len(s.Lhs) != 2 || len(s.Rhs) != 1 {
		return []ast.Stmt{s}
	}
	ch := recvOf(s.Rhs[0])
	if ch == nil {
		return []ast.Stmt{s}
	}
	elem := l.typeOf(ch).Underlying().(*types.Chan).Elem()
	v, ok := l.temp("v"), l.temp("ok")
	s.Rhs = []ast.Expr{id(v), id(ok)}
	return []ast.Stmt{varDecl(v, l.typeExpr(elem)), define(ok, call(l.support("Recv"), ch, addr(id(v)))), s}
}

// selectStmt becomes a switch on what tbsupport.Select chose.
func (l *lowering) selectStmt(s *ast.SelectStmt) []ast.Stmt {
	var pre []ast.Stmt
	sw := &ast.SwitchStmt{Switch: s.Select, Body: &ast.BlockStmt{Lbrace: s.Body.Lbrace, Rbrace: s.Body.Rbrace}}
	hasDefault := "false"
	var args []ast.Expr
	n, chosen, open := 0, l.temp("n"), l.temp("open")
	for _, c := range s.Body.List {
		cc := c.(*ast.CommClause)
		l.fn.line = 0
		body := l.list(cc.Body)
		if cc.Comm == nil {
			hasDefault = "true"
			sw.Body.List = append(sw.Body.List, &ast.CaseClause{Body: body})
			continue
		}
		ch, v := l.temp("c"), l.temp("v")
		var first []ast.Stmt
		send := "false"
		switch x := cc.Comm.(type) {
		case *ast.SendStmt:
			send = "true"
			elem := l.typeOf(x.Chan).Underlying().(*types.Chan).Elem()
			pre = append(pre, define(ch, x.Chan), varDecl(v, l.typeExpr(elem)), set(id(v), x.Value))
		case *ast.ExprStmt:
			pre = append(pre, l.receiver(recvOf(x.X), ch, v)...)
		case *ast.AssignStmt:
			pre = append(pre, l.receiver(recvOf(x.Rhs[0]), ch, v)...)
			rhs := []ast.Expr{id(v), id(open)}[:len(x.Lhs)]
			first = append(first, assign(x.Tok, x.Lhs, rhs))
		default:
			panic(lowerError{fmt.Sprintf("select case %T", x)})
		}
		args = append(args, id(send), id(ch), addr(id(v)))
		sw.Body.List = append(sw.Body.List, &ast.CaseClause{List: []ast.Expr{intLit(n)}, Body: append(first, body...)})
		n++
	}
	l.fn.line = 0
	pre = append(pre, assign(token.DEFINE, []ast.Expr{id(chosen), id(open)}, []ast.Expr{
		call(l.support("Select"), append([]ast.Expr{id(hasDefault)}, args...)...),
	}), set(id("_"), id(open)))
	sw.Tag = id(chosen)
	return []ast.Stmt{block(append(pre, sw)...)}
}

func (l *lowering) receiver(ch ast.Expr, name, v string) []ast.Stmt {
	elem := l.typeOf(ch).Underlying().(*types.Chan).Elem()
	return []ast.Stmt{define(name, ch), varDecl(v, l.typeExpr(elem))}
}
