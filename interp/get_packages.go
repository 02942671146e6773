package interp

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"tickbook/internal/gomod"
	"tickbook/internal/symbols"
	"tickbook/internal/symbols/extract"
	"tickbook/interp/exec"
)

// got are packages from source that %get made known. Whoever has the session's mu uses it.
//
// State: offered, what cells may import by path; listed, the files of those that were used and of what they import; loaded, those that were checked and
// given to the evaluator. A package goes from one to the next, and back to listed when its source changes.
type got struct {
	fset    *token.FileSet
	load    func(*types.Package, []*ast.File, *types.Info, exec.Outside) error
	offered map[string]*gomod.Package
	listed  map[string]*gomod.Package
	loaded  map[string]*gotPackage
	roots   []string // packages that were asked for: listed has them and what they import
	texts   sync.Map // where files are that messages name; any goroutine may read it
	hints   sync.Map // by import path: how else to have the package; so too
}

// gotPackage is a package that was loaded, or why it can't be.
type gotPackage struct {
	pkg   *types.Package
	err   error
	stamp [sha256.Size]byte // of its files
	deps  []string          // import paths that it imports directly
	docs  map[string]string // nil until asked for
}

func newGot(fset *token.FileSet, load func(*types.Package, []*ast.File, *types.Info, exec.Outside) error) *got {
	return &got{
		fset: fset, load: load, offered: map[string]*gomod.Package{}, listed: map[string]*gomod.Package{}, loaded: map[string]*gotPackage{},
	}
}

// fromGot returns the types of a package that %get made known, nil for others.
func (p *packages) fromGot(importPath string) (*types.Package, error) {
	g := p.got
	if g == nil {
		return nil, nil
	}
	if l := g.loaded[importPath]; l != nil {
		return l.pkg, l.err
	}
	l := g.listed[importPath]
	switch {
	case l == nil && g.offered[importPath] != nil:
		return nil, fmt.Errorf("package %s is not read yet: run a cell that imports it", importPath)
	case l == nil:
		return nil, nil
	}
	x := &gotPackage{err: fmt.Errorf("package %s: import cycle", importPath)}
	g.loaded[importPath] = x
	x.pkg, x.err = p.loadGot(l, x)
	if x.err == nil {
		p.read[importPath], p.done[importPath] = x.pkg, true
	}
	return x.pkg, x.err
}

// loadGot checks a package and gives it to the evaluator.
func (p *packages) loadGot(l *gomod.Package, x *gotPackage) (*types.Package, error) {
	fail := func(format string, args ...any) (*types.Package, error) {
		return nil, fmt.Errorf("package %s "+format, append([]any{l.ImportPath}, args...)...)
	}
	cgo := cgoFiles(l)
	switch {
	case len(l.GoFiles) == 0 && len(cgo) > 0:
		return fail("needs C (cgo, in %s), which cells cannot run; %s", strings.Join(cgo, ", "), buildHint(l))
	case l.Error != nil && len(l.GoFiles) == 0:
		return fail("cannot be read: %s", strings.TrimSpace(l.Error.Err))
	case l.Standard && !fromSourceToo[l.ImportPath]:
		return fail("%w", errNotOffered)
	}
	for _, i := range l.Imports {
		if i == "C" || i == "unsafe" {
			continue
		}
		if m, ok := l.ImportMap[i]; ok {
			i = m
		}
		x.deps = append(x.deps, i)
		if _, err := p.Import(i); err != nil {
			return fail("imports what does not load: %w", err)
		}
	}
	p.got.hints.Store(l.ImportPath, buildHint(l))
	stamp := sha256.New()
	var files []*ast.File
	for _, name := range l.GoFiles {
		at := filepath.Join(l.Dir, name)
		text, err := os.ReadFile(at)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(stamp, "%s %d\n%s", name, len(text), text)
		shown := shownFile(l, name)
		p.got.texts.Store(shown, at)
		f, err := parser.ParseFile(p.got.fset, shown, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return fail("does not compile: %w", err)
		}
		files = append(files, f)
	}
	stamp.Sum(x.stamp[:0])
	info := exec.NewInfo()
	var first types.Error
	more := 0
	conf := types.Config{
		GoVersion: languageVersion(l), Importer: mapped{p, l.ImportMap}, Sizes: types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			if more == 0 && !errors.As(err, &first) {
				first.Msg = err.Error()
			}
			more++
		},
	}
	pkg := types.NewPackage(l.ImportPath, l.Name)
	_ = types.NewChecker(&conf, p.got.fset, pkg, info).Files(files) // Error has the first fault
	if more > 0 {
		if len(cgo) > 0 {
			return fail("needs C (cgo, in %s), which cells cannot run; %s", strings.Join(cgo, ", "), buildHint(l))
		}
		text := first.Error()
		if more > 1 {
			text += fmt.Sprintf(" (and %d more)", more-1)
		}
		return fail("does not compile: %s", text)
	}
	out := exec.Outside{Embedded: map[*types.Var]reflect.Value{}, Linked: linkNames(files, info)}
	if err := embedInto(out.Embedded, l, files, info); err != nil {
		return fail("%w", err)
	}
	if err := p.got.load(pkg, files, info, out); err != nil {
		return fail("does not load: %w", err)
	}
	return pkg, nil
}

