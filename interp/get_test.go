package interp

import (
	"context"
	_ "embed"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"tickbook/display"
	"tickbook/internal/gomod/gomodtest"
)

//go:embed testdata/modules.txtar
var testModules []byte

// newGetNotebook is a notebook whose %get finds the modules of the tests.
func newGetNotebook(t *testing.T) *notebook {
	t.Helper()
	gomodtest.Use(t, testModules)
	nb := newNotebook(t)
	nb.s.opts.Modules = t.TempDir()
	return nb
}

func TestGet(t *testing.T) {
	nb := newGetNotebook(t)
	nb.want("%get", "no modules yet; %get example.com/module@v1.2.3 fetches one\n")
	nb.want("%get example.com/units@v1.0.0", "example.com/units v1.0.0\n")
	nb.want("import \"example.com/units\"\nm, err := units.Parse(\"2.5\")\nfmt.Println(m, err)", "2.5 m <nil>\n")
	nb.want("_, err = units.Parse(\"-1\")\nerr == units.ErrNegative", "=> true")
	nb.want("var s fmt.Stringer = m\ns.String()", "=> 2.5 m")
	nb.want("fmt.Sprintf(\"%T %v\", m, []units.Meters{1})", "=> units.Meters [1.0 m]")
	nb.want("%get", "example.com/units v1.0.0\n")
}

func TestGetGenericsAndDependencies(t *testing.T) {
	nb := newGetNotebook(t)
	nb.want("%get example.com/lists@v0.3.0\nl := lists.Of(3, 1, 2)", "example.com/lists v0.3.0\n")
	nb.want("lists.Max(l)", "=> 3")
	nb.want("for s := range lists.Map(l, func(n int) string { return strings.Repeat(\"x\", n) }).All() { fmt.Println(s) }", "xxx\nx\nxx\n")
	nb.want("type P struct{ X int }\nlists.Of(P{1}, P{2}).Len()", "=> 2")
	// A package of the module that was not used so far, and what it imports.
	nb.want("import \"example.com/units\"\nlengths.Sum(lists.Of[units.Meters](1, 2.5))", "=> 3.5 m")
}

func TestGetInitOrder(t *testing.T) {
	nb := newGetNotebook(t)
	nb.want("%get example.com/order@v1.0.0", "example.com/order v1.0.0\npackages: example.com/order/broken, example.com/order/first, example.com/order/second\n")
	nb.want("second.Log()", "=> [b a after b first a after bb second second again]")
	nb.want("import \"example.com/order/first\"\nlen(first.Log)", "=> 5") // once
	_, err := nb.do("import \"example.com/order/broken\"\nbroken.Table")
	var ce *display.CellError
	if !errors.As(err, &ce) {
		t.Fatalf("got %v", err)
	}
	want := "panic: while package example.com/order/broken was initialised: assignment to entry in nil map\n" +
		"example.com/order@v1.0.0/broken/broken.go:9 in broken.load\n    m[first.Log[0]] = 1\n"
	if got := strings.Join(ce.Traceback, "\n"); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	nb.want("first.Log[0]", "=> b")
	nb.want("broken.Table", "ERR while package example.com/order/broken was initialised")
}

func TestGetEmbeddedFiles(t *testing.T) {
	nb := newGetNotebook(t)
	nb.want("%get example.com/files@v1.0.0\nimport \"example.com/files\"\nfmt.Print(files.Greeting, string(files.Bytes()))",
		"example.com/files v1.0.0\ngood day\ngood day\n")
	nb.want(`fs.WalkDir(files.FS, ".", func(p string, d fs.DirEntry, err error) error { fmt.Println(p, d.IsDir(), err); return nil })`,
		". true <nil>\ndata true <nil>\ndata/.hidden false <nil>\ndata/a.txt false <nil>\ndata/deep true <nil>\ndata/deep/b.txt false <nil>\n=> <nil>")
	nb.want(`b, err := files.FS.ReadFile("data/deep/b.txt"); fmt.Print(string(b), err)`, "b\n<nil>")
}

