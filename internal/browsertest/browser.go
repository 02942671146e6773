package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Browser is a headless Chromium that ends with its test.
type Browser struct {
	t   testing.TB
	ctx context.Context
}

// New starts a browser with an empty profile.
func New(t testing.TB) *Browser {
	t.Helper()
	path, err := FindChromium()
	if err != nil {
		t.Fatal(err)
	}
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(), flags(path)...)
	ctx, end := chromedp.NewContext(alloc, chromedp.WithErrorf(t.Logf))
	t.Cleanup(func() {
		// Politely, so that the browser's own children end as well.
		late, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if err := chromedp.Cancel(late); err != nil && late.Err() == nil {
			t.Logf("browser: %v", err)
		}
		end()
		endAlloc()
	})
	if err := chromedp.Do(ctx); err != nil { // the browser lives as long as this context
		t.Fatalf("browser %s: %v", path, err)
	}
	return &Browser{t, ctx}
}

// For is the browser for a part of its test: what it opens fails that part and is closed with it.
func (b *Browser) For(t testing.TB) *Browser { return &Browser{t, b.ctx} }

// Open opens a notebook, a path below the server's folder, in a new tab and waits until its kernel is idle.
func (b *Browser) Open(s Server, notebook string) *Notebook {
	b.t.Helper()
	n := b.Look(s, notebook)
	n.WaitReady()
	return n
}

// Look opens a notebook that may have no kernel: it waits until its cells are there.
func (b *Browser) Look(s Server, notebook string) *Notebook {
	b.t.Helper()
	n := b.Visit(s.address(notebook))
	n.WaitCells()
	return n
}

// Visit opens any page in a new tab.
func (b *Browser) Visit(address string) *Notebook {
	b.t.Helper()
	ctx, end := chromedp.NewContext(b.ctx)
	n := &Notebook{t: b.t, ctx: ctx, end: end, Limit: time.Minute}
	b.t.Cleanup(n.Close)
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as this context
		b.t.Fatalf("new tab: %v", err)
	}
	n.listen()
	n.do("open "+address, chromedp.Navigate(address))
	return n
}

// Notebook is a notebook in a tab of its own. Cells are numbered from 0 and include text cells. A method that can't do
// what it says fails the test.
type Notebook struct {
	Limit time.Duration // the longest that a method may take

	t      testing.TB
	ctx    context.Context
	end    context.CancelFunc
	closed sync.Once
	errors consoleErrors

	listening sync.WaitGroup
}

// Close closes the tab; its kernel lives on. A failed test leaves a picture first.
func (n *Notebook) Close() {
	n.closed.Do(func() {
		if n.t.Failed() {
			if png, err := n.picture(); err == nil {
				path := filepath.Join(n.t.ArtifactDir(), "page.png")
				if os.WriteFile(path, png, 0o644) == nil {
					n.t.Logf("the page at the end: %s (kept with go test -artifacts)", path)
				}
			}
			n.errors.log(n.t)
		}
		n.end()
		n.listening.Wait()
	})
}

// Screenshot writes what the tab shows to a PNG file.
func (n *Notebook) Screenshot(path string) {
	n.t.Helper()
	png, err := n.picture()
	if err == nil {
		err = os.WriteFile(path, png, 0o644)
	}
	if err != nil {
		n.t.Fatalf("screenshot: %v", err)
	}
}

// Resize gives the tab another size, in CSS pixels.
func (n *Notebook) Resize(width, height int64) {
	n.t.Helper()
	_, err := chromedp.Call(n.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
	if err != nil {
		n.t.Fatalf("resize: %v", err)
	}
}

func (n *Notebook) picture() ([]byte, error) {
	ctx, cancel := context.WithTimeout(n.ctx, 20*time.Second)
	defer cancel()
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// Wait polls until cond is true. Everything that cond reads may be changing.
func (n *Notebook) Wait(what string, cond func() bool) {
	n.t.Helper()
	late := time.NewTimer(n.Limit)
	defer late.Stop()
	retry := time.NewTicker(50 * time.Millisecond)
	defer retry.Stop()
	for !cond() {
		select {
		case <-late.C:
			n.t.Fatalf("%s did not come within %v", what, n.Limit)
		case <-retry.C:
		}
	}
}

// Eval evaluates JavaScript in the page and decodes its value, or that of the promise, into the pointer; nil ignores it.
// In the expression, app is JupyterLab's application and nb the notebook panel in front.
func (n *Notebook) Eval(into any, format string, args ...any) {
	n.t.Helper()
	if err := n.eval(into, fmt.Sprintf(format, args...)); err != nil {
		n.t.Fatal(err)
	}
}

func (n *Notebook) eval(into any, expression string) error {
	ctx, cancel := context.WithTimeout(n.ctx, n.Limit)
	defer cancel()
	js := "(async () => { const app = window.jupyterapp, nb = app && app.shell.currentWidget; return (" + expression + ") })()"
	if into == nil {
		js = strings.Replace(js, "return (", "await (", 1)
	}
	value, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](js, chromedp.EvalAwaitPromise))
	if err != nil {
		return fmt.Errorf("page: %s: %w", expression, err)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(value, into); err != nil {
		return fmt.Errorf("page: %s: %w in %s", expression, err, value)
	}
	return nil
}

// do runs actions of the browser's.
func (n *Notebook) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.ctx, n.Limit)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		n.t.Fatalf("%s: %v", what, err)
	}
}

// consoleErrors collects what a page complained about.
type consoleErrors struct {
	mu     sync.Mutex
	seen   []string // guarded by mu
	stacks []string // guarded by mu; of each, "" if it has none
}

func (c *consoleErrors) add(text, stack string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, text)
	c.stacks = append(c.stacks, stack)
}

// log writes all to the test's log, with where they came from.
func (c *consoleErrors) log(t testing.TB) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, e := range c.seen {
		t.Logf("console: %s\n%s", e, c.stacks[i])
	}
}

// ConsoleErrors lists the errors on the page's console, uncaught exceptions and failed loads since the tab was opened.
func (n *Notebook) ConsoleErrors() []string {
	n.errors.mu.Lock()
	defer n.errors.mu.Unlock()
	return slices.Clone(n.errors.seen)
}

// stack is a few lines of a stack trace.
func stack(s *runtime.StackTrace) string {
	var text strings.Builder
	for ; s != nil; s = s.Parent {
		for _, f := range s.CallFrames[:min(len(s.CallFrames), 12)] {
			fmt.Fprintf(&text, "\t%s %s:%d:%d\n", f.FunctionName, f.URL, f.LineNumber, f.ColumnNumber)
		}
	}
	return text.String()
}

// listen collects the console's errors, and answers "leave the page?" of a notebook that isn't saved, until the tab is closed.
func (n *Notebook) listen() {
	messages := chromedp.Console(n.ctx)
	n.listening.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if strings.HasPrefix(m.Text, "Blocked attempt to show a 'beforeunload'") {
				continue // Reload's doing: no user has touched the page
			}
			if m.IsException() || m.Type == chromedp.ConsoleError {
				n.errors.add(strings.TrimSpace(m.Text+" "+m.URL), stack(m.Stack))
			}
		}
	})
	dialogs := chromedp.Events(n.ctx, page.JavascriptDialogOpening)
	n.listening.Go(func() {
		for _, err := range dialogs {
			if err != nil {
				return
			}
			_, _ = chromedp.Call(n.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}
	})
}
