package interp

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"tickbook/internal/symbols"
)

// ranCell is Go text that ran, for %save.
type ranCell struct {
	name, text string
	n          int
	show       bool
}

func saveMagic(m *magicCall) ([]any, error) {
	name, force := strings.CutSuffix(m.arg(), " -f")
	if name = strings.TrimSpace(name); name == "" {
		return nil, m.errorf("which file?")
	}
	m.mu.Lock()
	text, err := program(m.ran, m.fe.pkgs)
	m.mu.Unlock()
	if err != nil {
		return nil, m.failf("Error", "%w", err)
	}
	mode := os.O_EXCL
	if force {
		mode = os.O_TRUNC
	}
	f, err := os.OpenFile(expandHome(name), os.O_WRONLY|os.O_CREATE|mode, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil, m.failf("Error", "%s exists; write %%save %s -f to replace it", name, name)
	}
	if err != nil {
		return nil, m.failf("Error", "%w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, m.failf("Error", "%w", err)
	}
	return nil, m.print(fmt.Sprintf("wrote %s to %s\n", count(len(m.ran), "cell"), name))
}

// program writes the cells that ran as one Go program: their variables become the package's, their statements func main. It is checked, so that
// what cannot be said in one program is an error.
func program(ran []ranCell, pkgs *packages) ([]byte, error) {
	w := &programWriter{
		fe: newFrontEnd(token.NewFileSet()), names: map[types.Object]string{}, used: map[string]bool{"main": true}, imports: map[string]string{},
	}
	w.fe.pkgs = pkgs
	for _, r := range ran {
		c, err := w.fe.check(cellText{r.name, r.text, r.text, r.n, r.show, r.show})
		if err != nil {
			return nil, fmt.Errorf("%s cannot be written: %w", r.name, err)
		}
		w.fe.commit(c)
		w.cells = append(w.cells, c)
	}
	w.nameAll()
	text, err := format.Source(w.write())
	if err != nil {
		return nil, fmt.Errorf("BUG: save: %w", err)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "program", text, parser.SkipObjectResolution)
	if err == nil {
		conf := types.Config{GoVersion: goVersion, Importer: w.fe.pkgs}
		_, err = conf.Check(mainPath, fset, []*ast.File{f}, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("these cells are no single program: %w", err)
	}
	return text, nil
}

type programWriter struct {
	fe      *frontEnd
	cells   []*Cell
	names   map[types.Object]string
	used    map[string]bool   // names of the package
	imports map[string]string // import path to local name
}

// nameAll gives every object of the session a name of its own; the newest of a name keeps it.
func (w *programWriter) nameAll() {
	for _, c := range w.cells {
		for _, o := range c.Info.Uses {
			if pn, ok := o.(*types.PkgName); ok && w.imports[pn.Imported().Path()] == "" {
				name := strings.TrimSuffix(pn.Name(), oldSuffix)
				for i := 2; w.used[name]; i++ {
					name = fmt.Sprintf("%s%d", pn.Imported().Name(), i)
				}
				w.used[name] = true
				w.imports[pn.Imported().Path()] = name
			}
		}
	}
	for _, c := range w.cells {
		for _, o := range c.dottedUses() {
			if p := o.Pkg(); w.imports[p.Path()] == "" {
				w.imports[p.Path()] = p.Name()
				w.used[p.Name()] = true
			}
		}
	}
	for key, ip := range w.fe.imports {
		if strings.HasPrefix(key, blankImport) && w.imports[ip] == "" {
			w.imports[ip] = "_"
		}
	}
	if w.imports["fmt"] == "" && slices.ContainsFunc(w.cells, func(c *Cell) bool { return c.Shown != nil }) {
		w.imports["fmt"] = "fmt"
		w.used["fmt"] = true
	}
	for _, c := range slices.Backward(w.cells) {
		for _, d := range c.Decls {
			for _, id := range declIdents(d) {
				w.nameOne(c.Info.Defs[id])
			}
		}
		for _, v := range c.Vars {
			w.nameOne(v)
		}
	}
}

func (w *programWriter) nameOne(o types.Object) {
	if o == nil || o.Name() == "_" {
		return
	}
	base := strings.ReplaceAll(o.Name(), "ꞏ", "")
	name := base
	for i := 1; w.used[name]; i++ {
		name = fmt.Sprintf("%s%d", base, i)
	}
	w.used[name] = true
	w.names[o] = name
}

// rename gives the identifiers of a cell the program's names.
func (w *programWriter) rename(c *Cell) {
	for id, o := range c.dottedUses() {
		id.Name = w.imports[o.Pkg().Path()] + "." + o.Name()
	}
	for id, o := range c.Info.Uses {
		if pn, ok := o.(*types.PkgName); ok {
			id.Name = w.imports[pn.Imported().Path()]
		} else if n := w.names[c.Original(o)]; n != "" {
			id.Name = n
		} else if o == showFunc {
			id.Name = w.imports["fmt"] + ".Println"
		}
	}
	for id, o := range c.Info.Defs {
		if n := w.names[o]; n != "" {
			id.Name = n
		}
	}
}

// dottedUses are the identifiers that mean something of a package without naming it: of one that is imported by a dot.
func (c *Cell) dottedUses() map[*ast.Ident]types.Object {
	out := map[*ast.Ident]types.Object{}
	for id, o := range c.Info.Uses {
		if p := o.Pkg(); p != nil && p.Path() != mainPath && o.Parent() == p.Scope() && o != showFunc {
			out[id] = o
		}
	}
	if len(out) == 0 {
		return nil
	}
	for _, n := range append(slices.Clone(c.Decls), c.Body) {
		ast.Inspect(n, func(n ast.Node) bool {
			if se, ok := n.(*ast.SelectorExpr); ok {
				delete(out, se.Sel)
			}
			return true
		})
	}
	return out
}

func (w *programWriter) write() []byte {
	var decls, vars, body bytes.Buffer
	live := w.live()
	for _, c := range w.cells {
		w.rename(c)
	}
	for _, c := range w.cells {
		for _, d := range c.Decls {
			if live[d] {
				if _, doc := typedText(c, d); doc != "" {
					fmt.Fprintf(&decls, "// %s\n", strings.ReplaceAll(doc, "\n", "\n// "))
				}
				w.print(&decls, c, d)
				decls.WriteString("\n\n")
			}
		}
		for _, v := range c.Vars {
			fmt.Fprintf(&vars, "%s %s\n", w.names[v], types.TypeString(v.Type(), func(p *types.Package) string {
				if p.Path() != mainPath && w.imports[p.Path()] == "" {
					w.imports[p.Path()] = p.Name()
				}
				return w.imports[p.Path()]
			}))
		}
		if len(c.Body.Body.List) > 0 {
			var block bytes.Buffer
			w.print(&block, c, c.Body.Body)
			fmt.Fprintf(&body, "\n// %s\n%s\n", c.Name, bytes.TrimSuffix(bytes.TrimPrefix(block.Bytes(), []byte("{")), []byte("}")))
		}
	}
	var b bytes.Buffer
	b.WriteString("package main\n\nimport (\n")
	for _, p := range slices.Sorted(maps.Keys(w.imports)) {
		name := w.imports[p]
		if name == baseName(p) && symbols.Name(p) == "" {
			name = ""
		}
		fmt.Fprintf(&b, "%s %s\n", name, strconv.Quote(p))
	}
	b.WriteString(")\n\n")
	if vars.Len() > 0 {
		fmt.Fprintf(&b, "var (\n%s)\n\n", vars.String())
	}
	b.Write(decls.Bytes())
	fmt.Fprintf(&b, "func main() {%s}\n", body.String())
	return b.Bytes()
}

func (w *programWriter) print(b *bytes.Buffer, c *Cell, node any) {
	cfg := printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}
	// The printer fails for nodes that are no syntax only.
	if err := cfg.Fprint(b, c.Fset, &printer.CommentedNode{Node: node, Comments: c.comments}); err != nil {
		panic("BUG: save: " + err.Error())
	}
}

// live tells the declarations to write: those whose name is the newest, and what these and the statements use.
func (w *programWriter) live() map[ast.Decl]bool {
	type owner struct {
		c *Cell
		d ast.Decl
	}
	made := map[types.Object]owner{}
	methods := map[types.Object][]owner{}
	live := map[ast.Decl]bool{}
	var visit func(c *Cell, n ast.Node)
	visit = func(c *Cell, n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			o := c.Info.Uses[id]
			if o == nil {
				o = c.Info.Defs[id]
			}
			if m, ok := made[o]; ok && !live[m.d] {
				live[m.d] = true
				visit(m.c, m.d)
				for _, x := range methods[o] {
					live[x.d] = true
					visit(x.c, x.d)
				}
			}
			return true
		})
	}
	for _, c := range w.cells {
		for _, d := range c.Decls {
			for _, id := range declIdents(d) {
				made[c.Info.Defs[id]] = owner{c, d}
			}
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv != nil {
				if n := receiverObject(c.Info.Defs[fd.Name]); n != nil {
					methods[n] = append(methods[n], owner{c, d})
				}
			}
		}
	}
	for _, c := range w.cells {
		visit(c, c.Body)
		for _, d := range c.Decls {
			for _, id := range declIdents(d) {
				if o := c.Info.Defs[id]; o != nil && w.names[o] == o.Name() {
					visit(c, d)
				}
			}
		}
	}
	return live
}

// receiverObject is the type name that a method belongs to.
func receiverObject(o types.Object) types.Object {
	f, ok := o.(*types.Func)
	if !ok || f.Signature().Recv() == nil {
		return nil
	}
	t := f.Signature().Recv().Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj()
	}
	return nil
}
