package browsertest

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
)

// Output is one output of a cell, as the notebook's model has it and a save would write it.
type Output struct {
	Type    string                     `json:"output_type"`
	Data    map[string]json.RawMessage `json:"data"`
	Text    any                        `json:"text"` // of a stream: a string or lines
	Name    string                     `json:"ename"`
	Message string                     `json:"evalue"`
}

// Mime is the output in a media type that holds text; "" if it hasn't any.
func (o Output) Mime(mediaType string) string {
	raw, ok := o.Data[mediaType]
	if !ok {
		return ""
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var lines []string
	if json.Unmarshal(raw, &lines) == nil {
		return strings.Join(lines, "")
	}
	return string(raw)
}

// WaitCells waits until the notebook is shown, whatever its kernel.
func (n *Notebook) WaitCells() {
	n.t.Helper()
	n.Wait("the notebook", func() bool {
		var ready bool
		// Errors are of a page that is still loading.
		err := n.eval(&ready, `!!(nb?.content?.widgets?.length && nb.context?.isReady)`)
		return err == nil && ready
	})
}

// WaitReady waits until the notebook is shown and its kernel is idle.
func (n *Notebook) WaitReady() {
	n.t.Helper()
	n.Wait("an idle kernel", func() bool {
		var ready bool
		// Errors are of a page that is still loading.
		err := n.eval(&ready, `!!(nb && nb.content && nb.content.widgets && nb.context && nb.context.isReady &&
			nb.context.sessionContext.session?.kernel?.status === 'idle')`)
		return err == nil && ready
	})
}

// WaitIdle waits until the kernel has nothing to run.
func (n *Notebook) WaitIdle() {
	n.t.Helper()
	n.Wait("an idle kernel", func() bool { return n.KernelStatus() == "idle" })
}

// KernelStatus is what the page shows: idle, busy, starting, dead…
func (n *Notebook) KernelStatus() string {
	n.t.Helper()
	var status string
	n.Eval(&status, `nb.context.sessionContext.session?.kernel?.status ?? 'none'`)
	return status
}

// Cells is the number of cells.
func (n *Notebook) Cells() int {
	n.t.Helper()
	var count int
	n.Eval(&count, `nb.content.widgets.length`)
	return count
}

// Source is the text of a cell.
func (n *Notebook) Source(cell int) string {
	n.t.Helper()
	var text string
	n.Eval(&text, `nb.content.widgets[%d].model.sharedModel.getSource()`, cell)
	return text
}

// SetSource changes the text of a cell.
func (n *Notebook) SetSource(cell int, text string) {
	n.t.Helper()
	n.Eval(nil, `nb.content.widgets[%d].model.sharedModel.setSource(%s)`, cell, quote(text))
}

// FindCell is the number of the first code cell whose text contains a text.
func (n *Notebook) FindCell(text string) int {
	n.t.Helper()
	for i := range n.Cells() {
		var isCode bool
		n.Eval(&isCode, `nb.content.widgets[%d].model.type === 'code'`, i)
		if isCode && strings.Contains(n.Source(i), text) {
			return i
		}
	}
	n.t.Fatalf("no code cell contains %q", text)
	return 0
}

// RunAll runs all cells as the menu does, and waits for them.
func (n *Notebook) RunAll() {
	n.t.Helper()
	n.Eval(nil, `app.commands.execute('notebook:run-all-cells')`)
	n.WaitIdle()
}

// Run runs a cell and waits for it.
func (n *Notebook) Run(cell int) {
	n.t.Helper()
	n.Start(cell)
	n.Wait(fmt.Sprintf("the end of cell %d", cell), func() bool { return !n.IsRunning(cell) })
}

// Start begins to run a cell.
func (n *Notebook) Start(cell int) {
	n.t.Helper()
	n.Select(cell)
	// The command's promise is of the end; void keeps Eval from waiting for it.
	n.Eval(nil, `void app.commands.execute('notebook:run-cell').catch(() => {})`)
}

// IsRunning reports whether a cell shows the star of one that runs or waits.
func (n *Notebook) IsRunning(cell int) bool {
	n.t.Helper()
	var prompt string
	n.Eval(&prompt, `nb.content.widgets[%d].promptNode?.textContent ?? ''`, cell)
	return strings.Contains(prompt, "*")
}

// ExecutionCount is the number in the cell's prompt; 0 if it hasn't run.
func (n *Notebook) ExecutionCount(cell int) int {
	n.t.Helper()
	var count int
	n.Eval(&count, `nb.content.widgets[%d].model.executionCount ?? 0`, cell)
	return count
}

// Select makes a cell the active one and brings it into view; what is far out of view is not drawn.
func (n *Notebook) Select(cell int) {
	n.t.Helper()
	n.Eval(nil, `(nb.content.activeCellIndex = %[1]d, nb.content.deselectAll(), nb.content.scrollToItem(%[1]d, 'auto'))`, cell)
}

// Text is what the outputs of a cell show, as a user would copy it, without the prompt.
func (n *Notebook) Text(cell int) string {
	n.t.Helper()
	var text string
	n.Eval(&text, `[...(nb.content.widgets[%d].outputArea?.node.querySelectorAll('.jp-OutputArea-output') ?? [])].map(
		o => o.innerText).join('\n')`, cell)
	return text
}

// HTML is the markup of the outputs of a cell, as the page has it.
func (n *Notebook) HTML(cell int) string {
	n.t.Helper()
	var text string
	n.Eval(&text, `nb.content.widgets[%d].outputArea?.node.innerHTML ?? ''`, cell)
	return text
}

// Table is the text of the first table in the outputs of a cell, row by row, header rows included, all read at one
// moment; nil if there is none. A line break in a cell is "\n". Of a live view it is the rows in sight.
func (n *Notebook) Table(cell int) [][]string {
	n.t.Helper()
	return n.Tables(cell)[0]
}

// Tables is Table for several cells, all read at one moment of the page.
func (n *Notebook) Tables(cells ...int) [][][]string {
	n.t.Helper()
	var tables [][][]string
	list, _ := json.Marshal(cells)
	n.Eval(&tables, `%s.map(i => {
		const output = nb.content.widgets[i].outputArea?.node, grid = output?.querySelector('.tickbook-live:not([hidden]):not(.tickbook-unseen) .tickbook-grid');
		if (grid) return [[...grid.querySelectorAll('.tickbook-head > *')].map(h => ['name', 'kind'].map(
			k => h.querySelector('.tickbook-' + k).textContent).join('\n'))].concat(%s);
		return [...(output?.querySelector('table')?.rows ?? [])].map(
			r => [...r.cells].map(c => [...c.childNodes].map(x => x.nodeName === 'BR' ? '\n' : x.textContent).join('').trim()));
	})`, list, gridRows)
	return tables
}

// BlankFrames watches the outputs of the cells for as many animation frames as said, and counts those in which one of
// the cells that showed something at the start showed nothing.
func (n *Notebook) BlankFrames(frames int, cells ...int) int {
	n.t.Helper()
	var blank int
	list, _ := json.Marshal(cells)
	n.Eval(&blank, `new Promise(done => {
		const shown = () => %s.map(i => [...nb.content.widgets[i].outputArea?.node.querySelectorAll('table, img, svg, .tickbook-body > .tickbook-row') ?? []].some(
			x => x.checkVisibility({ visibilityProperty: true }) && x.getClientRects().length > 0) ? 1 : 0);
		const first = shown();
		let left = %d, blank = 0;
		const frame = () => {
			if (shown().some((s, i) => s < first[i])) blank++;
			if (--left > 0) requestAnimationFrame(frame); else done(blank);
		};
		requestAnimationFrame(frame);
	})`, list, frames)
	return blank
}

// Append adds a code cell at the end and returns its number.
func (n *Notebook) Append(source string) int {
	n.t.Helper()
	at := n.Cells()
	n.Eval(nil, `nb.content.model.sharedModel.insertCell(%d, {cell_type: 'code', source: %s})`, at, quote(source))
	n.Wait("the new cell", func() bool { return n.Cells() == at+1 })
	return at
}

// Image is the first image in the outputs of a cell: the address of an <img>, which holds the data, or the markup of an
// <svg>; "" if there is none or the browser could not draw it.
func (n *Notebook) Image(cell int) string {
	n.t.Helper()
	var src string
	n.Eval(&src, `(node => {
		const live = node?.querySelector('.tickbook-live:not([hidden]):not(.tickbook-unseen)');
		const img = (live ?? node)?.querySelector('img'), svg = node?.querySelector('svg');
		return img ? (img.complete && img.naturalWidth > 0 ? img.src : '') : svg ? svg.outerHTML : '';
	})(nb.content.widgets[%d].outputArea?.node)`, cell)
	return src
}

// Outputs are the outputs of a cell in the notebook's model.
func (n *Notebook) Outputs(cell int) []Output {
	n.t.Helper()
	var found []Output
	n.Eval(&found, `nb.content.widgets[%d].model.outputs?.toJSON() ?? []`, cell)
	return found
}

// ErrorOutputs lists all error outputs of the notebook, as "cell 3: NameError: …".
func (n *Notebook) ErrorOutputs() []string {
	n.t.Helper()
	var found []string
	for i := range n.Cells() {
		for _, o := range n.Outputs(i) {
			if o.Type == "error" {
				found = append(found, fmt.Sprintf("cell %d: %s: %s", i, o.Name, o.Message))
			}
		}
	}
	return found
}

// Save saves the notebook and waits until the server has it.
func (n *Notebook) Save() {
	n.t.Helper()
	n.Eval(nil, `nb.context.save()`)
}

// IsDirty reports whether the notebook has changes that aren't saved.
func (n *Notebook) IsDirty() bool {
	n.t.Helper()
	var dirty bool
	n.Eval(&dirty, `nb.context.model.dirty`)
	return dirty
}

// Interrupt interrupts the kernel, as the stop button does.
func (n *Notebook) Interrupt() {
	n.t.Helper()
	n.Eval(nil, `nb.context.sessionContext.session.kernel.interrupt()`)
}

// Restart restarts the kernel without asking, and waits until it is idle.
func (n *Notebook) Restart() {
	n.t.Helper()
	n.Eval(nil, `nb.context.sessionContext.restartKernel()`)
	n.WaitIdle()
}

// Reload loads the page again, unsaved changes are lost, and waits until the notebook is there.
func (n *Notebook) Reload() {
	n.t.Helper()
	n.do("reload", chromedp.Reload())
	n.WaitCells()
	n.WaitReady()
}

// quote is a JavaScript string.
func quote(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}
