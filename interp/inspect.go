package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"tickbook/display"
	"tickbook/internal/symbols"
)

// Inspect describes what stands at byte offset pos: its declaration and documentation. detail 1 adds the members of types and packages.
func (s *Session) Inspect(code string, pos, detail int) (b display.MIMEBundle, found bool) {
	if pos < 0 || pos > len(code) {
		return nil, false
	}
	if t := typingAt(code, pos); !t.inGo {
		if t.piece.magic == nil {
			return nil, false
		}
		m := t.piece.magic
		if m.name == "!" {
			m, _ = findMagic("sh")
		}
		return display.MIMEBundle{display.Text: m.help()}, true
	} else {
		code = t.text
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, recv := s.objectAt(code, pos)
	if o == nil {
		return nil, false
	}
	var text strings.Builder
	text.WriteString(declaration(o))
	if d := s.doc(o, recv); d != "" {
		text.WriteString("\n\n" + strings.TrimRight(d, "\n"))
	}
	if detail > 0 {
		if m := members(o); m != "" {
			text.WriteString("\n\n" + m)
		}
	}
	return display.MIMEBundle{display.Text: text.String()}, true
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
		if o := p.pkg.Scope().Lookup(name); o != nil {
			return o, nil
		}
		if o := types.Universe.Lookup(name); o != nil {
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
		if n, ok := o.Type().(*types.Named); ok {
			if st, ok := n.Underlying().(*types.Struct); ok && o.Pkg() != nil && o.Pkg().Path() != mainPath {
				return fmt.Sprintf("type %s struct { … } // %d fields", o.Name(), st.NumFields())
			}
		}
	}
	return types.ObjectString(o, qualifier)
}

// doc returns the documentation of an object of a compiled package.
func (s *Session) doc(o types.Object, recv types.Type) string {
	if pn, ok := o.(*types.PkgName); ok {
		return symbols.Doc(pn.Imported().Path())[""]
	}
	if o.Pkg() == nil {
		return symbols.Doc("builtin")[o.Name()]
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
			return d.file
		}
		return ""
	}
	return symbols.Doc(o.Pkg().Path())[name]
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
	case *types.TypeName, *types.Var:
		t := o.Type()
		if _, ok := t.Underlying().(*types.Interface); !ok {
			if _, ok := t.(*types.Pointer); !ok {
				t = types.NewPointer(t)
			}
		}
		for sel := range types.NewMethodSet(t).Methods() {
			if m := sel.Obj(); m.Exported() {
				lines = append(lines, types.ObjectString(m, qualifier))
			}
		}
	}
	return strings.Join(lines, "\n")
}
