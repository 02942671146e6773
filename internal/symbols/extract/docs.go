package extract

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
)

// Docs collects the documentation of a package from its files: "" is the package's own, "Name" that of a name, "Type.Member" that of a method or field.
func Docs(importPath, dir string, names []string) (map[string]string, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, f := range names {
		a, err := parser.ParseFile(fset, filepath.Join(dir, f), nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("docs of %s: %w", importPath, err)
		}
		files = append(files, a)
	}
	d, err := doc.NewFromFiles(fset, files, importPath)
	if err != nil {
		return nil, fmt.Errorf("docs of %s: %w", importPath, err)
	}
	m := map[string]string{}
	add := func(name, text string) {
		if text != "" {
			m[name] = text
		}
	}
	add("", d.Doc)
	values := func(vs []*doc.Value) {
		for _, v := range vs {
			for _, sp := range v.Decl.Specs {
				vs := sp.(*ast.ValueSpec)
				text := v.Doc
				if t := vs.Doc.Text() + vs.Comment.Text(); t != "" {
					text = t
				}
				for _, n := range vs.Names {
					if n.IsExported() {
						add(n.Name, text)
					}
				}
			}
		}
	}
	funcs := func(prefix string, fs []*doc.Func) {
		for _, f := range fs {
			add(prefix+f.Name, f.Doc)
		}
	}
	values(d.Consts)
	values(d.Vars)
	funcs("", d.Funcs)
	for _, t := range d.Types {
		add(t.Name, t.Doc)
		values(t.Consts)
		values(t.Vars)
		funcs("", t.Funcs)
		funcs(t.Name+".", t.Methods)
		for _, sp := range t.Decl.Specs {
			fieldDocs(sp.(*ast.TypeSpec), add)
		}
	}
	return m, nil
}

func fieldDocs(ts *ast.TypeSpec, add func(name, text string)) {
	var fields *ast.FieldList
	switch t := ts.Type.(type) {
	case *ast.StructType:
		fields = t.Fields
	case *ast.InterfaceType:
		fields = t.Methods
	default:
		return
	}
	for _, f := range fields.List {
		for _, n := range f.Names {
			if n.IsExported() {
				add(ts.Name.Name+"."+n.Name, f.Doc.Text()+f.Comment.Text())
			}
		}
	}
}
