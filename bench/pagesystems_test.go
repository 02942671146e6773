//go:build linux

package bench

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"testing"

	"tickbook/install"
	"tickbook/internal/pyvenv"
)

// pageSystem is a kernel with what shows its tables in a page. All show the same: a million rows of six columns, of which 200 rows change ten times
// a second, among them all that are in sight. The first columns are the row's number and the time of its last change in microseconds.
type pageSystem struct {
	name     string   // in metrics
	probe    string   // the system's name in page.js
	packages []string // of its Python environment; none: the product in the JupyterLab of its own
	kernel   string
	setup    string             // the first cell, which shows the kernel's process id
	show     func(i int) string // the cell of table i, from 0
	start    string             // the cell that starts the changes
	below    string             // a cell that fills a screen
	texts    bool               // cells are text in the page, and it scrolls as elements do
}

// An order of the clock changes the rows of its group, in one cycle.
const pageSetup = `n := 1_000_000
keys, groups, syms, dues := make([]int64, n), make([]int64, n), make([]string, n), make([]time.Time, n)
for k := range n {
	keys[k] = int64(k)
	syms[k] = fmt.Sprintf("S%03d", k%500)
	dues[k] = time.Unix(1<<33, 0)
	if k >= 100 && k%9999 > 0 {
		groups[k] = 1
	}
}
rows := engine.NewTable(engine.Col("Key", keys), engine.Col("Group", groups), engine.Col("Sym", syms), engine.Col("Due", dues))
clock := engine.NewInput(engine.Default(), engine.Int64("Group"), engine.Instant("Due"), engine.Int64("Stamp"))
set := func(group int64) { now := time.Now(); clock.Add(group, now, now.UnixMicro()) }
set(0)
set(1)
table := rows.AsOfJoin(clock.Table, "Group, Due", "Stamp").
	View("Key", "Stamp", "Sym", "Price = (Stamp / 100 + Key * 31) % 10000 / 100", "Size = (Stamp / 100 + Key * 7) % 400")
view := func(i int) *engine.Table { return table.UpdateView(fmt.Sprintf("Value = Price * %d", i+1)) }
fmt.Println(os.Getpid())`

const pageTicks = `go func() {
	for range time.Tick(100 * time.Millisecond) {
		set(0)
	}
}()`

// pageHTML refreshes an output by update_display_data, as a program does that knows nothing else.
const pageHTML = `bundle%[1]d := func(w *widgets.TableView) display.MIMEBundle {
	b := w.Render()
	delete(b, "application/vnd.tickbook.view+json")
	return b
}
shown%[1]d := widgets.Table(view(%[1]d))
display%[1]d := display.Show(bundle%[1]d(shown%[1]d))
go func() {
	for range time.Tick(100 * time.Millisecond) {
		display%[1]d.Update(bundle%[1]d(shown%[1]d))
	}
}()`

var (
	//go:embed page_perspective.py
	pagePerspective string
	//go:embed page_deephaven.py
	pageDeephaven string
)

var pageSystems = []pageSystem{
	{
		name: "tickbook", probe: "tickbook", kernel: install.KernelName, setup: pageSetup, start: pageTicks, texts: true,
		show:  func(i int) string { return fmt.Sprintf("view(%d)", i) },
		below: "for i := range 200 { fmt.Println(i) }",
	},
	{
		name: "html", probe: "html", kernel: install.KernelName, setup: pageSetup, start: pageTicks,
		show:  func(i int) string { return fmt.Sprintf(pageHTML, i) },
		below: "for i := range 200 { fmt.Println(i) }",
	},
	{
		name: "perspective", probe: "perspective", kernel: "python3", setup: pagePerspective, texts: true,
		packages: []string{"jupyterlab==4.6.6", "ipykernel==7.4.0", "perspective-python==5.6.1", "anywidget==0.11.0", "pyarrow==26.0.1"},
		show:     func(i int) string { return fmt.Sprintf("view(%d)", i) },
		start:    "ticking = asyncio.get_running_loop().create_task(tick())",
		below:    "for i in range(200): print(i)",
	},
	{
		name: "deephaven", probe: "deephaven", kernel: "python3", setup: pageDeephaven,
		packages: []string{"jupyterlab==4.6.6", "ipykernel==7.4.0", "deephaven-server==42.7", "deephaven-ipywidgets==0.6.2"},
		show:     func(i int) string { return fmt.Sprintf("view(%d)", i) },
		start:    "0",
		below:    "for i in range(200): print(i)",
	},
}

// jupyter is the JupyterLab that shows the system; false if there can be none here.
func (s *pageSystem) jupyter(b *testing.B) (*install.Jupyter, bool) {
	b.Helper()
	if s.packages == nil {
		j, err := install.FindJupyterLab(b.Context(), install.FindOptions{Out: b.Output(), PrivateOnly: true})
		if err != nil {
			b.Fatal(err)
		}
		return j, true
	}
	python, ok := pyvenv.Python(b, s.packages...)
	if !ok {
		return nil, false
	}
	return &install.Jupyter{Command: []string{filepath.Join(filepath.Dir(python), "jupyter-lab")}, Private: true}, true
}
