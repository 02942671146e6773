package interp

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// exprs rewrites the expressions and names in n.
func (l *lowering) exprs(n ast.Node) {
	astutil.Apply(n, l.before, l.after)
}

// before rewrites constants and names.
func (l *lowering) before(c *astutil.Cursor) bool {
	if g, ok := c.Node().(*ast.DeclStmt); ok && g.Decl.(*ast.GenDecl).Tok == token.CONST {
		c.Replace(&ast.EmptyStmt{Implicit: true})
		return false
	}
	if e, ok := c.Node().(ast.Expr); ok {
		if k := l.constant(e); k != nil {
			c.Replace(k)
			return false
		}
	}
	switch x := c.Node().(type) {
	case *ast.IndexExpr:
		return l.instantiated(c, x, x.X)
	case *ast.IndexListExpr:
		return l.instantiated(c, x, x.X)
	case *ast.SelectorExpr:
		if i, ok := x.X.(*ast.Ident); ok {
			if pn, ok := l.info.Uses[i].(*types.PkgName); ok {
				return l.qualified(c, x, pn)
			}
		}
	case *ast.Ident:
		l.identifier(c, x)
	}
	return true
}

// instantiated rewrites a generic type or function with its type arguments.
func (l *lowering) instantiated(c *astutil.Cursor, e, generic ast.Expr) bool {
	if tv := l.info.Types[e]; tv.IsType() {
		c.Replace(l.typeExpr(tv.Type))
		return false
	}
	i, ok := generic.(*ast.Ident)
	if se, isSel := generic.(*ast.SelectorExpr); isSel {
		i, ok = se.Sel, true
	}
	if !ok {
		return true
	}
	if inst, ok := l.info.Instances[i]; ok {
		c.Replace(l.y.insts.use(l, l.info.Uses[i], inst))
		return false
	}
	return true
}

// qualified rewrites a package's member.
func (l *lowering) qualified(c *astutil.Cursor, x *ast.SelectorExpr, pn *types.PkgName) bool {
	o := l.info.Uses[x.Sel]
	if in, ok := l.info.Instances[x.Sel]; ok {
		c.Replace(l.y.insts.use(l, o, in))
		return false
	}
	if o != nil && l.y.insts.fromSource(o) {
		c.Replace(ident(l.y.insts.plain(l, o), l.pos))
		return false
	}
	x.X = ident(l.usePackage(pn.Imported().Path()), l.pos)
	return false
}

func (l *lowering) identifier(c *astutil.Cursor, x *ast.Ident) {
	if _, ok := c.Parent().(*ast.SelectorExpr); ok && c.Name() == "Sel" {
		return
	}
	o := l.info.Uses[x]
	if o == nil {
		o = l.info.Defs[x]
	}
	if o == nil || x == l.cell.Body.Name {
		return
	}
	if in, ok := l.info.Instances[x]; ok {
		c.Replace(l.y.insts.use(l, o, in))
		return
	}
	if l.y.insts.renamed(l, c, o) {
		return
	}
	if o == showFunc {
		c.Replace(l.support("Show"))
		return
	}
	if !l.cell.IsSession(o) {
		return
	}
	switch o := o.(type) {
	case *types.Var, *types.TypeName:
		x.Name = l.y.name(l.cell, o)
	case *types.Func:
		if o.Signature().Recv() == nil {
			x.Name = l.y.name(l.cell, o)
		}
	}
}

// constant returns a literal for a constant expression that is none; nil for another.
func (l *lowering) constant(e ast.Expr) ast.Expr {
	tv, ok := l.info.Types[e]
	if !ok || tv.Value == nil {
		return nil
	}
	if _, ok := e.(*ast.BasicLit); ok {
		return nil
	}
	b, ok := tv.Type.Underlying().(*types.Basic)
	if !ok {
		return nil
	}
	var x ast.Expr
	plain := types.Typ[types.Int]
	switch {
	case b.Info()&types.IsBoolean != 0:
		x, plain = id(strconv.FormatBool(constant.BoolVal(tv.Value))), types.Typ[types.Bool]
	case b.Info()&types.IsString != 0:
		x, plain = &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(constant.StringVal(tv.Value))}, types.Typ[types.String]
	case b.Info()&types.IsInteger != 0:
		x = signed(token.INT, constant.ToInt(tv.Value).ExactString())
	case b.Info()&types.IsFloat != 0:
		f, _ := constant.Float64Val(tv.Value)
		text := strconv.FormatFloat(f, 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		x, plain = signed(token.FLOAT, text), types.Typ[types.Float64]
	default:
		return nil
	}
	if b.Info()&types.IsUntyped != 0 || types.Identical(tv.Type, plain) {
		return x
	}
	return call(l.typeExpr(tv.Type), x)
}

func signed(kind token.Token, text string) ast.Expr {
	if abs, ok := strings.CutPrefix(text, "-"); ok {
		return &ast.ParenExpr{X: &ast.UnaryExpr{Op: token.SUB, X: &ast.BasicLit{Kind: kind, Value: abs}}}
	}
	return &ast.BasicLit{Kind: kind, Value: text}
}

// after rewrites calls of builtin functions and receive expressions, innermost first.
func (l *lowering) after(c *astutil.Cursor) bool {
	switch x := c.Node().(type) {
	case *ast.FuncLit:
		l.isolate(c, x)
	case *ast.SelectorExpr:
		l.methodValue(c, x)
	case *ast.UnaryExpr:
		if x.Op != token.ARROW {
			break
		}
		if t := l.typeOf(x.X); t != nil {
			if ch, ok := t.Underlying().(*types.Chan); ok {
				elem, v := ch.Elem(), l.temp("v")
				c.Replace(call(thunk([]ast.Expr{l.typeExpr(elem)},
					varDecl(v, l.typeExpr(elem)), exprStmt(call(l.support("Recv"), x.X, addr(id(v)))),
					&ast.ReturnStmt{Results: []ast.Expr{id(v)}})))
			}
		}
	case *ast.CallExpr:
		if i, ok := ast.Unparen(x.Fun).(*ast.Ident); ok {
			if _, ok := l.info.Uses[i].(*types.Builtin); ok {
				l.builtin(c, x, i.Name)
			}
		}
	}
	return true
}

