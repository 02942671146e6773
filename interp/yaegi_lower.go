package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
)

// lowering rewrites one cell into what yaegi runs right. Statements are rewritten first (yaegi_stmts.go, yaegi_range.go), then expressions
// and names (yaegi_exprs.go), since the former asks the type checker's records of the nodes that the latter replaces.
type lowering struct {
	y    *yaegi
	cell *Cell
	run  *run
	pos  token.Pos // in a file of this lowering's own: what is made up stands there
	file *token.File
	info *types.Info
	env  typeEnv // in a copy of something generic

	used      map[string]bool // import paths
	vars      []ast.Decl
	out       []ast.Decl
	body      *ast.FuncDecl
	isolated  map[*ast.FuncLit]bool
	temps     int
	slots     []*funcSlot // of the functions that note their lines
	slotNames []string    // the variables that they note them in
	fn        *funcState  // the function being rewritten
}

// funcState is what the rewriting knows of the function that it is in.
type funcState struct {
	outer   *funcState
	results *types.Tuple
	named   bool
	isBody  bool // the cell's statements, not in a function literal
	slot    string
	line    int // last line noted in straight-line code, 0: none
}

// lowerError is why a cell cannot be rewritten.
type lowerError struct{ msg string }

func (e lowerError) Error() string { return e.msg }

func (y *yaegi) lower(c *Cell, r *run) (l *lowering, err error) {
	y.lowered++
	// NB: yaegi looks package names up by the base name of the file that they stand in.
	f := y.Fset().AddFile(fmt.Sprintf("tickbook%d", y.lowered), -1, maxSlots)
	y.rt.addSource(c.Name, c.Source)
	l = &lowering{y: y, cell: c, run: r, pos: f.Pos(0), file: f, info: c.Info, used: map[string]bool{supportPath: true}, isolated: map[*ast.FuncLit]bool{}}
	defer func() {
		if e := recover(); e != nil {
			le, ok := e.(lowerError)
			if !ok {
				panic(e)
			}
			err = le
		}
	}()
	y.insts.rollBack()
	var plain []ast.Decl
	for _, d := range c.Decls {
		if !y.insts.keepGeneric(l, d) {
			plain = append(plain, d)
		}
	}
	for _, v := range c.Vars {
		vs := &ast.ValueSpec{Names: []*ast.Ident{ident(y.name(c, v), l.pos)}, Type: l.typeExpr(v.Type())}
		l.vars = append(l.vars, &ast.GenDecl{Tok: token.VAR, TokPos: l.pos, Specs: []ast.Spec{vs}})
	}
	for _, d := range plain {
		l.decl(d)
	}
	if len(c.Body.Body.List) > 0 || len(l.slotNames) > 0 {
		c.Body.Name.Name = y.fresh(c.Body.Name.Name)
		r.flagName = y.fresh("Flag")
		l.declare(r.flagName, "bool")
		l.fn = &funcState{isBody: true}
		l.noteHolders(c.Body)
		l.function("", c.Body.Type, c.Body.Body, nil)
		l.exprs(c.Body)
		c.Body.Body.List = slices.Insert(c.Body.Body.List, 1, l.register()) // behind the note that tells the function
		placeAll(c.Body, l.pos)
		l.body = c.Body
	}
	return l, nil
}

// declare makes a variable of package main for the rewritten code.
func (l *lowering) declare(name, typ string) {
	vs := &ast.ValueSpec{Names: []*ast.Ident{ident(name, l.pos)}, Type: ident(typ, l.pos)}
	l.vars = append(l.vars, &ast.GenDecl{Tok: token.VAR, TokPos: l.pos, Specs: []ast.Spec{vs}})
}

// decl rewrites one declaration. Constants need none: their uses are replaced by their values.
func (l *lowering) decl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.GenDecl:
		if d.Tok != token.TYPE {
			return
		}
		l.tagFields(d)
		l.exprs(d)
	case *ast.FuncDecl:
		l.funcDecl(d)
	}
	placeAll(d, l.pos)
	l.out = append(l.out, d)
}

