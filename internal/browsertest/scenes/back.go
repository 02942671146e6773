package scenes

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tickbook/internal/browsertest"
)

// thousands makes a table of rows of which every third changes ten times a second.
const thousands = `input := engine.NewInput(engine.Default(), engine.Int64("Key"), engine.Int64("Tick"))
var keys []uint64
for i := range 3000 {
	keys = append(keys, input.Add(int64(i), int64(0)))
}
go func() {
	for n := int64(1); ; n++ {
		time.Sleep(100 * time.Millisecond)
		for i := 0; i < len(keys); i += 3 {
			input.Modify(keys[i], "Tick", n)
		}
	}
}()`

// filler is an output that is higher than a page.
const filler = `for i := range 70 {
	fmt.Println("line", i)
}`

// back is what brings a user back to a notebook that ticks: each time its views must be live by themselves, without a frame that lacks one, at the
// place where they were.
func back(t *testing.T, s *stage) {
	server, wire := browsertest.NewWire(t, s.server)
	s.write(t, "back.ipynb", thousands, "input.Table", `figure.New().PlotXY("tick", input.Table, "Key", "Tick")`, filler)
	n := s.browser.For(t).Open(server, "back.ipynb")
	runAll(t, n)
	n.Select(1)
	n.WaitLive(1)
	n.WaitLive(2)
	n.Save()
	g := grid{t, n, 1}
	n.Grid(1, nil, `grid.scrollTop = 22 * 300`)
	n.Wait("row 300", func() bool { return g.first() == "300" })

	comes := func(what string, do func()) {
		t.Run(what, func(t *testing.T) {
			start, stop, counts := time.Now(), n.Watch(), []int{n.ExecutionCount(1), n.ExecutionCount(2)}
			do()
			n.WaitLive(1)
			n.Wait("the place of before", func() bool { return g.first() == "300" })
			n.WaitLive(2)
			changes(n, "ticks", 1, func() string { return fmt.Sprint(n.Table(1)) })
			live := time.Since(start)
			if seen := stop(); len(seen.Blank) > 0 || seen.Frames == 0 {
				t.Errorf("of %d frames these lacked an output: %q", seen.Frames, seen.Blank)
			}
			if got := []int{n.ExecutionCount(1), n.ExecutionCount(2)}; what != "run again" && !slices.Equal(got, counts) {
				t.Errorf("cells were run meanwhile: %v, then %v", counts, got)
			}
			t.Logf("live after %v", live.Round(10*time.Millisecond))
		})
	}
	comes("reload", func() {
		o := n.Overhear()
		n.Reload()
		n.WaitLive(1)
		n.WaitLive(2)
		var live, ours float64
		n.Eval(&live, `performance.getEntriesByName('tickbook:live').at(-1).startTime`)
		n.Eval(&ours, `performance.getEntriesByName('tickbook:live').at(-1).startTime - performance.getEntriesByName('tickbook:connected')[0].startTime`)
		t.Logf("live %.0f ms after the page began to load, %.0f ms after it was connected", live, ours) // two seconds are the aim, on a quiet machine
		oneRoundTrip(t, o.Stop(), 2)
		n.Select(1)
	})
	comes("scrolled away", func() { n.Select(3); pass(n, time.Second); n.Select(1) })
	comes("run again", func() { n.Run(1); n.Select(1) })
	comes("the connection broke", func() { wire.Cut(); disconnected(n); wire.Mend() })
	comes("the laptop slept", func() {
		n.Freeze()
		wire.Cut()
		<-time.After(2 * time.Second) // asleep: nothing to wait for
		n.Thaw()
		disconnected(n)
		wire.Mend()
	})
	t.Run("a new view of an output", func(t *testing.T) { newView(t, n) })
	t.Run("a second tab", func(t *testing.T) { secondTab(t, s, server, n) })
	t.Run("a second notebook", func(t *testing.T) { secondNotebook(t, s, n) })
	if n.IsDirty() {
		n.Save()
	}
	// While there is no server, JupyterLab says so in many ways.
	s.quiet(t, n, lost...)
}

