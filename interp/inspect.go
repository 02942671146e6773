package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"tickbook/display"
)

// Inspect describes what stands at byte offset pos: its declaration and documentation, the members of a type, what a value says of itself. detail 1 adds
// the source of what cells declared and the members of packages.
func (s *Session) Inspect(code string, pos, detail int) (b display.MIMEBundle, found bool) {
	if pos < 0 || pos > len(code) {
		return nil, false
	}
	t := typingAt(code, pos)
	if !t.inGo {
		if t.piece.magic == nil {
			return nil, false
		}
		m := t.piece.magic
		if m.name == "!" {
			m, _ = findMagic("sh")
		}
		return display.MIMEBundle{display.Text: m.help()}, true
	}
	s.prepareTyping(t.text)
	s.mu.Lock()
	defer s.mu.Unlock()
	o, recv := s.objectAt(t.text, pos)
	if o == nil {
		return nil, false
	}
	parts := []string{declaration(o)}
	if o.Parent() == types.Universe {
		d, ok := builtinDocs[o.Name()]
		if ok {
			parts = []string{d[0], d[1]}
		}
	}
	if v, ok := o.(*types.Var); ok && s.fe.objs[v.Name()] == o {
		parts = append(parts, s.described(v))
	}
	doc, source := s.doc(o, recv)
	parts = append(parts, doc)
	if _, isPackage := o.(*types.PkgName); detail > 0 || !isPackage {
		parts = append(parts, members(o))
	}
	if detail > 0 {
		parts = append(parts, source)
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return strings.TrimSpace(p) == "" })
	return display.MIMEBundle{display.Text: strings.Join(parts, "\n\n")}, true
}

// described is what the value of a session variable says of itself, "" while a cell runs, since it may change then.
func (s *Session) described(v *types.Var) (text string) {
	select {
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	default:
		return ""
	}
	defer func() {
		if recover() != nil { // a nil pointer
			text = ""
		}
	}()
	if d, ok := s.eval.Value(v).(display.Describer); ok {
		return d.Describe()
	}
	return ""
}

// objectAt finds the object of the word at pos; at an opening bracket or behind it, that of the function called.
func (s *Session) objectAt(code string, pos int) (types.Object, types.Type) {
	for try := pos; try >= 0; {
		start, end := wordStart(code, try), wordEnd(code, try)
		if start < end {
			return s.fe.resolve(code, start, end)
		}
		i := strings.LastIndexByte(code[:try], '(')
		if i <= 0 {
			return nil, nil
		}
		try = i
		for try > 0 && (code[try-1] == ' ' || code[try-1] == '(') {
			try--
		}
		if s, e := wordStart(code, try), wordEnd(code, try); s == e {
			return nil, nil
		}
	}
	return nil, nil
}

// resolve returns the object that a word of the cell means, and the type that it is a member of.
func (fe *frontEnd) resolve(code string, start, end int) (types.Object, types.Type) {
	name := code[start:end]
	p := fe.newProbe(code, start, end)
	switch n := p.node.(type) {
	case *ast.SelectorExpr:
		if b, ok := n.X.(*ast.Ident); ok {
			if pn, ok := p.info.Uses[b].(*types.PkgName); ok {
				return pn.Imported().Scope().Lookup(name), nil
			}
		}
		t := p.info.TypeOf(n.X)
		if t == nil {
			return nil, nil
		}
		o, _, _ := types.LookupFieldOrMethod(t, true, p.pkg, name)
		return o, t
	case *ast.Ident:
		for _, sc := range p.info.Scopes {
			if sc.Contains(n.Pos()) {
				if _, o := sc.LookupParent(name, n.Pos()); o != nil && o.Parent() != types.Universe {
					return o, nil
				}
			}
		}
		if _, o := p.pkg.Scope().LookupParent(name, token.NoPos); o != nil {
			return o, nil
		}
	}
	ip := fe.imports[name]
	if ip == "" {
		ip = fe.pkgs.find(name, "")
	}
	if ip != "" {
		if pkg, err := fe.pkgs.Import(ip); err == nil {
			return types.NewPkgName(0, nil, name, pkg), nil
		}
	}
	return nil, nil
}

func declaration(o types.Object) string {
	switch o := o.(type) {
	case *types.PkgName:
		return fmt.Sprintf("package %s // import %q", o.Imported().Name(), o.Imported().Path())
	case *types.TypeName:
		st, ok := o.Type().Underlying().(*types.Struct)
		if !ok || o.IsAlias() || st.NumFields() == 0 {
			break
		}
		var b strings.Builder
		fmt.Fprintf(&b, "type %s struct {\n", qualified(o))
		hidden := 0
		for f := range st.Fields() {
			if !f.Exported() && f.Pkg().Path() != mainPath {
				hidden++
				continue
			}
			fmt.Fprintf(&b, "\t%s %s\n", f.Name(), types.TypeString(f.Type(), qualifier))
		}
		if hidden > 0 {
			b.WriteString("\t// unexported fields\n")
		}
		return b.String() + "}"
	}
	return types.ObjectString(o, qualifier)
}

// qualified is the name of a type as cells write it.
func qualified(o *types.TypeName) string {
	if o.Pkg() == nil || o.Pkg().Path() == mainPath {
		return o.Name()
	}
	return o.Pkg().Name() + "." + o.Name()
}

// doc returns the documentation of an object, and for what a cell declared its source.
func (s *Session) doc(o types.Object, recv types.Type) (doc, source string) {
	if pn, ok := o.(*types.PkgName); ok {
		return strings.TrimRight(s.fe.pkgs.docs(pn.Imported().Path())[""], "\n"), ""
	}
	if o.Pkg() == nil {
		return "", ""
	}
	name := o.Name()
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil {
		recv = f.Signature().Recv().Type()
	}
	if recv != nil {
		if p, ok := recv.Underlying().(*types.Pointer); ok {
			recv = p.Elem()
		}
		if p, ok := recv.(*types.Pointer); ok {
			recv = p.Elem()
		}
		if n, ok := recv.(*types.Named); ok {
			name = n.Obj().Name() + "." + name
		}
	}
	if o.Pkg().Path() == mainPath {
		if d := s.fe.decls[name]; d != nil {
			return strings.TrimLeft(d.doc+"\n"+d.file, "\n"), d.text
		}
		return "", ""
	}
	return strings.TrimRight(s.fe.pkgs.docs(o.Pkg().Path())[name], "\n"), ""
}

// members lists what a package exports or a type's methods.
func members(o types.Object) string {
	var lines []string
	switch o := o.(type) {
	case *types.PkgName:
		sc := o.Imported().Scope()
		for _, n := range sc.Names() {
			if m := sc.Lookup(n); m.Exported() {
				lines = append(lines, types.ObjectString(m, qualifier))
			}
		}
	case *types.TypeName:
		t := o.Type()
		if types.IsInterface(t) { // the declaration lists them
			return ""
		}
		if _, ok := t.(*types.Pointer); !ok {
			t = types.NewPointer(t)
		}
		for sel := range types.NewMethodSet(t).Methods() {
			if m := sel.Obj(); m.Exported() || m.Pkg().Path() == mainPath {
				lines = append(lines, types.ObjectString(m, qualifier))
			}
		}
	}
	return strings.Join(lines, "\n")
}
