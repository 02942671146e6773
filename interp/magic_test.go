package interp

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tickbook/display"
)

func TestCutMagics(t *testing.T) {
	f := func(src string, want ...string) {
		t.Helper()
		var got []string
		for _, p := range cutMagics("In[1]", src) {
			text := src[p.start:p.end]
			switch {
			case p.wrong != nil:
				text = "WRONG " + p.wrong.Error()
			case p.magic != nil:
				text = p.label + "|" + strings.TrimSpace(src[p.arg:p.argEnd]) + "|" + src[p.body:p.end]
			}
			got = append(got, text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q:\ngot  %q\nwant %q", src, got, want)
		}
	}
	f("x := 1", "x := 1")
	f("", "")
	f("!ls -l", "!|ls -l|")
	f("x := 1\n!echo 'it\n%who\ny := 2", "x := 1\n", "!|echo 'it|", "%who||", "y := 2")
	f("  %who  ", "%who||")
	f("x := 7 %\n3", "x := 7 %\n3")
	f("x := f(\n!ok,\n)", "x := f(\n!ok,\n)")
	f("b := p &&\n!q", "b := p &&\n!q")
	f("s := `\n%who\n!ls`", "s := `\n%who\n!ls`")
	f("/*\n%who\n*/\nx", "/*\n%who\n*/\nx")
	f("func f() {\n!x\n}", "func f() {\n!x\n}")
	f("%%sh\nls\n%who\n", "%%sh||ls\n%who\n")
	f("// note\n%%sh\nls", "// note\n", "WRONG In[1]:2:1: %%sh takes the rest of its cell and must stand at its start")
	f("%time f(1,\n 2)\nx", "%time|f(1,\n 2)|", "x")
	f("%time x := 1; y := 2 // why\nz", "%time|x := 1; y := 2 // why|", "z")
	f("%time\nx", "%time||", "x")
	f("x\n%tim f()", "x\n", "WRONG In[1]:2:1: unknown magic %tim; did you mean %time?")
	f("%%timee", "WRONG In[1]:1:1: unknown magic %%timee; did you mean %%time?")
	f("%matplotlib inline", "WRONG In[1]:1:1: unknown magic %matplotlib; %help lists them")
	f("%sh", "WRONG In[1]:1:1: %sh takes the rest of the cell; write %%sh on its first line")
	f("%%who", "WRONG In[1]:1:1: %%who does not take the rest of a cell; write %who")
}

func TestMagicErrorsHaveACaret(t *testing.T) {
	nb := newNotebook(t)
	_, err := nb.do("x := 1\n  %benhc x")
	var ce *display.CellError
	if !errors.As(err, &ce) || ce.Name != "CompileError" {
		t.Fatalf("got %v", err)
	}
	if got, want := strings.Join(ce.Traceback, "\n"), "In[1]:2:3: unknown magic %benhc; did you mean %bench?\n      %benhc x\n      ^"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	nb.want("x", "ERR undefined: x") // a cell with an error changes nothing
}

func TestMagicsAmongGo(t *testing.T) {
	nb := newNotebook(t)
	nb.want("x := 1\n!echo one\nx++\n!echo two\nx", "one\ntwo\n=> 2")
	// The whole cell is checked before any of it runs, and positions are the cell's.
	nb.want("!echo one\nint64(2)", "one\n=> 2")
	nb.want("!echo never\nx = \"a\"", "ERR In[3]:2:5: cannot use \"a\" (untyped string constant) as int value in assignment")
	if out := nb.out.String(); out != "" {
		t.Errorf("a cell that does not compile printed %q", out)
	}
	nb.want("x = 5\n\n\n!echo a\nfmt.Println([]int{}[x])", "ERR index out of range")
	nb.want("func f(n int) int {\n\treturn 10 / n\n}\n!echo f", "f\n")
	_, err := nb.do("f(0)")
	var ce *display.CellError
	if !errors.As(err, &ce) || !strings.Contains(strings.Join(ce.Traceback, "\n"), "In[5]:2 in f\n    return 10 / n") {
		t.Errorf("got %v", ce)
	}
}

func TestTimeAndBench(t *testing.T) {
	nb := newNotebook(t)
	f := func(code, pattern string) {
		t.Helper()
		got, err := nb.do(code)
		if err != nil || !regexp.MustCompile("^"+pattern+"$").MatchString(got) {
			t.Errorf("%q: got %q, %v; want %s", code, got, err, pattern)
		}
	}
	ran := `ran in [\d.]+[mµn]?s; checked and compiled in [\d.]+[mµn]?s\n`
	f("%time x := 20", ran)
	f("x", "=> 20")
	f("%time x + 1", ran+"=> 21")
	f("%%time\ny := x\ny", ran+"=> 20")
	f("%time time.Sleep(20 * time.Millisecond)", `ran in (2|3|4|5|6)\d\.\d+ms.*\n`)
	result := `\s*\d+\s+[\d.]+ ns/op\s+\d+ B/op\s+\d+ allocs/op\n`
	f("%bench x * 2", result)
	f("%bench z := make([]byte, x<<10); _ = z", result)
	got, _ := nb.do("%bench _ = make([]byte, 1<<20)")
	if m := regexp.MustCompile(`(\d+) B/op`).FindStringSubmatch(got); m == nil || len(m[1]) != 7 {
		t.Errorf("a megabyte is measured as %q", got)
	}
	nb.want("z", "ERR undefined: z")
	nb.want("\n%bench x * undefinedName", "ERR In[10]:2:12: undefined: undefinedName")
	nb.want("%bench", "ERR what is to be measured")
	nb.interrupt("%bench time.Sleep(time.Hour)")
	nb.want("x", "=> 20")
}

func TestShell(t *testing.T) {
	nb := newNotebook(t)
	nb.want("!echo out; echo err >&2", "out\n")
	if got := nb.errs.String(); got != "err\n" {
		t.Errorf("stderr %q", got)
	}
	nb.want("!exit 3", "ERR !: exit status 3")
	nb.want("%%sh\nfor i in 1 2; do\n  echo $i\ndone", "1\n2\n")
	nb.want("%%sh\n", "ERR which command?")
	nb.want("!", "ERR which command?")
	nb.want("!cat", "") // there is no input to wait for
	start := time.Now()
	nb.interrupt("!echo $$; sleep 1000")
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("the interrupt took %v", d)
	}
	pid := strings.Fields(nb.out.String())
	nb.until("the shell's commands are gone", func() bool {
		return exec.Command("kill", "-0", "--", "-"+pid[len(pid)-1]).Run() != nil
	})
}