// oneRoundTrip wants a page to have asked for views in the same breath as it opened the comm, before it heard the first word of the kernel's, and the
// kernel to have answered the first question of each view. Which views are there by then, and seen, is the page's: on a busy machine some come later.
func oneRoundTrip(t *testing.T, heard []browsertest.Heard, views int) {
	t.Helper()
	var sent, got []string // before hello, and behind it
	isGreeted := false
	for _, m := range heard {
		switch {
		case !strings.Contains(m.Text, `"comm_`):
		case m.IsSent && !isGreeted:
			if strings.Contains(m.Text, `"comm_open"`) {
				sent = nil // what the page asked before the reload
			}
			sent = append(sent, m.Text)
		case !m.IsSent:
			isGreeted = isGreeted || strings.Contains(m.Text, `"hello"`)
			got = append(got, m.Text)
		}
	}
	count := func(all []string, part string) (n int) {
		for _, m := range all {
			if strings.Contains(m, part) {
				n++
			}
		}
		return n
	}
	if opens := count(sent, `"t":"open"`); count(sent, `"comm_open"`) != 1 || opens < 1 || opens > views || count(sent, `"t":"frame"`) > opens {
		t.Errorf("before the kernel said hello, the page said %.300q, want a comm_open and the questions of up to %d views", sent, views)
	}
	if count(got, `"seq":1,`)+count(got, `"seq":1}`) < views {
		t.Errorf("the kernel did not answer the first questions for frames: %.200q", got)
	}
}

// lost is what pages say whose server is away, with no extension of ours as well.
var lost = []string{
	`Failed to load resource: net::ERR_\w+ http://\S+`, `WebSocket connection to '\S+' failed: .*`, `.*(NetworkError|TypeError: Failed to fetch).*`,
}

// disconnected waits until the page knows that its kernel is out of reach.
func disconnected(n *browsertest.Notebook) {
	n.Wait("a lost connection", func() bool {
		var status string
		n.Eval(&status, `nb.context.sessionContext.session?.kernel?.connectionStatus ?? ''`)
		return status != "connected"
	})
}

// newView opens the table's output as a view of its own, which JupyterLab puts beside the notebook.
func newView(t *testing.T, n *browsertest.Notebook) {
	var has bool
	n.Eval(&has, `app.commands.hasCommand('notebook:create-output-view') && app.name !== 'Jupyter Notebook'`)
	if !has {
		t.Log("this front end shows one notebook a page: it has no views of outputs")
		return
	}
	n.Select(1)
	n.Eval(nil, `app.commands.execute('notebook:create-output-view')`)
	const view = `document.querySelector('.jp-LinkedOutputView .tickbook-live:not([hidden]):not(.tickbook-unseen)')`
	show := func() (text string) {
		n.Eval(&text, `[...(%s?.querySelectorAll('.tickbook-body > .tickbook-row') ?? [])].filter(r => r.getClientRects().length).map(r => r.textContent).join()`, view)
		return text
	}
	n.Wait("the new view", func() bool { return strings.Contains(show(), "300") })
	was := show()
	n.Wait("the new view's ticks", func() bool { now := show(); return now != "" && now != was })
	n.Eval(nil, `[...app.shell.widgets('main')].filter(w => w.node.querySelector('.jp-LinkedOutputView')).forEach(w => w.dispose())`)
	n.Select(1)
	changes(n, "the notebook's ticks", 1, func() string { return fmt.Sprint(n.Table(1)) })
}

// secondTab opens the notebook in another tab: both live.
func secondTab(t *testing.T, s *stage, server browsertest.Server, n *browsertest.Notebook) {
	n.Save() // the cell was run again
	other := s.browser.For(t).Open(server, "back.ipynb")
	other.Select(1)
	other.WaitLive(1)
	o := grid{t, other, 1}
	other.Wait("the place of the first tab", func() bool { return o.first() == "300" })
	for _, x := range []*browsertest.Notebook{other, n} {
		changes(x, "ticks", 1, func() string { return fmt.Sprint(x.Table(1)) })
	}
	s.quiet(t, other)
}

// secondNotebook gives another notebook the same kernel: both live, and both show views of it.
func secondNotebook(t *testing.T, s *stage, n *browsertest.Notebook) {
	other := s.open(t, "back-2.ipynb", "input.Reverse()")
	sameKernel(other, n)
	other.Run(0)
	other.WaitLive(0)
	o := grid{t, other, 0}
	other.Wait("the last row on top", func() bool { return o.first() == "2999" })
	for x, cell := range map[*browsertest.Notebook]int{other: 0, n: 1} {
		changes(x, "ticks", cell, func() string { return fmt.Sprint(x.Table(cell)) })
	}
	s.quiet(t, other)
}
