package browsertest

import (
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Point is a place in the tab, in CSS pixels from its upper left corner.
type Point struct{ X, Y float64 }

// Plus is the point moved.
func (p Point) Plus(x, y float64) Point { return Point{p.X + x, p.Y + y} }

// Box is where an element is in the tab.
type Box struct{ X, Y, Width, Height float64 }

// Middle is the point in the middle.
func (b Box) Middle() Point { return Point{b.X + b.Width/2, b.Y + b.Height/2} }

// At is a point by its distance from the upper left corner.
func (b Box) At(x, y float64) Point { return Point{b.X + x, b.Y + y} }

// Box is the place of an element, a JavaScript expression over output: the outputs of a cell. The element must be there.
func (n *Notebook) Box(cell int, expression string) Box {
	n.t.Helper()
	var b Box
	n.Eval(&b, `(output => { const b = (%s).getBoundingClientRect(); return {X: b.x, Y: b.y, Width: b.width, Height: b.height}; })(
		nb.content.widgets[%d].outputArea.node)`, expression, cell)
	return b
}

// Move moves the mouse.
func (n *Notebook) Move(p Point) {
	n.t.Helper()
	n.mouse(input.DispatchMouseEventTypeMouseMoved, p)
}

// Click clicks with the left button, with modifiers held as in "Shift".
func (n *Notebook) Click(p Point, held ...string) {
	n.t.Helper()
	n.click(p, 1, held...)
}

// DoubleClick clicks twice.
func (n *Notebook) DoubleClick(p Point) {
	n.t.Helper()
	n.click(p, 1)
	n.click(p, 2)
}

func (n *Notebook) click(p Point, count int, held ...string) {
	n.t.Helper()
	opts := []chromedp.MouseOption{chromedp.ButtonType(input.MouseButtonLeft), chromedp.ClickCount(count)}
	for _, h := range held {
		opts = append(opts, chromedp.ButtonModifiers(modifiers[h]))
	}
	n.Move(p)
	n.mouse(input.DispatchMouseEventTypeMousePressed, p, opts...)
	n.mouse(input.DispatchMouseEventTypeMouseReleased, p, opts...)
}

// Drag presses the left button at the first point, moves through the others and lets go at the last.
func (n *Notebook) Drag(path ...Point) {
	n.t.Helper()
	left := chromedp.ButtonType(input.MouseButtonLeft)
	n.Move(path[0])
	n.mouse(input.DispatchMouseEventTypeMousePressed, path[0], left, chromedp.ClickCount(1))
	for _, p := range path[1:] {
		n.mouse(input.DispatchMouseEventTypeMouseMoved, p, left)
	}
	n.mouse(input.DispatchMouseEventTypeMouseReleased, path[len(path)-1], left, chromedp.ClickCount(1))
}

// Wheel turns the wheel over a point, downwards by pixels.
func (n *Notebook) Wheel(p Point, down float64) {
	n.t.Helper()
	n.mouse(input.DispatchMouseEventTypeMouseWheel, p, func(e *input.DispatchMouseEventParams) {
		e.DeltaX, e.DeltaY = 1e-9, down // the browser wants both, and a zero would not be sent
	})
}

func (n *Notebook) mouse(what input.DispatchMouseEventType, p Point, opts ...chromedp.MouseOption) {
	n.t.Helper()
	n.do(string(what), chromedp.MouseEvent(what, p.X, p.Y, opts...))
}

// Clipboard is the text on the clipboard, which the tab is allowed to read from now on.
func (n *Notebook) Clipboard() string {
	n.t.Helper()
	_, err := chromedp.CallBrowser(n.ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "clipboard-read"}, Setting: browser.PermissionSettingGranted,
	})
	if err != nil {
		n.t.Fatalf("clipboard: %v", err)
	}
	var text string
	n.Eval(&text, `navigator.clipboard.readText()`)
	return text
}
