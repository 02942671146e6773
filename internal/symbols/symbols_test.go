package symbols

import (
	"slices"
	"strings"
	"testing"
)

func TestTables(t *testing.T) {
	exported := Exported()
	for _, p := range Paths() {
		if !slices.Contains(exported, p) {
			t.Errorf("package %s has a table and no export data", p)
		}
		if len(Of(p)) == 0 {
			t.Errorf("package %s has an empty table", p)
		}
		if strings.HasPrefix(p, "syscall") || strings.Contains(p, "internal") {
			t.Errorf("package %s is offered to cells", p)
		}
	}
	for _, p := range []string{"tickbook/display", "tickbook/engine", "tickbook/kafka", "tickbook/widgets", "tickbook/widgets/figure"} {
		if !slices.Contains(Own(), p) {
			t.Errorf("package %s is missing: run go generate ./internal/symbols", p)
		}
	}
}

func TestDocsAndSources(t *testing.T) {
	d := Doc("strings")
	if !strings.Contains(d[""], "UTF-8") || d["Builder.Grow"] == "" || d["Split"] == "" {
		t.Errorf("docs of strings are incomplete: %d names", len(d))
	}
	if Doc("no/such") != nil || Of("no/such") != nil {
		t.Error("something for a package that does not exist")
	}
	if _, err := Export("no/such"); err == nil || !strings.Contains(err.Error(), "no/such") {
		t.Errorf("error %v", err)
	}
	src, err := Source("slices")
	if err != nil || src["slices.go"] == "" {
		t.Errorf("source of slices: %d files, %v", len(src), err)
	}
}
