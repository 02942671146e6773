package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// hoist makes variables of the session of what the cell's top-level := and var statements declare, and assignments of the statements. A
// variable of the same name and type as one of the session is that one, so that functions made earlier see the new value; else it is new.
func (k *checker) hoist(info *types.Info) error {
	h := &hoister{checker: k, info: info, seen: map[string]bool{}}
	k.hoisted = true
	var list []ast.Stmt
	for _, st := range k.cell.Body.Body.List {
		switch s := st.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				if err := h.define(s); err != nil {
					return err
				}
			}
			list = append(list, s)
		case *ast.DeclStmt:
			if g := s.Decl.(*ast.GenDecl); g.Tok == token.VAR {
				for _, spec := range g.Specs {
					list = append(list, h.declare(spec.(*ast.ValueSpec)))
				}
			} else {
				list = append(list, s)
			}
		case *ast.LabeledStmt:
			list = append(list, s)
		default:
			list = append(list, s)
		}
	}
	k.cell.Body.Body.List = list
	return nil
}

type hoister struct {
	*checker
	info *types.Info
	seen map[string]bool // variables that the cell declared so far
}

// define hoists `a, b := …`.
func (h *hoister) define(s *ast.AssignStmt) error {
	fresh := 0
	for _, l := range s.Lhs {
		if id, ok := l.(*ast.Ident); ok && id.Name != "_" && !h.seen[id.Name] {
			fresh++
		}
	}
	if fresh == 0 {
		return compileErrors{{pos: h.fe.fset.Position(s.TokPos), msg: "no new variables on left side of :="}}
	}
	var ids []*ast.Ident
	for _, l := range s.Lhs {
		if id, ok := l.(*ast.Ident); ok {
			ids = append(ids, id)
		}
	}
	h.variables(ids, nil, s.Rhs)
	s.Tok = token.ASSIGN
	return nil
}

// declare hoists one line of `var`, and returns its assignment.
func (h *hoister) declare(vs *ast.ValueSpec) ast.Stmt {
	as := &ast.AssignStmt{Tok: token.ASSIGN, TokPos: vs.Pos(), Rhs: vs.Values}
	for _, id := range vs.Names {
		as.Lhs = append(as.Lhs, id)
	}
	h.variables(vs.Names, vs.Type, vs.Values)
	if len(vs.Values) == 0 { // set to the zero value, also when the variable had another one
		for range vs.Names {
			at := vs.Type.Pos()
			call := &ast.CallExpr{Fun: &ast.Ident{Name: "new", NamePos: at}, Lparen: at, Args: []ast.Expr{vs.Type}, Rparen: at}
			as.Rhs = append(as.Rhs, &ast.StarExpr{Star: at, X: call})
		}
	}
	return as
}

// variables finds or makes the session's variables for what one statement declares. For the new ones it makes a declaration at package
// level with the same initial values, which is never run: pass 2 learns their types from it. NB: statement and declaration share the values,
// and the declaration is checked first, so that the records of pass 2 are those of the statement.
func (h *hoister) variables(ids []*ast.Ident, typ ast.Expr, values []ast.Expr) {
	vs := &ast.ValueSpec{Type: typ, Values: values}
	anyNew := false
	for _, id := range ids {
		name := "_"
		if h.isNew(id) {
			name, anyNew = id.Name, true
		}
		vs.Names = append(vs.Names, &ast.Ident{Name: name, NamePos: id.NamePos})
	}
	if anyNew {
		h.varDecls = append(h.varDecls, &ast.GenDecl{Tok: token.VAR, TokPos: ids[0].Pos(), Specs: []ast.Spec{vs}})
	}
}

// isNew says whether an identifier that the cell declares needs a new variable, and if so takes the name.
func (h *hoister) isNew(id *ast.Ident) bool {
	if id.Name == "_" || h.seen[id.Name] {
		return false
	}
	h.seen[id.Name] = true
	var t types.Type = types.Typ[types.Invalid]
	if o := h.info.Defs[id]; o != nil && o.Type() != nil {
		t = o.Type()
	}
	old := h.fe.objs[id.Name]
	if v, ok := old.(*types.Var); ok && types.Identical(v.Type(), t) && !h.taken[id.Name] && h.cell.imports[id.Name] == "" {
		return false
	}
	if old != nil && !h.taken[id.Name] {
		h.standIn(id.Name, old)
		if v, ok := old.(*types.Var); ok {
			h.cell.Gone = append(h.cell.Gone, v)
		}
	}
	if ip := h.cell.imports[id.Name]; ip != "" {
		if h.renameUses(id.Name, func(o types.Object) bool { _, ok := o.(*types.PkgName); return ok && o.Name() == id.Name }) {
			h.cell.imports[id.Name+oldSuffix] = ip
		}
		delete(h.cell.imports, id.Name)
	}
	h.taken[id.Name] = true
	return true
}

// standIn lets the statements before the new variable, and its own initial value, mean the old one.
func (h *hoister) standIn(name string, old types.Object) {
	if h.renameUses(name, func(o types.Object) bool { return o == old }) {
		h.olds[name+oldSuffix] = old
	}
}

// renameUses renames the uses in the cell's statements of what is meant, and says whether there were any.
func (h *hoister) renameUses(name string, meant func(types.Object) bool) bool {
	found := false
	ast.Inspect(h.cell.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			if o := h.info.Uses[id]; o != nil && meant(o) {
				id.Name = name + oldSuffix
				found = true
			}
		}
		return true
	})
	return found
}
