package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A cell may be a whole file, package clause and all. It then means what the file means as a program: its variables are set in the order of
// their dependencies, its init functions are called in theirs, then main is. The names are those of the session afterwards.

// isProgram says whether a cell is a whole file.
func isProgram(segs []segment) bool { return len(segs) > 0 && segs[0].kind == packageClause }

// renameEntries gives main and the init functions of a program names that may be called from elsewhere, and notes them as entries.
func (k *checker) renameEntries() {
	inits := 0
	for _, d := range k.own {
		fd, ok := d.(*ast.FuncDecl)
		if !ok || fd.Recv != nil || fd.Body == nil {
			continue
		}
		switch fd.Name.Name {
		case "init":
			inits++
			fd.Name.Name = fmt.Sprintf("init_cell%d", inits)
			k.entries = slices.Insert(k.entries, inits-1, fd.Name)
		case "main":
			k.entries = append(k.entries, fd.Name)
		}
	}
	if n := len(k.entries); n > inits {
		for _, d := range k.own {
			renameIdents(d, "main", "main_cell")
		}
	}
}

// renameIdents renames identifiers, but for members of something.
func renameIdents(root ast.Node, from, to string) {
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			renameIdents(n.X, from, to)
			return false
		case *ast.Ident:
			if n.Name == from {
				n.Name = to
			}
		}
		return true
	})
}

// hoistProgram makes variables of the session of a program's, all of them new, and its start-up the statements of the cell. As in
// [hoister.variables], a variable's declaration is there for its type, and the assignment sets it.
func (k *checker) hoistProgram(info *types.Info) {
	k.hoisted = true
	blanks := map[ast.Expr]ast.Expr{} // the initial values of blank variables and their types
	for _, d := range k.varDecls {
		for _, spec := range d.(*ast.GenDecl).Specs {
			vs := spec.(*ast.ValueSpec)
			for i, id := range vs.Names {
				if old, ok := k.fe.objs[id.Name].(*types.Var); ok && id.Name != "_" {
					k.cell.Gone = append(k.cell.Gone, old)
				}
				if id.Name == "_" && vs.Type != nil && len(vs.Values) == len(vs.Names) {
					blanks[vs.Values[i]] = vs.Type
				}
			}
		}
	}
	list := &k.cell.Body.Body.List
	for _, in := range info.InitOrder {
		as := &ast.AssignStmt{Tok: token.ASSIGN, TokPos: in.Rhs.Pos(), Rhs: []ast.Expr{in.Rhs}}
		for _, v := range in.Lhs {
			as.Lhs = append(as.Lhs, &ast.Ident{Name: v.Name(), NamePos: in.Rhs.Pos()})
		}
		if t := blanks[in.Rhs]; t != nil {
			fun := &ast.ParenExpr{Lparen: in.Rhs.Pos(), X: t, Rparen: in.Rhs.Pos()}
			as.Rhs = []ast.Expr{&ast.CallExpr{Fun: fun, Lparen: in.Rhs.Pos(), Args: as.Rhs, Rparen: in.Rhs.End()}}
		}
		*list = append(*list, as)
	}
	for _, id := range k.entries {
		call := &ast.CallExpr{Fun: &ast.Ident{Name: id.Name, NamePos: id.Pos()}, Lparen: id.End(), Rparen: id.End()}
		*list = append(*list, &ast.ExprStmt{X: call})
	}
}
