package interp

import (
	"go/ast"
	"go/types"
	"slices"
)

// keyLiterals names the fields in unkeyed literals of structs of earlier cells, and says whether there were any. All cells are one package, but to
// the checker each is a package of its own with the same path, and unkeyed literals are the one place where that makes a difference.
func (k *checker) keyLiterals(info *types.Info) bool {
	found := false
	visit := func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || len(lit.Elts) == 0 {
			return true
		}
		s := structOf(info.Types[lit].Type)
		if s == nil || s.NumFields() != len(lit.Elts) || !hasForeignFields(s, k.cell.pkg) {
			return true
		}
		for i, e := range lit.Elts {
			if _, keyed := e.(*ast.KeyValueExpr); keyed || s.Field(i).Name() == "_" {
				return true
			}
		}
		for i, e := range lit.Elts {
			lit.Elts[i] = &ast.KeyValueExpr{Key: &ast.Ident{Name: s.Field(i).Name(), NamePos: e.Pos()}, Colon: e.Pos(), Value: e}
		}
		found = true
		return true
	}
	for _, d := range slices.Concat(k.own, k.varDecls) {
		ast.Inspect(d, visit)
	}
	for _, f := range k.kept {
		ast.Inspect(f.decl, visit)
	}
	ast.Inspect(k.cell.Body, visit)
	return found
}

// structOf returns the struct that a literal of type t makes, nil when it makes none.
func structOf(t types.Type) *types.Struct {
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok { // an element whose &T is left out
		t = p.Elem()
	}
	s, _ := t.Underlying().(*types.Struct)
	return s
}

// hasForeignFields says whether s has unexported fields of cells that the checker takes for another package's than pkg.
func hasForeignFields(s *types.Struct, pkg *types.Package) bool {
	for f := range s.Fields() {
		if !f.Exported() && f.Pkg() != pkg && f.Pkg().Path() == mainPath {
			return true
		}
	}
	return false
}