func TestShellOutputStreams(t *testing.T) {
	nb := newNotebook(t)
	fifo := filepath.Join(t.TempDir(), "go")
	nb.want("!mkfifo "+fifo, "")
	done := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	go func() {
		_, err := nb.s.Execute(ctx, "!echo first; cat "+fifo, 2)
		done <- err
	}()
	nb.until("the first line is there while the command runs", func() bool { return nb.out.String() == "first\n" })
	if err := os.WriteFile(fifo, []byte("second\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil || nb.out.String() != "first\nsecond\n" {
		t.Errorf("got %q, %v", nb.out.String(), err)
	}
}

func TestWhoAndReset(t *testing.T) {
	nb := newNotebook(t)
	nb.want(tradesCell+"n := 3\nm := map[string]int{\"a\": 1}\nf := func() {}\nvar nothing *engine.Table", "")
	nb.want("%who", `f        func()
m        map[string]int  1 element
n        int
nothing  *engine.Table
trades   *engine.Table   3 rows × 3 columns
vwap     *engine.Table   2 rows × 4 columns
`)
	nb.want("%who x", "ERR %who: takes no argument")
	nb.want("type T struct{}\nvar beats atomic.Int64\nsaw := beats.Load\ngo func() { for { beats.Add(1); time.Sleep(time.Millisecond) } }()", "")
	nb.want("n = 4\n%reset\nn := \"new\"\nn", "=> new")
	nb.want("%who", "n  string  3 bytes\n")
	nb.want("T{}", "ERR undefined: T")
	// What stands behind %reset is checked against the new session.
	nb.want("%reset\nn", "ERR In[8]:2:1: undefined: n")
}

func TestEnvAndCd(t *testing.T) {
	nb := newNotebook(t)
	t.Setenv("TICKBOOK_TEST", "a b")
	nb.want("%env TICKBOOK_TEST", "a b\n")
	nb.want("%env TICKBOOK_TEST = c=d\nos.Getenv(\"TICKBOOK_TEST\")", "=> c=d")
	nb.want("!echo $TICKBOOK_TEST", "c=d\n")
	nb.want("%env TICKBOOK_NOT", "ERR TICKBOOK_NOT is not set")
	if got, err := nb.do("%env"); err != nil || !strings.Contains(got, "\nTICKBOOK_TEST=c=d\n") {
		t.Errorf("%v: %s", err, got)
	}
	t.Chdir(t.TempDir())
	if err := os.Mkdir("sub", 0o700); err != nil {
		t.Fatal(err)
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	nb.want("%cd sub", filepath.Join(wd, "sub")+"\n")
	nb.want("%cd nowhere", "ERR nowhere")
}

// next runs a cell and returns the text it offers to run next.
func (nb *notebook) next(code string) string {
	nb.t.Helper()
	nb.n++
	vs, err := nb.s.Execute(nb.t.Context(), code, nb.n)
	if err != nil || len(vs) != 1 {
		nb.t.Fatalf("%q: got %v, %v", code, vs, err)
	}
	n, ok := vs[0].(display.NextInput)
	if !ok || !n.Replace {
		nb.t.Fatalf("%q: got %#v", code, vs[0])
	}
	return n.Text
}

func TestFiles(t *testing.T) {
	nb := newNotebook(t)
	t.Chdir(t.TempDir())
	nb.want("%%writefile a.txt\nx := 1\n%who\n", "wrote 12 bytes to a.txt\n")
	nb.want("%%writefile -a a.txt\nx++", "wrote 3 bytes to a.txt\n")
	if got := nb.next("%load a.txt"); got != "// %load a.txt\nx := 1\n%who\nx++" {
		t.Errorf("got %q", got)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/cell.go" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte("y := 2"))
	}))
	defer srv.Close()
	if got := nb.next("%load " + srv.URL + "/cell.go"); !strings.HasSuffix(got, "\ny := 2") {
		t.Errorf("got %q", got)
	}
	nb.want("%load "+srv.URL+"/no", "ERR 404 Not Found")
	nb.want("%load none.txt", "ERR none.txt")
	nb.want("x := 1\n%load a.txt", "ERR must stand alone")
}

