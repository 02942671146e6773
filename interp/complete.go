package interp

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"tickbook/display"
)

// Complete returns the candidates for the word that ends at byte offset pos, and the range that they replace.
func (s *Session) Complete(code string, pos int) (matches []display.Match, start, end int) {
	if pos < 0 || pos > len(code) {
		return nil, 0, 0
	}
	t := typingAt(code, pos)
	if !t.inGo {
		return completeMagic(code, pos, t)
	}
	code = t.text
	s.prepareTyping(code)
	s.mu.Lock()
	defer s.mu.Unlock()
	start, end = wordStart(code, pos), pos
	if t, ok := stringAt(code, pos); ok {
		matches, start = s.completeText(code, pos, t)
		return matches, start, end
	}
	p := s.fe.newProbe(code, start, end)
	c := &completer{probe: p, prefix: code[start:pos], seen: map[string]bool{}}
	switch n := p.node.(type) {
	case *ast.SelectorExpr:
		c.members(n)
	case *ast.Ident:
		c.names(n)
	}
	slices.SortFunc(c.out, func(a, b display.Match) int {
		return cmp.Or(cmp.Compare(matchRank(a), matchRank(b)), cmp.Compare(a.Text, b.Text))
	})
	return c.out, start, end
}

// matchRank puts what the cell and the session know before what everyone knows.
func matchRank(m display.Match) int {
	switch m.Type {
	case "package", "keyword":
		return 1
	}
	return 0
}

type completer struct {
	*probe
	prefix string
	seen   map[string]bool
	out    []display.Match
}

func (c *completer) add(o types.Object) {
	n := o.Name()
	if c.seen[n] || !strings.HasPrefix(n, c.prefix) || strings.Contains(n, "ꞏ") || n == "_" || strings.HasSuffix(n, "_cell") {
		return
	}
	c.seen[n] = true
	m := display.Match{Text: n, Signature: types.ObjectString(o, qualifier)}
	switch o := o.(type) {
	case *types.Func, *types.Builtin:
		m.Type = "function"
	case *types.Var:
		m.Type = "variable"
		if o.IsField() {
			m.Type = "field"
		}
	case *types.TypeName:
		m.Type = "type"
	case *types.Const, *types.Nil:
		m.Type = "constant"
	case *types.PkgName:
		m.Type = "package"
	}
	if m.Type != "function" {
		m.Signature = ""
	} else if f, ok := o.(*types.Func); ok {
		m.Signature = f.Name() + strings.TrimPrefix(types.TypeString(f.Type(), qualifier), "func")
	}
	c.out = append(c.out, m)
}

func (c *completer) word(text, kind string) {
	if !c.seen[text] && strings.HasPrefix(text, c.prefix) {
		c.seen[text] = true
		c.out = append(c.out, display.Match{Text: text, Type: kind})
	}
}

// qualifier writes types as cells do.
func qualifier(p *types.Package) string {
	if p.Path() == mainPath {
		return ""
	}
	return p.Name()
}

// members completes after a dot.
func (c *completer) members(se *ast.SelectorExpr) {
	if b, ok := se.X.(*ast.Ident); ok {
		if pn, ok := c.info.Uses[b].(*types.PkgName); ok {
			sc := pn.Imported().Scope()
			for _, n := range sc.Names() {
				if o := sc.Lookup(n); o.Exported() {
					c.add(o)
				}
			}
			return
		}
	}
	t := c.info.TypeOf(se.X)
	if t == nil || t == types.Typ[types.Invalid] {
		return
	}
	recv := t
	if _, ok := t.Underlying().(*types.Interface); !ok {
		if _, ok := t.(*types.Pointer); !ok {
			recv = types.NewPointer(t)
		}
	}
	for sel := range types.NewMethodSet(recv).Methods() {
		if o := sel.Obj(); (o.Exported() || o.Pkg().Path() == mainPath) && !isForSessions(o) {
			c.add(o)
		}
	}
	c.fields(t, map[types.Type]bool{})
}

// isForSessions says whether a method of ours is there for sessions to ask: no cell has to call it.
func isForSessions(o types.Object) bool {
	if o.Pkg() == nil || !strings.HasPrefix(o.Pkg().Path(), "tickbook/") { // error's method is of no package
		return false
	}
	switch o.Name() {
	case "CompleteText", "Outline":
		return true
	case "Describe":
		f, ok := o.(*types.Func)
		return ok && f.Signature().Params().Len() == 0
	}
	return false
}

func (c *completer) fields(t types.Type, done map[types.Type]bool) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || done[t] {
		return
	}
	done[t] = true
	for f := range st.Fields() {
		if f.Exported() || f.Pkg().Path() == mainPath {
			c.add(f)
		}
		if f.Embedded() {
			c.fields(f.Type(), done)
		}
	}
}

// names completes a plain word: what is in scope, keywords, and packages that an automatic import would find.
func (c *completer) names(id *ast.Ident) {
	if c.labels() {
		return
	}
	c.fieldKeys()
	var inner *types.Scope
	for _, sc := range c.info.Scopes {
		if sc.Contains(id.Pos()) && (inner == nil || sc.Pos() >= inner.Pos() && sc.End() <= inner.End()) {
			inner = sc
		}
	}
	if inner == nil {
		inner = c.pkg.Scope()
	}
	for sc := inner; sc != nil; sc = sc.Parent() {
		for _, n := range sc.Names() {
			o := sc.Lookup(n)
			if sc == c.pkg.Scope() || isAround(sc, c.pkg.Scope()) || o.Pos() < id.Pos() {
				c.add(o)
			}
		}
	}
	for sc := c.pkg.Scope(); sc != types.Universe; sc = sc.Parent() {
		for _, n := range sc.Names() {
			c.add(sc.Lookup(n))
		}
	}
	for n := range c.fe.imports {
		if isImportName(n) {
			c.word(n, "package")
		}
	}
	if c.prefix == "" {
		return
	}
	for n := range c.fe.pkgs.byName {
		c.word(n, "package")
	}
	for t := token.BREAK; t <= token.VAR; t++ {
		c.word(t.String(), "keyword")
	}
}

// isAround says whether outer is a scope around inner.
func isAround(outer, inner *types.Scope) bool {
	for inner = inner.Parent(); inner != nil; inner = inner.Parent() {
		if inner == outer {
			return true
		}
	}
	return false
}

// fieldKeys offers the fields of a struct literal as well.
func (c *completer) fieldKeys() {
	for i := len(c.path) - 2; i >= 0 && i >= len(c.path)-3; i-- {
		switch n := c.path[i].(type) {
		case *ast.KeyValueExpr:
			if n.Key != c.path[i+1] {
				return // it is a value
			}
		case *ast.CompositeLit:
			t := c.info.TypeOf(n)
			if t == nil || n.Type == c.path[i+1] {
				return
			}
			for _, e := range n.Elts { // those that are there are not offered again
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					if k, ok := kv.Key.(*ast.Ident); ok {
						c.seen[k.Name] = true
					}
				}
			}
			c.fields(t, map[types.Type]bool{})
			return
		}
	}
}

// labels completes behind break, continue and goto, where nothing but labels may stand.
func (c *completer) labels() bool {
	if len(c.path) < 2 {
		return false
	}
	if _, ok := c.path[len(c.path)-2].(*ast.BranchStmt); !ok {
		return false
	}
	for i, n := range c.path {
		if l, ok := n.(*ast.LabeledStmt); ok && i < len(c.path)-1 {
			c.word(l.Label.Name, "label")
		}
	}
	return true
}
