package interp

import (
	"slices"
	"testing"
)

func TestSplit(t *testing.T) {
	f := func(src string, want ...string) {
		t.Helper()
		var got []string
		for _, s := range split(src) {
			text := src[s.start:s.end]
			got = append(got, []string{"S ", "I ", "F ", "D "}[s.kind]+text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("split(%q)\n got %q\nwant %q", src, got, want)
		}
	}
	f("")
	f("a := 1; b := 2", "S a := 1", "S b := 2")
	f("for i := 0; ; i++ {\n break }\nx", "S for i := 0; ; i++ {\n break }", "S x")
	f("for ;; {\n}\nx", "S for ;; {\n}", "S x")
	f("l: for i := 0; ; i++ { break l }", "S l: for i := 0; ; i++ { break l }")
	f("if x := f(); x {\n} else if y := g(); y {\n}\nz", "S if x := f(); x {\n} else if y := g(); y {\n}", "S z")
	f("switch x := 5; { case x > 3: }; y", "S switch x := 5; { case x > 3: }", "S y")
	f("for f := func() bool { return true }; f(); {\n}\nz", "S for f := func() bool { return true }; f(); {\n}", "S z")
	f("switch v := x.(interface{ M() }); v {\n}\nz", "S switch v := x.(interface{ M() }); v {\n}", "S z")
	f("import \"fmt\"\ntype T struct{}\nfunc (t T) M() {}\nfunc g[T any]() {}\nfunc() {}()\nconst c = 1",
		`I import "fmt"`, "D type T struct{}", "F func (t T) M() {}", "F func g[T any]() {}", "S func() {}()", "D const c = 1")
}
