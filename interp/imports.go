package interp

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/gcexportdata"

	"tickbook/internal/symbols"
)

// packages is a [types.Importer] that serves the types of compiled packages from embedded export data. The owner serialises its calls.
type packages struct {
	fset   *token.FileSet
	read   map[string]*types.Package                       // what export data mentioned, complete or not
	done   map[string]bool                                 // read in full
	byName map[string][]string                             // package name to import paths, best first
	source func(importPath string) (*types.Package, error) // packages that the evaluator has from source, nil for others; nil: none
	got    *got                                            // those of %get; nil: the evaluator cannot have any
}

func newPackages() *packages {
	p := &packages{fset: token.NewFileSet(), read: map[string]*types.Package{}, done: map[string]bool{}, byName: map[string][]string{}}
	for _, ip := range append(symbols.Exported(), "unsafe") {
		n := cmp.Or(symbols.Name(ip), baseName(ip))
		p.byName[n] = append(p.byName[n], ip)
	}
	for _, paths := range p.byName {
		slices.SortFunc(paths, func(a, b string) int {
			return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
		})
	}
	return p
}

// baseName is the package name that an import path suggests.
func baseName(importPath string) string {
	b := path.Base(importPath)
	if len(b) > 1 && b[0] == 'v' && strings.Trim(b[1:], "0123456789") == "" {
		b = path.Base(path.Dir(importPath))
	}
	return b
}

// rank orders packages of the same name, for automatic imports.
func rank(importPath string) int {
	switch {
	case strings.HasPrefix(importPath, "tickbook/"):
		return 0
	case importPath == "math/rand" || importPath == "text/template":
		return 1
	case importPath == "crypto/rand" || importPath == "html/template":
		return 3
	case importPath == "math/rand/v2":
		return 4
	}
	return 2
}

// Import returns the types of a package that cells may import.
func (p *packages) Import(importPath string) (*types.Package, error) {
	if importPath == "unsafe" {
		return types.Unsafe, nil // no package has it: it is the compiler's
	}
	if p.done[importPath] {
		return p.read[importPath], nil
	}
	if p.source != nil {
		if importPath == "unsafe" {
			return types.Unsafe, nil
		}
		if pkg, err := p.fromSource(importPath); pkg != nil || err != nil {
			return pkg, err
		}
	}
	data, err := symbols.Export(importPath)
	if err != nil {
		if pkg, err := p.fromGot(importPath); pkg != nil || err != nil {
			return pkg, err
		}
		if first, _, _ := strings.Cut(importPath, "/"); strings.Contains(first, ".") {
			return nil, fmt.Errorf("%w; %%get %s fetches it", err, importPath)
		}
		return nil, err
	}
	pkg, err := gcexportdata.Read(bytes.NewReader(data), p.fset, p.read, importPath)
	if err != nil {
		return nil, fmt.Errorf("package %q: %w", importPath, err)
	}
	p.done[importPath] = true
	return pkg, nil
}

// basic are packages that the export data of others mentions: what is read from source must be read first.
var basic = []string{"cmp", "iter"}

func (p *packages) fromSource(importPath string) (*types.Package, error) {
	for _, ip := range append(basic, importPath) {
		if p.done[ip] {
			continue
		}
		pkg, err := p.source(ip)
		if err != nil {
			return nil, err
		}
		if pkg != nil {
			p.read[ip], p.done[ip] = pkg, true
		}
	}
	if p.done[importPath] {
		return p.read[importPath], nil
	}
	return nil, nil
}

// find returns the best package called name that exports member; "" when there is none. An empty member fits every package.
func (p *packages) find(name, member string) string {
	for _, ip := range p.byName[name] {
		if member == "" {
			return ip
		}
		if pkg, err := p.Import(ip); err == nil && pkg.Scope().Lookup(member) != nil && ast.IsExported(member) {
			return ip
		}
	}
	return ""
}

// What stands before an import path where an import line gives no name: no name begins so.
const (
	dotImport   = ". "
	blankImport = "_ "
)

// isImportName says whether a key of imports is a local name, and not one of these lines.
func isImportName(key string) bool {
	return !strings.HasPrefix(key, dotImport) && !strings.HasPrefix(key, blankImport)
}

// insertDotted puts the names of packages that are imported by a dot around the empty scope of a cell, as far as they are free there: unlike in a file,
// they may be given to something else later.
func (p *packages) insertDotted(cell *types.Scope, imports map[string]string, isTaken func(name string) bool) {
	around := within(cell.Parent(), "dot")
	for _, key := range slices.Sorted(maps.Keys(imports)) {
		if !strings.HasPrefix(key, dotImport) {
			continue
		}
		pkg, err := p.Import(imports[key])
		if err != nil {
			continue // the checker meets it again at the import line
		}
		for _, n := range pkg.Scope().Names() {
			if o := pkg.Scope().Lookup(n); o.Exported() && !isTaken(n) {
				around.Insert(o) // whose parent stays the package's scope
			}
		}
	}
	if around.Len() > 0 {
		*cell = *within(around, "cell")
	}
}

// importDecls declares imports, local name to path, in a file.
func importDecls(imports map[string]string) []ast.Decl {
	var out []ast.Decl
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		spec := &ast.ImportSpec{Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(imports[name])}, Name: ast.NewIdent(name)}
		if !isImportName(name) { // dotted has the names
			spec.Name.Name = "_"
		}
		out = append(out, &ast.GenDecl{Tok: token.IMPORT, Specs: []ast.Spec{spec}})
	}
	return out
}

// addImports takes the cell's own import lines into imports.
func (p *packages) addImports(fset *token.FileSet, imports map[string]string, specs []*ast.ImportSpec) error {
	for _, s := range specs {
		ip, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			return compileErrors{{pos: fset.Position(s.Pos()), msg: "invalid import path " + s.Path.Value}}
		}
		pkg, err := p.Import(ip)
		if err != nil {
			return compileErrors{{pos: fset.Position(s.Path.Pos()), msg: err.Error()}}
		}
		name := pkg.Name()
		if s.Name != nil {
			name = s.Name.Name
		}
		switch name {
		case "_":
			if p.got != nil { // compiled packages are initialised
				imports[blankImport+ip] = ip
			}
		case ".":
			if p.got == nil {
				return compileErrors{{pos: fset.Position(s.Pos()), msg: "this evaluator has no dot imports; import " + s.Path.Value + " by name"}}
			}
			imports[dotImport+ip] = ip
		default:
			imports[name] = ip
		}
	}
	return nil
}
