package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// cellPackages are the packages that cells are checked as: each cell is one of its own, in whose scope the session's names lie around its own. A
// package whose names are no longer to be had is used again, so that a session does not grow with the cells that it ran.
//
// NB: functions of a package that is used again may still run. They know what they use by its objects, and of the package only name and path.
type cellPackages struct {
	recycle bool // the evaluator can do with it
	free    []*types.Package
	live    map[*types.Package]int           // how many names of the session, and uses by kept declarations, are of the package
	pinned  map[*types.Package]bool          // it has methods, which are compiled when they are first called, by their objects
	files   map[*types.Package][]*token.File // what the cell was parsed as
	gone    []*types.Package                 // that may have become free while a cell ran
	vars    map[*types.Var]bool              // without a name, whose values are still there
	session sessionScope
}

func newCellPackages() cellPackages {
	return cellPackages{live: map[*types.Package]int{}, pinned: map[*types.Package]bool{}, files: map[*types.Package][]*token.File{}, vars: map[*types.Var]bool{}}
}

// take returns a package for a cell.
func (p *cellPackages) take() *types.Package {
	n := len(p.free)
	if n == 0 {
		return types.NewPackage(mainPath, mainPath)
	}
	pkg := p.free[n-1]
	p.free = p.free[:n-1]
	return pkg
}

// enter empties a package's scope and puts it into that of the session's names.
func (fe *frontEnd) enter(pkg *types.Package) {
	pkg.SetImports(nil)
	*pkg.Scope() = *fe.packages.session.open(fe.objs)
}

// bind makes o what a name of the session means, nil: nothing.
func (fe *frontEnd) bind(name string, o types.Object) {
	p := &fe.packages
	old := fe.objs[name]
	if old == o {
		return
	}
	if o == nil {
		delete(fe.objs, name)
	} else {
		fe.objs[name] = o
		p.live[o.Pkg()]++
	}
	if old != nil {
		p.drop(old.Pkg())
	}
	p.session.bound(fe.objs, name)
}

// drop counts a use of a package less.
func (p *cellPackages) drop(pkg *types.Package) {
	if p.live[pkg]--; p.live[pkg] <= 0 {
		delete(p.live, pkg)
		p.gone = append(p.gone, pkg)
	}
}

// use counts what a declaration uses.
func (fe *frontEnd) use(d *decl) {
	for o := range d.uses {
		fe.packages.live[o.Pkg()]++
		if fe.users[o] == nil {
			fe.users[o] = map[*decl]bool{}
		}
		fe.users[o][d] = true
	}
	if d.receiver != "" {
		if fe.members[d.receiver] == nil {
			fe.members[d.receiver] = map[*decl]bool{}
		}
		fe.members[d.receiver][d] = true
	}
}

// disuse takes use back. What has methods goes on using what it did.
func (fe *frontEnd) disuse(d *decl) {
	for o := range d.uses {
		if !fe.packages.pinned[d.pkg] {
			fe.packages.drop(o.Pkg())
		}
		if delete(fe.users[o], d); len(fe.users[o]) == 0 {
			delete(fe.users, o)
		}
	}
	if d.receiver != "" {
		if delete(fe.members[d.receiver], d); len(fe.members[d.receiver]) == 0 {
			delete(fe.members, d.receiver)
		}
	}
}

// over ends the run of a checked cell, whether its names became the session's or not, and returns the packages and variables of which nothing is
// to be had any more.
func (fe *frontEnd) over(c *Cell) (unused []*types.Package, vars []*types.Var) {
	p := &fe.packages
	if !p.recycle {
		return nil, nil
	}
	for v := range p.vars {
		if fe.users[v] == nil {
			delete(p.vars, v)
			vars = append(vars, v)
		}
	}
	if p.files[c.pkg] == nil {
		p.files[c.pkg] = c.files
	}
	for _, pkg := range append(p.gone, c.pkg) {
		files := p.files[pkg]
		if p.live[pkg] > 0 || p.pinned[pkg] || files == nil { // the last: it came twice
			continue
		}
		delete(p.files, pkg)
		forgetFiles(fe.fset, files)
		*pkg.Scope() = *types.NewScope(nil, token.NoPos, token.NoPos, "no cell")
		p.free = append(p.free, pkg)
		unused = append(unused, pkg)
	}
	p.gone = p.gone[:0]
	return unused, vars
}

// pin keeps the package of a cell that declares methods or what has type parameters: their code is made when it is needed.
func (fe *frontEnd) pin(c *Cell) {
	for _, d := range c.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil || d.Type.TypeParams != nil {
				fe.packages.pinned[c.pkg] = true
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if ts, ok := s.(*ast.TypeSpec); ok && ts.TypeParams != nil {
					fe.packages.pinned[c.pkg] = true
				}
			}
		}
	}
}

func forgetFiles(fset *token.FileSet, files []*token.File) {
	for _, f := range files {
		fset.RemoveFile(f)
	}
}
