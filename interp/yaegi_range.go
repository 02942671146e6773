package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// rangeLoop rewrites a range statement. What yaegi ranges over itself stays, with a copy of the variables that functions catch.
func (l *lowering) rangeLoop(s *ast.RangeStmt, label string) (pre []ast.Stmt, loop ast.Stmt, post []ast.Stmt) {
	l.fn.line = 0
	body := append([]ast.Stmt{l.stopCheck()}, l.list(s.Body.List)...)
	switch t := l.typeOf(s.X).Underlying().(type) {
	case *types.Basic:
		if t.Info()&types.IsInteger != 0 {
			return nil, l.rangeInt(s, body), nil
		}
	case *types.Chan:
		pre, loop = l.rangeChan(s, t, body)
		return pre, loop, nil
	case *types.Signature:
		return l.rangeFunc(s, t, body, label)
	}
	if s.Tok == token.DEFINE {
		var copies []ast.Stmt
		for _, x := range []ast.Expr{s.Key, s.Value} {
			if i, ok := x.(*ast.Ident); ok && i.Name != "_" && captured(l.info, s.Body, l.info.Defs[i]) {
				copies = append(copies, assign(token.DEFINE, []ast.Expr{l.sameVar(i)}, []ast.Expr{l.sameVar(i)}))
			}
		}
		body = append(copies, body...)
	}
	s.Body.List = body
	return nil, s, nil
}

func isBlank(e ast.Expr) bool {
	i, ok := e.(*ast.Ident)
	return e == nil || ok && i.Name == "_"
}

// rangeInt is for i := range 10.
func (l *lowering) rangeInt(s *ast.RangeStmt, body []ast.Stmt) ast.Stmt {
	t := l.typeOf(s.X)
	if b, ok := t.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		t = types.Typ[types.Int]
		if i, ok := s.Key.(*ast.Ident); ok && !isBlank(i) {
			t = l.typeOf(i)
		}
	}
	i, n := l.temp("i"), l.temp("n")
	if !isBlank(s.Key) {
		body = append([]ast.Stmt{assign(s.Tok, []ast.Expr{s.Key}, []ast.Expr{id(i)})}, body...)
	}
	return &ast.ForStmt{
		For: s.For,
		Init: assign(token.DEFINE, []ast.Expr{id(i), id(n)}, []ast.Expr{
			call(l.typeExpr(t), intLit(0)), call(l.typeExpr(t), s.X),
		}),
		Cond: &ast.BinaryExpr{X: id(i), Op: token.LSS, Y: id(n)},
		Post: &ast.IncDecStmt{X: id(i), Tok: token.INC},
		Body: &ast.BlockStmt{Lbrace: s.Body.Lbrace, List: body, Rbrace: s.Body.Rbrace},
	}
}

// rangeChan is for v := range ch.
func (l *lowering) rangeChan(s *ast.RangeStmt, t *types.Chan, body []ast.Stmt) (pre []ast.Stmt, loop ast.Stmt) {
	ch, v := l.temp("c"), l.temp("v")
	top := []ast.Stmt{
		varDecl(v, l.typeExpr(t.Elem())),
		ifStmt(not(call(l.support("Recv"), id(ch), addr(id(v)))), &ast.BranchStmt{Tok: token.BREAK}),
	}
	if !isBlank(s.Key) {
		top = append(top, assign(s.Tok, []ast.Expr{s.Key}, []ast.Expr{id(v)}))
	}
	b := &ast.BlockStmt{Lbrace: s.Body.Lbrace, List: append(top, body...), Rbrace: s.Body.Rbrace}
	return []ast.Stmt{define(ch, s.X)}, &ast.ForStmt{For: s.For, Body: b}
}

// rangeFunc is for v := range f: the body becomes the function that f calls, and what leaves the loop is done after f has returned.
func (l *lowering) rangeFunc(s *ast.RangeStmt, t *types.Signature, body []ast.Stmt, label string) (pre []ast.Stmt, loop ast.Stmt, post []ast.Stmt) {
	yield := t.Params().At(0).Type().Underlying().(*types.Signature)
	ft := &ast.FuncType{Params: &ast.FieldList{}, Results: &ast.FieldList{List: []*ast.Field{{Type: id("bool")}}}}
	var top []ast.Stmt
	for i := range yield.Params().Len() {
		name := l.temp("y")
		if x := []ast.Expr{s.Key, s.Value}[i]; !isBlank(x) {
			top = append(top, assign(s.Tok, []ast.Expr{x}, []ast.Expr{id(name)}))
		}
		ft.Params.List = append(ft.Params.List, &ast.Field{Names: []*ast.Ident{id(name)}, Type: l.typeExpr(yield.Params().At(i).Type())})
	}
	j := &jumps{l: l, label: label, state: l.temp("leave"), labels: map[string]bool{}}
	for _, b := range body {
		ast.Inspect(b, func(n ast.Node) bool {
			if ls, ok := n.(*ast.LabeledStmt); ok {
				j.labels[ls.Label.Name] = true
			}
			return true
		})
	}
	body = j.list(body, jumpScope{})
	body = append(append(top, body...), &ast.ReturnStmt{Results: []ast.Expr{id("true")}})
	lit := &ast.FuncLit{Type: ft, Body: &ast.BlockStmt{Lbrace: s.Body.Lbrace, List: body, Rbrace: s.Body.Rbrace}}
	if j.used {
		pre = append(pre, define(j.state, intLit(0)))
	}
	for i, r := range j.results {
		pre = append(pre, varDecl(r, l.typeExpr(l.fn.results.At(i).Type())))
	}
	for i, x := range j.after {
		post = append(post, ifStmt(&ast.BinaryExpr{X: id(j.state), Op: token.EQL, Y: intLit(i + 1)}, x))
	}
	return pre, block(exprStmt(call(s.X, lit))), post
}

