package scenes

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"tickbook/internal/browsertest"
)

// million makes a table of a million rows, of which 334 change and one is added ten times a second.
const million = `symbols := []string{"AAPL", "MSFT", "GOOG", "ÄÖ"}
input := engine.NewInput(engine.Default(), engine.Int64("Key"), engine.String("Sym"), engine.Int64("Tick"), engine.Float64("Price"), engine.String("Note"))
var keys []uint64
for i := range 1_000_000 {
	var note any
	if i%5 > 0 {
		note = "<i>" + symbols[i%4] + "</i>"
	}
	keys = append(keys, input.Add(int64(i), symbols[i%4], int64(0), float64(i%1000)/8, note))
}
go func() {
	for n := int64(1); ; n++ {
		time.Sleep(100 * time.Millisecond)
		for i := 0; i < 1000; i += 3 {
			input.Modify(keys[i], "Tick", n)
		}
		input.Add(999_999+n, "new", n, -1.0, nil)
	}
}()`

// grid is a live table, as a user sees it.
type grid struct {
	t    *testing.T
	n    *browsertest.Notebook
	cell int
}

// first is the first column's text in the first row in sight.
func (g grid) first() string {
	if rows := g.n.Table(g.cell); len(rows) > 1 {
		return rows[1][0]
	}
	return ""
}

// last is that of the last row in sight.
func (g grid) last() string {
	rows := g.n.Table(g.cell)
	return rows[len(rows)-1][0]
}

// head is the place of a column's header.
func (g grid) head(column int) browsertest.Box {
	return g.n.Box(g.cell, fmt.Sprintf("output.querySelector('[data-column=\"%d\"]')", column))
}

// box is the place of the table.
func (g grid) box() browsertest.Box { return g.n.Box(g.cell, "output.querySelector('.tickbook-grid')") }

// at is the middle of a cell in sight: row 0 is the first one below the header.
func (g grid) at(row, column int) browsertest.Point {
	h := g.head(column)
	return h.At(h.Width/2, 42+22*float64(row)+11)
}

// press clicks one of the buttons below the table.
func (g grid) press(name string) {
	g.n.Click(g.n.Box(g.cell, fmt.Sprintf("[...output.querySelectorAll('.tickbook-button')].find(b => b.textContent === %q)", name)).Middle())
}

func (g grid) wait(what string, cond func() bool) { g.t.Helper(); g.n.Wait(what, cond) }

// table scrolls, sorts, widens, selects, copies, follows and pauses a table of a million rows.
func table(t *testing.T, s *stage) {
	n := s.open(t, "table.ipynb", million, "input.Table")
	runAll(t, n)
	n.Select(1)
	n.WaitLive(1)
	g := grid{t, n, 1}
	for _, part := range []struct {
		name string
		do   func(grid)
	}{
		{"foot and marks", grid.footAndMarks},
		{"scroll", grid.scrolls},
		{"keyboard", grid.walks},
		{"select and copy", grid.copies},
		{"widen", grid.widens},
		{"theme", grid.themes},
		{"sort", grid.sorts},
		{"pause and follow", grid.pausesAndFollows},
	} {
		start := time.Now()
		part.do(g)
		t.Logf("%s: %v", part.name, time.Since(start).Round(time.Millisecond))
	}
	s.quiet(t, n)
}

func (g grid) footAndMarks() {
	g.n.Wait("a foot", func() bool {
		return regexp.MustCompile(`^● live · 1,00\d,\d\d\d rows · showing 1–10 · [\d.,]+ rows/s$`).MatchString(g.n.Live(g.cell))
	})
	rows := g.n.Table(g.cell)
	if got := strings.Join(rows[0], " "); got != "Key\nint64 Sym\nstring Tick\nint64 Price\nfloat64 Note\nstring" {
		g.t.Errorf("header = %q", got)
	}
	if len(rows) != 11 || rows[1][4] != "∅" || rows[2][4] != "<i>MSFT</i>" {
		g.t.Errorf("rows = %q", rows)
	}
	seen := 0
	g.wait("marked cells", func() bool {
		var marked []string
		g.n.Grid(g.cell, &marked, `[...grid.querySelectorAll('.tickbook-changed')].map(c => c.parentNode.dataset.row %% 3 + ' ' + c.ariaColIndex)`)
		for _, m := range marked {
			if m != "0 3" {
				g.t.Errorf("marked: %q, want cells of column 3 in every third row", marked)
			}
		}
		seen += len(marked)
		return seen > 0
	})
}

