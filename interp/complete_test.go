package interp

import (
	"slices"
	"strings"
	"testing"

	"tickbook/display"
)

func TestComplete(t *testing.T) {
	nb := newNotebook(t)
	nb.want("type P struct{ Name string; age int }\nfunc (p *P) Hello(to string) string { return to }\np := &P{}\nsb := &strings.Builder{}\nps := map[string][]*P{}", "")
	f := func(code string, want ...string) {
		t.Helper()
		pos := strings.IndexByte(code, '|')
		code = strings.Replace(code, "|", "", 1)
		ms, start, end := nb.s.Complete(code, pos)
		var got []string
		for _, m := range ms {
			got = append(got, m.Text)
		}
		for _, w := range want {
			if absent, ok := strings.CutPrefix(w, "!"); ok == slices.Contains(got, strings.TrimPrefix(w, "!")) {
				t.Errorf("%q: have %q, want %q (absent %q)", code, got, w, absent)
			}
		}
		if end != pos || start > end {
			t.Errorf("%q: range %d, %d with the cursor at %d", code, start, end, pos)
		}
	}
	f("p.|", "Name", "age", "Hello")
	f("sb.Wr|", "WriteString", "!Len")
	f("strings.Spl|", "Split", "!Join")
	f("ps[\"a\"][0].|", "Name", "Hello")
	f("fmt.Println(time.Now().Ad|", "Add", "AddDate")
	f("fmt.Println(time.Now().Ad|)\nx := 1", "Add", "AddDate")
	f("func f(q P) int { z := q; return z.|", "Name", "age")
	f("for i, v := range ps { v[0].N|", "Name")
	f("s|", "sb", "strings", "select", "!p")
	f("func g(count int) { co|", "count", "const", "continue", "!copyright")
	f("x := strings.NewReader(\"a\")\nx.Re|", "Read", "Reset")
	f("json.Mar|", "Marshal", "MarshalIndent")
	f("disp|", "display")
	f("display.Sh|", "Show")
	f("P{N|", "Name")
	f("// co|", "!const")
	f("\"p.|\"", "!Name")
	if ms, _, _ := nb.s.Complete("", 0); len(ms) == 0 {
		t.Error("nothing for an empty cell")
	}
}

// columns is a value that completes in texts.
type columns struct{}

func (*columns) Error() string { return "" }
func (*columns) CompleteText(method, text string, pos int) []display.Match {
	return []display.Match{{Text: method + ":" + text[:pos], Type: "column"}}
}

func TestCompleteInText(t *testing.T) {
	nb := newNotebook(t)
	setSymbol(nb.s, "errors", "New", func(string) error { return &columns{} })
	nb.want("t := errors.New(\"\")", "")
	ms, start, end := nb.s.Complete("t.Where(\"Sy\")", 11)
	if len(ms) != 1 || ms[0].Text != "Where:Sy" || start != 9 || end != 11 {
		t.Errorf("got %v, %d, %d", ms, start, end)
	}
	code := "t.View(\"A\").Agg(engine.Avg(\"X = Pr"
	ms, start, end = nb.s.Complete(code, len(code))
	if len(ms) != 1 || ms[0].Text != "Agg:X = Pr" || start != len(code)-2 || end != len(code) {
		t.Errorf("got %v, %d, %d", ms, start, end)
	}
	if ms, _, _ = nb.s.Complete("u.Where(\"Sy", 11); len(ms) != 0 {
		t.Errorf("got %v for an unknown variable", ms)
	}
}

func TestInspect(t *testing.T) {
	nb := newNotebook(t)
	nb.want("func Twice(n int) int { return 2 * n }\nx := 1.5", "")
	f := func(code string, want ...string) {
		t.Helper()
		pos := strings.IndexByte(code, '|')
		b, found := nb.s.Inspect(strings.Replace(code, "|", "", 1), pos, 0)
		if found != (len(want) > 0) {
			t.Errorf("%q: found %v", code, found)
			return
		}
		text, _ := b[display.Text].(string)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%q: %q lacks %q", code, text, w)
			}
		}
	}
	f("strings.Sp|lit", "func strings.Split(s string, sep string) []string", "slices s into all substrings")
	f("strings.Split(|", "func strings.Split", "substrings")
	f("strings.Split(\"a\", |)", "func strings.Split")
	f("time.Now().Ad|d(1)", "func (time.Time).Add(d time.Duration) time.Time", "returns the time")
	f("str|ings.Split", "package strings", "UTF-8")
	f("Twi|ce(3)", "func Twice(n int) int", "In[1]")
	f("x|", "var x float64")
	f("y := 3\ny|", "var y int")
	f("display.Sho|w(x)", "func display.Show(v any)", "Show displays v under the running cell")
	f("nothing|")
	f("1 + |")
}

func TestIsComplete(t *testing.T) {
	nb := newNotebook(t)
	f := func(code, status, indent string) {
		t.Helper()
		if s, i := nb.s.IsComplete(code); s != status || i != indent {
			t.Errorf("%q: %q, %q; want %q, %q", code, s, i, status, indent)
		}
	}
	f("x := 1", "complete", "")
	f("", "complete", "")
	f("for i := 0; ; i++ {", "incomplete", "\t")
	f("func f() {\n\tif x {", "incomplete", "\t\t")
	f("f(1,\n", "incomplete", "\t")
	f("x := `abc", "incomplete", "")
	f("/* abc", "incomplete", "")
	f("a +", "incomplete", "\t")
	f("quotes.\n", "incomplete", "\t")
	f("x++", "complete", "")
	f("f(xs...)", "complete", "")
	f("x := )", "invalid", "")
	f("x = = 1", "invalid", "")
	f("if x { y }", "complete", "")
}
