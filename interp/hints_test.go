package interp

import (
	"strings"
	"testing"
	"time"
)

func TestHints(t *testing.T) {
	nb := newNotebook(t)
	f := func(code, want string) {
		t.Helper()
		nb.errs.Reset()
		_, err := nb.do(code)
		if got := strings.TrimSpace(nb.errs.String()); got != want || err != nil {
			t.Errorf("%q: said %q (%v), want %q", code, got, err, want)
		}
	}
	f("fmt.Printf(\"%d\\n\", \"a\")", "In[1]:1:13: note: fmt.Printf format %d has arg \"a\" of wrong type string")
	f("x := 5\nfmt.Sprint(x)\nx", "In[2]:2:1: note: result of fmt.Sprint call not used")
	f("fmt.Sprint(x)", "") // the value is shown
	f("func f() int {\n\treturn 1\n\treturn 2\n}", "In[4]:3:2: note: unreachable code")
	f("var mu sync.Mutex\nother := mu", "In[5]:2:10: note: assignment copies lock value to other: sync.Mutex")
	f("x = x", "In[6]:1:1: note: self-assignment of x")
	f("x > 1 || x > 1", "In[7]:1:1: note: redundant or: x > 1 || x > 1")
	f("func logf(format string, args ...any) { fmt.Printf(format, args...) }\nlogf(\"%s %s\\n\", \"a\")", "In[8]:2:10: note: logf format %s reads arg #2, but call has 1 arg")
	f("for i := range 3 {\n\tfmt.Print(i)\n}\n_ = strings.ToUpper(\"a\")\nx++", "")
	f("%bench _ = x", "")
	f("type J struct { A int `json:\"a` }", "In[11]:1:17: note: struct field tag `json:\"a` not compatible with reflect.StructTag.Get: bad syntax for struct tag value")
}

// BenchmarkCheck is the front end's part of a trivial cell, hints included.
func BenchmarkCheck(b *testing.B) {
	nb := newNotebook(b)
	nb.want("x := 1", "")
	var check, hints time.Duration
	for b.Loop() {
		start := time.Now()
		c, err := nb.s.fe.check(cellText{"In[2]", "x + 1", "x + 1", 2, true, true})
		if err != nil {
			b.Fatal(err)
		}
		checked := time.Now()
		nb.s.fe.hints(c)
		check += checked.Sub(start)
		hints += time.Since(checked)
	}
	b.ReportMetric(float64(check.Nanoseconds())/float64(b.N)/1000, "check-µs/op")
	b.ReportMetric(float64(hints.Nanoseconds())/float64(b.N)/1000, "hints-µs/op")
}
