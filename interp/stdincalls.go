package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// displayPath is the package whose Stdin asks the person at the page.
const displayPath = "tickbook/display"

// displayName is how rewritten cells call it.
const displayName = "displayꞏ"

// markStdin lets what cells read from the process's standard input, which a kernel has none of, come from the person at the page: fmt.Scan and its
// like, and os.Stdin where an interface is wanted. It says whether anything changed.
func (k *checker) markStdin(info *types.Info) (changed bool) {
	var imports map[string]string // of the file that is visited
	stdin := func(pos token.Pos) ast.Expr {
		imports[displayName] = displayPath
		changed = true
		return &ast.SelectorExpr{X: &ast.Ident{Name: displayName, NamePos: pos}, Sel: &ast.Ident{Name: "Stdin", NamePos: pos}}
	}
	// swap replaces *e if it is os.Stdin and becomes a value of an interface type.
	swap := func(e *ast.Expr, to types.Type) {
		if to != nil && types.IsInterface(to) && isPackageName(info, *e, "os", "Stdin") {
			*e = stdin((*e).Pos())
		}
	}
	visit := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			for _, name := range []string{"Scan", "Scanf", "Scanln"} {
				if isPackageName(info, n.Fun, "fmt", name) {
					se := n.Fun.(*ast.SelectorExpr)
					se.Sel = &ast.Ident{Name: "Fs" + name[1:], NamePos: se.Sel.Pos()}
					n.Args = append([]ast.Expr{stdin(n.Lparen)}, n.Args...)
					return true
				}
			}
			sig, ok := info.TypeOf(n.Fun).(*types.Signature)
			if !ok {
				return true
			}
			for i := range n.Args {
				switch params := sig.Params(); {
				case sig.Variadic() && i >= params.Len()-1:
					if s, ok := params.At(params.Len() - 1).Type().(*types.Slice); ok && !n.Ellipsis.IsValid() {
						swap(&n.Args[i], s.Elem())
					}
				case i < params.Len():
					swap(&n.Args[i], params.At(i).Type())
				}
			}
		case *ast.SelectorExpr:
			if n.Sel.Name == "Read" && isPackageName(info, n.X, "os", "Stdin") {
				n.X = stdin(n.X.Pos())
			}
		case *ast.AssignStmt:
			if len(n.Lhs) == len(n.Rhs) && n.Tok == token.ASSIGN {
				for i := range n.Rhs {
					swap(&n.Rhs[i], info.TypeOf(n.Lhs[i]))
				}
			}
		case *ast.ValueSpec:
			if n.Type != nil {
				for i := range n.Values {
					swap(&n.Values[i], info.TypeOf(n.Type))
				}
			}
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok {
				if f, ok := info.Uses[id].(*types.Var); ok && f.IsField() {
					swap(&n.Value, f.Type())
				}
			}
		}
		return true
	}
	imports = k.cell.imports
	for _, d := range k.own {
		ast.Inspect(d, visit)
	}
	for _, d := range k.varDecls { // they share their values with statements of the body
		ast.Inspect(d, visit)
	}
	ast.Inspect(k.cell.Body, visit)
	for _, f := range k.kept {
		imports = f.d.imports
		ast.Inspect(f.decl, visit)
	}
	return changed
}

// isPackageName says whether e is name of a package, such as os.Stdin.
func isPackageName(info *types.Info, e ast.Expr, path, name string) bool {
	se, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok || se.Sel.Name != name {
		return false
	}
	o := info.Uses[se.Sel]
	return o != nil && o.Pkg() != nil && o.Pkg().Path() == path && o.Parent() == o.Pkg().Scope()
}
