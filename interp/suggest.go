package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"tickbook/internal/edits"
)

// hinted gives those errors that are about an unknown name a hint under the caret: the name that was probably meant, or, where a plain word is
// known nowhere, that no cell declares it: as a rule its cell was not run. The messages stay the compiler's.
func (k *checker) hinted(info *types.Info, errs compileErrors) compileErrors {
	out := slices.Clone(errs)
	for i, e := range out[:min(len(out), maxCompileErrors)] {
		if e.pos.Filename != k.cell.Name || !strings.HasPrefix(e.msg, "undefined: ") && !strings.Contains(e.msg, "has no field or method ") {
			continue
		}
		id, around := k.identAt(e.pos)
		if id == nil || strings.Contains(e.msg, "but does have") { // which is the suggestion
			continue
		}
		c := &completer{probe: &probe{fe: k.fe, info: info, pkg: k.cell.pkg}, seen: map[string]bool{}}
		if around != nil {
			c.members(around)
		} else {
			c.names(id)
			for n := range k.fe.pkgs.byName {
				c.word(n, "package")
			}
		}
		var known []string
		for _, m := range c.out {
			known = append(known, m.Text)
		}
		known = slices.DeleteFunc(known, func(n string) bool { // what is exported is not mistaken for what is not
			return !strings.EqualFold(id.Name, n) && ast.IsExported(id.Name) != ast.IsExported(n)
		})
		if n := edits.Nearest(id.Name, known); n != "" {
			out[i].hint = "did you mean " + n + "?"
		} else if around == nil {
			out[i].hint = "no cell that has run declares " + id.Name
		}
	}
	return out
}

// identAt is the name at a place of the cell, and the selector whose member it is, nil for a plain word.
func (k *checker) identAt(at token.Position) (found *ast.Ident, around *ast.SelectorExpr) {
	visit := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if k.fe.fset.Position(n.Sel.Pos()) == at {
				found, around = n.Sel, n
			}
		case *ast.Ident:
			if n.Name != "_" && n.Name != showFunc.Name() && k.fe.fset.Position(n.Pos()) == at { // those two are ours, in the place of the value shown
				found = n
			}
		}
		return found == nil
	}
	for _, d := range slices.Concat(k.own, k.varDecls, []ast.Decl{k.cell.Body}) {
		ast.Inspect(d, visit)
	}
	return found, around
}
