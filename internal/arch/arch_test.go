package arch

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "tickbook"

// arrows says which of our packages a package may import outside its tests, each with the reason. A package also may import what lies below
// itself (engine → engine/internal/...). Keys are the first matching prefix, longest first.
var arrows = map[string]map[string]string{
	"tickbook/display": {},
	"tickbook/engine/enginetest": {
		"tickbook/engine":              "it checks operators from outside",
		"tickbook/internal/invariants": "it checks less often where each check costs more",
	},
	"tickbook/engine": {
		"tickbook/internal/invariants": "checks that run with -race",
		"tickbook/internal/edits":      "names that were probably meant",
	},
	"tickbook/internal/invariants": {},
	"tickbook/internal/edits":      {},
	"tickbook/internal/arch":       {},
	"tickbook/internal/pyvenv":     {}, // tests of any package may use it
	"tickbook/internal/hostile":    {}, // so too
	"tickbook/kernel": {
		"tickbook/display": "what is shown, and by whom",
	},
	"tickbook/kafka/broker": {},
	"tickbook/kafka": {
		"tickbook/engine":         "topics become tables",
		"tickbook/internal/edits": "names that were probably meant",
	},
	"tickbook/widgets": {
		"tickbook/engine":  "tables are what is shown",
		"tickbook/display": "how it is shown",
	},
	"tickbook/interp": {
		"tickbook/display":                  "errors with places, completion inside strings",
		"tickbook/internal/symbols":         "what cells may import",
		"tickbook/internal/gomod":           "%get fetches modules",
		"tickbook/internal/symbols/extract": "documentation of packages from source",
		"tickbook/internal/edits":           "names that were probably meant",
	},
	"tickbook/internal/gomod": {},
	"tickbook/internal/symbols": {
		"tickbook/display":        "cells may import it",
		"tickbook/engine":         "cells may import it",
		"tickbook/kafka":          "cells may import it",
		"tickbook/widgets":        "cells may import it",
		"tickbook/widgets/figure": "cells may import it",
	},
	"tickbook/build": {
		"tickbook/internal/gomod":           "it runs the go command",
		"tickbook/internal/symbols/extract": "what kernels offer of a package",
	},
	"tickbook/install": {
		"tickbook/widgets/lab": "the extension's files are installed",
	},
	"tickbook/notebooks": {
		"tickbook/kernel":  "cells run through the kernel's session",
		"tickbook/display": "outputs are MIME bundles",
	},
}

// free packages may import anything: the program itself, and what is only for tests and figures.
var free = []string{"tickbook/bench", "tickbook/internal/browsertest", "tickbook/internal/kafkatest", "tickbook/internal/producttest", "tickbook/internal/tools"}

type file struct {
	path, pkg string
	ast       *ast.File
	lines     int
	test      bool
	generated bool
}

var fset = token.NewFileSet()

func files(t *testing.T) (out []file) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && p != root || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		f := file{path: rel, pkg: module, lines: bytes.Count(src, []byte("\n")), test: strings.HasSuffix(p, "_test.go")}
		if i := strings.LastIndexByte(rel, '/'); i >= 0 {
			f.pkg = module + "/" + rel[:i]
		}
		if f.ast, err = parser.ParseFile(fset, p, src, parser.ParseComments); err != nil {
			return err
		}
		f.generated = ast.IsGenerated(f.ast)
		out = append(out, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("no Go files found")
	}
	return out
}