func (g grid) scrolls() {
	middle := g.box().Middle()
	g.n.Wheel(middle, 220)
	g.wait("ten rows further", func() bool { return g.first() == "10" })
	g.n.Grid(g.cell, nil, `grid.scrollTop = grid.scrollHeight / 2`)
	var place string
	g.wait("the middle", func() bool { place = g.first(); return len(place) == 6 && (place[0] == '4' || place[0] == '5') })
	g.n.Wheel(middle, 44)
	var next string
	g.wait("two rows further", func() bool { next = g.first(); return next == plus(place, 2) || next == plus(place, 3) })
	pass(g.n, 500*time.Millisecond)
	if got := g.first(); got != next {
		g.t.Errorf("after refreshes the first row is %s, want %s", got, next)
	}
	g.n.Grid(g.cell, nil, `grid.scrollTop = 0`)
	g.wait("the top", func() bool { return g.first() == "0" })
}

func (g grid) walks() {
	g.n.Click(g.at(0, 0))
	cells := g.n.Cells()
	for _, k := range []string{"b", "a", "d", "d"} { // the notebook's, which must not hear them
		g.n.Press(k)
	}
	if g.n.Cells() != cells {
		g.t.Error("a key on the table changed the notebook")
	}
	g.n.Press("Control+End")
	g.wait("the last row", func() bool { return len(g.last()) == 7 })
	g.n.Press("Control+Home")
	g.wait("the first row", func() bool { return g.first() == "0" })
	g.n.Press("PageDown")
	g.n.Press("PageDown")
	g.wait("two pages on", func() bool { return g.first() == "9" })
	for range 2 {
		g.n.Press("ArrowDown")
	}
	g.n.Press("ArrowRight")
	g.wait("the focus in row 20, column 2", func() bool {
		var focus string
		g.n.Grid(g.cell, &focus, `(c => c ? c.parentNode.dataset.row + ' ' + c.ariaColIndex : '')(grid.querySelector('.tickbook-body .tickbook-focus'))`)
		return focus == "20 2"
	})
	g.n.Press("Control+Home")
	g.n.Press("Escape")
}

func (g grid) copies() {
	copied := func(what, want string) {
		g.t.Helper()
		g.n.Press("Control+c")
		g.wait(what, func() bool { return strings.Contains(g.n.Live(g.cell), "copied ") })
		if got := g.n.Clipboard(); got != want {
			g.t.Errorf("%s: copied %.200q, want %.200q", what, got, want)
		}
	}
	g.n.Drag(g.at(1, 0), g.at(2, 0), g.at(2, 1))
	copied("by the mouse", "1\tMSFT\n2\tGOOG")
	g.n.Click(g.at(3, 0))
	g.n.Click(g.at(4, 1), "Shift")
	copied("by shift-click", "3\tÄÖ\n4\tAAPL")
	g.n.Press("Control+Home")
	for range 5 {
		g.n.Press("Shift+PageDown")
	}
	var want []string
	for i := range 46 {
		want = append(want, fmt.Sprint(i))
	}
	copied("beyond what is in sight", strings.Join(want, "\n"))
	g.n.Press("Control+a")
	g.n.Press("Control+c")
	g.wait("the refusal", func() bool { return strings.Contains(g.n.Live(g.cell), "too many to copy") })
	g.n.Press("Control+Home")
	g.n.Press("Escape")
}

func (g grid) widens() {
	before := g.head(1)
	edge := before.At(before.Width-3, 20)
	g.n.Drag(edge, edge.Plus(30, 0), edge.Plus(60, 0))
	if got := g.head(1).Width - before.Width; got < 55 || got > 65 {
		g.t.Errorf("dragged by 60 pixels a column is %v wider", got)
	}
}

