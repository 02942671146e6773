package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strconv"
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
		if x := l.env[t]; x != nil {
			return l.typeText(x)
		}
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
		if l.y.insts.aliases[o.Pkg().Path()+"."+o.Name()] != nil {
			o = l.y.insts.aliases[o.Pkg().Path()+"."+o.Name()]
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
		if tag := fieldTag(f.Name(), t.Tag(i), ""); tag != "" {
			text += fmt.Sprintf(" %q", tag)
		}
		fs = append(fs, text)
	}
	return "struct{" + strings.Join(fs, "; ") + "}"
}

// fieldTag is the tag of a struct field inside. Reflection cannot make unexported fields, so yaegi's are exported ones with other names: the
// tag hides them from encoders. The first field of a named type tells its name, since reflection does not tell types of the same shape apart.
func fieldTag(name, tag, typeName string) string {
	if !ast.IsExported(name) && reflect.StructTag(tag).Get("json") == "" {
		tag = strings.TrimSpace(tag + ` json:"-" xml:"-"`)
	}
	if typeName != "" {
		tag = strings.TrimSpace(tag + ` go:"` + typeName + `"`)
	}
	return tag
}

// tagFields gives the struct fields of a declaration the tags that they have inside.
func (l *lowering) tagFields(d *ast.GenDecl) {
	ts := d.Specs[0].(*ast.TypeSpec)
	ast.Inspect(ts.Type, func(n ast.Node) bool {
		st, ok := n.(*ast.StructType)
		if !ok {
			return true
		}
		var fields []*ast.Field
		for _, f := range st.Fields.List {
			if len(f.Names) == 0 {
				fields = append(fields, f)
				continue
			}
			for _, name := range f.Names {
				one := &ast.Field{Names: []*ast.Ident{name}, Type: f.Type, Tag: f.Tag}
				tag := ""
				if f.Tag != nil {
					tag, _ = strconv.Unquote(f.Tag.Value)
				}
				typeName := ""
				if st == ts.Type && len(fields) == 0 {
					typeName = ts.Name.Name
				}
				if tag = fieldTag(name.Name, tag, typeName); tag != "" {
					one.Tag = &ast.BasicLit{Kind: token.STRING, ValuePos: name.Pos(), Value: strconv.Quote(tag)}
				}
				fields = append(fields, one)
			}
		}
		st.Fields.List = fields
		return true
	})
}
