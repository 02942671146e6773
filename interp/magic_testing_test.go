package interp

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"tickbook/display"
)

// untimed replaces the durations and the numbers of benchmarks.
func untimed(s string) string {
	s = regexp.MustCompile(`\(\d+\.\d+s\)`).ReplaceAllString(s, "(T)")
	return regexp.MustCompile(`\s+\d+\s+[\d.]+ ns/op\s+\d+ B/op\s+\d+ allocs/op`).ReplaceAllString(s, " N")
}

func TestTestMagic(t *testing.T) {
	nb := newNotebook(t)
	f := func(code, want, failure string) {
		t.Helper()
		_, err := nb.do(code)
		if got := untimed(nb.out.String()); got != want {
			t.Errorf("%q printed\n%s\nwant\n%s", code, got, want)
		}
		var ce *display.CellError
		if failure == "" && err != nil || failure != "" && (!errors.As(err, &ce) || ce.Name != "TestFailure" || ce.Message != failure) {
			t.Errorf("%q: error %v, want %q", code, err, failure)
		}
	}
	nb.want("%test", "ERR no test functions")
	nb.want(`func Double(n int) int { return 2 * n }
func TestDouble(t *testing.T) {
	if got := Double(2); got != 4 {
		t.Errorf("got %d", got)
	}
	t.Log("twice", 1)
}
func TestTable(t *testing.T) {
	for _, n := range []int{1, 2} {
		t.Run(fmt.Sprint("n=", n), func(t *testing.T) {
			if Double(n) != 2 {
				t.Fatalf("Double(%d) = %d", n, Double(n))
			}
		})
	}
}
func Testing() {}
func BenchmarkDouble(b *testing.B) {
	for b.Loop() {
		Double(3)
	}
}`, "")
	f("%test ^TestDouble$", "=== RUN   TestDouble\n    In[2]:6: twice 1\n--- PASS: TestDouble (T)\nPASS\n", "")
	if _, err := nb.do("%test BenchmarkDouble"); err != nil || !regexp.MustCompile(`BenchmarkDouble(-\d+)? N\nPASS`).MatchString(untimed(nb.out.String())) {
		t.Errorf("%v\n%s", err, nb.out.String())
	}
	f("%test", `=== RUN   TestDouble
    In[2]:6: twice 1
--- PASS: TestDouble (T)
=== RUN   TestTable
=== RUN   TestTable/n=1
=== RUN   TestTable/n=2
    In[2]:12: Double(2) = 4
--- FAIL: TestTable (T)
    --- PASS: TestTable/n=1 (T)
    --- FAIL: TestTable/n=2 (T)
FAIL
`, "%test: failed: TestTable/n=2")
	// A redefined function is what the test calls.
	f("func Double(n int) int { return 2 }\n%test Table", `=== RUN   TestTable
=== RUN   TestTable/n=1
=== RUN   TestTable/n=2
--- PASS: TestTable (T)
    --- PASS: TestTable/n=1 (T)
    --- PASS: TestTable/n=2 (T)
PASS
`, "")
	nb.want("%test (", "ERR %test: error parsing regexp")
}

func TestTestMagicSurvives(t *testing.T) {
	nb := newNotebook(t)
	nb.want(`func TestPanic(t *testing.T) {
	var m map[string]int
	m["a"] = 1
}
func TestSubPanic(t *testing.T) {
	t.Run("a", func(t *testing.T) { panic("oh") })
	t.Run("b", func(t *testing.T) { t.Skip("not now") })
}
func TestCleanup(t *testing.T) {
	t.Cleanup(func() { fmt.Println("cleaned") })
	t.FailNow()
	fmt.Println("never")
}
func TestParallel(t *testing.T) {
	for i := range 3 {
		t.Run(fmt.Sprint(i), func(t *testing.T) { t.Parallel() })
	}
}`, "")
	_, err := nb.do("%test")
	got := nb.out.String()
	for _, w := range []string{
		"panic: assignment to entry in nil map", "In[1]:3 in TestPanic", "panic: oh", "In[1]:6", "--- FAIL: TestSubPanic/a", "--- SKIP: TestSubPanic/b", "In[1]:7: not now",
		"cleaned\n", "--- PASS: TestParallel/2", "FAIL\n",
	} {
		if !strings.Contains(got, w) {
			t.Errorf("the output lacks %q:\n%s", w, got)
		}
	}
	if strings.Contains(got, "never") || err == nil || !strings.Contains(err.Error(), "failed: TestPanic, TestSubPanic/a, TestCleanup") {
		t.Errorf("error %v, output\n%s", err, got)
	}
	nb.interrupt("func TestLong(t *testing.T) { t.Run(\"sub\", func(t *testing.T) { for {\n} }) }\n%test Long")
	nb.interrupt("func TestNext(t *testing.T) { for {\n} }\nfunc TestLast(t *testing.T) { for {\n} }\n%test (Next|Last)")
	nb.want("1 + 1", "=> 2")
	if got, err := nb.do("%test Parallel"); err != nil || !strings.Contains(got, "PASS") {
		t.Errorf("after an interrupt: %v\n%s", err, got)
	}
}
