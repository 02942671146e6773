package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"strings"
)

// typeExpr writes a type with the names inside. It panics with a lowerError on what cannot be written.
func (l *lowering) typeExpr(t types.Type) ast.Expr {
	x, err := parser.ParseExpr(l.typeText(t))
	if err != nil {
		panic(lowerError{fmt.Sprintf("cannot spell type %s", t)})
	}
	ast.Inspect(x, func(n ast.Node) bool {
		if i, ok := n.(*ast.Ident); ok {
			i.NamePos = l.pos
		}
		return true
	})
	return x
}

func (l *lowering) typeText(t types.Type) string {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UntypedNil || t.Kind() == types.Invalid {
			return "interface{}"
		}
		return types.Default(t).String()
	case *types.Alias:
		if t.Obj().Pkg() == nil {
			return t.Obj().Name()
		}
		return l.typeText(types.Unalias(t))
	case *types.TypeParam:
		return t.Obj().Name()
	case *types.Named:
		return l.namedText(t)
	case *types.Pointer:
		return "*" + l.typeText(t.Elem())
	case *types.Slice:
		return "[]" + l.typeText(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), l.typeText(t.Elem()))
	case *types.Map:
		return "map[" + l.typeText(t.Key()) + "]" + l.typeText(t.Elem())
	case *types.Chan:
		return map[types.ChanDir]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()] + l.typeText(t.Elem())
	case *types.Signature:
		return "func" + l.signatureText(t)
	case *types.Struct:
		return l.structText(t)
	case *types.Interface:
		var ms []string
		for m := range t.Methods() {
			ms = append(ms, m.Name()+l.signatureText(m.Signature()))
		}
		return "interface{" + strings.Join(ms, "; ") + "}"
	}
	panic(lowerError{fmt.Sprintf("cannot spell type %s", t)})
}

func (l *lowering) namedText(t *types.Named) string {
	o := t.Obj()
	if o.Pkg() == nil {
		return o.Name() // error, comparable
	}
	if t.TypeArgs().Len() > 0 {
		return l.y.insts.typeName(l, t)
	}
	if o.Pkg().Path() != mainPath {
		if l.y.insts.fromSource(o) {
			return l.y.insts.plain(l, o)
		}
		if !o.Exported() {
			panic(lowerError{fmt.Sprintf("cannot spell the unexported type %s", t)})
		}
		return l.usePackage(o.Pkg().Path()) + "." + o.Name()
	}
	if l.cell.IsSession(o) {
		return l.y.name(l.cell, o)
	}
	return o.Name()
}

func (l *lowering) signatureText(s *types.Signature) string {
	text := l.tupleText(s.Params(), s.Variadic())
	if s.Results().Len() > 0 {
		text += " " + l.tupleText(s.Results(), false)
	}
	return text
}

func (l *lowering) tupleText(t *types.Tuple, variadic bool) string {
	var ts []string
	for i := range t.Len() {
		pt := t.At(i).Type()
		if variadic && i == t.Len()-1 {
			ts = append(ts, "..."+l.typeText(pt.(*types.Slice).Elem()))
		} else {
			ts = append(ts, l.typeText(pt))
		}
	}
	return "(" + strings.Join(ts, ", ") + ")"
}

func (l *lowering) structText(t *types.Struct) string {
	var fs []string
	for i := range t.NumFields() {
		f := t.Field(i)
		text := f.Name() + " " + l.typeText(f.Type())
		if f.Embedded() {
			text = l.typeText(f.Type())
		}
		if tag := t.Tag(i); tag != "" {
			text += fmt.Sprintf(" %q", tag)
		}
		fs = append(fs, text)
	}
	return "struct{" + strings.Join(fs, "; ") + "}"
}
