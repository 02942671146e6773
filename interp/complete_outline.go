package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strconv"

	"tickbook/display"
	"tickbook/internal/symbols"
)

// outlines finds out what expressions of a cell that is being typed would be, as far as help while typing needs it, without running the cell: it calls the
// methods that the cell calls, with the cell's literals, on outlines of session variables. So the columns of t.View("A").Where("…") are those of the view.
type outlines struct {
	*probe
	value func(*types.Var) any
	depth int
}

// of returns what e is: a value of the session that is no [display.Outliner], an outline, or nil.
func (o *outlines) of(e ast.Expr) any {
	if o.depth > 100 {
		return nil // x := x
	}
	o.depth++
	defer func() { o.depth-- }()
	switch e := e.(type) {
	case *ast.ParenExpr:
		return o.of(e.X)
	case *ast.Ident:
		return o.ident(e)
	case *ast.CallExpr:
		se, ok := e.Fun.(*ast.SelectorExpr)
		if !ok {
			return nil
		}
		recv := o.of(se.X)
		if recv == nil {
			return nil
		}
		if r, ok := o.call(recv, se.Sel.Name, e.Args); ok {
			return r
		}
		return recv // its columns are mostly those of the result
	}
	return nil
}

// ident is the newest value that the cell gives a variable before the cursor, else that of the session.
func (o *outlines) ident(id *ast.Ident) any {
	var found ast.Expr
	if o.body != nil {
		ast.Inspect(o.body, func(n ast.Node) bool {
			if n != nil && n.Pos() >= id.Pos() {
				return false
			}
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					if x, ok := l.(*ast.Ident); ok && x.Name == id.Name && len(n.Lhs) == len(n.Rhs) && n.End() <= id.Pos() {
						found = n.Rhs[i]
					}
				}
			case *ast.ValueSpec:
				for i, x := range n.Names {
					if x.Name == id.Name && len(n.Names) == len(n.Values) && n.End() <= id.Pos() {
						found = n.Values[i]
					}
				}
			}
			return true
		})
	}
	if found != nil {
		return o.of(found)
	}
	v, ok := o.fe.objs[id.Name].(*types.Var)
	if !ok {
		return nil
	}
	return outline(o.value(v))
}

// outline is v's outline if it has one.
func outline(v any) (out any) {
	defer func() {
		if recover() != nil { // a nil pointer
			out = nil
		}
	}()
	if x, ok := v.(display.Outliner); ok {
		return x.Outline()
	}
	return v
}

// call calls a method of an outline.
func (o *outlines) call(recv any, name string, args []ast.Expr) (result any, ok bool) {
	if _, isOutline := recv.(display.Outliner); !isOutline {
		return nil, false
	}
	defer func() {
		if recover() != nil { // bad formulas panic
			result, ok = nil, false
		}
	}()
	m := reflect.ValueOf(recv).MethodByName(name)
	if !m.IsValid() || m.Type().NumOut() != 1 {
		return nil, false
	}
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		t := goParam(m.Type(), i)
		if t == nil {
			return nil, false
		}
		if in[i] = o.arg(a, t); !in[i].IsValid() {
			return nil, false
		}
	}
	return m.Call(in)[0].Interface(), true
}

func goParam(f reflect.Type, i int) reflect.Type {
	switch n := f.NumIn(); {
	case f.IsVariadic() && i >= n-1:
		return f.In(n - 1).Elem()
	case i < n:
		return f.In(i)
	}
	return nil
}

// arg is an argument of type t: a literal, an outline, or a call of a compiled function with literals, such as engine.Sum("Size").
func (o *outlines) arg(e ast.Expr, t reflect.Type) reflect.Value {
	var v any
	switch e := e.(type) {
	case *ast.BasicLit:
		switch e.Kind {
		case token.STRING:
			v, _ = strconv.Unquote(e.Value)
		case token.INT:
			n, err := strconv.ParseInt(e.Value, 0, 64)
			if err != nil {
				return reflect.Value{}
			}
			v = n
		}
	case *ast.CallExpr:
		if r := o.compiled(e, t); r.IsValid() {
			return r
		}
		v = o.of(e)
	default:
		v = o.of(e)
	}
	rv := reflect.ValueOf(v)
	switch {
	case !rv.IsValid():
	case rv.Type().AssignableTo(t):
		return rv
	case rv.CanInt() && t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64:
		return rv.Convert(t)
	}
	return reflect.Value{}
}

// compiled calls a compiled function that makes a t of literals. A function whose result is an argument is taken to do nothing else.
func (o *outlines) compiled(e *ast.CallExpr, t reflect.Type) reflect.Value {
	se, ok := e.Fun.(*ast.SelectorExpr)
	if !ok {
		return reflect.Value{}
	}
	id, ok := se.X.(*ast.Ident)
	if !ok {
		return reflect.Value{}
	}
	pn, ok := o.info.Uses[id].(*types.PkgName)
	if !ok || t.PkgPath() != pn.Imported().Path() {
		return reflect.Value{}
	}
	f := symbols.Of(t.PkgPath())[se.Sel.Name]
	if !f.IsValid() || f.Kind() != reflect.Func || f.Type().NumOut() != 1 || f.Type().Out(0) != t {
		return reflect.Value{}
	}
	in := make([]reflect.Value, len(e.Args))
	for i, a := range e.Args {
		p := goParam(f.Type(), i)
		lit, ok := a.(*ast.BasicLit)
		if p == nil || !ok {
			return reflect.Value{}
		}
		if in[i] = o.arg(lit, p); !in[i].IsValid() {
			return reflect.Value{}
		}
	}
	return f.Call(in)[0]
}
