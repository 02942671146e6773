package interp

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tickbook/display"
)

func TestDotImports(t *testing.T) {
	nb := newNotebook(t)
	nb.want("import . \"strings\"\nToUpper(\"a\") + Repeat(\"b\", 2)", "=> Abb")
	nb.want("func f(s string) []string { return Fields(s) }\nvar b Builder", "")
	nb.want("b.WriteString(\"x\"); fmt.Println(f(\" p q \"), b.String())", "[p q] x\n")
	nb.want("type T struct{ *Reader }\nT{NewReader(\"abc\")}.Len()", "=> 3")
	nb.want("import . \"math\"\nPi > 3 && Index(\"ab\", \"b\") == 1", "=> true")
	complete := func(code, want string) {
		t.Helper()
		ms, _, _ := nb.s.Complete(code, len(code))
		if !slices.ContainsFunc(ms, func(m display.Match) bool { return m.Text == want }) {
			t.Errorf("%q: got %v, want %s among them", code, ms, want)
		}
	}
	complete("HasPre", "HasPrefix")
	if b, _ := nb.s.Inspect("ToUpper", 3, 0); b == nil || !strings.Contains(b[display.Text].(string), "ToUpper returns s with all") {
		t.Errorf("inspection: %v", b)
	}
	file := filepath.Join(t.TempDir(), "p.go")
	nb.want("%save "+file, "wrote 5 cells to "+file+"\n")
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "strings.ToUpper(\"a\")") || strings.Contains(string(text), "import .") {
		t.Errorf("got %s, %v", text, err)
	}
	// Names of the session come first, whenever they are made.
	nb.want("Fields := 3\nFields", "=> 3")
	nb.want("Fields + 1", "=> 4")
	nb.want("f(\"a b\")", "=> [a b]")
	nb.want("func Repeat(s string, n int) string { return \"mine\" }", "")
	nb.want("Repeat(\"a\", 2)", "=> mine")
	nb.want("Nothing(1)", "ERR undefined: Nothing")
	nb.want("import . \"no/such\"", "ERR package \"no/such\" is not available in cells")
	nb.want("%reset\nToUpper(\"a\")", "ERR undefined: ToUpper")
	nb.want("import _ \"image/png\"\n1", "=> 1")
}
