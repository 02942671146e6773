package scenes

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tickbook/internal/browsertest"
	"tickbook/kafka/broker"
)

// maxPicture is how many bytes a picture of the documents may have.
const maxPicture = 150_000

// album is the guide on a stage, and where its pictures go.
type album struct {
	t    *testing.T
	s    *stage
	dir  string
	text string // the guide's file
}

func newAlbum(t *testing.T, f Frontend, dir string) *album {
	b, err := broker.Start(broker.Options{Feed: &broker.FeedOptions{Seed: 1, Rate: 500, History: 10 * time.Minute}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	t.Setenv("TICKBOOK_BOOTSTRAP", b.Addr())
	text, err := os.ReadFile("../../../notebooks/guide.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, f)
	if s == nil {
		return nil
	}
	return &album{t, s, dir, string(text)}
}

// open opens a notebook in a tab of the pictures' size.
func (a *album) open(name, text string) *browsertest.Notebook {
	a.t.Helper()
	if err := os.WriteFile(filepath.Join(a.s.dir, name), []byte(text), 0o644); err != nil {
		a.t.Fatal(err)
	}
	n := a.s.browser.For(a.t).Look(a.s.server, name)
	a.fit(n)
	return n
}

func (a *album) fit(n *browsertest.Notebook) {
	n.Resize(1120, 780)
	n.Limit = 2 * time.Minute
}

// take writes a picture, after a moment for what was just shown to come to rest.
func (a *album) take(n *browsertest.Notebook, name string) {
	a.t.Helper()
	pass(n, 1500*time.Millisecond)
	path := filepath.Join(a.dir, name+".png")
	n.Screenshot(path)
	full, err := os.ReadFile(path)
	if err != nil {
		a.t.Fatal(err)
	}
	small, err := browsertest.Shrink(full)
	if err == nil {
		err = os.WriteFile(path, small, 0o644)
	}
	if err != nil {
		a.t.Fatal(err)
	}
	if len(small) > maxPicture || len(small) < 10_000 {
		a.t.Errorf("%s has %d bytes; want a picture, of at most %d", name, len(small), maxPicture)
	}
}

// run runs the guide and lets it tick.
func (a *album) run(n *browsertest.Notebook) {
	a.t.Helper()
	n.WaitReady()
	n.Eval(nil, `document.querySelector('.jp-SideBar.jp-mod-left .lm-mod-current') && app.shell.collapseLeft?.()`)
	runAll(a.t, n)
}

// show brings a cell to the top of the page, and waits for its view.
func (a *album) show(n *browsertest.Notebook, cell int) {
	a.t.Helper()
	n.Select(cell)
	n.WaitLive(cell)
	top := func(cell int) { n.Eval(nil, `nb.content.scrollToItem(%d, 'start')`, cell) }
	top(cell)
	pass(n, time.Second)
	top(cell) // what was drawn late has moved it
}

// ShootOne takes the picture of a front end that is not JupyterLab.
func ShootOne(t *testing.T, f Frontend, dir string) {
	a := newAlbum(t, f, dir)
	if a == nil {
		return
	}
	n := a.open("guide.ipynb", a.text)
	a.run(n)
	a.show(n, n.FindCell("GroupBy"))
	a.take(n, "notebook7")
}

// Shoot takes the pictures of JupyterLab.
func Shoot(t *testing.T, f Frontend, dir string) {
	a := newAlbum(t, f, dir)
	if a == nil {
		return
	}
	n := a.open("guide.ipynb", a.text)
	a.run(n)
	a.show(n, n.FindCell("AsOfJoin"))
	a.take(n, "tables")

	vwap, fig := n.FindCell("GroupBy"), n.FindCell("figure.New")
	a.show(n, vwap)
	g := grid{t, n, vwap}
	head := func(name string) browsertest.Box {
		return n.Box(vwap, fmt.Sprintf(`[...output.querySelectorAll('[data-column]')].find(h => h.querySelector('.tickbook-name').textContent === %q)`, name))
	}
	n.Click(head("Volume").At(20, 10))
	n.Click(head("Volume").At(20, 10))
	n.Click(head("Sym").At(20, 10), "Shift")
	g.wait("the order", func() bool {
		var marks string
		n.Grid(vwap, &marks, `[...grid.querySelectorAll('.tickbook-arrow')].map(h => h.textContent).join('')`)
		return strings.Contains(marks, "▼1") && strings.Contains(marks, "▲2")
	})
	a.take(n, "sorted")

	a.show(n, fig)
	p := plot{t, n, fig}
	n.Drag(p.at(0.55), p.at(0.7), p.at(0.85))
	pass(n, time.Second)
	n.Move(p.at(0.5))
	n.Wait("values under the pointer", func() bool { return p.card() != "" })
	a.take(n, "figure")
	n.DoubleClick(p.at(0.3))
	n.Move(p.at(-0.2))

	n.Eval(nil, `app.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})`)
	n.Wait("the dark", func() bool {
		var is bool
		n.Eval(&is, `document.body.dataset.jpThemeName === 'JupyterLab Dark' && !document.getElementById('jupyterlab-splash')`)
		return is
	})
	a.show(n, n.FindCell("vwap.Where"))
	a.take(n, "dark")
	n.Eval(nil, `app.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})`)
	n.Save()
	n.Close()

	text := a.s.read(t, "guide.ipynb")
	a.s.server.EndSessions(t)
	none := a.open("no-kernel.ipynb", strings.NewReplacer(`"name": "tickbook"`, `"name": "absent"`, `"language": "go"`, `"language": "none"`, `"name": "go"`, `"name": "none"`).Replace(text))
	noKernel(none)
	cell := none.FindCell("vwap.Where")
	none.Select(cell)
	none.Wait("the note", func() bool { return none.Foot(cell) == "not connected: last state" })
	none.Eval(nil, `(app.shell.collapseLeft?.(), nb.content.scrollToItem(%d, 'start'))`, cell)
	a.take(none, "no-kernel")
	none.Close()

	if out, err := a.s.python(t, "-m", "nbconvert", "--to", "html", "--output", "converted.html", filepath.Join(a.s.dir, "guide.ipynb")).CombinedOutput(); err != nil {
		t.Fatalf("nbconvert: %v\n%s", err, out)
	}
	page := a.s.browser.For(t).Visit("file://" + filepath.Join(a.s.dir, "converted.html"))
	a.fit(page)
	page.Wait("the converted page", func() bool {
		var rows int
		page.Eval(&rows, `document.querySelectorAll('.jp-OutputArea table tr').length`)
		return rows > 1
	})
	page.Eval(nil, `[...document.querySelectorAll('.jp-OutputArea table')].at(-1).closest('.jp-Cell').scrollIntoView()`)
	a.take(page, "nbconvert")
}