func TestGetWhatCannotLoad(t *testing.T) {
	nb := newGetNotebook(t)
	nb.want("%get example.com/native@v1.2.0", "ERR package example.com/native needs C (cgo, in native.go), which cells cannot run; "+
		"a kernel with it compiled in can: tickbook build --with example.com/native@v1.2.0")
	nb.want("import \"example.com/native\"\nnative.Sqrt(2)", "ERR In[2]:1:8: package example.com/native needs C")
	nb.want("either.Which()", "=> Go") // the module is got nevertheless
	nb.want("%get example.com/asm@v1.0.0\nimport \"example.com/asm\"\nasm.Double(4)", "example.com/asm v1.0.0\n=> 8")
	nb.want("asm.Add(1, 2)", "ERR example.com/asm.Add is written in assembly, which cells cannot run; "+
		"a kernel with it compiled in can: tickbook build --with example.com/asm@v1.0.0")
	nb.want("tagged.Which()", "=> Go")
	nb.want("arch.Which()", "=> Go")
	nb.want("linked.Call()", "ERR example.com/asm/linked.secret is runtime.secret by go:linkname, which cells cannot run")
	nb.want("%get example.com/wrong@v1.0.0", "ERR package example.com/wrong does not compile: "+
		"example.com/wrong@v1.0.0/wrong.go:3:23: cannot use \"text\" (untyped string constant) as int value in return statement")
	nb.want("uses.X", "ERR package example.com/wrong/uses imports what does not load: package example.com/wrong does not compile")
	nb.want("import \"example.com/nowhere\"", "ERR package \"example.com/nowhere\" is not available in cells; %get example.com/nowhere fetches it")
	nb.want("%get example.com/nowhere", "ERR %get: ")
	nb.want("%get example.com/units@v9.0.0", "ERR %get: example.com/units@v9.0.0: ")
	nb.want("%get example.com/units@", "ERR want module@version, module or ./folder")
	nb.want("%get example.com/system@v1.0.0", "ERR package example.com/system imports what does not load: package syscall of the standard library is not "+
		"available in cells; a kernel with it compiled in can: tickbook build --with example.com/system@v1.0.0")
	nb.want("%get", "example.com/native v1.2.0\nexample.com/asm v1.0.0\nexample.com/wrong v1.0.0\nexample.com/system v1.0.0\n")
	nb.want("%get strings", "strings is compiled into this kernel\n")
	t.Setenv("PATH", "")
	nb.want("%get example.com/units", "ERR there is no go command on PATH; install Go (https://go.dev/dl), or put its folder into PATH, and try again: %env PATH=… sets it")
}

func TestGetOtherVersions(t *testing.T) {
	nb := newGetNotebook(t)
	nb.want("%get example.com/units", "example.com/units v1.1.0\nto have this version again: %get example.com/units@v1.1.0\n")
	nb.want("import \"example.com/units\"\nold := units.Meters(1)\nold", "=> 1.00 m")
	nb.want("%get example.com/units@v1.0.0", "example.com/units v1.0.0\nchanged: example.com/units; run the cells again that use them\n")
	nb.want("units.Meters(2)", "=> 2.0 m")
	nb.want("old", "=> 1.00 m")
	nb.want("old = units.Meters(2)", "ERR cannot use")
	nb.want("%reset\nunits.Meters(2)", "=> 2.0 m")
}

func TestGetFolder(t *testing.T) {
	nb := newGetNotebook(t)
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	nb.want("%get ./mine", "ERR no such file")
	write("mine/sub/sub.go", "package sub\n\nimport \"example.com/units\"\n\nfunc One() units.Meters { return 1 }\n")
	nb.want("%get ./mine", "ERR is in no module: there is no go.mod")
	write("mine/go.mod", "module mine\n\ngo 1.24\n\nrequire example.com/units v1.0.0\n\nreplace example.com/helper => ../helper\n\nrequire example.com/helper v0.0.0\n")
	write("mine/mine.go", "package mine\n\nimport \"example.com/helper\"\n\nvar N = helper.N\n\nfunc F() int { return 1 }\n")
	write("helper/go.mod", "module example.com/helper\n")
	write("helper/helper.go", "package helper\n\nconst N = 7\n")
	nb.want("%get ./mine\nmine.N", "mine in "+filepath.Join(dir, "mine")+"\n=> 7")
	nb.want("sub.One()", "=> 1.0 m")
	nb.want("mine.F()", "=> 1")
	nb.want("%get ./mine", "mine in "+filepath.Join(dir, "mine")+"\n")
	write("mine/mine.go", "package mine\n\nfunc F() string {\n\treturn []string{}[G]\n}\n")
	write("mine/more.go", "package mine\n\nvar G = 2\n")
	nb.want("%get ./mine", "mine in "+filepath.Join(dir, "mine")+"\nchanged: mine; run the cells again that use them\n")
	_, err := nb.do("mine.F()")
	var ce *display.CellError
	if !errors.As(err, &ce) || !strings.Contains(strings.Join(ce.Traceback, "\n"), filepath.Join(dir, "mine", "mine.go")+":4 in mine.F\n    return []string{}[G]\n") {
		t.Errorf("got %v", ce)
	}
	write("mine/more.go", "package mine\n\nvar G = \n")
	nb.want("%get ./mine", "ERR package mine does not compile")
	write("mine/more.go", "package mine\n\nvar G = 3\n")
	nb.want("%get ./mine\nmine.G", "mine in "+filepath.Join(dir, "mine")+"\n=> 3")
}

