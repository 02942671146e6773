//go:build linux

package bench

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"tickbook/install"
	"tickbook/internal/browsertest"
)

const (
	pageRows     = 1_000_000
	pageOnScreen = 3
	pageWindow   = 8 * time.Second // of each measurement; snapshots of what is in sight come every five
	pageJumps    = 20

	// pageSystemsEnv names those of the systems that are measured, with commas between; usually all are.
	pageSystemsEnv = "TICKBOOK_BENCH_SYSTEMS"
	// pageProfileEnv names a folder for a profile of each page, which a browser's developer tools open, and its picture.
	pageProfileEnv = "TICKBOOK_BENCH_PROFILE"
)

//go:embed page.js
var pageProbes string

// spyScript has the canvases of a frame tell the page above the newest time stamp that they draw.
const spyScript = `if (window !== top) {
	const draw = CanvasRenderingContext2D.prototype.fillText;
	let last = 0;
	CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
		const s = Number(String(text).replaceAll(',', ''));
		if (s > 1e15 && s > last) parent.postMessage({ stamp: (last = s) }, '*');
		return draw.call(this, text, ...rest);
	};
}`

// BenchmarkPage is one, five and twenty live tables in JupyterLab in a headless Chromium, at most three of them on screen, beside other ways to show
// them. Each system has a server, a kernel and a browser of its own, one after the other.
func BenchmarkPage(b *testing.B) {
	for _, n := range []int{1, 5, 20} {
		b.Run(fmt.Sprintf("tables=%d", n), func(b *testing.B) {
			b.ReportMetric(0, "ns/op")
			all := map[string]*pageFigures{}
			for b.Loop() {
				for _, s := range pageSystems {
					if only := os.Getenv(pageSystemsEnv); only != "" && !slices.Contains(strings.Split(only, ","), s.name) {
						continue
					}
					if r := startPage(b, s, n); r != nil {
						all[s.name] = r.measure(b)
						r.close()
					}
				}
			}
			ours := all[pageSystems[0].name]
			for name, f := range all {
				f.report(b, name)
				if ours != nil && f != ours {
					b.ReportMetric(f.page/ours.page, "ratio-page-"+name)
					b.ReportMetric(f.perRefresh()/ours.perRefresh(), "ratio-page/refresh-"+name)
					b.ReportMetric(f.latency[0]/ours.latency[0], "ratio-pixels-"+name)
				}
			}
		})
	}
}

// pageFigures are those of a system. CPU is in parts of one processor.
type pageFigures struct {
	onScreen                 int
	page, browser, kernel    float64 // CPU: of the renderers, of all the browser, of the kernel
	work                     pageWork
	wire                     float64   // bytes a second
	refreshes                float64   // of a table on screen, a second
	latency                  []float64 // ms from kernel to pixels: p50, p95
	frames, longest          float64   // frames a second, and the longest time between two in ms
	jump                     []float64 // ms until painted: p50, max; nil: not measured
	hiddenPage, hiddenKernel float64
	hiddenWire               float64
	hiddenFrames             int // messages of our views while none is in sight
}

// perRefresh is the page's CPU time in ms for showing one change of one table.
func (f *pageFigures) perRefresh() float64 { return 1000 * f.page / f.refreshes / float64(f.onScreen) }

func (f *pageFigures) report(b *testing.B, name string) {
	b.ReportMetric(100*f.page, name+"-page-%")
	b.ReportMetric(100*f.browser, name+"-browser-%")
	b.ReportMetric(f.perRefresh(), name+"-page-ms/refresh")
	b.ReportMetric(f.refreshes, name+"-refresh-Hz")
	perRefresh := 1 / f.refreshes / float64(f.onScreen)
	b.ReportMetric(f.work.script*perRefresh, name+"-script-ms/refresh")
	b.ReportMetric(f.work.layout*perRefresh, name+"-layout-ms/refresh")
	b.ReportMetric(f.work.style*perRefresh, name+"-style-ms/refresh")
	b.ReportMetric(f.work.layouts*perRefresh, name+"-layouts/refresh")
	b.ReportMetric(f.frames, name+"-frames/s")
	b.ReportMetric(f.longest, name+"-longest-frame-ms")
	b.ReportMetric(f.latency[0], name+"-pixels-p50-ms")
	b.ReportMetric(f.latency[1], name+"-pixels-p95-ms")
	b.ReportMetric(100*(f.kernel-f.hiddenKernel)/float64(f.onScreen), name+"-kernel-%/view")
	b.ReportMetric(100*f.hiddenKernel, name+"-kernel-idle-%")
	b.ReportMetric(f.wire, name+"-wire-B/s")
	b.ReportMetric(f.hiddenWire, name+"-hidden-wire-B/s")
	b.ReportMetric(100*f.hiddenPage, name+"-hidden-page-%")
	if f.jump != nil {
		b.ReportMetric(f.jump[0], name+"-jump-p50-ms")
		b.ReportMetric(f.jump[1], name+"-jump-max-ms")
	}
}

