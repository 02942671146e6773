//go:build unix

package browsertest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tickbook/internal/browsertest"
)

// TestLive is a user who handles the guide's outputs: scrolls, sorts, zooms, saves and loads the page again.
func TestLive(t *testing.T) {
	p := startProduct(t)
	p.Server.EndSessions(t)
	n := browsertest.New(t).Open(p.Server, p.Notebook)
	n.Limit = 20 * time.Second
	g := readGuide(n)
	n.RunAll()
	for _, cell := range g.all() {
		n.Select(cell)
		n.WaitLive(cell)
	}

	g.keepsItsPlace(t)
	g.sorts(t)
	g.zooms(t)
	g.staysClean(t, filepath.Join(p.Dir, p.Notebook))

	counts := g.counts()
	n.Reload()
	loaded := time.Now()
	for _, cell := range g.all() {
		n.Select(cell)
		n.WaitLive(cell)
	}
	t.Logf("after a reload all was live in %v", time.Since(loaded).Round(time.Millisecond)) // two seconds are the aim, on a quiet machine
	if !slices.Equal(g.counts(), counts) {
		t.Errorf("cells were run meanwhile: %v, then %v", counts, g.counts())
	}
	g.ticks(t)

	if os.Getenv("SHOTS") != "" {
		n.Eval(nil, `app.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})`)
		for _, cell := range []int{g.aapl, g.reversed, g.figure} {
			n.Select(cell)
			n.Grid(g.aapl, nil, `new Promise(done => setTimeout(done, 500))`)
			picture(n, fmt.Sprintf("dark-%d", cell))
		}
		n.Eval(nil, `app.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})`)
	}
	g.noErrors(t)
}

// keepsItsPlace scrolls into the middle of a ticking table, and looks at the same rows some refreshes later.
func (g *guide) keepsItsPlace(t *testing.T) {
	t.Helper()
	n, cell := g.n, g.trades
	n.Select(cell)
	n.Wait("a thousand trades", func() bool {
		var rows int
		n.Grid(cell, &rows, `Number(grid.ariaRowCount)`)
		return rows > 1000
	})
	n.Grid(cell, nil, `grid.scrollTop = 22 * 500`)
	offset := func() int64 { return parse(t, "trades", n.Table(cell)).int(0, "KafkaOffset") }
	n.Wait("row 500", func() bool { rows := n.Table(cell); return len(rows) > 1 && offset() == 500 })
	foot := n.Live(cell)
	n.Wait("more rows", func() bool { return n.Live(cell) != foot })
	if got := offset(); got != 500 {
		t.Errorf("after a refresh the first row in sight is %d, want 500", got)
	}
	// Away and back, with the notebook's own scrolling.
	n.Select(g.figure)
	n.WaitLive(g.figure)
	n.Select(cell)
	if got := offset(); got != 500 {
		t.Errorf("scrolled away and back, the first row in sight is %d, want 500", got)
	}
	if blank := n.BlankFrames(60, cell); blank > 0 {
		t.Errorf("%d of 60 frames lacked the table", blank)
	}
	n.Grid(cell, nil, `grid.scrollTop = 0`)
}

// sorts clicks on headers: the engine orders the whole table, not what is in sight.
func (g *guide) sorts(t *testing.T) {
	t.Helper()
	n, cell := g.n, g.vwap
	n.Select(cell)
	click := func(column string, shift bool) {
		n.Grid(cell, nil, `[...grid.querySelectorAll('[data-column]')].find(h => h.querySelector('.tickbook-name').textContent === %q).dispatchEvent(
			new MouseEvent('click', {bubbles: true, shiftKey: %v}))`, column, shift)
	}
	column := func(name string) []string {
		s := parse(t, "vwap", n.Table(cell))
		var texts []string
		for row := range s.rows {
			texts = append(texts, s.text(row, name))
		}
		return texts
	}
	same := func(texts []string) bool { return len(slices.Compact(slices.Clone(texts))) == 1 }
	click("Sym", false)
	n.Wait("one symbol on top", func() bool { c := column("Sym"); return len(c) == 10 && same(c) })
	first := column("Sym")[0]
	click("TimeBin", true)
	click("TimeBin", true)
	n.Wait("its newest bars on top", func() bool {
		bins := column("TimeBin")
		return same(column("Sym")) && slices.IsSortedFunc(bins, func(a, b string) int { return strings.Compare(b, a) })
	})
	picture(n, "sorted")
	click("Sym", false)
	n.Wait("the last symbol on top", func() bool { c := column("Sym"); return len(c) == 10 && same(c) && c[0] > first })
	click("Sym", false)
}

// zooms reads values of the figure, and draws a part of it anew.
func (g *guide) zooms(t *testing.T) {
	t.Helper()
	n, cell := g.n, g.figure
	n.Select(cell)
	figureMouse(n, cell, `at('pointermove', 400, 150)`)
	var card string
	n.Wait("values under the pointer", func() bool { card = figureCard(n, cell); return card != "" })
	if !regexp.MustCompile(`\d\d:\d\d.* VWAP \d+.* Price \d+`).MatchString(card) {
		t.Errorf("values under the pointer: %q", card)
	}
	picture(n, "figure-values")
	foot := n.Foot(cell)
	figureMouse(n, cell, `at('pointerdown', 300, 150); at('pointermove', 450, 150); at('pointerup', 450, 150)`)
	n.Wait("the zoom", func() bool { return n.Foot(cell) != foot })
	picture(n, "figure-part")
	figureMouse(n, cell, `at('dblclick', 300, 150); at('pointerleave', 0, 0)`)
	n.Wait("all again", func() bool { return n.Foot(cell) == foot })
}

// staysClean saves, lets all tick, and saves again: the file has the newer state, and only the saves changed it.
func (g *guide) staysClean(t *testing.T, path string) {
	t.Helper()
	n := g.n
	read := func() string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	// Rows in the snapshot's foot: "first 10 of 74,006 rows".
	rows := regexp.MustCompile(`of ([\d,]+) rows`)
	newest := func() int64 {
		m := rows.FindStringSubmatch(n.Outputs(g.reversed)[0].Mime("text/html"))
		if m == nil {
			t.Fatal("the snapshot does not say how many rows there are")
		}
		count, err := strconv.ParseInt(strings.ReplaceAll(m[1], ",", ""), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return count
	}
	n.Save()
	before, was := read(), newest()
	n.Eval(nil, `new Promise(done => setTimeout(done, 7000))`)
	if n.IsDirty() {
		t.Error("ticking made the notebook dirty")
	}
	if read() != before {
		t.Error("the file changed without a save")
	}
	n.Save()
	if n.IsDirty() {
		t.Error("the saved notebook is dirty")
	}
	if got := newest(); got <= was {
		t.Errorf("saved after seven seconds: %d rows, before %d", got, was)
	}
}