func TestFmt(t *testing.T) {
	nb := newNotebook(t)
	f := func(src, want string) {
		t.Helper()
		if got := nb.next("%fmt\n" + src); got != want {
			t.Errorf("%q:\ngot\n%s\nwant\n%s", src, got, want)
		}
	}
	f("x:=1", "x := 1")
	f("import \"fmt\"\n// f doubles.\nfunc f(n int)int{return 2*n}\nx:=f( 1 ) // why\n!ls  -l\nif x>1{\nx--\n}", `import "fmt"

// f doubles.
func f(n int) int { return 2 * n }

x := f(1) // why
!ls  -l
if x > 1 {
	x--
}`)
	nb.want("%fmt\nx := (", "ERR In[3]:2:7: expected operand")
}

func TestSave(t *testing.T) {
	nb := newNotebook(t)
	t.Chdir(t.TempDir())
	for _, c := range []string{
		"type P struct{ N int }\nfunc (p P) Twice() int {\n\treturn 2 * p.N // doubled\n}\nfunc use(p P) int { return p.Twice() }",
		"p := P{4}\nn := use(p) // a number\nn",
		"bad := 1 +",
		"n := fmt.Sprint(\"n is \", n)\nn",
		"func use(p P) int { return p.Twice() + k }\nk := 100",
		"!echo done\nuse(p)",
		"for i := range 2 {\n\t// each\n\tfmt.Println(strings.Repeat(\"x\", i+1))\n}",
		"func main() { fmt.Println(\"main\") }",
	} {
		_, _ = nb.do(c)
	}
	nb.want("%save a.go", "wrote 7 cells to a.go\n")
	nb.want("%save a.go", "ERR a.go exists")
	nb.want("%save a.go -f", "wrote 7 cells to a.go\n")
	src, err := os.ReadFile("a.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"// doubled", "// a number", "// each"} {
		if !strings.Contains(string(src), w) {
			t.Errorf("the comment %q is lost", w)
		}
	}
	out, err := exec.Command("go", "run", "a.go").CombinedOutput()
	if got, want := string(out), "8\nn is 8\n108\nx\nxx\nmain\n"; err != nil || got != want {
		t.Errorf("the program printed %q (%v), want %q:\n%s", got, err, want, src)
	}
}