func (l *lowering) funcDecl(d *ast.FuncDecl) {
	l.noteHolders(d)
	l.fn = nil
	sig, _ := l.info.Defs[d.Name].Type().(*types.Signature)
	l.function(d.Name.Name, d.Type, d.Body, sig)
	l.exprs(d)
	placeAll(d, l.pos)
}

// noteHolders records which session variables functions may hold on to. The cell's own statements end with the cell and hold nothing.
func (l *lowering) noteHolders(n ast.Node) {
	inFunc := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if i, ok := n.(*ast.Ident); ok {
				if v, ok := l.cell.Original(l.info.Uses[i]).(*types.Var); ok && l.cell.IsSession(v) {
					l.y.holder[v] = true
				}
			}
			return true
		})
	}
	if n != l.cell.Body {
		inFunc(n)
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			inFunc(n)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				inFunc(n)
			}
		case *ast.SelectorExpr:
			if s := l.info.Selections[n]; s != nil && s.Kind() != types.FieldVal {
				inFunc(n.X) // a method may keep its receiver's address
			}
		case *ast.SliceExpr:
			inFunc(n.X)
		}
		return true
	})
}

// typeOf is the type of an expression, without type parameters.
func (l *lowering) typeOf(e ast.Expr) types.Type { return l.env.subst(l.info.TypeOf(e)) }

// usePackage returns the name inside of a package, and sees to its import.
func (l *lowering) usePackage(importPath string) string {
	l.used[importPath] = true
	return l.y.packageAlias(importPath)
}

func (l *lowering) imports() []ast.Decl {
	var out []ast.Decl
	for _, p := range slices.Sorted(maps.Keys(l.used)) {
		spec := &ast.ImportSpec{
			Name: ident(l.y.packageAlias(p), l.pos), Path: &ast.BasicLit{Kind: token.STRING, ValuePos: l.pos, Value: strconv.Quote(p)},
		}
		out = append(out, &ast.GenDecl{Tok: token.IMPORT, TokPos: l.pos, Specs: []ast.Spec{spec}})
	}
	return out
}

func (l *lowering) decls() []ast.Decl { return append(slices.Clone(l.vars), l.out...) }

const maxSlots = 1 << 16

// noteFirst begins a function with a note of its line. Its position tells the function in yaegi's report of a panic.
func (l *lowering) noteFirst(name string, body *ast.BlockStmt) ast.Stmt {
	at := l.file.Pos(min(len(l.slots)+1, maxSlots))
	pos := l.y.Fset().Position(body.Pos())
	slot := &funcSlot{file: pos.Filename, name: name}
	l.y.rt.addSlot(l.y.Fset().Position(at).String(), slot)
	l.fn.slot, l.fn.line = l.y.fresh("Line"), pos.Line
	l.slots = append(l.slots, slot)
	l.slotNames = append(l.slotNames, l.fn.slot)
	l.declare(l.fn.slot, "int")
	s := set(id(l.fn.slot), intLit(pos.Line))
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			n.NamePos = at
		case *ast.BasicLit:
			n.ValuePos = at
		case *ast.AssignStmt:
			n.TokPos = at
		}
		return true
	})
	return s
}

// register is what a cell does first: it tells the addresses of the variables that the rewriting made.
func (l *lowering) register() ast.Stmt {
	args := []ast.Expr{addr(id(l.run.flagName))}
	for _, n := range l.slotNames {
		args = append(args, addr(id(n)))
	}
	l.run.slots = l.slots
	return exprStmt(call(l.support("Register"), args...))
}

// temp returns a new local name.
func (l *lowering) temp(base string) string {
	l.temps++
	return fmt.Sprintf("%sꞏ%d", base, l.temps)
}

// support refers to a function or variable of package tbsupport.
func (l *lowering) support(name string) ast.Expr {
	return &ast.SelectorExpr{X: ident(supportPath, l.pos), Sel: ident(name, l.pos)}
}
