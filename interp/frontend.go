package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
)

// frontEnd holds the names that live across cells and checks cells against them.
//
// A name means the newest thing of that name. What a redefinition replaces lives on under the hood while something refers to it: each
// definition is an object of its own, and objects, not names, are what the evaluator knows.
type frontEnd struct {
	fset    *token.FileSet // of cells
	pkgs    *packages
	objs    map[string]types.Object // variables, functions, types and constants of earlier cells
	imports map[string]string       // import lines of earlier cells, local name to path
	decls   map[string]*decl        // by their first name
	lastOut int                     // the newest value kept, see out.go; 0: none
	made    int                     // how many decls were ever made

	users    map[types.Object]map[*decl]bool // which of decls use an object of the session
	members  map[string]map[*decl]bool       // the methods among decls, by their receivers
	lets     map[string][]types.Object       // what the values of names in formulas were made of
	hasLets  bool                            // some cell gave formulas a name
	packages cellPackages
}

// decl is a function, method, type or constant group of an earlier cell, kept as source so that it can be declared anew when something it
// uses changes its meaning.
type decl struct {
	names    []string
	seq      int            // its place in the order of their making
	pkg      *types.Package // the cell's that declares it
	receiver string         // the type that a method belongs to
	file     string         // the cell
	src      string         // a file with it alone
	text     string         // as typed, with the comment above it
	doc      string         // that comment's text
	imports  map[string]string
	uses     map[types.Object]bool // what it uses of the session
}

// Cell is a checked cell, ready for an [Evaluator].
type Cell struct {
	Name   string // as in messages: In[3]
	Source string
	Fset   *token.FileSet
	Info   *types.Info
	Decls  []ast.Decl    // types, constants, functions and methods, new and declared anew
	Body   *ast.FuncDecl // the statements; variables of the session are assigned, not declared
	Vars   []*types.Var  // the variables that the cell makes
	Gone   []*types.Var  // the variables whose name it takes
	Shown  ast.Expr      // the expression whose value is to be shown, the body's last statement; nil when there is none

	lines    []int // the offsets of Source's lines; nil: not asked for yet
	pkg      *types.Package
	files    []*token.File
	own      []ast.Decl // those of Decls that the cell itself declares
	comments []*ast.CommentGroup
	out      int      // the number under which the value shown is kept, 0: not
	stale    []string // what keeps its old meaning, and why
	lets     []letCall
	imports  map[string]string
	newDecls []*decl
	aliases  map[types.Object]types.Object // stand-ins for variables whose name the cell takes
}

// Original returns the variable that o stands for in a cell that gives its name to a new one, else o.
func (c *Cell) Original(o types.Object) types.Object {
	if v, ok := c.aliases[o]; ok {
		return v
	}
	return o
}

// IsSession says whether o is a name of the session, not one local to a function or a package's.
func (c *Cell) IsSession(o types.Object) bool {
	if o == nil || o.Pkg() == nil || o.Pkg().Path() != mainPath {
		return false
	}
	if c.aliases[o] != nil {
		return true
	}
	if v, ok := o.(*types.Var); ok && v.IsField() {
		return false
	}
	return o.Parent() == nil || o.Parent() == o.Pkg().Scope()
}

func newFrontEnd(fset *token.FileSet) *frontEnd {
	return &frontEnd{
		fset: fset, pkgs: newPackages(), objs: map[string]types.Object{}, imports: map[string]string{}, decls: map[string]*decl{},
		users: map[types.Object]map[*decl]bool{}, members: map[string]map[*decl]bool{}, lets: map[string][]types.Object{}, packages: newCellPackages(),
	}
}

// commit makes a cell's names those of the session.
func (fe *frontEnd) commit(c *Cell) {
	maps.Copy(fe.imports, c.imports)
	fe.packages.files[c.pkg] = c.files
	fe.pin(c)
	for _, d := range c.Decls {
		for _, id := range declIdents(d) {
			if o := c.Info.Defs[id]; o != nil && id.Name != "_" {
				fe.bind(o.Name(), o)
				delete(fe.imports, o.Name())
			}
		}
	}
	for _, v := range c.Vars {
		fe.bind(v.Name(), v)
		delete(fe.imports, v.Name())
		fe.forget(v.Name())
	}
	for _, v := range c.Gone {
		fe.packages.vars[v] = true
	}
	if c.out > 0 {
		fe.lastOut = c.out
		fe.bind(outName(c.out-keptOuts), nil)
	}
	for _, l := range c.lets {
		fe.lets[l.name], fe.hasLets = l.uses, true
	}
	for _, d := range c.newDecls {
		for _, n := range d.names {
			fe.forget(n)
		}
		fe.made++
		d.seq, d.pkg = fe.made, c.pkg
		fe.decls[d.names[0]] = d
		fe.use(d)
	}
}

// forget drops the kept source of a name that means something else now.
func (fe *frontEnd) forget(name string) {
	if d := fe.decls[name]; d != nil {
		delete(fe.decls, name)
		fe.disuse(d)
	}
}

// declIdents lists the identifiers that a declaration binds in the session; a method binds none.
func declIdents(d ast.Decl) []*ast.Ident {
	var ids []*ast.Ident
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			ids = append(ids, d.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				ids = append(ids, s.Name)
			case *ast.ValueSpec:
				ids = append(ids, s.Names...)
			}
		}
	}
	return ids
}

const oldSuffix = "ꞏold" // marks the stand-in of a name that the cell redefines; no letter of it is likely in a cell

// insertAs puts o into a scope under another name and returns the stand-in.
func insertAs(sc *types.Scope, name string, o types.Object) types.Object {
	var alias types.Object
	switch o := o.(type) {
	case *types.Var:
		alias = types.NewVar(o.Pos(), o.Pkg(), name, o.Type())
	case *types.Const:
		alias = types.NewConst(o.Pos(), o.Pkg(), name, o.Type(), o.Val())
	case *types.Func:
		alias = types.NewVar(o.Pos(), o.Pkg(), name, o.Type())
	case *types.TypeName:
		alias = types.NewTypeName(o.Pos(), o.Pkg(), name, o.Type())
	default:
		panic(fmt.Sprintf("BUG: insertAs: %T", o))
	}
	sc.Insert(alias)
	return alias
}
