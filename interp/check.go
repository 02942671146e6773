package interp

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"runtime"
	"slices"
	"strings"
)

const goVersion = "go1.26"

// checker checks one cell. Pass 1 takes the statements as the body of a function, as Go does, and learns the types of what := and var
// declare. These are then hoisted to variables of the session, and pass 2 checks what will run. Nothing of the front end changes.
type checker struct {
	fe       *frontEnd
	cell     *Cell
	parsed   *parsed
	own      []ast.Decl              // the cell's declarations
	kept     []*keptFile             // declarations of earlier cells that are declared anew
	taken    map[string]bool         // names that the cell defines or declares anew: the session's objects of that name are hidden
	followed map[string]bool         // those of taken whose dependents were looked for
	hoisted  bool                    // pass 2 has begun
	entries  []*ast.Ident            // functions of a whole file that run by themselves, in order
	varDecls []ast.Decl              // of the hoisted variables
	olds     map[string]types.Object // stand-in name to object
	out      int                     // the number of the value that the cell keeps, 0: none
	marked   map[*ast.CallExpr]bool  // calls that markTests rewrote
	first    map[token.Pos]string    // messages of pass 1, in the compiler's wording, by place
}

// keptFile is a kept declaration, parsed anew.
type keptFile struct {
	d    *decl
	decl ast.Decl
}

// cellText is Go text to check.
type cellText struct {
	name string // of the cell, as in messages
	src  string // the cell as typed
	text string // what of it is meant, in the same place; the rest is blank
	n    int    // the cell's number
	show bool   // the value of the last expression is wanted
	keep bool   // and stays to be had as Out[n]
}

// check parses and checks a cell. A fault of the cell is a [compileErrors].
func (fe *frontEnd) check(t cellText) (*Cell, error) {
	c := &Cell{Name: t.name, Source: t.src, Fset: fe.fset, pkg: fe.packages.take(), imports: maps.Clone(fe.imports), aliases: map[types.Object]types.Object{}}
	if err := fe.checkInto(c, t); err != nil {
		forgetFiles(fe.fset, c.files)
		fe.packages.free = append(fe.packages.free, c.pkg)
		return nil, err
	}
	return c, nil
}

// checkInto is check for a cell that has nothing but its text yet.
func (fe *frontEnd) checkInto(c *Cell, t cellText) error {
	p, err := parse(fe.fset, t.name, t.text, fmt.Sprintf("cell_%d", t.n), parser.ParseComments)
	c.files = p.files
	if err != nil {
		return err
	}
	c.Body, c.Shown, c.comments = p.body, p.last, p.notes
	if err := fe.pkgs.addImports(fe.fset, c.imports, p.imports); err != nil {
		return err
	}
	k := &checker{
		fe: fe, cell: c, parsed: p, own: p.decls, taken: map[string]bool{}, olds: map[string]types.Object{},
		first: map[token.Pos]string{}, marked: map[*ast.CallExpr]bool{}, followed: map[string]bool{},
	}
	if p.program {
		k.renameEntries()
		k.varDecls = p.vars
	} else {
		k.runMainAtOnce()
	}
	for _, d := range slices.Concat(k.own, k.varDecls) {
		for _, n := range declNames(d) {
			k.taken[n] = true
			if !strings.Contains(n, ".") && !k.importedHere(n) {
				delete(c.imports, n)
			}
		}
	}
	if !t.show {
		c.Shown = nil
	}
	if !p.program {
		if err := k.useOuts(); err != nil {
			return err
		}
	}
	k.redeclareDependents()
	info := k.learn()
	k.decideShown(info)
	if t.keep && c.Shown != nil {
		k.keepOut(info, t.n)
	}
	if p.program {
		k.hoistProgram(info)
	} else if err := k.hoist(info); err != nil {
		return err
	}
	k.redeclareDependents()
	k.useValue(info)
	if err := k.verify(); err != nil {
		return err
	}
	k.finish()
	c.lets = c.letCalls()
	return nil
}

// runMainAtOnce calls func main and func init of the cell after its statements.
func (k *checker) runMainAtOnce() {
	for _, d := range k.own {
		fd, ok := d.(*ast.FuncDecl)
		if !ok || fd.Recv != nil || fd.Name.Name != "main" && fd.Name.Name != "init" {
			continue
		}
		fd.Name.Name += "_cell"
		call := &ast.CallExpr{Fun: &ast.Ident{Name: fd.Name.Name, NamePos: fd.Name.Pos()}, Lparen: fd.Name.End(), Rparen: fd.Name.End()}
		k.cell.Body.Body.List = append(k.cell.Body.Body.List, &ast.ExprStmt{X: call})
		k.cell.Shown = nil
	}
}

