package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tickbook/internal/symbols"
)

// TestErrorsOfCompiler asks the compiler whether it refuses what the front end refuses, with the words that the cases want. Syntax errors are left
// out, since the compiler has a parser of its own.
func TestErrorsOfCompiler(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module m\n\ngo 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	type question struct {
		name string
		cell cell
	}
	var asked []question
	p := &program{}
	for _, s := range sections(t) {
		for _, c := range s.cases {
			if err := p.add(c); err != nil {
				t.Fatalf("%s: %v", c.Name, err)
			}
			before := ""
			for i, cell := range c.Cells {
				msg := p.errors[len(p.errors)-1][i]
				if !strings.HasPrefix(msg, "CompileError") {
					before += cell.Code + "\n"
					continue
				}
				if cell.Error == nil || strings.Contains(cell.Error[0], "In[") || strings.Contains(cell.Error[0], "expected ") {
					continue
				}
				sub := filepath.Join(dir, fmt.Sprintf("q%d", len(asked)))
				if err := os.Mkdir(sub, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(sub, "q.go"), []byte(asFile(before+cell.Code)), 0o644); err != nil {
					t.Fatal(err)
				}
				asked = append(asked, question{c.Name, cell})
			}
		}
	}
	build := exec.Command("go", "build", "-gcflags=-e", "./...")
	build.Dir = dir
	out, err := build.CombinedOutput()
	if err == nil {
		t.Fatal("the compiler refuses nothing")
	}
	said := map[string]string{}
	for part := range strings.SplitSeq("\n"+string(out), "\n# m/") {
		name, text, _ := strings.Cut(part, "\n")
		said[name] = text
	}
	for i, q := range asked {
		got := said[fmt.Sprintf("q%d", i)]
		if slices.ContainsFunc(q.cell.Error, func(w string) bool { return !strings.Contains(got, position.ReplaceAllString(w, "")) }) {
			t.Errorf("%s:\n%s\nthe compiler says\n%s\nwant %q", q.name, indented(q.cell.Code), indented(got), q.cell.Error)
		}
	}
	t.Logf("the compiler was asked about %d refused cells", len(asked))
}

var (
	position    = regexp.MustCompile(`^\d+:\d+: `)
	packageUse  = regexp.MustCompile(`\b([a-z]+)\.[A-Z]`)
	declaration = regexp.MustCompile(`^(func (\(\w|\w)|type |const )`)
)

// asFile is code of cells as a file: declarations that begin a line stay outside main, and all else is in it.
func asFile(code string) string {
	if strings.HasPrefix(code, "package ") {
		return code
	}
	var outside, inside strings.Builder
	depth, isDecl := 0, false
	for line := range strings.Lines(code + "\n") {
		if depth == 0 {
			isDecl = declaration.MatchString(line)
		}
		depth += strings.Count(line, "{") + strings.Count(line, "(") - strings.Count(line, "}") - strings.Count(line, ")")
		if isDecl {
			outside.WriteString(line)
		} else {
			inside.WriteString(line)
		}
	}
	return "package q\n\n" + importsOf(code) + "\n" + outside.String() + "\nfunc main() {\n" + inside.String() + "}\n"
}

// importsOf declares the packages that a cell names.
func importsOf(code string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, m := range packageUse.FindAllStringSubmatch(code, -1) {
		for _, p := range append(symbols.Exported(), "unsafe") {
			if (p == m[1] || strings.HasSuffix(p, "/"+m[1])) && !seen[m[1]] && !strings.HasPrefix(p, "tickbook/") {
				seen[m[1]] = true
				fmt.Fprintf(&b, "import %q\n", p)
			}
		}
	}
	return b.String()
}
