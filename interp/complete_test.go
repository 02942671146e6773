package interp

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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
	f("P{Name: \"a\", |}", "age", "!Name")
	f("q := &P{Name: s|}", "sb", "!Name")
	f("outer: for { inner: for { break |", "outer", "inner", "!p")
	f("other: for { }\nouter: for { continue o|", "outer", "!other")
	f("ps[\"a\"][0].Hello(\"x\")[1:].|", "!Name")
	f("strings.NewReplacer(\"a\", \"b\").Re|", "Replace")
	f("httptest.NewSer|", "NewServer")
	f("engine.NewTable().|", "Where", "View", "Lets", "Explain", "!CompleteText", "!Outline", "!Describe")
	f("errors.New(\"x\").|", "Error")
	f("// co|", "!const")
	f("\"p.|\"", "!Name")
	if ms, _, _ := nb.s.Complete("", 0); len(ms) == 0 {
		t.Error("nothing for an empty cell")
	}
}

// columns is a value that completes in texts.
type columns struct{}

func (*columns) Error() string { return "" }
func (*columns) CompleteText(method string, arg int, text string, pos int) (words, kinds, details []string) {
	return []string{fmt.Sprintf("%s:%d:%s", method, arg, text[:pos])}, []string{"column"}, []string{""}
}

func TestCompleteInText(t *testing.T) {
	nb := newNotebook(t)
	setSymbol(nb.s, "errors", "New", func(string) error { return &columns{} })
	nb.want("t := errors.New(\"\")", "")
	ms, start, end := nb.s.Complete("t.Where(\"Sy\")", 11)
	if len(ms) != 1 || ms[0].Text != "Where:0:Sy" || start != 9 || end != 11 {
		t.Errorf("got %v, %d, %d", ms, start, end)
	}
	code := "t.View(\"A\").Agg(1, engine.Avg(\"X = Pr"
	ms, start, end = nb.s.Complete(code, len(code))
	if len(ms) != 1 || ms[0].Text != "Agg:1:X = Pr" || start != len(code)-2 || end != len(code) {
		t.Errorf("got %v, %d, %d", ms, start, end)
	}
	code = "plot(t, \"Pr"
	if ms, _, _ = nb.s.Complete(code, len(code)); len(ms) != 1 || ms[0].Text != ":-1:Pr" {
		t.Errorf("got %v for an argument", ms)
	}
	if ms, _, _ = nb.s.Complete("u.Where(\"Sy", 11); len(ms) != 0 {
		t.Errorf("got %v for an unknown variable", ms)
	}
}