func TestArrows(t *testing.T) {
	for _, f := range files(t) {
		if f.test || f.pkg == module || isFree(f.pkg) || isGenerator(f) {
			continue
		}
		from, allowed := rule(f.pkg)
		if from == "" {
			t.Errorf("%s: no rule says what %s may import; add one with its reasons", f.path, f.pkg)
			continue
		}
		for _, im := range f.ast.Imports {
			to, _ := strconv.Unquote(im.Path.Value)
			if to != module && !strings.HasPrefix(to, module+"/") || to == from || strings.HasPrefix(to, from+"/") {
				continue
			}
			if strings.HasPrefix(from, to) { // a part of a family uses the family's head only if that is listed
				if _, ok := allowed[to]; ok {
					continue
				}
			}
			if !allows(allowed, to) && !sameFamily(f.pkg, to) {
				t.Errorf("%s imports %s: %s may import only %v (DESIGN section 2)", f.path, to, from, keys(allowed))
			}
		}
	}
}

// sameFamily lets packages below one folder's internal tree use each other: engine/internal/rowset → engine/internal/chunk.
func sameFamily(from, to string) bool {
	head := func(p string) string {
		i := strings.Index(p, "/internal/")
		if i < 0 {
			return ""
		}
		return p[:i]
	}
	h := head(to)
	return h != "" && h != module && (from == h || strings.HasPrefix(from, h+"/"))
}

// isGenerator: programs that write generated files are run by go generate only.
func isGenerator(f file) bool { return f.ast.Name.Name == "main" && f.pkg != module }

func isFree(pkg string) bool {
	for _, p := range free {
		if pkg == p || strings.HasPrefix(pkg, p+"/") {
			return true
		}
	}
	return false
}

func rule(pkg string) (string, map[string]string) {
	for p := pkg; ; {
		if a, ok := arrows[p]; ok {
			return p, a
		}
		i := strings.LastIndexByte(p, '/')
		if i < 0 {
			return "", nil
		}
		p = p[:i]
	}
}

func allows(allowed map[string]string, to string) bool {
	_, ok := allowed[to]
	return ok
}

func keys(m map[string]string) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return out
}

func TestFileLength(t *testing.T) {
	for _, f := range files(t) {
		limit := 800
		if f.test {
			limit = 1200
		}
		if !f.generated && f.lines > limit {
			t.Errorf("%s has %d lines, the limit is %d: split it by idea", f.path, f.lines, limit)
		}
	}
}

// A file whose name ends in a system's or processor's name silently leaves the build elsewhere.
func TestFileNames(t *testing.T) {
	words := "aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows " +
		"386 amd64 arm arm64 loong64 mips mips64 ppc64 riscv64 s390x wasm"
	for _, f := range files(t) {
		base := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(f.path), ".go"), "_test")
		last := base[strings.LastIndexByte(base, '_')+1:]
		if last != base && strings.Contains(" "+words+" ", " "+last+" ") {
			t.Errorf("%s: the name ends in %q, which leaves it out of other builds: say it with a //go:build line", f.path, last)
		}
	}
}

// Tests wait for what they need, not for a while; and a test that is left out shows nothing.
func TestBannedCalls(t *testing.T) {
	banned := map[string]string{
		"time.Sleep": "tests wait for a condition (synctest, a channel, a deadline)",
		"t.Skip":     "a test that is left out shows nothing",
		"t.Skipf":    "a test that is left out shows nothing",
		"t.SkipNow":  "a test that is left out shows nothing",
	}
	for _, f := range files(t) {
		if !f.test {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok {
				if why, bad := banned[x.Name+"."+sel.Sel.Name]; bad {
					t.Errorf("%s: %s.%s: %s", fset.Position(call.Pos()), x.Name, sel.Sel.Name, why)
				}
			}
			return true
		})
	}
}

// Package sentences: each package says what it is.
func TestPackageDocs(t *testing.T) {
	doc, seen := map[string]bool{}, map[string]string{}
	for _, f := range files(t) {
		if f.test {
			continue
		}
		seen[f.pkg] = f.path
		if f.ast.Doc != nil {
			doc[f.pkg] = true
		}
	}
	for pkg, path := range seen {
		if !doc[pkg] {
			t.Errorf("%s: package %s has no doc sentence; write doc.go", path, pkg)
		}
	}
}