// pageRun is a system with its tables in a page.
type pageRun struct {
	pageSystem
	n      int // tables
	nb     *browsertest.Notebook
	kernel int // process id
	close  func()
}

// startPage shows n live tables; nil if the system can't be had here.
func startPage(b *testing.B, s pageSystem, n int) *pageRun {
	b.Helper()
	jupyter, ok := s.jupyter(b)
	if !ok {
		return nil
	}
	cells := []string{s.setup}
	for i := range n {
		cells = append(cells, s.show(i))
	}
	cells = append(cells, s.start, s.below)
	work := b.TempDir()
	browsertest.WriteNotebook(b, work, "page.ipynb", s.kernel, cells...)
	lab, err := install.StartLab(b.Context(), install.LabOptions{
		Jupyter: jupyter, WorkDir: work, NoBrowser: true, StateDir: b.TempDir(), Spec: install.Spec{Binary: productPath(b)}, Args: browsertest.ServerArgs,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = lab.Stop(context.Background()) })
	nb := browsertest.New(b).Open(browsertest.Server{Base: lab.Base, Token: lab.Token}, "page.ipynb")
	nb.Limit = 5 * time.Minute
	r := &pageRun{pageSystem: s, n: n, nb: nb, close: func() {
		nb.Close()
		_ = lab.Stop(context.Background())
	}}
	call(b, nb, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: spyScript})
	for i := range cells {
		nb.Run(i)
		if i > 0 {
			continue
		}
		nb.Wait("the kernel's process id", func() bool { // while the cell is on screen: far out of it, nothing is drawn
			r.kernel, err = strconv.Atoi(lastLine(nb.Text(0)))
			return err == nil || len(nb.ErrorOutputs()) > 0
		})
	}
	if errs := nb.ErrorOutputs(); len(errs) > 0 {
		b.Fatalf("%s: %q", s.name, errs)
	}
	nb.Eval(nil, "%s", strings.TrimSuffix(strings.TrimSpace(pageProbes), ";"))
	return r
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// call is a command of the browser's protocol for the tab.
func call[P, R any](b *testing.B, nb *browsertest.Notebook, cmd cdp.Command[P, R], params P) R {
	b.Helper()
	r, err := chromedp.Call(nb.Context(), cmd, params)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// probe evaluates an expression over the probe of the first table.
func (r *pageRun) probe(into any, format string, args ...any) {
	r.nb.Eval(into, `(async p => (%s))(window.probe(%q, nb.content.widgets[1].outputArea.node))`, fmt.Sprintf(format, args...), r.pageSystem.probe)
}

// measure takes all figures of a page.
func (r *pageRun) measure(b *testing.B) *pageFigures {
	b.Helper()
	f := &pageFigures{}
	r.toTop(b)
	if r.pageSystem.probe == "deephaven" {
		r.nb.Wait("a changed canvas", func() bool { return len(r.latencies(b, time.Second)) > 0 })
	} else {
		r.nb.Wait("a changed first row", func() bool {
			var s float64
			r.probe(&s, "p.stamp()")
			return s > 0
		})
	}
	f.onScreen = r.onScreen()
	r.shoot(b)
	began := r.work(b)
	f.page, f.browser, f.kernel = r.cpu(b)
	f.work = r.work(b).since(began)
	r.profile(b)
	var frames int
	if f.wire, frames = r.wire(b); r.name == pageSystems[0].name && frames == 0 {
		b.Errorf("%s: no messages about frames were seen", r.name)
	}
	all := r.latencies(b, pageWindow)
	if len(all) == 0 {
		b.Fatalf("%s: no change was seen in %v", r.name, pageWindow)
	}
	f.refreshes = float64(len(all)) / pageWindow.Seconds()
	f.latency = []float64{quantile(all, 0.5), quantile(all, 0.95)}
	var pace struct{ Second, Longest float64 }
	r.probe(&pace, "p.frames(%d)", pageWindow.Milliseconds()/2)
	f.frames, f.longest = pace.Second, pace.Longest
	if r.texts && r.n == 1 {
		var jumps []float64
		r.probe(&jumps, "p.jumps(%d, %d)", pageJumps, pageRows)
		f.jump = []float64{quantile(jumps, 0.5), slices.Max(jumps)}
	}
	r.toEnd(b)
	f.hiddenPage, _, f.hiddenKernel = r.cpu(b)
	if f.hiddenWire, f.hiddenFrames = r.wire(b); f.hiddenFrames > 0 {
		b.Errorf("%s: %d messages about tables that nobody sees", r.name, f.hiddenFrames)
	}
	return f
}

func (r *pageRun) latencies(b *testing.B, d time.Duration) (all []float64) {
	b.Helper()
	r.probe(&all, "p.latencies(%d)", d.Milliseconds())
	return all
}

func quantile(xs []float64, q float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	return xs[min(len(xs)-1, int(q*float64(len(xs))))]
}

// rest lets time pass.
func (r *pageRun) rest(b *testing.B, d time.Duration) {
	b.Helper()
	select {
	case <-time.After(d):
	case <-b.Context().Done():
		b.Fatal(b.Context().Err())
	}
}