// methodValue makes a function literal of a method that is not called at once: yaegi's would not copy the receiver.
func (l *lowering) methodValue(c *astutil.Cursor, x *ast.SelectorExpr) {
	sel := l.info.Selections[x]
	if sel == nil || sel.Kind() == types.FieldVal || l.info.Types[x].Type == nil {
		return
	}
	if p, ok := c.Parent().(*ast.CallExpr); ok && p.Fun == ast.Expr(x) && sel.Kind() == types.MethodVal {
		return
	}
	sig, ok := l.info.Types[x].Type.(*types.Signature)
	if !ok {
		return
	}
	ft := &ast.FuncType{Params: &ast.FieldList{}}
	inner := &ast.CallExpr{}
	for i := range sig.Params().Len() {
		name, t := l.temp("m"), l.typeExpr(sig.Params().At(i).Type())
		if sig.Variadic() && i == sig.Params().Len()-1 {
			t = &ast.Ellipsis{Elt: l.typeExpr(sig.Params().At(i).Type().(*types.Slice).Elem())}
			inner.Ellipsis = l.pos
		}
		ft.Params.List = append(ft.Params.List, &ast.Field{Names: []*ast.Ident{id(name)}, Type: t})
		inner.Args = append(inner.Args, id(name))
	}
	body := []ast.Stmt{exprStmt(inner)}
	if sig.Results().Len() > 0 {
		ft.Results = &ast.FieldList{}
		for v := range sig.Results().Variables() {
			ft.Results.List = append(ft.Results.List, &ast.Field{Type: l.typeExpr(v.Type())})
		}
		body = []ast.Stmt{&ast.ReturnStmt{Results: []ast.Expr{inner}}}
	}
	lit := &ast.FuncLit{Type: ft, Body: block(body...)}
	if sel.Kind() == types.MethodExpr {
		inner.Fun = &ast.SelectorExpr{X: inner.Args[0], Sel: x.Sel}
		inner.Args = inner.Args[1:]
		c.Replace(lit)
		return
	}
	r, recv := l.temp("r"), ast.Expr(x.X)
	_, wantsPointer := sel.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
	if _, isPointer := sel.Recv().Underlying().(*types.Pointer); wantsPointer && !isPointer {
		recv = addr(recv)
	}
	inner.Fun = &ast.SelectorExpr{X: id(r), Sel: x.Sel}
	c.Replace(call(thunk([]ast.Expr{l.typeExpr(sig)}, define(r, recv), &ast.ReturnStmt{Results: []ast.Expr{lit}})))
}

// isolate makes a function literal in a frame of its own. NB: whenever a function made by a literal returns, yaegi writes the literal's slot
// in the frame that made it, so that a goroutine which ends would change what the maker is about to use.
func (l *lowering) isolate(c *astutil.Cursor, x *ast.FuncLit) {
	sig, ok := l.typeOf(x).(*types.Signature)
	if !ok || l.isolated[x] {
		return // made up by the rewriting
	}
	if p, ok := c.Parent().(*ast.CallExpr); ok && p.Fun == ast.Expr(x) {
		return
	}
	l.isolated[x] = true
	c.Replace(call(thunk([]ast.Expr{l.typeExpr(sig)}, &ast.ReturnStmt{Results: []ast.Expr{x}})))
}

func (l *lowering) builtin(c *astutil.Cursor, x *ast.CallExpr, name string) {
	switch name {
	case "min", "max":
		acc := x.Args[0]
		f := l.minMax(name, l.typeOf(x))
		for _, a := range x.Args[1:] {
			acc = call(id(f), acc, a)
		}
		c.Replace(acc)
	case "clear":
		c.Replace(call(l.support("Clear"), x.Args[0]))
	case "print":
		c.Replace(call(l.support("Print"), x.Args...))
	case "println":
		c.Replace(call(l.support("Println"), x.Args...))
	}
}

// minMax returns the name of the function that takes the smaller or greater of two values of a type, and declares it when it is new.
func (l *lowering) minMax(name string, t types.Type) string {
	text := l.typeText(t)
	f := name + "ꞏ" + strings.NewReplacer(".", "ꞏ", "*", "ꞏ").Replace(text)
	if l.y.helpers[f] {
		return f
	}
	l.y.helpers[f] = true
	op := token.LSS
	if name == "max" {
		op = token.GTR
	}
	isNaN := &ast.BinaryExpr{X: id("a"), Op: token.NEQ, Y: id("a")}
	cond := &ast.BinaryExpr{X: &ast.BinaryExpr{X: id("a"), Op: op, Y: id("b")}, Op: token.LOR, Y: isNaN}
	d := &ast.FuncDecl{
		Name: id(f),
		Type: &ast.FuncType{
			Params:  &ast.FieldList{List: []*ast.Field{{Names: []*ast.Ident{id("a"), id("b")}, Type: l.typeExpr(t)}}},
			Results: &ast.FieldList{List: []*ast.Field{{Type: l.typeExpr(t)}}},
		},
		Body: block(ifStmt(cond, &ast.ReturnStmt{Results: []ast.Expr{id("a")}}), &ast.ReturnStmt{Results: []ast.Expr{id("b")}}),
	}
	placeAll(d, l.pos)
	l.out = append(l.out, d)
	return f
}