func TestGetNeedsExec(t *testing.T) {
	out := &buffer{}
	s, err := New(Options{Stdout: out, Stderr: out, Evaluator: NewYaegi})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.Execute(t.Context(), "%get example.com/units", 1)
	if err == nil || !strings.Contains(err.Error(), "by the evaluator exec only") {
		t.Errorf("got %v", err)
	}
}

func TestGetHelpWhileTyping(t *testing.T) {
	nb := newGetNotebook(t)
	nb.want("%get example.com/lists@v0.3.0", "example.com/lists v0.3.0\n")
	complete := func(code, want string) {
		t.Helper()
		ms, _, _ := nb.s.Complete(code, len(code))
		if !slices.ContainsFunc(ms, func(m display.Match) bool { return m.Text == want }) {
			t.Errorf("%q: got %v, want %s among them", code, ms, want)
		}
	}
	inspect := func(code, want string) {
		t.Helper()
		b, _ := nb.s.Inspect(code, len(code), 0)
		if got, _ := b[display.Text].(string); !strings.Contains(got, want) {
			t.Errorf("%q: got %q, want %q", code, got, want)
		}
	}
	complete("lists.Ma", "Max")
	complete("lengths.S", "Sum") // of a package that no cell used yet
	complete("leng", "lengths")
	complete("import \"example.com/li", "example.com/lists/lengths")
	inspect("lists.Map", "Map makes a list of what f makes of each element.")
	inspect("lists", "Package lists has generic lists.")
	inspect("lengths.Sum", "func lengths.Sum(l *lists.List[units.Meters]) (sum units.Meters)\n\nSum adds lengths.")
	nb.want("l := lists.Of(1)", "")
	inspect("l.Len", "Len is their number.")
}

// TestGetInterrupt has a proxy that never answers.
func TestGetInterrupt(t *testing.T) {
	nb := newGetNotebook(t)
	asked, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(asked) })
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer srv.Close()
	defer close(release)
	t.Setenv("GOPROXY", srv.URL)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	_, err := nb.s.Execute(ctx, "%get example.com/units@v1.0.0", 1)
	var ce *display.CellError
	if !errors.As(err, &ce) || ce.Name != "Interrupted" {
		t.Errorf("got %v", err)
	}
	nb.want("1 + 1", "=> 2")
}

func TestSaveWithPackages(t *testing.T) {
	nb := newGetNotebook(t)
	file := filepath.Join(t.TempDir(), "p.go")
	nb.want("%get example.com/units@v1.0.0\nm := units.Meters(3)", "example.com/units v1.0.0\n")
	nb.want("%save "+file, "wrote 1 cell to "+file+"\n")
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), "\"example.com/units\"") {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestGetPinnedVersion(t *testing.T) {
	nb := newGetNotebook(t)
	nb.s.Pin(map[string]string{"example.com/units": "v1.0.0", "example.com": "v7.0.0"})
	nb.want("%get example.com/units", "example.com/units v1.0.0\n")
	nb.want("%get example.com/units@latest", "example.com/units v1.1.0\nchanged: example.com/units; run the cells again that use them\n")
	nb.want("%get example.com/units", "example.com/units v1.1.0\n") // what was fetched is what the notebook has now
}
