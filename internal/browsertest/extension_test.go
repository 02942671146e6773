package browsertest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tickbook/install"
	"tickbook/internal/browsertest"
)

// viewLab starts JupyterLab with a kernel that shows tables of any size (testdata/viewkernel.py), and opens a notebook of it.
func viewLab(t *testing.T, cells ...string) (*browsertest.Notebook, browsertest.Server, string) {
	t.Helper()
	jupyter, err := install.FindJupyterLab(t.Context(), install.FindOptions{Out: t.Output(), PrivateOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	program, err := filepath.Abs("testdata/viewkernel.py")
	if err != nil {
		t.Fatal(err)
	}
	data, work := t.TempDir(), t.TempDir()
	spec := filepath.Join(data, "kernels", "viewkernel")
	if err := os.MkdirAll(spec, 0o755); err != nil {
		t.Fatal(err)
	}
	python := filepath.Join(filepath.Dir(jupyter.Command[0]), "python")
	text, err := json.Marshal(map[string]any{
		"argv": []string{python, program, "-f", "{connection_file}"}, "display_name": "views", "language": "text", "interrupt_mode": "signal",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(spec, "kernel.json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("JUPYTER_PATH", data)
	browsertest.WriteNotebook(t, work, "views.ipynb", "viewkernel", cells...)
	server := lab(t, work)
	n := browsertest.New(t).Open(server, "views.ipynb")
	n.Limit = 20 * time.Second
	return n, server, filepath.Join(work, "views.ipynb")
}

func picture(n *browsertest.Notebook, name string) {
	if dir := os.Getenv("SHOTS"); dir != "" {
		n.Screenshot(filepath.Join(dir, name+".png"))
	}
}

// first is the key in the first row in sight of a table of the view kernel's.
func first(n *browsertest.Notebook, cell int) string {
	rows := n.Table(cell)
	if len(rows) < 2 {
		return ""
	}
	return rows[1][0]
}

func TestTableView(t *testing.T) {
	n, _, _ := viewLab(t, "table 1000000000", "table 5 1000")
	n.Run(0)
	n.Run(1)
	n.Select(0)
	n.WaitLive(0)
	for _, want := range []string{"● live · 1,000,000,000 rows", "showing 1–10", "1,235 rows/s", "3 bad records left out"} {
		if got := n.Live(0); !strings.Contains(got, want) {
			t.Errorf("foot = %q, want %q in it", got, want)
		}
	}
	rows := n.Table(0)
	if got := strings.Join(rows[0], " "); got != "Key\nint64 Sym\nstring Tick\nint64 <i>X</i>\nstring Time\ninstant (UTC) C5\nfloat64" {
		t.Errorf("header = %q", got)
	}
	if len(rows) != 11 || rows[1][0] != "0" || rows[1][3] != "∅" || rows[2][3] != "<img src=x onerror=window.evil=1>" {
		t.Errorf("rows = %q", rows)
	}
	picture(n, "table")
	n.Wait("a marked cell", func() bool {
		var marked []string
		n.Grid(0, &marked, `[...grid.querySelectorAll('.tickbook-changed')].map(c => c.parentNode.dataset.row %% 3 + ' ' + c.ariaColIndex)`)
		for _, m := range marked {
			if m != "0 3" {
				t.Errorf("marked: %q, want cells of column 3 in every third row", marked)
			}
		}
		return len(marked) > 0
	})

	// Scrolling: by the bar, by the wheel, by keys; a refresh leaves the place alone.
	n.Grid(0, nil, `grid.scrollTop = grid.scrollHeight / 2`)
	n.Wait("the middle", func() bool { k := first(n, 0); return len(k) == 9 && (k[0] == '4' || k[0] == '5') })
	place := first(n, 0)
	n.Grid(0, nil, `grid.dispatchEvent(new WheelEvent('wheel', {deltaY: 44, bubbles: true, cancelable: true}))`)
	n.Wait("two rows further", func() bool { return first(n, 0) == plus(place, 2) })
	place = first(n, 0)
	tick := n.Live(0)
	n.Grid(0, nil, `new Promise(done => setTimeout(done, 500))`)
	if got := first(n, 0); got != place {
		t.Errorf("after refreshes the first row is %s, want %s (%s)", got, place, tick)
	}
	n.Grid(0, nil, `grid.focus()`)
	n.Press("Control+End")
	n.Wait("the last row", func() bool { r := n.Table(0); return len(r) > 1 && r[len(r)-1][0] == "999999999" })
	n.Press("Control+Home")
	n.Wait("the first row", func() bool { return first(n, 0) == "0" })
	n.Press("PageDown")
	n.Press("PageDown")
	n.Wait("two pages on", func() bool { return first(n, 0) == "9" })
	n.Press("Control+Home")

	// Sorting by a click.
	n.Grid(0, nil, `grid.querySelector('[data-column="0"]').click()`)
	n.Grid(0, nil, `grid.querySelector('[data-column="0"]').click()`)
	n.Wait("descending", func() bool { return first(n, 0) == "999999999" })
	n.Grid(0, nil, `grid.querySelector('[data-column="2"]').dispatchEvent(new MouseEvent('click', {shiftKey: true, bubbles: true}))`)
	var sorts []string
	n.Grid(0, &sorts, `[...grid.querySelectorAll('[aria-sort]')].map(h => h.ariaSort + h.querySelector('.tickbook-arrow').textContent)`)
	if got := strings.Join(sorts, " "); got != "descending▼1 none ascending▲2 none none none" {
		t.Errorf("marks of the order: %s", got)
	}
	n.Grid(0, nil, `grid.querySelector('[data-column="1"]').click()`)
	n.Grid(0, nil, `[1, 2].map(() => grid.querySelector('[data-column="1"]').click())`)
	n.Wait("no order", func() bool { return first(n, 0) == "0" })

	// Selecting and copying: within the window, and beyond.
	copied := func(keys ...string) string {
		t.Helper()
		n.Eval(nil, `(window.copied = null, window.spied ??= (DataTransfer.prototype.setData = (set => function (type, text) {
			window.copied = text;
			return set.call(this, type, text);
		})(DataTransfer.prototype.setData)))`)
		n.Grid(0, nil, `grid.focus()`)
		for _, k := range keys {
			n.Press(k)
		}
		var text *string
		n.Wait("the copy", func() bool { n.Eval(&text, `window.copied`); return text != nil })
		return *text
	}
	n.Press("Escape")
	if got := copied("ArrowDown", "Control+Home", "Shift+ArrowDown", "Shift+ArrowRight", "Control+c"); got != "0\tAAPL\n1\tMSFT" {
		t.Errorf("copied %q", got)
	}
	got := copied("Control+Home", "Shift+PageDown", "Shift+PageDown", "Shift+PageDown", "Shift+PageDown", "Shift+PageDown", "Control+c")
	if lines := strings.Split(got, "\n"); len(lines) != 46 || lines[45] != "45" {
		t.Errorf("copied %d lines, the last %q; want 46", len(lines), lines[len(lines)-1])
	}
	n.Press("Control+a")
	n.Press("Control+c")
	n.Wait("the refusal", func() bool { return strings.Contains(n.Live(0), "too many to copy") })
	picture(n, "table-selected")

	// Shortcuts of the notebook don't reach it.
	cells := n.Cells()
	for _, k := range []string{"b", "a", "d", "d"} {
		n.Press(k)
	}
	if n.Cells() != cells {
		t.Error("a key on the table changed the notebook")
	}

	// A column dragged wider, pause, follow.
	var widths [2]float64
	n.Grid(0, &widths, `(grip => {
		const width = () => grip.parentNode.getBoundingClientRect().width, before = width(), x = grip.getBoundingClientRect().x;
		const at = (type, x) => grip.dispatchEvent(new PointerEvent(type, {clientX: x, pointerId: 1, button: 0, bubbles: true}));
		grip.setPointerCapture = () => {};
		at('pointerdown', x); at('pointermove', x + 60); at('pointerup', x + 60);
		return [before, width()];
	})(grid.querySelector('[data-column="1"] .tickbook-grip'))`)
	if widths[1]-widths[0] < 55 {
		t.Errorf("widths before and after a drag: %v", widths)
	}
	button := func(name string) {
		n.Eval(nil, `[...nb.content.widgets[0].outputArea.node.querySelectorAll('.tickbook-button')].find(b => b.textContent === %q).click()`, name)
	}
	button("Follow")
	n.Wait("the end", func() bool { r := n.Table(0); return len(r) > 1 && r[len(r)-1][0] == "999999999" })
	button("Pause")
	n.Wait("the pause", func() bool { return strings.HasPrefix(n.Live(0), "❚❚ paused") })
	still := fmt.Sprint(n.Table(0))
	n.Grid(0, nil, `new Promise(done => setTimeout(done, 500))`)
	if got := fmt.Sprint(n.Table(0)); got != still {
		t.Errorf("paused, and yet it changed: %s, then %s", still, got)
	}
	button("Resume")

	// A thousand columns: those in sight are drawn, and asked for.
	n.Select(1)
	n.WaitLive(1)
	var wide struct{ Drawn, Heads int }
	n.Grid(1, nil, `(grid.scrollLeft = 1e6, new Promise(done => setTimeout(done, 300)))`)
	n.Grid(1, &wide, `({drawn: grid.querySelector('.tickbook-body > .tickbook-row').children.length, heads: grid.querySelectorAll('[data-column]').length})`)
	var last string
	n.Grid(1, &last, `[...grid.querySelectorAll('.tickbook-body > .tickbook-row')].find(r => r.dataset.row === '2').lastChild.textContent`)
	if wide.Heads > 30 || wide.Drawn > 30 || last != "19.98" {
		t.Errorf("of 1,000 columns: %+v, the last cell of row 2 = %q, want 19.98", wide, last)
	}
	picture(n, "table-wide")
	var evil any
	n.Eval(&evil, `window.evil ?? null`)
	if evil != nil {
		t.Error("text of a cell was executed")
	}
	if got := n.ConsoleErrors(); len(got) > 0 {
		t.Errorf("console errors: %q", got)
	}
}

// plus adds to a number in decimal.
func plus(text string, d int) string {
	var x int
	fmt.Sscan(text, &x)
	return fmt.Sprint(x + d)
}

func TestFigureView(t *testing.T) {
	n, _, _ := viewLab(t, "figure")
	n.Run(0)
	n.WaitLive(0)
	image := n.Image(0)
	n.Wait("another frame", func() bool { now := n.Image(0); return now != "" && now != image })
	if blank := n.BlankFrames(60, 0); blank > 0 {
		t.Errorf("%d of 60 frames lacked the figure", blank)
	}
	mouse := func(events string) { figureMouse(n, 0, events) }
	var card string
	mouse(`at('pointermove', 50 + 145, 100)`)
	n.Wait("values under the pointer", func() bool { card = figureCard(n, 0); return card != "" })
	if card != "x = 25.0 <b>one</b> 5.00 two ∅" {
		t.Errorf("values under the pointer: %q", card)
	}
	picture(n, "figure")
	text := func() string {
		var svg string
		n.Eval(&svg, `fetch(nb.content.widgets[0].outputArea.node.querySelector('.tickbook-image').src).then(r => r.text()).catch(() => '')`)
		return svg
	}
	mouse(`at('pointerdown', 50 + 145, 100); at('pointermove', 50 + 290, 100); at('pointerup', 50 + 290, 100)`)
	n.Wait("the zoom", func() bool { return strings.Contains(text(), "x 25.0 to 50.0") })
	picture(n, "figure-zoomed")
	n.Save()
	n.Reload()
	n.WaitLive(0)
	n.Wait("the zoom after a reload", func() bool { return strings.Contains(text(), "x 25.0 to 50.0") })
	mouse(`at('dblclick', 200, 100)`)
	n.Wait("all again", func() bool { return strings.Contains(text(), "x 0.0 to 100.0") })
	if got := n.ConsoleErrors(); len(got) > 0 {
		t.Errorf("console errors: %q", got)
	}
}

// figureMouse moves the mouse over a cell's live figure: events are calls of at(type, x, y), in pixels of the image.
func figureMouse(n *browsertest.Notebook, cell int, events string) {
	n.Eval(nil, `(node => {
		const box = node.querySelector('.tickbook-image').getBoundingClientRect();
		node.setPointerCapture = () => {};
		const at = (type, x, y) => node.dispatchEvent(new PointerEvent(type, {clientX: box.x + x, clientY: box.y + y, button: 0, pointerId: 1, bubbles: true}));
		%s
	})(nb.content.widgets[%d].outputArea.node.querySelector('.tickbook-figure'))`, events, cell)
}

// figureCard is the text of the box of values under the pointer; "" while it doesn't show.
func figureCard(n *browsertest.Notebook, cell int) string {
	var card string
	n.Eval(&card, `(c => c.hidden ? '' : c.innerText.replaceAll('\n', ' '))(nb.content.widgets[%d].outputArea.node.querySelector('.tickbook-card'))`, cell)
	return card
}

// TestViewLife takes outputs through reloads, saves and the ends of kernels.
func TestViewLife(t *testing.T) {
	n, server, file := viewLab(t, "table 100000", "figure", "log")
	n.Run(0)
	n.Run(1)
	n.Select(0)
	n.WaitLive(0)
	n.WaitLive(1)
	n.Save()
	n.Grid(0, nil, `new Promise(done => setTimeout(done, 6000))`)
	if n.IsDirty() {
		t.Error("ticking made the notebook dirty")
	}
	read := func() string { text, _ := os.ReadFile(file); return string(text) }
	before := read()
	n.Eval(nil, `(window.replaced = 0, new MutationObserver(m => { window.replaced += m.length; }).observe(
		nb.content.widgets[0].outputArea.node.querySelector('.tickbook-view'), {childList: true}))`)
	n.Save()
	if read() == before {
		t.Error("the saved file holds the state of an earlier save")
	}
	var replaced int
	n.Eval(&replaced, `window.replaced`)
	if replaced > 0 || n.IsDirty() {
		t.Errorf("a save replaced %d nodes; dirty: %v", replaced, n.IsDirty())
	}

	n.Grid(0, nil, `grid.scrollTop = 22 * 5000`)
	n.Wait("row 5000", func() bool { return first(n, 0) == "5000" })
	n.Grid(0, nil, `(grid.querySelector('[data-column="0"]').click(), new Promise(done => setTimeout(done, 500)))`)
	n.Reload()
	loaded := time.Now()
	n.WaitLive(0)
	n.WaitLive(1)
	t.Logf("live %v after the notebook was ready", time.Since(loaded).Round(time.Millisecond))
	n.Wait("the place of before", func() bool { return first(n, 0) == "5000" })
	n.Run(0)
	n.WaitLive(0)
	n.Wait("the place of before, run again", func() bool { return first(n, 0) == "5000" })
	n.Select(0)
	n.WaitLive(1)

	// The kernel forgets silent comms; a broken websocket comes back.
	n.Run(n.Append("quiet"))
	n.Select(0)
	moves := func(what string) {
		t.Helper()
		n.Select(0)
		now := fmt.Sprint(n.Table(0))
		n.Wait(what, func() bool { got := fmt.Sprint(n.Table(0)); return n.Live(0) != "" && got != now })
	}
	n.Grid(0, nil, `grid.scrollTop = 0`)
	moves("life after a forgotten comm")
	if blank := n.BlankFrames(30, 0); blank > 0 {
		t.Errorf("%d blank frames", blank)
	}
	n.Eval(nil, `nb.context.sessionContext.session.kernel.reconnect()`)
	moves("life after a reconnect")

	// Out of sight nothing is asked for.
	n.Eval(nil, `app.commands.execute('notebook:create-new', {kernelName: 'viewkernel'})`)
	// A notebook that is closed while its kernel starts makes JupyterLab's own SessionContext (4.0 to 4.6, _handleNewSession) throw "Disposed".
	n.Wait("the other notebook's kernel", func() bool {
		var is bool
		n.Eval(&is, `nb.context.path !== 'views.ipynb' && nb.context.isReady && nb.context.sessionContext.session?.kernel?.status === 'idle'`)
		return is
	})
	n.Eval(nil, `[...app.shell.widgets('main')].filter(w => w.context?.path !== 'views.ipynb').forEach(w => { w.context.model.dirty = false; w.dispose(); })`)
	n.Select(0)
	moves("life when it is seen again")

	n.Save()
	n.Eval(nil, `nb.context.sessionContext.restartKernel()`)
	n.Wait("the note of a restart", func() bool { return n.Foot(0) == "made by an earlier kernel: last state" })
	n.Wait("the snapshot", func() bool { rows := n.Table(0); return len(rows) == 11 && n.Image(1) != "" })
	picture(n, "earlier-kernel")
	if n.IsDirty() {
		t.Error("a restart made the notebook dirty")
	}
	n.Run(0)
	moves("life in the new kernel")
	n.Eval(nil, `nb.context.sessionContext.shutdown()`)
	n.Wait("the note of a shutdown", func() bool { return n.Foot(0) == "not connected: last state" })
	n.Save()

	// A copy that nobody has signed, with markup of a stranger's.
	text := strings.Replace(read(), "<table>", "<img src=x onerror=window.evil=1><table>", 1)
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "foreign.ipynb"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := n.ConsoleErrors(); len(got) > 0 {
		t.Errorf("console errors: %q", got)
	}
	server.EndSessions(t)
	other := browsertest.New(t).Open(server, "foreign.ipynb")
	other.Wait("the snapshots", func() bool { return len(other.Table(0)) == 11 && other.Image(1) != "" })
	other.Wait("the note of another kernel", func() bool { return other.Foot(0) == "made by an earlier kernel: last state" })
	var evil any
	other.Eval(&evil, `window.evil ?? null`)
	if evil != nil {
		t.Error("a stranger's markup was executed")
	}
}
