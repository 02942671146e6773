package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// docOf collects the documentation of a package as JSON: names to text.
func docOf(p pkg) ([]byte, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, f := range p.GoFiles {
		a, err := parser.ParseFile(fset, filepath.Join(p.Dir, f), nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("docs of %s: %w", p.ImportPath, err)
		}
		files = append(files, a)
	}
	d, err := doc.NewFromFiles(fset, files, p.ImportPath)
	if err != nil {
		return nil, fmt.Errorf("docs of %s: %w", p.ImportPath, err)
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
	return json.Marshal(m) // sorts the names
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

// writeZip writes a zip without times, its entries in order of their names.
func writeZip(file string, entries map[string][]byte) error {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(entries[name])
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}
