package browsertest

import (
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// watching looks at the outputs in every animation frame. A cell that has shown a table or an image must show one in each frame after, as long as
// it is in sight; a page that is loaded again starts afresh.
const watching = `(() => {
	window.tickbookWatch?.stop();
	const was = new Set(), w = window.tickbookWatch = { frames: 0, blank: [], stop() { w.stopped = true; } };
	const shows = node => [...node.querySelectorAll('table, img, .tickbook-body > .tickbook-row')].some(x =>
		x.checkVisibility({ visibilityProperty: true }) && x.getClientRects().length > 0 && (x.tagName !== 'IMG' || x.naturalWidth > 0));
	const look = () => {
		if (w.stopped) return;
		w.frames++;
		const content = window.jupyterapp?.shell.currentWidget?.content;
		const sight = content?.node?.getBoundingClientRect();
		(content?.widgets ?? []).forEach((cell, i) => {
			const node = cell.outputArea?.node, box = cell.node.getBoundingClientRect();
			if (!node?.isConnected || box.height === 0 || box.bottom < sight.top || box.top > sight.bottom) return;
			if (shows(node)) was.add(cell.model.id);
			else if (was.has(cell.model.id)) w.blank.push(i + ' in frame ' + w.frames);
		});
		requestAnimationFrame(look);
	};
	requestAnimationFrame(look);
})()`

// Watched is what a watch over the outputs saw.
type Watched struct {
	Frames int      // animation frames, since the page was loaded last
	Blank  []string // the cells that had shown something and lacked it, as "2 in frame 17"
}

// Watch looks at the outputs in sight in every animation frame, after reloads too, until stop, which says what it saw since the page was loaded.
func (n *Notebook) Watch() (stop func() Watched) {
	n.t.Helper()
	added, err := chromedp.Call(n.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watching})
	if err != nil {
		n.t.Fatalf("watch: %v", err)
	}
	n.Eval(nil, "%s", watching)
	return func() (seen Watched) {
		n.t.Helper()
		n.Eval(&seen, `(w => { w.stop(); return {Frames: w.frames, Blank: w.blank}; })(window.tickbookWatch)`)
		_, err := chromedp.Call(n.ctx, page.RemoveScriptToEvaluateOnNewDocument, page.RemoveScriptToEvaluateOnNewDocumentParams(added))
		if err != nil {
			n.t.Fatalf("watch: %v", err)
		}
		return seen
	}
}

// Freeze stops the page as a browser does with one in a sleeping laptop or an unseen tab; Thaw lets it go on.
func (n *Notebook) Freeze() { n.t.Helper(); n.lifecycle(page.SetWebLifecycleStateStateFrozen) }

// Thaw lets a frozen page go on.
func (n *Notebook) Thaw() { n.t.Helper(); n.lifecycle(page.SetWebLifecycleStateStateActive) }

func (n *Notebook) lifecycle(state page.SetWebLifecycleStateState) {
	n.t.Helper()
	_, err := chromedp.Call(n.ctx, page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: state})
	if err == nil && state == page.SetWebLifecycleStateStateActive { // which alone leaves the page hidden
		_, err = chromedp.Call(n.ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	}
	if err != nil {
		n.t.Fatalf("page %s: %v", state, err)
	}
}
