package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// function rewrites the statements of a function. sig is nil for the cell's body.
func (l *lowering) function(name string, ft *ast.FuncType, body *ast.BlockStmt, sig *types.Signature) {
	if body == nil {
		return
	}
	fn := l.fn
	if fn == nil || sig != nil {
		fn = &funcState{outer: l.fn}
	}
	if sig != nil {
		fn.results = sig.Results()
		fn.named = ft.Results != nil && len(ft.Results.List) > 0 && len(ft.Results.List[0].Names) > 0
	}
	old := l.fn
	l.fn = fn
	first := []ast.Stmt{l.noteFirst(name, body)}
	l.literals(body)
	if !fn.isBody && callsFunctions(l.info, body) {
		first = append(first, l.stopCheck())
	}
	body.List = append(first, l.list(body.List)...)
	l.fn = old
}

// literals rewrites the function literals directly inside n.
func (l *lowering) literals(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		if !ok {
			return true
		}
		sig, _ := l.typeOf(lit).(*types.Signature)
		l.function("function literal", lit.Type, lit.Body, sig)
		return false
	})
}

// callsFunctions says whether a call in n may reach interpreted code, and so n itself again.
func callsFunctions(info *types.Info, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if tv := info.Types[c.Fun]; !tv.IsType() && !tv.IsBuiltin() {
				found = true
			}
		}
		return !found
	})
	return found
}

// stopCheck is `if stop { tbsupport.Check() }`.
func (l *lowering) stopCheck() ast.Stmt {
	flag := stopFlag
	if l.fn.isBody {
		flag = l.run.flagName
	}
	return ifStmt(id(flag), exprStmt(call(l.support("Check"))))
}

// list rewrites statements.
func (l *lowering) list(in []ast.Stmt) []ast.Stmt {
	var out []ast.Stmt
	for _, s := range in {
		out = append(out, l.note(s)...)
		line := l.fn.line
		out = append(out, l.stmt(s)...)
		if compound(s) && l.fn.line != line {
			l.fn.line = 0
		}
		if l.fn.isBody && callsFunctions(l.info, s) && !isJump(s) {
			out = append(out, l.stopCheck())
		}
	}
	return out
}

func isJump(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.ReturnStmt, *ast.BranchStmt, *ast.LabeledStmt:
		return true
	}
	return false
}

// note writes down the line of a statement that may panic, unless the line is known to stand there.
func (l *lowering) note(s ast.Stmt) []ast.Stmt {
	line := l.y.Fset().Position(s.Pos()).Line
	if line == l.fn.line || !mayPanic(s) {
		return nil
	}
	l.fn.line = line
	return []ast.Stmt{set(id(l.fn.slot), intLit(line))}
}

// compound says whether a statement has statements in it. What line they leave noted is not followed.
func compound(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.BlockStmt, *ast.LabeledStmt, *ast.ForStmt, *ast.RangeStmt, *ast.IfStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		return true
	}
	return false
}

func mayPanic(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.BlockStmt: // the statements in a block are noted by themselves
			return n == s
		case *ast.CallExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.SelectorExpr, *ast.TypeAssertExpr, *ast.SendStmt:
			found = true
		case *ast.BinaryExpr:
			found = found || n.Op == token.QUO || n.Op == token.REM
		case *ast.AssignStmt:
			found = found || n.Tok == token.QUO_ASSIGN || n.Tok == token.REM_ASSIGN
		}
		return !found
	})
	return found
}

// stmt rewrites one statement into any number.
func (l *lowering) stmt(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case *ast.BlockStmt:
		s.List = l.list(s.List)
	case *ast.LabeledStmt:
		return l.labeled(s)
	case *ast.IfStmt:
		s.Body.List = l.list(s.Body.List)
		if s.Else != nil {
			e := l.stmt(s.Else)
			if len(e) == 1 {
				s.Else = asElse(e[0])
			} else {
				s.Else = block(e...)
			}
		}
	case *ast.SwitchStmt:
		l.clauses(s.Body)
	case *ast.TypeSwitchStmt:
		if x, ok := s.Assign.(*ast.ExprStmt); ok { // yaegi's way without a variable compares names
			s.Assign = define(l.temp("t"), x.X)
		}
		l.clauses(s.Body)
	case *ast.ForStmt:
		pre, loop := l.forLoop(s)
		return wrap(pre, loop, nil)
	case *ast.RangeStmt:
		pre, loop, post := l.rangeLoop(s, "")
		return wrap(pre, loop, post)
	case *ast.SelectStmt:
		return l.selectStmt(s)
	case *ast.SendStmt:
		return l.sendStmt(s)
	case *ast.GoStmt:
		return l.goStmt(s)
	case *ast.DeferStmt:
		return l.deferStmt(s)
	case *ast.AssignStmt:
		return l.recv2(s)
	}
	return []ast.Stmt{s}
}

