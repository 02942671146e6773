package scenes

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"tickbook/install"
	"tickbook/internal/browsertest"
	"tickbook/internal/pyvenv"
)

// Frontend is a program that shows notebooks.
type Frontend struct {
	Packages []string // pinned, for an environment of its own; none is the private JupyterLab of the product
	Program  string   // in that environment
	Tree     string   // path of its pages that show a notebook
	Args     []string
	// Own are the errors that it logs on its console by itself, as patterns of the whole text; the scene without the extension sees them, too.
	Own []string
}

// JupyterLab is the product's.
var JupyterLab = Frontend{Tree: "lab/tree/", Args: browsertest.ServerArgs}

// JupyterLab40 is the oldest one.
var JupyterLab40 = Frontend{
	Packages: []string{"jupyterlab==4.0.13", "jupyter_server==2.21.1", "ipykernel==7.4.0"}, Program: "jupyter-lab", Tree: "lab/tree/", Args: browsertest.ServerArgs,
}

// Notebook7 shows a notebook a page.
var Notebook7 = Frontend{
	Packages: []string{"notebook==7.6.5", "jupyter_server==2.21.1", "ipykernel==7.4.0"}, Program: "jupyter-notebook", Tree: "notebooks/",
	Args: []string{"--JupyterNotebookApp.expose_app_in_browser=True"},
	Own: []string{
		`Uncaught \(in promise\) TypeError: Cannot read properties of undefined \(reading 'schema'\) http://127\.0\.0\.1:\d+/static/notebook/notebook_core\.[0-9a-f]+\.js\?v=[0-9a-f]+`,
	},
}

// stage is a server with the product's kernel, and a browser.
type stage struct {
	Frontend
	dir     string // the server's notebooks
	bin     string // of the program and Python
	jupyter *install.Jupyter
	server  browsertest.Server
	browser *browsertest.Browser
	product string // the binary
}

// newStage starts all; what is started ends with the test. It is nil where there is no Python to install with.
func newStage(t *testing.T, f Frontend) *stage {
	t.Helper()
	s := &stage{Frontend: f, dir: t.TempDir(), product: filepath.Join(t.TempDir(), "tickbook")}
	if len(f.Packages) == 0 {
		jupyter, err := install.FindJupyterLab(t.Context(), install.FindOptions{Out: t.Output(), PrivateOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		s.jupyter, s.bin = jupyter, filepath.Dir(jupyter.Command[0])
	} else {
		python, ok := pyvenv.Python(t, f.Packages...)
		if !ok {
			return nil
		}
		s.bin = filepath.Dir(python)
		s.jupyter = &install.Jupyter{Command: []string{filepath.Join(s.bin, f.Program)}, Private: true}
	}
	if runtime.GOOS == "windows" {
		s.product += ".exe"
	}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", s.product, "tickbook").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	s.server = s.serve(t, t.TempDir())
	s.browser = browsertest.New(t)
	return s
}

// serve starts a server with its state in a folder.
func (s *stage) serve(t *testing.T, state string) browsertest.Server {
	t.Helper()
	l, err := install.StartLab(t.Context(), install.LabOptions{
		Jupyter: s.jupyter, WorkDir: s.dir, NoBrowser: true, StateDir: state, Args: s.Args, Spec: install.Spec{Binary: s.product},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Stop(context.Background()) })
	return browsertest.Server{Base: l.Base, Token: l.Token, Tree: s.Tree}
}

// write makes a notebook of code cells for the product's kernel.
func (s *stage) write(t *testing.T, name string, cells ...string) {
	t.Helper()
	browsertest.WriteNotebook(t, s.dir, name, install.KernelName, cells...)
}

// open opens a new notebook of cells.
func (s *stage) open(t *testing.T, name string, cells ...string) *browsertest.Notebook {
	t.Helper()
	s.write(t, name, cells...)
	return s.browser.For(t).Open(s.server, name)
}

// python is the Python that the server runs on.
func (s *stage) python(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(s.bin, "python"), args...)
	cmd.Env = pyvenv.Env(t, t.TempDir())
	return cmd
}

// read is a notebook's file.
func (s *stage) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// quiet wants no error on a page's console but the front end's own.
func (s *stage) quiet(t *testing.T, n *browsertest.Notebook, also ...string) {
	t.Helper()
	own := slices.Concat(s.Own, also)
	for _, e := range n.ConsoleErrors() {
		if !slices.ContainsFunc(own, func(p string) bool { return matches(p, e) }) {
			t.Errorf("console error: %s", e)
		}
	}
	if got := n.ErrorOutputs(); len(got) > 0 {
		t.Errorf("error outputs: %q", got)
	}
}

func matches(pattern, text string) bool {
	return regexp.MustCompile("^(?:" + pattern + ")$").MatchString(text)
}

// run runs the cells one after the other.
func run(n *browsertest.Notebook, cells ...int) {
	for _, c := range cells {
		n.Run(c)
	}
}

// runAll runs all cells and wants no error.
func runAll(t *testing.T, n *browsertest.Notebook) {
	t.Helper()
	n.RunAll()
	if got := n.ErrorOutputs(); len(got) > 0 {
		t.Fatalf("error outputs: %q", got)
	}
}

// changes waits until what a cell's live view shows is another than now, with no cell run.
func changes(n *browsertest.Notebook, what string, cell int, show func() string) {
	n.WaitLive(cell)
	was := show()
	n.Wait(what, func() bool { now := show(); return n.Live(cell) != "" && now != "" && now != was })
}

// foot waits until the foot of a cell's live view has all the texts.
func foot(n *browsertest.Notebook, cell int, texts ...string) {
	n.Wait("a foot with "+strings.Join(texts, ", "), func() bool {
		got := n.Live(cell)
		return !slices.ContainsFunc(texts, func(x string) bool { return !strings.Contains(got, x) })
	})
}

// pass lets the page live for a while.
func pass(n *browsertest.Notebook, d time.Duration) {
	n.Eval(nil, `new Promise(done => setTimeout(done, %d))`, d.Milliseconds())
}

// Play plays all scenes in a front end.
func Play(t *testing.T, f Frontend) {
	s := newStage(t, f)
	if s == nil {
		return
	}
	for _, x := range []struct {
		name string
		play func(*testing.T, *stage)
	}{
		{"table", table}, {"status", status}, {"figure", figure}, {"back", back}, {"copies", copies}, {"calm", calm}, {"save", save}, {"unseen", unseen}, {"elsewhere", elsewhere}, {"hostile", attack},
	} {
		t.Run(x.name, func(t *testing.T) { x.play(t, s) })
	}
}