// jumps rewrites what leaves the body of a range over a function.
type jumps struct {
	l       *lowering
	label   string          // of the loop
	labels  map[string]bool // of loops within the body
	state   string          // variable that says how the loop was left
	used    bool
	results []string // variables for the results of a return statement
	after   []ast.Stmt
}

// jumpScope says what unlabelled break and continue mean.
type jumpScope struct{ inLoop, inSwitch bool }

func (j *jumps) list(in []ast.Stmt, sc jumpScope) []ast.Stmt {
	var out []ast.Stmt
	for _, s := range in {
		out = append(out, j.stmt(s, sc)...)
	}
	return out
}

func (j *jumps) block(b *ast.BlockStmt, sc jumpScope) { b.List = j.list(b.List, sc) }

func (j *jumps) stmt(s ast.Stmt, sc jumpScope) []ast.Stmt {
	switch s := s.(type) {
	case *ast.BlockStmt:
		j.block(s, sc)
	case *ast.LabeledStmt:
		list := j.stmt(s.Stmt, sc)
		s.Stmt = list[0]
	case *ast.IfStmt:
		j.block(s.Body, sc)
		if s.Else != nil {
			if e := j.stmt(s.Else, sc); len(e) == 1 {
				s.Else = asElse(e[0])
			} else {
				s.Else = block(e...)
			}
		}
	case *ast.ForStmt:
		j.block(s.Body, jumpScope{inLoop: true})
	case *ast.RangeStmt:
		j.block(s.Body, jumpScope{inLoop: true})
	case *ast.SwitchStmt:
		sc.inSwitch = true
		j.clauses(s.Body, sc)
	case *ast.TypeSwitchStmt:
		sc.inSwitch = true
		j.clauses(s.Body, sc)
	case *ast.DeferStmt:
		panic(lowerError{"defer in the body of a range over a function is not supported; put the body into a function"})
	case *ast.ReturnStmt:
		return j.returns(s)
	case *ast.BranchStmt:
		return j.branch(s, sc)
	}
	return []ast.Stmt{s}
}

func (j *jumps) clauses(b *ast.BlockStmt, sc jumpScope) {
	for _, c := range b.List {
		if cc, ok := c.(*ast.CaseClause); ok {
			cc.Body = j.list(cc.Body, sc)
		}
	}
}

func (j *jumps) branch(s *ast.BranchStmt, sc jumpScope) []ast.Stmt {
	own := s.Label != nil && s.Label.Name == j.label && j.label != ""
	yield := func(more string) []ast.Stmt { return []ast.Stmt{&ast.ReturnStmt{Results: []ast.Expr{id(more)}}} }
	switch {
	case s.Tok == token.FALLTHROUGH:
	case s.Tok == token.GOTO:
		panic(lowerError{"goto in the body of a range over a function is not supported"})
	case s.Label == nil && (sc.inLoop || sc.inSwitch && s.Tok == token.BREAK):
	case (s.Label == nil || own) && s.Tok == token.CONTINUE:
		return yield("true")
	case s.Label == nil || own:
		return yield("false")
	case j.labels[s.Label.Name]:
	default:
		return append([]ast.Stmt{j.leave(s)}, yield("false")...)
	}
	return []ast.Stmt{s}
}

// leave notes what to do after the loop.
func (j *jumps) leave(s ast.Stmt) ast.Stmt {
	j.used = true
	j.after = append(j.after, s)
	return set(id(j.state), intLit(len(j.after)))
}

func (j *jumps) returns(s *ast.ReturnStmt) []ast.Stmt {
	res := j.l.fn.results
	if len(s.Results) == 0 || res == nil {
		return []ast.Stmt{j.leave(&ast.ReturnStmt{}), &ast.ReturnStmt{Results: []ast.Expr{id("false")}}}
	}
	if j.results == nil {
		for range res.Len() {
			j.results = append(j.results, j.l.temp("result"))
		}
	}
	var names, again []ast.Expr
	for _, r := range j.results {
		names = append(names, id(r))
		again = append(again, id(r))
	}
	var out []ast.Stmt
	if len(names) == len(s.Results) {
		for i, n := range names { // the variables are new: no expression reads them
			out = append(out, set(n, s.Results[i]))
		}
	} else {
		out = append(out, assign(token.ASSIGN, names, s.Results))
	}
	return append(out, j.leave(&ast.ReturnStmt{Results: again}), &ast.ReturnStmt{Results: []ast.Expr{id("false")}})
}
