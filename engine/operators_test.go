package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestOperators holds the list of operators against the code: what derives a table is in it, and what is in it is documented and tested.
func TestOperators(t *testing.T) {
	fset := token.NewFileSet()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]string{} // methods of Table that derive, → doc
	where := map[string]string{}
	tests := map[string]string{} // functions in test files, → text
	for _, path := range paths {
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if strings.HasSuffix(path, "_test.go") {
				tests[fn.Name.Name] = string(text[fset.Position(fn.Pos()).Offset:fset.Position(fn.End()).Offset])
			} else if derives(fn) {
				docs[fn.Name.Name], where[fn.Name.Name] = fn.Doc.Text(), path
			}
		}
	}
	scripts, err := filepath.Glob("testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, path := range scripts {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			script.Write(text)
		}
	}
	var listed []string
	for _, op := range operators {
		listed = append(listed, op.method)
		call := regexp.MustCompile(`\b` + op.method + `\(`)
		if !strings.HasPrefix(docs[op.method], op.method+" ") {
			t.Errorf("%s: no doc comment that begins with its name", op.method)
		}
		if where[op.method] != op.file+".go" {
			t.Errorf("%s is in %s, listed in %s.go", op.method, where[op.method], op.file)
		}
		if !strings.Contains(tests["ExampleTable_"+op.method], "// Output:") {
			t.Errorf("%s: no func ExampleTable_%s with an output", op.method, op.method)
		}
		if !call.MatchString(script.String()) {
			t.Errorf("%s: no table script in testdata uses it", op.method)
		}
		if !isChecked(tests, call) {
			t.Errorf("%s: no enginetest.Check of a query that uses it", op.method)
		}
	}
	for method := range docs {
		if !slices.Contains(listed, method) && !slices.Contains([]string{"SortBy"}, method) {
			t.Errorf("%s derives a table, but is not in operators.go", method)
		}
	}
}

// derives says whether fn is an exported method of Table that returns a table, or a step on the way to one.
func derives(fn *ast.FuncDecl) bool {
	if fn.Recv == nil || !fn.Name.IsExported() || fn.Type.Results == nil || len(fn.Type.Results.List) != 1 {
		return false
	}
	name := func(e ast.Expr) string {
		if s, ok := e.(*ast.StarExpr); ok {
			if id, ok := s.X.(*ast.Ident); ok {
				return id.Name
			}
		}
		return ""
	}
	result := name(fn.Type.Results.List[0].Type)
	return name(fn.Recv.List[0].Type) == "Table" && (result == "Table" || result == "Grouped")
}

// isChecked says whether a test that checks queries has a call in it.
func isChecked(tests map[string]string, call *regexp.Regexp) bool {
	for _, text := range tests {
		if strings.Contains(text, "enginetest.Check") && call.MatchString(text) {
			return true
		}
	}
	return false
}
