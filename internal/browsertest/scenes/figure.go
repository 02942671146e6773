package scenes

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tickbook/internal/browsertest"
)

// walk is a line from x = 0 to 199 that changes ten times a second.
const walk = `walk := engine.NewInput(engine.Default(), engine.Float64("X"), engine.Float64("Y"))
var steps []uint64
for i := range 200 {
	steps = append(steps, walk.Add(float64(i), float64(i%10)))
}
go func() {
	for n := 1; ; n++ {
		time.Sleep(100 * time.Millisecond)
		walk.Modify(steps[n%200], "Y", float64(n%17))
	}
}()`

// figure looks at values under the pointer, zooms by a drag and goes back by a double click.
func figure(t *testing.T, s *stage) {
	n := s.open(t, "figure.ipynb", walk, `figure.New().Title("A walk").PlotXY("way", walk.Table, "X", "Y")`)
	runAll(t, n)
	f := plot{t, n, 1}
	n.Select(1)
	n.WaitLive(1)
	changes(n, "another frame", 1, func() string { return n.Image(1) })
	stop := n.Watch()

	a, b, early := f.at(0.4), f.at(0.6), f.at(0.25)
	xa, xb, before := f.value(a), f.value(b), f.value(early)
	if !(before < xa && xa < xb) {
		t.Fatalf("values from left to right: %v, %v, %v", before, xa, xb)
	}
	if card := f.card(); !strings.Contains(card, "way") {
		t.Errorf("values under the pointer: %q, want the series' name", card)
	}
	n.Drag(a, f.at(0.5), b)
	f.wait("the zoom", func() bool { x := f.value(early); return xa < x && x < xb })
	if got := n.Live(1); strings.Contains(got, "drag to zoom") {
		t.Errorf("zoomed, and the foot says %q", got)
	}
	changes(n, "a frame of the part", 1, func() string { return n.Image(1) })
	n.DoubleClick(f.at(0.5))
	// The numbers on the y axis change with the data, and their width with them: a pixel may stand for a neighbour.
	f.wait("all again", func() bool { x := f.value(early); return x > before-5 && x < before+5 })
	if seen := stop(); len(seen.Blank) > 0 || seen.Frames == 0 {
		t.Errorf("of %d frames these lacked the figure: %q", seen.Frames, seen.Blank)
	}
	s.quiet(t, n)
}

// plot is a live figure, as a user sees it.
type plot struct {
	t    *testing.T
	n    *browsertest.Notebook
	cell int
}

func (p plot) wait(what string, cond func() bool) { p.t.Helper(); p.n.Wait(what, cond) }

// at is a point at half the height, at a share of the width.
func (p plot) at(share float64) browsertest.Point {
	b := p.n.Box(p.cell, "output.querySelector('.tickbook-image')")
	return b.At(b.Width*share, b.Height/2)
}

// card is the text of the box of values; "" while it doesn't show.
func (p plot) card() string {
	var card string
	p.n.Eval(&card, `(c => c.hidden ? '' : c.innerText.replaceAll('\n', ' '))(nb.content.widgets[%d].outputArea.node.querySelector('.tickbook-card'))`, p.cell)
	return card
}

var number = regexp.MustCompile(`-?[\d.]+`)

// value is the x that the box of values names, for the mouse at a point.
func (p plot) value(at browsertest.Point) (x float64) {
	p.t.Helper()
	p.n.Move(at.Plus(-400, -1000)) // away, so that what shows is new
	p.wait("no values", func() bool { return p.card() == "" })
	p.n.Move(at)
	p.wait("values under the pointer", func() bool { return p.card() != "" })
	x, err := strconv.ParseFloat(number.FindString(p.card()), 64)
	if err != nil {
		p.t.Fatal(fmt.Errorf("values under the pointer: %q: %w", p.card(), err))
	}
	return x
}