func TestMagicsWhileTyping(t *testing.T) {
	nb := newNotebook(t)
	t.Chdir(t.TempDir())
	if err := os.WriteFile("data.csv", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	nb.want("counter := 1", "")
	complete := func(code string, want ...string) {
		t.Helper()
		pos := strings.IndexByte(code, '|')
		ms, start, end := nb.s.Complete(strings.Replace(code, "|", "", 1), pos)
		var got []string
		for _, m := range ms {
			got = append(got, code[:start]+m.Text)
		}
		if !slices.Equal(got, want) || end != pos {
			t.Errorf("%q: got %q (to %d), want %q", code, got, end, want)
		}
	}
	complete("%w|", "%who")
	complete("%%w|", "%%writefile")
	complete("x := 1\n%re|", "x := 1\n%reset")
	complete("%time coun|", "%time counter")
	complete("!ls\ncoun|", "!ls\ncounter")
	complete("!cat da|", "!cat data.csv")
	complete("%load da|", "%load data.csv")
	complete("%env PAT|", "%env PATH")
	complete("%%sh\ncat da|", "%%sh\ncat data.csv")
	inspect := func(code, want string) {
		t.Helper()
		pos := strings.IndexByte(code, '|')
		b, found := nb.s.Inspect(strings.Replace(code, "|", "", 1), pos, 0)
		if text, _ := b[display.Text].(string); found != (want != "") || !strings.Contains(text, want) {
			t.Errorf("%q: got %v, want %q", code, b, want)
		}
	}
	inspect("%ben|ch x", "go test -bench")
	inspect("!l|s", "shell")
	inspect("%time coun|ter", "var counter int")
	inspect("%nothi|ng", "")
	isComplete := func(code, want string) {
		t.Helper()
		if got, _ := nb.s.IsComplete(code); got != want {
			t.Errorf("%q: got %s, want %s", code, got, want)
		}
	}
	isComplete("%who", "complete")
	isComplete("!ls", "complete")
	isComplete("%time f(", "incomplete")
	isComplete("!ls\nfor {", "incomplete")
	isComplete("%%sh\nls", "incomplete")
	isComplete("%%sh\nls\n\n", "complete")
	isComplete("%nothing", "invalid")
}

func TestHelpListsAllMagics(t *testing.T) {
	nb := newNotebook(t)
	got, err := nb.do("%help")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range magics() {
		for _, u := range m.usage() {
			if !strings.Contains(got, u) {
				t.Errorf("%%help lacks %s", u)
			}
		}
		if before, _, ok := strings.Cut(got, m.doc); ok && len(before)-strings.LastIndexByte(before, '\n')-1 != 25 {
			t.Errorf("%%help: the text of %s does not stand under the others", m.name)
		}
		if m.doc == "" || m.line == false && m.cell == false {
			t.Errorf("%s: no doc, or nowhere to stand", m.name)
		}
	}
	guide, err := os.ReadFile("../docs/magics.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range magics() {
		for _, u := range m.usage() {
			if !strings.Contains(string(guide), "`"+u+"`") {
				t.Errorf("docs/magics.md lacks %s", u)
			}
		}
	}
}
