package browsertest

import (
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Live is what the live view of a cell's first output says; "" while it is the snapshot that shows. It is the foot's text:
// "● live · 10 rows".
func (n *Notebook) Live(cell int) string {
	n.t.Helper()
	var text string
	n.Eval(&text, `(view => view?.querySelector('.tickbook-live:not([hidden]):not(.tickbook-unseen)') ?
		['badge', 'facts', 'remark'].map(k => view.querySelector('.tickbook-' + k).textContent).join('') : '')(
		nb.content.widgets[%d].outputArea?.node.querySelector('.tickbook-view'))`, cell)
	return text
}

// Foot is the line below a cell's first output: what a live view says, or why the output isn't live.
func (n *Notebook) Foot(cell int) string {
	n.t.Helper()
	var text string
	n.Eval(&text, `[...(nb.content.widgets[%d].outputArea?.node.querySelector('.tickbook-foot')?.childNodes ?? [])].filter(
		x => !x.classList.contains('tickbook-tools')).map(x => x.textContent).join('')`, cell)
	return text
}

// WaitLive waits until the cell's output is live.
func (n *Notebook) WaitLive(cell int) {
	n.t.Helper()
	n.Wait(fmt.Sprintf("the live view of cell %d", cell), func() bool { return n.Live(cell) != "" })
}

// Grid evaluates JavaScript over the live table of a cell: grid is its box, rows the text of the rows in sight.
func (n *Notebook) Grid(cell int, into any, format string, args ...any) {
	n.t.Helper()
	n.Eval(into, `(async grid => { const rows = %s; return (%s); })(nb.content.widgets[%d].outputArea.node.querySelector('.tickbook-grid'))`,
		gridRows, fmt.Sprintf(format, args...), cell)
}

// gridRows are the rows that a grid shows whole, in order, each a list of texts.
const gridRows = `(() => {
	const box = grid.getBoundingClientRect(), top = grid.querySelector('.tickbook-head').getBoundingClientRect().bottom;
	return [...grid.querySelectorAll('.tickbook-body > .tickbook-row')].filter(r => {
		const b = r.getBoundingClientRect();
		return b.height > 0 && b.top >= top - 1 && b.bottom <= box.bottom + 1;
	}).sort((a, b) => a.dataset.row - b.dataset.row).map(r => [...r.children].map(c => c.textContent.trim()));
})()`

// keys are those that aren't characters.
var keys = map[string]string{
	"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight, "PageUp": kb.PageUp,
	"PageDown": kb.PageDown, "Home": kb.Home, "End": kb.End, "Escape": kb.Escape, "Enter": kb.Enter,
}

var modifiers = map[string]chromedp.Modifier{"Control": chromedp.ModifierCtrl, "Shift": chromedp.ModifierShift}

// Press presses a key as a user does, with its modifiers before it: "Control+Home".
func (n *Notebook) Press(key string) {
	n.t.Helper()
	var held []chromedp.Modifier
	for {
		mod, rest, ok := strings.Cut(key, "+")
		if !ok {
			break
		}
		held = append(held, modifiers[mod])
		key = rest
	}
	text := key
	if named, ok := keys[key]; ok {
		text = named
	}
	n.do("key "+key, chromedp.KeyEvent(text, chromedp.KeyModifiers(held...)))
}
