package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/astutil"

	"tickbook/internal/symbols"
)

// instances makes a copy of a generic function or type for each list of type arguments that it is used with, since yaegi infers few of them.
// Generic packages of the standard library are treated so as well, from their source.
type instances struct {
	y       *yaegi
	pkgs    *packages
	sources map[string]*sourcePackage
	defs    map[types.Object]*definition
	made    []*instance
	aliases map[string]*types.TypeName // of types of internal packages, by path and name: their names in a package that cells may import
}

// definition is a declaration that is copied for each use: generic, or of a generic package.
type definition struct {
	fn      *ast.FuncDecl // nil: a type
	methods []*ast.FuncDecl
	info    *types.Info
	cell    *Cell // whose names the declaration knows
}

// instance is one copy.
type instance struct {
	of       types.Object
	args     []types.Type
	name     string
	declared bool // yaegi has it
}

func newInstances(y *yaegi) *instances {
	in := &instances{
		y: y, pkgs: newPackages(), sources: map[string]*sourcePackage{}, defs: map[types.Object]*definition{}, aliases: map[string]*types.TypeName{},
	}
	for _, path := range symbols.Own() {
		pkg, err := in.pkgs.Import(path)
		if err != nil {
			continue
		}
		for _, n := range pkg.Scope().Names() {
			if o, ok := pkg.Scope().Lookup(n).(*types.TypeName); ok && o.IsAlias() && o.Exported() {
				if t, ok := types.Unalias(o.Type()).(*types.Named); ok && t.Obj().Pkg() != nil && t.Obj().Pkg() != pkg {
					in.aliases[t.Obj().Pkg().Path()+"."+t.Obj().Name()] = o
				}
			}
		}
	}
	return in
}

// rollBack forgets the copies that a failed cell has not declared; commit keeps them.
func (in *instances) rollBack() {
	stay := in.made[:0]
	for _, i := range in.made {
		if i.declared {
			stay = append(stay, i)
		}
	}
	in.made = stay
}

func (in *instances) commit() {
	for _, i := range in.made {
		i.declared = true
	}
}

// keepGeneric takes a declaration of a cell that is to be copied, and says whether it is one.
func (in *instances) keepGeneric(l *lowering, d ast.Decl) bool {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Type.TypeParams == nil && genericReceiver(l.info, d) == nil {
			return false
		}
	case *ast.GenDecl:
		ts, ok := d.Specs[0].(*ast.TypeSpec)
		if !ok {
			return false
		}
		it, isInterface := l.info.Defs[ts.Name].Type().Underlying().(*types.Interface)
		if isInterface && !it.IsMethodSet() {
			return true // a constraint; nothing at run time
		}
		if ts.TypeParams == nil {
			return false
		}
	}
	in.keep(d, l.info, l.cell)
	return true
}

// genericReceiver returns the generic type that a method belongs to, nil for another function.
func genericReceiver(info *types.Info, d *ast.FuncDecl) types.Object {
	f, ok := info.Defs[d.Name].(*types.Func)
	if !ok || f.Signature().RecvTypeParams().Len() == 0 {
		return nil
	}
	return receiverType(f)
}

func receiverType(f *types.Func) types.Object {
	t := f.Signature().Recv().Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := t.(*types.Named); ok {
		return n.Origin().Obj()
	}
	return nil
}

func (in *instances) keep(d ast.Decl, info *types.Info, c *Cell) {
	def := func(o types.Object) *definition {
		x := in.defs[o]
		if x == nil {
			x = &definition{}
			in.defs[o] = x
		}
		x.info, x.cell = info, c
		return x
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		f, ok := info.Defs[d.Name].(*types.Func)
		if !ok {
			return
		}
		if f.Signature().Recv() != nil {
			if o := receiverType(f); o != nil {
				x := def(o)
				x.methods = append(x.methods, d)
			}
			return
		}
		def(f).fn = d
	case *ast.GenDecl:
		if ts, ok := d.Specs[0].(*ast.TypeSpec); ok {
			def(info.Defs[ts.Name])
		}
	}
}

// definitionOf finds what to copy for an object: in a cell's use of a standard package, the object is that of the export data.
func (in *instances) definitionOf(o types.Object) (types.Object, *definition) {
	if d := in.defs[o]; d != nil {
		return o, d
	}
	if o == nil || o.Pkg() == nil || o.Parent() != o.Pkg().Scope() || o.Pkg().Path() == mainPath {
		return o, nil
	}
	p, err := in.load(o.Pkg().Path())
	if err != nil {
		panic(lowerError{err.Error()})
	}
	if p == nil {
		return o, nil
	}
	so := p.types.Scope().Lookup(o.Name())
	return so, in.defs[so]
}

// fromSource says whether o is of a package that is interpreted from source and not generic.
func (in *instances) fromSource(o types.Object) bool {
	return o != nil && o.Pkg() != nil && strings.HasPrefix(o.Pkg().Path(), "tickbook/source/") && in.defs[o] != nil
}

// use returns the name of a copy of a generic function.
func (in *instances) use(l *lowering, o types.Object, inst types.Instance) ast.Expr {
	if _, ok := o.(*types.TypeName); ok {
		return l.typeExpr(inst.Type)
	}
	var args []types.Type
	for t := range inst.TypeArgs.Types() {
		args = append(args, l.env.subst(t))
	}
	return ident(in.function(l, l.cell.Original(o), args), l.pos)
}

// plain returns the name of something of a generic package that is not generic.
func (in *instances) plain(l *lowering, o types.Object) string {
	if t, ok := o.(*types.TypeName); ok {
		return in.typ(l, t, o.Type())
	}
	return in.function(l, o, nil)
}