// errNotOffered is why a package of the standard library does not load: it has no symbols, and works on the runtime.
var errNotOffered = errors.New("of the standard library is not available in cells")

// fromSourceToo are packages of the standard library that have no symbols and yet can be interpreted.
var fromSourceToo = map[string]bool{"log/syslog": true}

// mapped imports what a package's import lines mean.
type mapped struct {
	p *packages
	m map[string]string
}

// Import implements [types.Importer].
func (m mapped) Import(path string) (*types.Package, error) {
	if to, ok := m.m[path]; ok {
		path = to
	}
	return m.p.Import(path)
}

// languageVersion is the version of Go that a package is written in.
func languageVersion(l *gomod.Package) string {
	switch {
	case l.Standard || l.Module == nil:
		return goVersion
	case l.Module.GoVersion == "":
		return "go1.16" // as the go command takes it
	}
	return "go" + l.Module.GoVersion
}

// buildHint says how else to have a package.
func buildHint(l *gomod.Package) string {
	if l.Module == nil || l.Module.Version == "" {
		return "a kernel with the package compiled in can"
	}
	return "a kernel with it compiled in can: tickbook build --with " + l.Module.Path + "@" + l.Module.Version
}

// shownFile is how messages call a file of a package: by its module, or by where it is when it is the user's.
func shownFile(l *gomod.Package, name string) string {
	m := l.Module
	switch {
	case m == nil:
		return path.Join(l.ImportPath, name)
	case m.Version == "" || m.Replace != nil && m.Replace.Version == "":
		return filepath.Join(l.Dir, name)
	}
	return path.Join(m.Path+"@"+m.Version+strings.TrimPrefix(l.ImportPath, m.Path), name)
}