func asElse(s ast.Stmt) ast.Stmt {
	switch s.(type) {
	case *ast.IfStmt, *ast.BlockStmt:
		return s
	}
	return block(s)
}

// wrap puts statements around a loop into one block.
func wrap(pre []ast.Stmt, loop ast.Stmt, post []ast.Stmt) []ast.Stmt {
	if len(pre) == 0 && len(post) == 0 {
		return []ast.Stmt{loop}
	}
	return []ast.Stmt{block(slices.Concat(pre, []ast.Stmt{loop}, post)...)}
}

func (l *lowering) labeled(s *ast.LabeledStmt) []ast.Stmt {
	var pre, post []ast.Stmt
	switch x := s.Stmt.(type) {
	case *ast.ForStmt:
		pre, s.Stmt = l.forLoop(x)
	case *ast.RangeStmt:
		var loop ast.Stmt
		pre, loop, post = l.rangeLoop(x, s.Label.Name)
		if _, isBlock := loop.(*ast.BlockStmt); isBlock { // range over a function: the label is gone
			return wrap(pre, loop, post)
		}
		s.Stmt = loop
	default:
		list := l.stmt(s.Stmt)
		s.Stmt = list[len(list)-1]
		pre = list[:len(list)-1]
	}
	return wrap(pre, s, post)
}

func (l *lowering) clauses(b *ast.BlockStmt) {
	for _, c := range b.List {
		if cc, ok := c.(*ast.CaseClause); ok {
			l.fn.line = 0
			cc.Body = l.list(cc.Body)
		}
	}
	l.fn.line = 0
}

// forLoop rewrites a for statement: it can be stopped, and each iteration has its own variables where someone could tell the difference.
func (l *lowering) forLoop(s *ast.ForStmt) (pre []ast.Stmt, loop ast.Stmt) {
	l.fn.line = 0
	if s.Init != nil && s.Cond == nil && s.Post == nil {
		s.Cond = id("true") // without both yaegi never leaves the beginning
	}
	s.Body.List = append([]ast.Stmt{l.stopCheck()}, l.list(s.Body.List)...)
	as, ok := s.Init.(*ast.AssignStmt)
	if !ok || as.Tok != token.DEFINE {
		return nil, s
	}
	var caught []*ast.Ident
	for _, x := range as.Lhs {
		if i, ok := x.(*ast.Ident); ok && i.Name != "_" && captured(l.info, s.Body, l.info.Defs[i]) {
			caught = append(caught, i)
		}
	}
	if len(caught) == 0 {
		return nil, s
	}
	// { init; p := &i; more := false; for { i := *p; if more { post }; more = true; p = &i; if !cond { break }; body } }
	pre = append(pre, as)
	var top, keep []ast.Stmt
	for _, i := range caught {
		p := l.temp("p")
		pre = append(pre, define(p, addr(l.sameVar(i))))
		top = append(top, assign(token.DEFINE, []ast.Expr{l.sameVar(i)}, []ast.Expr{&ast.StarExpr{X: id(p)}}))
		keep = append(keep, set(id(p), addr(l.sameVar(i))))
	}
	more := l.temp("more")
	pre = append(pre, define(more, id("false")))
	if s.Post != nil {
		top = append(top, ifStmt(id(more), s.Post))
	}
	top = append(top, set(id(more), id("true")))
	top = append(top, keep...)
	if s.Cond != nil {
		top = append(top, ifStmt(not(s.Cond), &ast.BranchStmt{Tok: token.BREAK}))
	}
	return pre, &ast.ForStmt{For: s.For, Body: &ast.BlockStmt{Lbrace: s.Body.Lbrace, List: append(top, s.Body.List...), Rbrace: s.Body.Rbrace}}
}

