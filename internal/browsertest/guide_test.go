//go:build unix

package browsertest_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tickbook/internal/browsertest"
)

// TestGuide is a user with the guide: run all cells, then only look. What ticks must tick, what is shown must be what
// the topics say, a saved notebook must show its last state elsewhere, and a Ctrl-C must end it all.
func TestGuide(t *testing.T) {
	p := startProduct(t)
	p.Server.EndSessions(t)
	n := browsertest.New(t).Open(p.Server, p.Notebook)
	g := readGuide(n)

	n.RunAll()
	g.noErrors(t)
	g.ticks(t)
	if blank := n.BlankFrames(120, g.all()...); blank > 0 {
		t.Errorf("outputs flicker: %d of 120 frames lacked one that had been there", blank)
	}
	g.equalsTopics(t, p.Broker)
	g.survivesInterrupt(t)

	n.Restart()
	n.RunAll()
	g.noErrors(t)
	g.ticks(t)

	if dir := os.Getenv("SHOTS"); dir != "" { // pictures for people
		for _, cell := range g.all() {
			n.Select(cell)
			n.Screenshot(filepath.Join(dir, fmt.Sprintf("guide-%d.png", cell)))
		}
	}
	n.Save()
	saved := filepath.Join(p.Dir, p.Notebook)
	n.Reload()
	g.showsItsLastState(t)
	g.ticks(t) // the kernel lives on
	n.Close()
	p.Server.EndSessions(t)
	g.showsElsewhere(t, p, saved)

	if err := p.stop(); err != nil {
		t.Errorf("after a Ctrl-C: %v", err)
	}
	for _, addr := range []string{strings.TrimSuffix(strings.TrimPrefix(p.Server.Base, "http://"), "/"), p.Broker} {
		if conn, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			conn.Close()
			t.Errorf("something still listens at %s", addr)
		}
	}
}

// guide is the guide's notebook on a page: the numbers of its cells.
type guide struct {
	n                                                             *browsertest.Notebook
	quotes, trades, reversed, sorted, related, vwap, aapl, figure int
}

func readGuide(n *browsertest.Notebook) *guide {
	return &guide{
		n:      n,
		quotes: n.FindCell(`"quotes"`), trades: n.FindCell(`"trades"`),
		reversed: n.FindCell("quotes.Reverse()"), sorted: n.FindCell("trades.SortDescending"),
		related: n.FindCell("AsOfJoin"), vwap: n.FindCell("GroupBy"), aapl: n.FindCell("vwap.Where"), figure: n.FindCell("figure.New"),
	}
}

func (g *guide) tables() []int {
	return []int{g.quotes, g.trades, g.reversed, g.sorted, g.related, g.vwap, g.aapl}
}

func (g *guide) all() []int { return append(g.tables(), g.figure) }

func (g *guide) noErrors(t *testing.T) {
	t.Helper()
	if got := g.n.ErrorOutputs(); len(got) > 0 {
		t.Fatalf("error outputs: %q", got)
	}
	if got := g.n.ConsoleErrors(); len(got) > 0 {
		t.Errorf("console errors: %q", got)
	}
}

// ticks wants everything that is shown to move on, without a cell being run. What is out of sight may stand still, so it looks at each.
func (g *guide) ticks(t *testing.T) {
	t.Helper()
	counts := g.counts()
	topOffset := func() int64 { return parse(t, "reversed", g.n.Table(g.reversed)).int(0, "KafkaOffset") }
	lastBar := func() (minute, volume int64) {
		s := parse(t, "AAPL", g.n.Table(g.aapl))
		return s.millis(0, "TimeBin"), s.int(0, "Volume")
	}
	for _, cell := range g.tables() {
		g.n.Select(cell)
		g.n.Wait("rows of "+g.n.Source(cell), func() bool { return len(g.n.Table(cell)) > 1 })
		g.n.WaitLive(cell)
	}
	g.n.Select(g.figure)
	g.n.Wait("the figure", func() bool { return g.n.Image(g.figure) != "" })
	g.n.WaitLive(g.figure)

	offset, image := topOffset(), g.n.Image(g.figure)
	minute, volume := lastBar()
	before := g.n.Tables(g.sorted, g.related, g.vwap)
	g.n.Select(g.reversed)
	g.n.Wait("a newer quote on top", func() bool { return topOffset() > offset })
	g.n.Select(g.aapl)
	g.n.Wait("AAPL's last bar to grow", func() bool {
		m, v := lastBar()
		return m > minute || m == minute && v > volume
	})
	for i, cell := range []int{g.sorted, g.related, g.vwap} {
		g.n.Select(cell)
		g.n.Wait("a change of "+g.n.Source(cell), func() bool {
			return !slices.EqualFunc(g.n.Table(cell), before[i], slices.Equal[[]string])
		})
	}
	g.n.Select(g.figure)
	g.n.Wait("the figure's change", func() bool { now := g.n.Image(g.figure); return now != "" && now != image })
	if !slices.Equal(g.counts(), counts) {
		t.Errorf("cells were run meanwhile: %v, then %v", counts, g.counts())
	}
}