func notInCells(o types.Object) lowerError {
	return lowerError{fmt.Sprintf("generic %s.%s is not supported in cells", o.Pkg().Path(), o.Name())}
}

// find returns the copy for some type arguments; isNew says that it has to be made.
func (in *instances) find(o types.Object, args []types.Type) (inst *instance, isNew bool) {
	for _, i := range in.made {
		if i.of == o && sameTypes(i.args, args) {
			return i, false
		}
	}
	inst = &instance{of: o, args: args, name: in.y.fresh(o.Name() + "ꞏ")}
	in.made = append(in.made, inst)
	return inst, true
}

func sameTypes(a, b []types.Type) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !types.Identical(a[i], b[i]) {
			return false
		}
	}
	return true
}

func (in *instances) function(l *lowering, o types.Object, args []types.Type) string {
	origin, def := in.definitionOf(o)
	if def == nil || def.fn == nil || def.fn.Body == nil {
		panic(notInCells(o))
	}
	inst, isNew := in.find(origin, args)
	if isNew {
		in.copyFunc(l, def, def.fn, origin.(*types.Func).Signature().TypeParams(), inst, "")
	}
	return inst.name
}

// typeName returns the name of a copy of a generic type.
func (in *instances) typeName(l *lowering, t *types.Named) string {
	if _, ok := t.Underlying().(*types.Signature); ok && t.Obj().Pkg().Path() == "iter" {
		return l.typeText(t.Underlying()) // iter.Seq: yaegi wants no name for a function type
	}
	return in.typ(l, t.Obj(), t)
}

func (in *instances) typ(l *lowering, o *types.TypeName, t types.Type) string {
	origin, def := in.definitionOf(o)
	if def == nil {
		panic(notInCells(o))
	}
	var args []types.Type
	if n, ok := t.(*types.Named); ok {
		for a := range n.TypeArgs().Types() {
			args = append(args, l.env.subst(a))
		}
	}
	inst, isNew := in.find(origin, args)
	if !isNew {
		return inst.name
	}
	made := origin.Type()
	if len(args) > 0 {
		var err error
		if made, err = types.Instantiate(nil, origin.Type(), args, false); err != nil {
			panic(lowerError{err.Error()})
		}
	}
	var under string
	l.inside(def, nil, nil, func() { under = l.typeText(made.Underlying()) })
	x, err := parser.ParseExpr(under)
	if err != nil {
		panic(lowerError{fmt.Sprintf("cannot spell type %s", made)})
	}
	clearPositions(x, l.pos)
	spec := &ast.TypeSpec{Name: ident(inst.name, l.pos), Type: x}
	l.out = append(l.out, &ast.GenDecl{Tok: token.TYPE, TokPos: l.pos, Specs: []ast.Spec{spec}})
	for _, m := range def.methods {
		sig := def.info.Defs[m.Name].(*types.Func).Signature()
		in.copyFunc(l, def, m, sig.RecvTypeParams(), inst, inst.name)
	}
	return inst.name
}

func clearPositions(x ast.Node, pos token.Pos) {
	ast.Inspect(x, func(n ast.Node) bool {
		if i, ok := n.(*ast.Ident); ok {
			i.NamePos = pos
		}
		return true
	})
}

// copyFunc declares a copy of a function, or of a method of the copied type receiver.
func (in *instances) copyFunc(l *lowering, def *definition, d *ast.FuncDecl, params *types.TypeParamList, inst *instance, receiver string) {
	env := typeEnv{}
	for i := range params.Len() {
		env[params.At(i)] = inst.args[i]
	}
	nodes := map[ast.Node]ast.Node{}
	c := cloneNode(d, nodes)
	info := concrete(def.info, nodes, env)
	c.Type.TypeParams = nil
	if receiver == "" {
		delete(info.Defs, c.Name)
		c.Name = ident(inst.name, c.Name.NamePos)
	} else {
		_, isPointer := c.Recv.List[0].Type.(*ast.StarExpr)
		c.Recv.List[0].Type = ident(receiver, l.pos)
		if isPointer {
			c.Recv.List[0].Type = &ast.StarExpr{X: ident(receiver, l.pos)}
		}
	}
	l.inside(def, info, env, func() {
		l.noteHolders(c)
		sig := env.subst(def.info.Defs[d.Name].Type()).(*types.Signature)
		l.fn = nil
		l.function(d.Name.Name, c.Type, c.Body, sig)
		l.exprs(c)
		placeAll(c, l.pos)
	})
	l.out = append(l.out, c)
}

// inside runs f with the view of the place where a definition stands.
func (l *lowering) inside(def *definition, info *types.Info, env typeEnv, f func()) {
	oldInfo, oldEnv, oldCell, oldFn := l.info, l.env, l.cell, l.fn
	if info != nil {
		l.info = info
	}
	l.env, l.cell = env, def.cell
	f()
	l.info, l.env, l.cell, l.fn = oldInfo, oldEnv, oldCell, oldFn
}

// renamed replaces names that mean a type parameter or something of a generic package.
func (in *instances) renamed(l *lowering, c *astutil.Cursor, o types.Object) bool {
	if t, ok := o.(*types.TypeName); ok {
		if p, ok := t.Type().(*types.TypeParam); ok {
			if x := l.env[p]; x != nil {
				c.Replace(l.typeExpr(x))
				return true
			}
		}
	}
	if in.fromSource(o) {
		c.Replace(ident(in.plain(l, o), l.pos))
		return true
	}
	return false
}
