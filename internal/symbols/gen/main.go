// Command gen writes the tables, export data and documentation of package symbols into the working directory. Run it by
// `go generate ./internal/symbols`. With -only std or -only ours it writes one half.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/token"
	"go/types"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tickbook/internal/symbols/extract"
)

// ours are the project's packages that cells may import.
var ours = []string{"tickbook/display", "tickbook/engine", "tickbook/kafka", "tickbook/widgets", "tickbook/widgets/figure"}

// generic are standard packages whose functions are generic: cells run them from source.
var generic = []string{"cmp", "maps", "slices"}

// reflecting are packages that work by reflection, with what they import of the kind: their functions are run from source where values of cells'
// types come in.
var reflecting = []string{"text/template", "html/template", "encoding/json", "encoding/xml", "internal/fmtsort"}

// leftOut are standard packages that cells cannot import: their API differs by operating system, or linking them in changes the process.
var leftOut = []string{
	"expvar", "log/syslog", "net/http/pprof", "plugin", "runtime/cgo", "runtime/race", "syscall", "syscall/js", "testing/synctest",
	"time/tzdata", "unsafe",
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("symbols: ")
	only := flag.String("only", "", "write only `std` or ours")
	flag.Parse()
	if *only != "ours" {
		paths, err := standard()
		if err == nil {
			err = write("std", paths)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	if *only != "std" {
		paths := ours
		if flag.NArg() > 0 {
			paths = flag.Args()
		}
		if err := write("ours", paths); err != nil {
			log.Fatal(err)
		}
	}
}

// standard lists the standard packages that cells may import.
func standard() ([]string, error) {
	ps, err := extract.List("std")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range ps {
		path := p.ImportPath
		if !slices.Contains(strings.Split(path, "/"), "internal") && !strings.HasPrefix(path, "vendor/") && !slices.Contains(leftOut, path) {
			out = append(out, path)
		}
	}
	return out, nil
}

// write writes everything for one half, "std" or "ours".
func write(half string, paths []string) error {
	pkgs, err := extract.List(append([]string{"-export"}, paths...)...)
	if err != nil {
		return err
	}
	imports := map[string]*types.Package{}
	fset := token.NewFileSet()
	exp, doc, files, source := map[string][]byte{}, map[string][]byte{}, map[string][]byte{}, map[string][]byte{}
	for _, p := range pkgs {
		data, tp, err := extract.Read(p, fset, imports)
		if err != nil {
			return err
		}
		exp[p.ImportPath] = data
		docs, err := extract.Docs(p.ImportPath, p.Dir, p.GoFiles)
		if err == nil {
			doc[p.ImportPath], err = json.Marshal(docs) // sorts the names
		}
		if err != nil {
			return err
		}
		if half == "std" && slices.Contains(generic, p.ImportPath) {
			if err := addSource(source, p); err != nil {
				return err
			}
		}
		src, err := extract.Table(strings.TrimSuffix(half, "s"), tp)
		if err != nil {
			return err
		}
		if src != nil {
			files[strings.TrimSuffix(half, "s")+"_"+fileName(p.ImportPath)+".go"] = src
		}
	}
	if err := extract.WriteZip("export_"+half+".zip", exp); err != nil {
		return err
	}
	if err := extract.WriteZip("docs_"+half+".zip", doc); err != nil {
		return err
	}
	if half == "std" {
		if err := extract.WriteZip("source_std.zip", source); err != nil {
			return err
		}
		ps, err := extract.List(reflecting...)
		if err != nil {
			return err
		}
		source := map[string][]byte{}
		for _, p := range ps {
			if err := addSource(source, p); err != nil {
				return err
			}
		}
		if err := extract.WriteZip("reflecting_std.zip", source); err != nil {
			return err
		}
	}
	old, err := filepath.Glob(strings.TrimSuffix(half, "s") + "_*.go")
	if err != nil {
		return err
	}
	for _, f := range old {
		if files[f] == nil {
			if err := os.Remove(f); err != nil {
				return err
			}
		}
	}
	for _, f := range slices.Sorted(maps.Keys(files)) {
		const limit = 1 << 20
		if len(files[f]) > limit {
			return fmt.Errorf("%s would have %d bytes, more than %d", f, len(files[f]), limit)
		}
		if err := os.WriteFile(f, files[f], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// addSource adds a package's files.
func addSource(to map[string][]byte, p extract.Package) (err error) {
	for _, f := range p.GoFiles {
		if to[p.ImportPath+"/"+f], err = os.ReadFile(filepath.Join(p.Dir, f)); err != nil {
			return err
		}
	}
	return nil
}

func fileName(path string) string {
	return strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(strings.TrimPrefix(path, "tickbook/"))
}