// themes looks at the table in the dark and in the light: its colours are the page's.
func (g grid) themes() {
	type look struct{ Table, Page, Text, Theme string }
	wear := func(theme string) (l look) {
		g.n.Eval(nil, `app.commands.execute('apputils:change-theme', {theme: %q})`, theme)
		g.wait(theme, func() bool {
			g.n.Eval(&l, `(page => { const probe = document.body.appendChild(document.createElement('i'));
				probe.style.cssText = 'color: var(--jp-layout-color1)';
				const head = nb.content.widgets[%d].outputArea.node.querySelector('.tickbook-head');
				const l = {Theme: page.jpThemeName ?? '', Page: getComputedStyle(probe).color, Table: getComputedStyle(head).backgroundColor, Text: getComputedStyle(head).color};
				probe.remove();
				return l;
			})(document.body.dataset)`, g.cell)
			var splash bool // JupyterLab fails on a change while the screen of the last one fades
			g.n.Eval(&splash, `!!document.getElementById('jupyterlab-splash')`)
			return l.Theme == theme && !splash
		})
		return l
	}
	dark, light := wear("JupyterLab Dark"), wear("JupyterLab Light")
	for _, l := range []look{dark, light} {
		if l.Table != l.Page || l.Table == l.Text {
			g.t.Errorf("%s: the table is %s with %s text on a page that is %s", l.Theme, l.Table, l.Text, l.Page)
		}
	}
	if dark.Table == light.Table || dark.Text == light.Text {
		g.t.Errorf("the same colours in the dark (%+v) and in the light (%+v)", dark, light)
	}
}

func (g grid) sorts() {
	g.n.Click(g.head(3).At(20, 10))
	g.wait("the new rows, which are cheapest, on top", func() bool { r := g.n.Table(g.cell); return len(r) > 1 && r[1][1] == "new" })
	g.n.Click(g.head(3).At(20, 10))
	g.wait("the dearest on top", func() bool { return g.first() == "999" })
	g.n.Click(g.head(0).At(20, 10), "Shift")
	g.n.Click(g.head(0).At(20, 10), "Shift")
	g.wait("the last of the dearest on top", func() bool {
		rows := g.n.Table(g.cell)
		return len(rows) > 3 && rows[1][0] == "999999" && rows[2][0] == "998999" && rows[3][0] == "997999"
	})
	var marks string
	g.n.Grid(g.cell, &marks, `[...grid.querySelectorAll('[aria-sort]')].map(h => h.ariaSort + h.querySelector('.tickbook-arrow').textContent).join(' ')`)
	if marks != "descending▼2 none none descending▼1 none" {
		g.t.Errorf("marks of the order: %s", marks)
	}
	g.n.Click(g.head(0).At(20, 10), "Shift")
	g.n.Click(g.head(3).At(20, 10))
	g.wait("no order", func() bool { return g.first() == "0" })
}

func (g grid) pausesAndFollows() {
	g.press("Follow")
	g.wait("the end", func() bool { return len(g.last()) == 7 })
	last := g.last()
	g.wait("newer rows", func() bool { return g.last() > last })
	g.press("Pause")
	g.wait("the pause", func() bool { return strings.HasPrefix(g.n.Live(g.cell), "❚❚ paused") })
	still := fmt.Sprint(g.n.Table(g.cell))
	pass(g.n, 500*time.Millisecond)
	if got := fmt.Sprint(g.n.Table(g.cell)); got != still {
		g.t.Errorf("paused, and yet it changed: %s, then %s", still, got)
	}
	g.press("Resume")
	g.wait("newer rows again", func() bool { return fmt.Sprint(g.n.Table(g.cell)) != still })
	g.n.Wheel(g.box().Middle(), -2200)
	g.wait("rows that stay, for a user who scrolled away", func() bool {
		var pressed string
		g.n.Eval(&pressed, `[...nb.content.widgets[%d].outputArea.node.querySelectorAll('.tickbook-button')].find(b => b.textContent === 'Follow').ariaPressed`, g.cell)
		return pressed == "false"
	})
}

// plus adds to a number in decimal.
func plus(text string, d int) string {
	var x int
	fmt.Sscan(text, &x)
	return fmt.Sprint(x + d)
}
