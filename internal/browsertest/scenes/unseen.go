package scenes

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tickbook/internal/browsertest"
)

// ours are the messages that Tickbook's pages and displays add to what a notebook says anyway.
var ours = regexp.MustCompile(`comm_|display_data|vnd\.tickbook`)

// unseen ticks where nobody looks: nothing of it is on the wire, also on a hidden page; a save has it as it is then; a kernel that ends leaves its last
// state, where the page was loaded again too.
func unseen(t *testing.T, s *stage) {
	const name = "unseen.ipynb"
	n := s.open(t, name, clock, "clock.Table", `figure.New().PlotXY("count", clock.Table, "Count", "Count", figure.Scatter)`, filler, "clock.View(`Far = Count`)", filler)
	runAll(t, n)
	n.Select(1)
	n.WaitLive(1)
	listen := func(where string) {
		t.Helper()
		pass(n, time.Second) // a question that waits is answered once
		o := n.Overhear()
		pass(n, 7*time.Second)
		for _, m := range o.Stop() {
			if ours.MatchString(m.Text) {
				t.Errorf("%s: on the wire is %.600q", where, m.Text)
			}
		}
		if n.IsDirty() != (where == "before a save") {
			t.Errorf("%s: the notebook's dirtiness is %v", where, n.IsDirty())
		}
	}
	away := func() {
		n.Select(5)
		n.Wait("no view in sight", func() bool {
			n.Eval(nil, `(n => { n.scrollTop = n.scrollHeight; })(nb.content.outerNode ?? nb.content.node)`) // what is drawn late moves it
			return inSight(n) == 0
		})
	}
	hide := func(hidden bool) {
		n.Eval(nil, `(Object.defineProperty(document, 'hidden', {value: %v, configurable: true}), document.dispatchEvent(new Event('visibilitychange')))`, hidden)
	}
	o := n.Overhear()
	pass(n, time.Second)
	if !slices.ContainsFunc(o.Stop(), func(m browsertest.Heard) bool { return strings.Contains(m.Text, `"frame"`) }) {
		t.Error("frames of a table in sight were not overheard")
	}
	away()
	listen("before a save")
	n.Save()
	was := savedCount(t, s.read(t, name), 1)
	listen("out of sight")
	n.Save()
	if now := savedCount(t, s.read(t, name), 1); now < was+100 {
		t.Errorf("saved with a count of %d, and seven seconds later of %d", was, now)
	}
	n.Select(1)
	n.WaitLive(1)
	hide(true)
	listen("on a hidden page")
	hide(false)
	changes(n, "ticks", 1, func() string { return n.Text(1) })

	n.Reload()
	n.Select(1)
	n.WaitLive(1)
	away()
	n.Save()
	was = savedCount(t, s.read(t, name), 4)
	pass(n, time.Second)
	n.Eval(nil, `nb.context.sessionContext.restartKernel()`)
	for _, cell := range []int{1, 4} {
		n.Select(cell)
		n.Wait("the note", func() bool { return n.Foot(cell) == "made by an earlier kernel: last state" })
	}
	n.Save()
	for _, cell := range []int{1, 4} {
		if now := savedCount(t, s.read(t, name), cell); now < was+20 {
			t.Errorf("cell %d: saved with a count of %d; when the kernel ended a second later, %d was its last state", cell, was, now)
		}
	}
	s.quiet(t, n)
}

// inSight counts the views that are on screen.
func inSight(n *browsertest.Notebook) (count int) {
	n.Eval(&count, `(box => [...document.querySelectorAll('.tickbook-view')].map(v => v.getBoundingClientRect()).filter(
		v => v.height > 0 && v.bottom > box.top && v.top < box.bottom).length)((nb.content.outerNode ?? nb.content.node).getBoundingClientRect())`)
	return count
}