func (g *guide) counts() []int {
	var counts []int
	for _, cell := range g.all() {
		counts = append(counts, g.n.ExecutionCount(cell))
	}
	return counts
}

// equalsTopics compares what the page shows at one moment with the topics, read by another client.
func (g *guide) equalsTopics(t *testing.T, broker string) {
	t.Helper()
	page := g.n.Tables(g.tables()...)
	quotes := readTopic[quote](t, broker, "quotes")
	trades := readTopic[trade](t, broker, "trades")

	reversed := parse(t, "reversed", page[2])
	for row := range reversed.rows {
		reversed.isQuote(row, quotes)
		if want := reversed.int(0, "KafkaOffset") - int64(row); reversed.int(row, "KafkaOffset") != want {
			t.Errorf("reversed, row %d: offset %d, want %d", row, reversed.int(row, "KafkaOffset"), want)
		}
	}
	for i, s := range []shown{parse(t, "trades", page[1]), parse(t, "sorted", page[3])} {
		for row := range s.rows {
			s.isTrade(row, trades)
			if i == 1 && row > 0 && s.millis(row, "KafkaTimestamp") > s.millis(row-1, "KafkaTimestamp") {
				t.Errorf("sorted, row %d: newer than the one above", row)
			}
		}
	}
	first := parse(t, "quotes", page[0])
	for row := range first.rows {
		first.isQuote(row, quotes)
	}

	related := parse(t, "related", page[4])
	var rows []asOfRow
	for row := range related.rows {
		related.isTrade(row, trades)
		rows = append(rows, related.asOf(row))
	}
	if at := asOfAt(quotes, rows); at < 0 {
		t.Errorf("the as-of join on the page is right after no number of quotes: %+v", rows)
	} else {
		t.Logf("the as-of join is that of %d quotes of %d", at, len(quotes))
	}
	for i, name := range []string{"vwap", "AAPL"} {
		s := parse(t, name, page[5+i])
		if at := barsAt(trades, s.bars()); at < 0 {
			t.Errorf("%s on the page is right after no number of trades: %q", name, s.rows)
		} else {
			t.Logf("%s is that of %d trades of %d", name, at, len(trades))
		}
	}
}

// survivesInterrupt stops an endless cell, after which all else goes on.
func (g *guide) survivesInterrupt(t *testing.T) {
	t.Helper()
	cell := g.n.Append("for {\n}")
	g.n.Start(cell)
	g.n.Wait("a busy kernel", func() bool { return g.n.KernelStatus() == "busy" })
	g.n.Interrupt()
	g.n.WaitIdle()
	g.n.SetSource(cell, "1 + 1")
	g.n.Run(cell)
	if got := strings.TrimSpace(g.n.Text(cell)); got != "2" {
		t.Errorf("after an interrupt 1 + 1 shows %q", got)
	}
	g.ticks(t)
}

// showsItsLastState wants a table in each cell, and the figure, with no cell run.
func (g *guide) showsItsLastState(t *testing.T) {
	t.Helper()
	for _, cell := range g.tables() {
		g.n.Wait("the saved table of "+g.n.Source(cell), func() bool { return len(g.n.Table(cell)) > 1 })
	}
	g.n.Wait("the saved figure", func() bool { return g.n.Image(g.figure) != "" })
	g.noErrors(t)
}

// showsElsewhere opens a copy of the saved notebook under another name: not trusted, and no kernel has run it.
func (g *guide) showsElsewhere(t *testing.T, p *product, saved string) {
	t.Helper()
	text, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cells []struct {
			Outputs []struct {
				Type string         `json:"output_type"`
				Data map[string]any `json:"data"`
			} `json:"outputs"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, cell := range g.all() {
		if len(file.Cells[cell].Outputs) != 1 {
			t.Errorf("saved cell %d has %d outputs, want one", cell, len(file.Cells[cell].Outputs))
			continue
		}
		data := file.Cells[cell].Outputs[0].Data
		want := "text/html"
		if cell == g.figure {
			want = "image/png"
		}
		if data[want] == nil || data["text/plain"] == nil {
			t.Errorf("saved cell %d has no %s or no text/plain", cell, want)
		}
	}
	if err := os.WriteFile(filepath.Join(p.Dir, "elsewhere.ipynb"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	other := &guide{}
	*other = *g
	other.n = browsertest.New(t).Open(p.Server, "elsewhere.ipynb")
	other.showsItsLastState(t)
	other.n.Close()
}
