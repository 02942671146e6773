package conformance

import (
	"context"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"go/types"
	"strings"

	"tickbook/interp"
)

// writer is an evaluator that runs nothing: it writes cells as Go source, each object of the session under a name of its own, so that a
// redefinition is another object, as the front end means it.
type writer struct {
	program *program
	number  int // of the case
	names   map[types.Object]string
	cells   []string // the functions that are the cells
	fset    *token.FileSet
	fault   error
}

func (w *writer) open() error {
	w.fset, w.names = token.NewFileSet(), map[types.Object]string{}
	return nil
}

// Fset implements [interp.Evaluator].
func (w *writer) Fset() *token.FileSet { return w.fset }

// Value implements [interp.Evaluator].
func (w *writer) Value(*types.Var) any { return nil }

// Close implements [interp.Evaluator].
func (w *writer) Close() error { return nil }

// Run implements [interp.Evaluator].
func (w *writer) Run(_ context.Context, c *interp.Cell, ready func()) ([]any, error) {
	name := fmt.Sprintf("cellꞏ%d_%d", w.number, len(w.cells)+1)
	for _, d := range c.Decls {
		w.rename(c, d)
	}
	w.rename(c, c.Body)
	for _, v := range c.Vars {
		fmt.Fprintf(&w.program.body, "var %s = zeroꞏ[%s]()\n", w.name(c, v), w.typeText(c, v.Type()))
	}
	for _, d := range c.Decls {
		w.print(d)
	}
	c.Body.Name = ast.NewIdent(name)
	w.print(c.Body)
	w.cells = append(w.cells, name)
	ready()
	return nil, nil
}

func (w *writer) print(n ast.Node) {
	if err := printer.Fprint(&w.program.body, token.NewFileSet(), n); err != nil {
		w.fault = err
	}
	w.program.body.WriteString("\n\n")
}

// rename gives the session's objects and the packages their names in the program.
func (w *writer) rename(c *interp.Cell, root ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || id.Name == "_" {
			return true
		}
		o := c.Info.Uses[id]
		if o == nil {
			o = c.Info.Defs[id]
		}
		switch o := o.(type) {
		case nil:
		case *types.PkgName:
			id.Name = w.importName(o.Imported())
		case *types.Var:
			if tn := embeddedType(o); tn != nil { // the field is called like its type
				if c.IsSession(tn) {
					id.Name = w.name(c, tn)
				}
			} else if c.IsSession(o) {
				id.Name = w.name(c, o)
			}
		case *types.Func:
			if o.Signature().Recv() == nil && c.IsSession(o) {
				id.Name = w.name(c, o)
			}
		default:
			if c.IsSession(o) {
				id.Name = w.name(c, o)
			}
		}
		return true
	})
}

// embeddedType returns the name of an embedded field's type, nil for any other variable.
func embeddedType(v *types.Var) *types.TypeName {
	if !v.Embedded() {
		return nil
	}
	t := v.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	switch t := t.(type) {
	case *types.Named:
		return t.Obj()
	case *types.Alias:
		return t.Obj()
	}
	return nil
}

// name returns what an object of the session is called in the program.
func (w *writer) name(c *interp.Cell, o types.Object) string {
	o = c.Original(o)
	if w.names[o] == "" {
		w.names[o] = fmt.Sprintf("%sꞏ%d_%dꞏ", o.Name(), w.number, len(w.names)+1)
	}
	return w.names[o]
}

// importName returns what a package is called in the program.
func (w *writer) importName(p *types.Package) string {
	name := "p_" + strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(p.Path())
	if w.program.imports == nil {
		w.program.imports = map[string]string{}
	}
	w.program.imports[p.Path()] = name
	return name
}

// typeText writes a type with the names of the program.
func (w *writer) typeText(c *interp.Cell, t types.Type) string {
	sub := func(t types.Type) string { return w.typeText(c, t) }
	named := func(o *types.TypeName, args *types.TypeList) string {
		s := o.Name()
		if o.Pkg() != nil && c.IsSession(o) {
			s = w.name(c, o)
		} else if o.Pkg() != nil {
			s = w.importName(o.Pkg()) + "." + s
		}
		if args.Len() == 0 {
			return s
		}
		var as []string
		for a := range args.Types() {
			as = append(as, sub(a))
		}
		return s + "[" + strings.Join(as, ", ") + "]"
	}
	switch t := t.(type) {
	case *types.Named:
		return named(t.Obj(), t.TypeArgs())
	case *types.Alias:
		return named(t.Obj(), t.TypeArgs())
	case *types.Pointer:
		return "*" + sub(t.Elem())
	case *types.Slice:
		return "[]" + sub(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), sub(t.Elem()))
	case *types.Map:
		return "map[" + sub(t.Key()) + "]" + sub(t.Elem())
	case *types.Chan:
		return map[types.ChanDir]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()] + "(" + sub(t.Elem()) + ")"
	case *types.Signature:
		return "func" + w.signatureText(c, t)
	case *types.Struct:
		var fs []string
		for i := range t.NumFields() {
			f := t.Field(i)
			text := sub(f.Type())
			if !f.Embedded() {
				text = f.Name() + " " + text
			}
			if tag := t.Tag(i); tag != "" {
				text += fmt.Sprintf(" %q", tag)
			}
			fs = append(fs, text)
		}
		return "struct{" + strings.Join(fs, "; ") + "}"
	case *types.Interface:
		var ms []string
		for m := range t.Methods() {
			ms = append(ms, m.Name()+w.signatureText(c, m.Signature()))
		}
		return "interface{" + strings.Join(ms, "; ") + "}"
	}
	return types.TypeString(t, nil) // a basic type
}

func (w *writer) signatureText(c *interp.Cell, s *types.Signature) string {
	list := func(t *types.Tuple, variadic bool) string {
		var out []string
		for i := range t.Len() {
			x := t.At(i).Type()
			if variadic && i == t.Len()-1 {
				out = append(out, "..."+w.typeText(c, x.(*types.Slice).Elem()))
				continue
			}
			out = append(out, w.typeText(c, x))
		}
		return "(" + strings.Join(out, ", ") + ")"
	}
	return list(s.Params(), s.Variadic()) + " " + list(s.Results(), false)
}