// importedHere says whether the cell itself has an import line that binds name.
func (k *checker) importedHere(name string) bool {
	ip, ok := k.cell.imports[name]
	return ok && k.fe.imports[name] != ip
}

// learn is pass 1, with automatic imports. Its errors are not yet the cell's.
func (k *checker) learn() *types.Info {
	for {
		info, _ := k.pass()
		if !k.autoImport(info) {
			return info
		}
		clear(k.first)
	}
}

// autoImport imports the packages whose name the cell uses without an import line, and says whether it found any.
func (k *checker) autoImport(info *types.Info) bool {
	found := false
	visit := func(imports map[string]string) func(ast.Node) bool {
		return func(n ast.Node) bool {
			se, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			id, ok := se.X.(*ast.Ident)
			if !ok || info.Uses[id] != nil || info.Defs[id] != nil || imports[id.Name] != "" {
				return true
			}
			ip := k.fe.pkgs.find(id.Name, se.Sel.Name)
			if ip == "" {
				ip = k.fe.pkgs.find(id.Name, "") // so that the message is about the member
			}
			if ip != "" {
				imports[id.Name] = ip
				found = true
			}
			return true
		}
	}
	for _, d := range slices.Concat(k.own, k.varDecls) {
		ast.Inspect(d, visit(k.cell.imports))
	}
	ast.Inspect(k.cell.Body, visit(k.cell.imports))
	for _, f := range k.kept {
		ast.Inspect(f.decl, visit(f.d.imports))
	}
	return found
}

// pass type-checks the cell as it stands.
func (k *checker) pass() (*types.Info, compileErrors) {
	info := newInfo()
	pkg := k.cell.pkg
	k.fe.enter(pkg)
	dotted := maps.Clone(k.cell.imports)
	for _, f := range k.kept {
		maps.Copy(dotted, f.d.imports)
	}
	k.fe.pkgs.insertDotted(pkg.Scope(), dotted, func(n string) bool { return k.taken[n] || k.fe.objs[n] != nil })
	clear(k.cell.aliases)
	for n, o := range k.olds {
		k.cell.aliases[insertAs(pkg.Scope(), n, o)] = o
	}
	pos := k.cell.Body.Pos()
	decls := slices.Concat(importDecls(k.cell.imports), k.own, k.varDecls, []ast.Decl{k.cell.Body})
	files := []*ast.File{{Name: ast.NewIdent(mainPath), Package: pos, Decls: decls}}
	for _, f := range k.kept {
		file := &ast.File{Name: ast.NewIdent(mainPath), Package: f.decl.Pos(), Decls: append(importDecls(f.d.imports), f.decl)}
		files = append(files, file)
	}
	var errs compileErrors
	seen := map[compileError]bool{}
	conf := types.Config{
		GoVersion: goVersion, Importer: k.fe.pkgs, Sizes: types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			var te types.Error
			if !errors.As(err, &te) || isUnused(te) || strings.HasPrefix(te.Msg, "\t") || !k.parsed.program && strings.Contains(te.Msg, "initialization cycle") {
				return // unused variables, imports and labels are no errors in a cell; nor do its variables depend on their order
			}
			msg := te.Msg
			if !k.hoisted {
				if k.first[te.Pos] == "" && !strings.HasPrefix(msg, "undefined: ") {
					k.first[te.Pos] = msg
				}
			} else if m := k.first[te.Pos]; m != "" {
				msg = m
			}
			e := compileError{pos: k.fe.fset.Position(te.Pos), msg: asTyped(inCells.Replace(msg))}
			if !seen[e] {
				seen[e] = true
				errs = append(errs, e)
			}
		},
	}
	// The checker calls Error for each fault; what it returns is the first of them.
	_ = types.NewChecker(&conf, k.fe.fset, pkg, info).Files(files)
	errs.sort()
	return info, errs
}

// inCells words a message of the checker for people: the types of earlier cells are in no other package, and stand-ins have the name of what
// they stand for.
var inCells = strings.NewReplacer(oldSuffix, "", " "+mainPath+".", " ", "*"+mainPath+".", "*", "]"+mainPath+".", "]", "("+mainPath+".", "(", "["+mainPath+".", "[")

// isUnused says whether an error is about a variable, an import or a label that nothing uses. NB: other errors are soft too.
func isUnused(e types.Error) bool {
	return e.Soft && (strings.HasSuffix(e.Msg, " and not used") || strings.HasPrefix(e.Msg, "declared and not used: "))
}

