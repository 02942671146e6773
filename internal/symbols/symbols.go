package symbols

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Table maps the exported names of one package to values: functions and constants as themselves, variables addressable, types as nil
// pointers to them, and "_Name" to a nil pointer to the struct that wraps an interpreted implementation of interface Name.
type Table = map[string]reflect.Value

var (
	stdTables = map[string]func() Table{} // by import path; filled by the generated files
	ourTables = map[string]func() Table{}
)

//go:embed export_std.zip
var exportStd []byte

//go:embed export_ours.zip
var exportOurs []byte

//go:embed docs_std.zip
var docsStd []byte

//go:embed docs_ours.zip
var docsOurs []byte

//go:embed source_std.zip
var sourceStd []byte

//go:embed reflecting_std.zip
var reflectingStd []byte

// Paths returns the import paths of the packages that have a table, sorted.
func Paths() []string {
	p := slices.Collect(maps.Keys(stdTables))
	p = slices.AppendSeq(p, maps.Keys(ourTables))
	p = slices.AppendSeq(p, maps.Keys(withTables))
	slices.Sort(p)
	return p
}

// Own returns the import paths of the project's own packages, sorted.
func Own() []string { return slices.Sorted(maps.Keys(ourTables)) }

// Of returns a new copy of the table of one package, nil when there is none.
func Of(path string) Table {
	if f := stdTables[path]; f != nil {
		return f()
	}
	if f := ourTables[path]; f != nil {
		return f()
	}
	if f := withTables[path]; f != nil {
		return f()
	}
	return nil
}

// Exported lists the packages with export data, sorted: those with a table, and those whose API is generic.
func Exported() []string { return slices.Sorted(maps.Keys(exports())) }

// Has says whether a package has export data.
func Has(path string) bool { return exports()[path] != nil }

// Export returns the gc export data of a package.
func Export(path string) ([]byte, error) {
	f := exports()[path]
	if f == nil {
		return nil, fmt.Errorf("package %q is not available in cells", path)
	}
	return readAll(f)
}

// Doc returns the documentation of a package: "" is the package's own, "Name" that of a name, "Type.Member" that of a method or field.
func Doc(path string) map[string]string {
	f := docs()[path]
	if f == nil {
		return nil
	}
	b, err := readAll(f)
	if err != nil {
		return nil
	}
	var m map[string]string
	if json.Unmarshal(b, &m) != nil {
		return nil
	}
	return m
}

// Source returns the source files of a generic package, by name; none for another package.
func Source(path string) (map[string]string, error) { return filesOf(sources(), path) }

// Reflecting returns the source files of a compiled package that works by reflection, by name; none for another package.
func Reflecting(path string) (map[string]string, error) { return filesOf(reflecting(), path) }

func filesOf(zip map[string]*zip.File, path string) (map[string]string, error) {
	out := map[string]string{}
	for name, f := range zip {
		if dir, base, _ := cutLast(name); dir == path {
			b, err := readAll(f)
			if err != nil {
				return nil, err
			}
			out[base] = string(b)
		}
	}
	return out, nil
}

func cutLast(name string) (dir, base string, ok bool) {
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}

var (
	sources    = sync.OnceValue(func() map[string]*zip.File { return entries(sourceStd) })
	reflecting = sync.OnceValue(func() map[string]*zip.File { return entries(reflectingStd) })
	exports    = sync.OnceValue(func() map[string]*zip.File { return entries(exportStd, exportOurs, with.exports) })
	docs       = sync.OnceValue(func() map[string]*zip.File { return entries(docsStd, docsOurs, with.docs) })
)

func entries(zips ...[]byte) map[string]*zip.File {
	m := map[string]*zip.File{}
	for _, z := range zips {
		if len(z) == 0 {
			continue
		}
		r, err := zip.NewReader(bytes.NewReader(z), int64(len(z)))
		if err != nil {
			panic(fmt.Sprintf("BUG: symbols: embedded archive: %v", err))
		}
		for _, f := range r.File {
			m[f.Name] = f
		}
	}
	return m
}

func readAll(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("symbols: %s: %w", f.Name, err)
	}
	defer r.Close()
	return io.ReadAll(r)
}
