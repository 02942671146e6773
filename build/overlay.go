package build

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"tickbook/internal/symbols/extract"
)

// layer is what lies over package symbols.
type layer struct {
	packages []string          // import paths
	left     []string          // of those asked for, the ones that are not in packages
	modules  map[string]string // versions by path
	names    map[string]string // package names by import path
	tables   map[string][]byte // Go files by import path
	exports  map[string][]byte
	docs     map[string][]byte
	files    map[string]bool // that write wrote
}

// overlay makes the layer for packages. asked are the paths at or below which a package was asked for: one of these that does not compile is an error.
func overlay(pkgs []extract.Package, asked []string) (*layer, error) {
	l := &layer{
		modules: map[string]string{}, names: map[string]string{}, tables: map[string][]byte{}, exports: map[string][]byte{}, docs: map[string][]byte{}, files: map[string]bool{},
	}
	imports := map[string]*types.Package{}
	fset := token.NewFileSet()
	var faults []string
	for _, p := range pkgs {
		if p.Standard || isOurs(p.ImportPath) || !isImportable(p) {
			continue
		}
		wanted := slices.ContainsFunc(asked, func(a string) bool { return p.ImportPath == a || strings.HasPrefix(p.ImportPath, a+"/") })
		if p.Error != nil || p.Export == "" {
			if wanted {
				text := "does not compile"
				if p.Error != nil {
					text = strings.TrimSpace(p.Error.Err)
				}
				faults = append(faults, p.ImportPath+": "+text)
			}
			continue
		}
		data, tp, err := extract.Read(p, fset, imports)
		if err != nil {
			return nil, err
		}
		if len(p.CgoFiles)+len(p.SFiles) == 0 && isGeneric(tp) {
			if wanted {
				l.left = append(l.left, p.ImportPath)
			}
			continue
		}
		text, err := extract.Table("with", tp)
		if err != nil {
			return nil, err
		}
		docs, err := extract.Docs(p.ImportPath, p.Dir, slices.Concat(p.GoFiles, p.CgoFiles))
		if err == nil {
			l.docs[p.ImportPath], err = json.Marshal(docs)
		}
		if err != nil {
			return nil, err
		}
		l.packages = append(l.packages, p.ImportPath)
		l.names[p.ImportPath] = p.Name
		l.exports[p.ImportPath] = data
		if text != nil {
			l.tables[p.ImportPath] = text
		}
		if p.Module != nil {
			l.modules[p.Module.Path] = p.Module.Version
			if r := p.Module.Replace; r != nil && r.Version == "" { // a folder
				l.modules[p.Module.Path] = ""
			}
		}
	}
	found := slices.ContainsFunc(l.packages, func(p string) bool {
		return slices.ContainsFunc(asked, func(a string) bool { return p == a || strings.HasPrefix(p, a+"/") })
	})
	switch {
	case found:
		return l, nil
	case len(faults) > 0:
		return nil, fmt.Errorf("build: %s", strings.Join(faults, "\n"))
	case len(l.left) > 0:
		return nil, fmt.Errorf("build: %s: what is generic, and has neither C nor assembly, is read from source: %%get it", strings.Join(l.left, ", "))
	}
	return nil, fmt.Errorf("build: there are no packages that can be imported at or below %s", strings.Join(asked, ", "))
}

func isOurs(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

func isImportable(p extract.Package) bool {
	parts := strings.Split(p.ImportPath, "/")
	return p.Name != "main" && p.Name != "" && !slices.Contains(parts, "internal") && !slices.Contains(parts, "vendor")
}

// isGeneric says whether a package exports generic functions or types, of which compiled code has no form that cells could use.
func isGeneric(p *types.Package) bool {
	for _, n := range p.Scope().Names() {
		o := p.Scope().Lookup(n)
		if !o.Exported() {
			continue
		}
		switch o := o.(type) {
		case *types.Func:
			if o.Signature().TypeParams().Len() > 0 {
				return true
			}
		case *types.TypeName:
			if t, ok := o.Type().(*types.Named); ok && t.TypeParams().Len() > 0 {
				return true
			}
		}
	}
	return false
}

// write writes the layer's files into dir, and which of the source they stand for.
func (l *layer) write(dir, source string) error {
	over := map[string]string{}
	put := func(name string, data []byte) error {
		at := filepath.Join(dir, name)
		over[filepath.Join(source, "internal", "symbols", name)] = at
		l.files[name] = true
		return os.WriteFile(at, data, 0o666)
	}
	for i, p := range slices.Sorted(maps.Keys(l.tables)) {
		if err := put("with_"+strconv.Itoa(i)+"_table.go", l.tables[p]); err != nil {
			return err
		}
	}
	for name, entries := range map[string]map[string][]byte{"export_with.zip": l.exports, "docs_with.zip": l.docs} {
		over[filepath.Join(source, "internal", "symbols", name)] = filepath.Join(dir, name)
		l.files[name] = true
		if err := extract.WriteZip(filepath.Join(dir, name), entries); err != nil {
			return err
		}
	}
	text, err := l.register()
	if err == nil {
		err = put("with_modules.go", text)
	}
	if err != nil {
		return err
	}
	return writeOverlay(dir, over)
}

// register writes the file that makes the layer known to package symbols.
func (l *layer) register() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("// Code generated by tickbook build. DO NOT EDIT.\n\npackage symbols\n\nimport _ \"embed\"\n\n")
	b.WriteString("//go:embed export_with.zip\nvar exportWith []byte\n\n//go:embed docs_with.zip\nvar docsWith []byte\n\n")
	table := func(m map[string]string) {
		b.WriteString("map[string]string{\n")
		for _, k := range slices.Sorted(maps.Keys(m)) {
			fmt.Fprintf(&b, "%q: %q,\n", k, m[k])
		}
		b.WriteString("}")
	}
	b.WriteString("func init() {\nwith = layer{\nexports: exportWith, docs: docsWith,\nmodules: ")
	table(l.modules)
	b.WriteString(",\nnames: ")
	table(l.names)
	b.WriteString(",\n}\n}\n")
	return format.Source(b.Bytes())
}