// cgoFiles lists files of a package that are left out since they need C.
func cgoFiles(l *gomod.Package) (out []string) {
	for _, name := range l.IgnoredGoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(l.Dir, name), nil, parser.ImportsOnly)
		if err != nil || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if slices.ContainsFunc(f.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"C"` }) {
			out = append(out, name)
		}
	}
	return out
}

// linkNames finds what go:linkname says that functions without a body are.
func linkNames(files []*ast.File, info *types.Info) map[*types.Func]string {
	out := map[*types.Func]string{}
	for _, f := range files {
		to := map[string]string{}
		for _, g := range f.Comments {
			for _, c := range g.List {
				if words := strings.Fields(c.Text); len(words) == 3 && words[0] == "//go:linkname" {
					to[words[1]] = words[2]
				}
			}
		}
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body == nil && fd.Recv == nil {
				if o, ok := info.Defs[fd.Name].(*types.Func); ok {
					out[o] = to[fd.Name.Name]
				}
			}
		}
	}
	return out
}

// offer makes the packages of a module known.
func (p *packages) offer(ps []*gomod.Package) {
	for _, l := range ps {
		if p.got.offered[l.ImportPath] == nil && !slices.Contains(p.byName[l.Name], l.ImportPath) {
			p.byName[l.Name] = append(p.byName[l.Name], l.ImportPath) // behind all that the kernel has itself
		}
		p.got.offered[l.ImportPath] = l
	}
}

// take takes a new listing of packages in. Packages whose files are others than those loaded are to be loaded anew, with what imports them; they are returned.
func (p *packages) take(ps []*gomod.Package) (changed []string) {
	g := p.got
	old := map[string]*gomod.Package{}
	for _, l := range ps {
		old[l.ImportPath] = g.listed[l.ImportPath]
		g.listed[l.ImportPath] = l
	}
	for _, l := range ps {
		if x := g.loaded[l.ImportPath]; x != nil && x.pkg != nil && !sameFiles(old[l.ImportPath], l, x) {
			changed = append(changed, l.ImportPath)
		}
	}
	dropped := p.unload(func(ip string, x *gotPackage) bool { return x.pkg == nil || slices.Contains(changed, ip) })
	slices.Sort(dropped)
	return dropped
}

// unload forgets packages, and those that import them, so that they are loaded anew. Those that had been loaded in full are returned.
func (p *packages) unload(which func(importPath string, x *gotPackage) bool) (out []string) {
	g := p.got
	drop := map[string]bool{}
	for ip, x := range g.loaded {
		drop[ip] = which(ip, x)
	}
	for again := true; again; {
		again = false
		for ip, x := range g.loaded {
			if !drop[ip] && slices.ContainsFunc(x.deps, func(d string) bool { return drop[d] }) {
				drop[ip], again = true, true
			}
		}
	}
	for ip, d := range drop {
		if d {
			if g.loaded[ip].pkg != nil {
				out = append(out, ip)
			}
			delete(g.loaded, ip)
			delete(p.read, ip)
			delete(p.done, ip)
		}
	}
	return out
}

// sameFiles says whether a package's files are those that were loaded. Those of a version never change.
func sameFiles(old, now *gomod.Package, x *gotPackage) bool {
	if old == nil || old.Dir != now.Dir || !slices.Equal(old.GoFiles, now.GoFiles) || !slices.Equal(old.EmbedFiles, now.EmbedFiles) {
		return false
	}
	if m := now.Module; m != nil && m.Version != "" && (m.Replace == nil || m.Replace.Version != "") || now.Standard {
		return true
	}
	stamp := sha256.New()
	for _, name := range now.GoFiles {
		text, err := os.ReadFile(filepath.Join(now.Dir, name))
		if err != nil {
			return false
		}
		fmt.Fprintf(stamp, "%s %d\n%s", name, len(text), text)
	}
	return [sha256.Size]byte(stamp.Sum(nil)) == x.stamp && len(now.EmbedFiles) == 0
}

// wanted lists packages that a text uses and that are offered and not listed: by import lines, and by names that an automatic import would take.
func (p *packages) wanted(text string, known func(name string) bool) []string {
	g := p.got
	if g == nil || len(g.offered) == 0 {
		return nil
	}
	want := map[string]bool{}
	add := func(ip string) {
		if g.offered[ip] != nil && g.listed[ip] == nil {
			want[ip] = true
		}
	}
	parsed, _ := parse(token.NewFileSet(), "wanted", text, "wantedꞏ", parser.AllErrors)
	for _, s := range parsed.imports {
		if ip, err := strconv.Unquote(s.Path.Value); err == nil {
			add(ip)
		}
	}
	nodes := slices.Concat(parsed.decls, parsed.vars)
	if parsed.body != nil {
		nodes = append(nodes, parsed.body)
	}
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if se, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := se.X.(*ast.Ident); ok && !known(id.Name) {
					for _, ip := range p.byName[id.Name] {
						if symbols.Has(ip) {
							break
						}
						add(ip)
					}
				}
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(want))
}

// paths lists what cells may import, sorted.
func (p *packages) paths() []string {
	out := symbols.Exported()
	if p.got != nil {
		out = slices.AppendSeq(out, maps.Keys(p.got.offered))
		slices.Sort(out)
		out = slices.Compact(out)
	}
	return out
}

// docs returns the documentation of a package as [symbols.Doc] does; of one from source, it is read from its files.
func (p *packages) docs(importPath string) map[string]string {
	if d := symbols.Doc(importPath); d != nil || p.got == nil {
		return d
	}
	l, x := p.got.listed[importPath], p.got.loaded[importPath]
	if l == nil || x == nil {
		return nil
	}
	if x.docs == nil {
		d, err := extract.Docs(l.ImportPath, l.Dir, l.GoFiles)
		if err != nil { // the files changed since the package was loaded
			return nil
		}
		x.docs = d
	}
	return x.docs
}