// verify is pass 2. A declaration of an earlier cell that no longer compiles keeps its old meaning; any other error is the cell's.
func (k *checker) verify() error {
	for {
		info, errs := k.pass()
		if k.keyLiterals(info) {
			continue
		}
		if len(errs) == 0 {
			tests, stdin := k.markTests(info), k.markStdin(info)
			if tests || stdin {
				continue
			}
		}
		if len(errs) == 0 {
			k.cell.Info, k.cell.own = info, k.own
			return nil
		}
		if !k.dropStale(errs) {
			return k.hinted(info, errs)
		}
	}
}

// decideShown keeps Shown only for an expression whose value is worth showing.
func (k *checker) decideShown(info *types.Info) {
	e := k.cell.Shown
	if e == nil {
		return
	}
	if tv := info.Types[e]; tv.Type == nil || tv.IsVoid() || tv.IsType() || tv.IsBuiltin() || isPrint(info, e) {
		k.cell.Shown = nil
	}
}

// isPrint says whether e calls a printing function of fmt: nobody wants to see how many bytes it wrote.
func isPrint(info *types.Info, e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	se, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	o := info.Uses[se.Sel]
	return o != nil && o.Pkg() != nil && o.Pkg().Path() == "fmt" && (strings.HasPrefix(o.Name(), "Print") || strings.HasPrefix(o.Name(), "Fprint"))
}

// useValue makes a call of the last statement if its value is to be shown, and an assignment to nothing if it is a mere value, since Go has
// no such statement.
func (k *checker) useValue(info *types.Info) {
	list := k.cell.Body.Body.List
	if len(list) == 0 {
		return
	}
	es, ok := list[len(list)-1].(*ast.ExprStmt)
	if !ok {
		return
	}
	if e := k.cell.Shown; e != nil {
		show := &ast.Ident{Name: showFunc.Name(), NamePos: e.Pos()}
		list[len(list)-1] = &ast.ExprStmt{X: &ast.CallExpr{Fun: show, Lparen: e.Pos(), Args: []ast.Expr{e}, Rparen: e.End()}}
		return
	}
	switch x := ast.Unparen(es.X).(type) {
	case *ast.CallExpr:
		if info.Types[x.Fun].IsType() {
			list[len(list)-1] = discard(es.X)
		}
	case *ast.UnaryExpr:
	default:
		list[len(list)-1] = discard(es.X)
	}
}

// showFunc stands for what takes the shown values.
var showFunc = func() *types.Func {
	param := types.NewParam(token.NoPos, nil, "v", types.NewSlice(types.Universe.Lookup("any").Type()))
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(param), nil, true)
	pkg := types.NewPackage("tickbook/show", "show")
	f := types.NewFunc(token.NoPos, pkg, "showꞏ", sig)
	pkg.Scope().Insert(f)
	return f
}()

func discard(e ast.Expr) ast.Stmt {
	return &ast.AssignStmt{Lhs: []ast.Expr{&ast.Ident{Name: "_", NamePos: e.Pos()}}, Tok: token.ASSIGN, TokPos: e.Pos(), Rhs: []ast.Expr{e}}
}

// finish fills in what the session keeps of the cell.
func (k *checker) finish() {
	c := k.cell
	for _, d := range k.varDecls {
		for _, id := range declIdents(d) {
			if v, ok := c.Info.Defs[id].(*types.Var); ok && id.Name != "_" {
				c.Vars = append(c.Vars, v)
			}
		}
	}
	explicit := map[string]string{} // automatic imports are looked for anew in each cell
	for _, s := range k.parsed.imports {
		for n, ip := range c.imports {
			if `"`+ip+`"` == s.Path.Value || "`"+ip+"`" == s.Path.Value {
				explicit[n] = ip
			}
		}
	}
	used := c.imports
	c.imports = explicit
	for _, d := range k.own {
		nd := &decl{
			names: declNames(d), file: c.Name, src: sourceOf(c, d), imports: maps.Clone(used), uses: k.uses(d),
		}
		nd.text, nd.doc = typedText(c, d)
		if fd, ok := d.(*ast.FuncDecl); ok {
			nd.receiver = receiverName(fd)
		}
		c.newDecls = append(c.newDecls, nd)
		c.Decls = append(c.Decls, d)
	}
	for _, f := range k.kept {
		f.d.uses = k.uses(f.decl)
		c.newDecls = append(c.newDecls, f.d)
		c.Decls = append(c.Decls, f.decl)
	}
}

// uses lists the session's objects that a declaration refers to.
func (k *checker) uses(d ast.Decl) map[types.Object]bool {
	m := map[types.Object]bool{}
	ast.Inspect(d, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if o := k.cell.Info.Uses[id]; o != nil && k.cell.IsSession(o) {
				m[o] = true
			}
		}
		return true
	})
	return m
}