func TestCompleteColumns(t *testing.T) {
	nb := newNotebook(t)
	nb.want(tradesCell+"quotes := engine.NewTable(engine.Col(\"Sym\", []string{\"A\"}), engine.Col(\"BidSize\", []int64{1}), engine.Col(\"Bid\", []float64{1}))", "")
	nb.want("grouped := trades.GroupBy(\"Sym\")", "")
	f := func(code string, want ...string) {
		t.Helper()
		pos := strings.IndexByte(code, '|')
		ms, start, end := nb.s.Complete(strings.Replace(code, "|", "", 1), pos)
		var got []string
		for _, m := range ms {
			if m.Type == "column" {
				got = append(got, m.Text)
			}
		}
		if !slices.Equal(got, want) || end != pos || start > end {
			t.Errorf("%q: got %q (%d to %d), want %q", code, got, start, end, want)
		}
	}
	f("trades.Where(\"Sy|", "Sym")
	f("trades.Where(`S|`)", "Sym", "Size")
	f("vwap.Sort(\"V|\")", "Volume", "VWAP")
	f("trades.View(\"Sym\", \"Gross = Price*Size\").Where(\"|\")", "Sym", "Gross")
	f("trades.\n\tUpdateView(\"Gross = Price*Size\").\n\tGroupBy(\"Sym\").\n\tAgg(engine.Sum(\"V = Size\")).\n\tSortDescending(\"|", "Sym", "V")
	f("trades.UpdateView(\"Gross = Price*Size\").GroupBy(\"Sym\").Agg(engine.Avg(\"X = G|", "Gross")
	f("grouped.Agg(engine.Sum(\"V = S|", "Sym", "Size")
	f("a := trades.View(\"Only = Price\")\nb := a.Where(\"Only > 1\")\nb.View(\"O|\")", "Only")
	f("trades.AsOfJoin(quotes, \"S|", "Sym", "Size")
	f("trades.AsOfJoin(quotes.View(\"Sym\", \"New = Bid\"), \"Sym, Time >= T\", \"N|", "New")
	f("figure.New().PlotXY(\"a\", trades, \"Pr|", "Price")
	f("trades.Float64s(\"Pr|\")", "Price")
	f("trades.Where(\"Wrong > 1\").View(\"Si|", "Size")
	f("fmt.Println(\"Si|\")")
	f("trades.Where(\"Sym = `S|")
	nb.want("trades.Size() + vwap.Size()", "=> 5") // nothing was done to them
	if ms, start, _ := nb.s.Complete("import \"encoding/js", 19); len(ms) != 1 || ms[0].Text != "encoding/json" || start != 8 {
		t.Errorf("got %v from %d", ms, start)
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
	f("app|end(a, 1)", "func append(slice []T, elems ...T) []T", "returns the new slice")
	f("var e err|or", "Error() string")
	f("http.Cli|ent{}", "Timeout time.Duration", "func (*http.Client).Do", "A Client is an HTTP client")
	f("io.Rea|der", "Read(p []byte)", "basic Read method")
	f("y := 3\ny|", "var y int")
	f("display.Sho|w(x)", "func display.Show(v any)", "Show displays v under the running cell")
	f("nothing|")
	f("1 + |")
}

func TestInspectSession(t *testing.T) {
	nb := newNotebook(t)
	nb.want(tradesCell+"\nvar none *engine.Table\n\n// Twice doubles its argument.\n// Always.\nfunc Twice(n int) int {\n\treturn 2 * n\n}\n\ntype P struct{ X int }\nfunc (p P) Len() int { return p.X }", "")
	f := func(code string, detail int, want string) {
		t.Helper()
		b, _ := nb.s.Inspect(code, len(code), detail)
		if text, _ := b[display.Text].(string); text != want {
			t.Errorf("%s, %d:\n%s\nwant\n%s", code, detail, text, want)
		}
	}
	f("Twice", 0, "func Twice(n int) int\n\nTwice doubles its argument.\nAlways.\nIn[1]")
	f("Twice", 1, "func Twice(n int) int\n\nTwice doubles its argument.\nAlways.\nIn[1]\n\n// Twice doubles its argument.\n// Always.\nfunc Twice(n int) int {\n\treturn 2 * n\n}")
	f("P", 0, "type P struct {\n\tX int\n}\n\nIn[1]\n\nfunc (P).Len() int")
	f("none", 0, "var none *engine.Table")
	f("trades", 0, `var trades *engine.Table

static table of 3 rows and 3 columns
  Sym    string
  Price  float64
  Size   int32

#1 new table Sym string, Price float64, Size int32 [uses values of this process]`)
}

// definitions is a session of 200 definitions of all sorts.
func definitions(t testing.TB) *notebook {
	nb := newNotebook(t)
	nb.want(tradesCell, "")
	for i := range 50 {
		nb.want(strings.ReplaceAll("type T# struct { Name string; Next *T# }\nfunc (t *T#) Find(n int) (*T#, error) { return t.Next, nil }\n"+
			"func f#(a int, b string) map[string]*T# { return nil }\nvar v# = &T#{Name: \"a\"}\nw# := f#(1, \"\")", "#", fmt.Sprint(i)), "")
	}
	return nb
}

var completions = []string{
	"v7.", "w9[\"a\"].Next.Fi", "f", "strings.Sp", "x := f3(1, \"b\")\nfor k, t := range x { t.Na", "trades.Where(\"Si", "json.Mar",
	"trades.View(\"Sym\", \"Gross = Price*Size\").GroupBy(\"Sym\").Agg(engine.Sum(\"G", "func g(t *T4) { n, err := t.Find(2); n.", "T9{Na", "%wh",
}

// BenchmarkComplete reports the 95th percentile over completions of all sorts in a session of 200 definitions, in microseconds.
func BenchmarkComplete(b *testing.B) {
	nb := definitions(b)
	var took []time.Duration
	for b.Loop() {
		for _, c := range completions {
			start := time.Now()
			ms, _, _ := nb.s.Complete(c, len(c))
			took = append(took, time.Since(start))
			if len(ms) == 0 {
				b.Fatalf("nothing for %q", c)
			}
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "p95-µs")
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
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
	f("var x", "incomplete", "")
	f("type T", "incomplete", "")
	f("func f()", "incomplete", "")
	f("x := \"abc", "invalid", "")
	f("func f() {\n\tif x {\n\t\tf(a, func() {", "incomplete", "\t\t\t")
	f("x := a[", "incomplete", "\t")
	f("if x", "incomplete", "")
	f("package main", "complete", "")
}