// sameVar is another mention of a local variable.
func (l *lowering) sameVar(i *ast.Ident) *ast.Ident { return ident(i.Name, i.NamePos) }

// captured says whether a function literal in body uses o, or its address is taken.
func captured(info *types.Info, body ast.Node, o types.Object) bool {
	if o == nil {
		return false
	}
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.FuncLit:
			found = found || mentions(info, x, o)
		case *ast.GoStmt, *ast.DeferStmt:
			found = found || mentions(info, x, o)
		case *ast.UnaryExpr:
			if x.Op == token.AND {
				found = found || mentions(info, x.X, o)
			}
		case *ast.SelectorExpr:
			if s := info.Selections[x]; s != nil && s.Kind() != types.FieldVal {
				found = found || mentions(info, x.X, o)
			}
		}
		return !found
	})
	return found
}

func mentions(info *types.Info, n ast.Node, o types.Object) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if i, ok := n.(*ast.Ident); ok && info.Uses[i] == o {
			found = true
		}
		return !found
	})
	return found
}

// goStmt starts a goroutine through tbsupport.Go, which knows its cell and survives its panic.
func (l *lowering) goStmt(s *ast.GoStmt) []ast.Stmt {
	pre, c := l.evaluated(s.Call)
	return []ast.Stmt{exprStmt(call(thunk(nil, append(pre, exprStmt(call(l.support("Go"), thunk(nil, exprStmt(c)))))...)))}
}

// deferStmt evaluates the arguments now; yaegi would look at them when the function ends.
func (l *lowering) deferStmt(s *ast.DeferStmt) []ast.Stmt {
	if len(s.Call.Args) == 0 || l.info.Types[s.Call.Fun].IsBuiltin() {
		return []ast.Stmt{s}
	}
	if s.Call.Ellipsis.IsValid() {
		return []ast.Stmt{s}
	}
	pre, c := l.evaluated(s.Call)
	s.Call = c
	return append(pre, s)
}

// evaluated takes the function value and the arguments of a call into variables.
func (l *lowering) evaluated(c *ast.CallExpr) (pre []ast.Stmt, out *ast.CallExpr) {
	out = &ast.CallExpr{Fun: c.Fun, Lparen: c.Lparen, Ellipsis: c.Ellipsis, Rparen: c.Rparen}
	tv := l.info.Types[c.Fun]
	sig, _ := l.typeOf(c.Fun).Underlying().(*types.Signature)
	if se, ok := c.Fun.(*ast.SelectorExpr); ok {
		if sel := l.info.Selections[se]; sel != nil && sel.Kind() == types.MethodVal {
			if r, ok := se.X.(*ast.Ident); !ok || r == nil {
				_, ptrRecv := sel.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
				_, isPtr := l.typeOf(se.X).Underlying().(*types.Pointer)
				name := l.temp("r")
				if ptrRecv && !isPtr {
					pre = append(pre, define(name, addr(se.X)))
				} else {
					pre = append(pre, define(name, se.X))
				}
				ns := &ast.SelectorExpr{X: id(name), Sel: se.Sel}
				l.info.Selections[ns] = sel
				out.Fun = ns
			}
		}
	}
	for i, a := range c.Args {
		at := l.info.Types[a]
		if at.Value != nil || at.IsNil() || at.IsType() || tv.IsBuiltin() {
			out.Args = append(out.Args, a)
			continue
		}
		if _, ok := at.Type.(*types.Tuple); ok { // f(g()) with several results: evaluated late
			out.Args = append(out.Args, a)
			continue
		}
		name := l.temp("a")
		if sig != nil {
			pre = append(pre, varDecl(name, l.typeExpr(paramType(sig, i, c.Ellipsis.IsValid()))), set(id(name), a))
		} else {
			pre = append(pre, define(name, a))
		}
		out.Args = append(out.Args, id(name))
	}
	return pre, out
}

func paramType(sig *types.Signature, i int, spread bool) types.Type {
	last := sig.Params().Len() - 1
	if sig.Variadic() && i >= last {
		t := sig.Params().At(last).Type()
		if spread {
			return t
		}
		return t.(*types.Slice).Elem()
	}
	return sig.Params().At(i).Type()
}
