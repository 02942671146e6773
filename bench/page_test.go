//go:build linux

package bench

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/profiler"
	"github.com/chromedp/cdproto/systeminfo"
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

// pageWork is what the page's main thread does, by CPU time, a second. Raster and compositing are other threads' and not in it.
type pageWork struct {
	script, layout, style float64 // ms
	layouts               float64 // how often
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

// toTop brings the first table to the top of the page, and makes the page as high as the tables that shall be on screen. Outputs that are drawn late
// change their height meanwhile.
func (r *pageRun) toTop(b *testing.B) {
	b.Helper()
	r.nb.Select(1)
	want := min(r.n, pageOnScreen)
	r.nb.Wait(fmt.Sprintf("%d tables on screen, the first at the top", want), func() bool {
		var height, off float64
		r.nb.Eval(&height, `(n => { const c = nb.content.widgets; return n.getBoundingClientRect().top +
			innerHeight - n.getBoundingClientRect().bottom + c[%d].node.getBoundingClientRect().bottom - c[1].node.getBoundingClientRect().top })(
			nb.content.outerNode ?? nb.content.node)`, want)
		call(b, r.nb, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 1300, Height: int64(height) - 6, DeviceScaleFactor: 1})
		r.nb.Eval(&off, `(n => {
			const off = nb.content.widgets[1].node.getBoundingClientRect().top - n.getBoundingClientRect().top;
			n.scrollTop += off;
			return off;
		})(nb.content.outerNode ?? nb.content.node)`)
		return off > -2 && off < 2 && r.onScreen() == want
	})
}

// toEnd scrolls all tables out of sight.
func (r *pageRun) toEnd(b *testing.B) {
	b.Helper()
	r.nb.Select(r.n + 2)
	r.nb.Wait("no table on screen", func() bool {
		r.nb.Eval(nil, `(n => { n.scrollTop = n.scrollHeight })(nb.content.outerNode ?? nb.content.node)`)
		return r.onScreen() == 0
	})
	r.rest(b, 2*time.Second)
}

// onScreen counts the tables of which something is on screen.
func (r *pageRun) onScreen() (count int) {
	r.nb.Eval(&count, `(n => { const box = n.getBoundingClientRect(); return nb.content.widgets.slice(1, %d).filter(c => {
		const o = c.outputArea.node.getBoundingClientRect();
		return o.height > 0 && o.bottom > box.top + 4 && o.top < box.bottom - 4;
	}).length })(nb.content.outerNode ?? nb.content.node)`, r.n+1)
	return count
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

// cpu measures parts of a processor.
func (r *pageRun) cpu(b *testing.B) (page, browser, kernel float64) {
	b.Helper()
	page0, browser0 := r.browserCPU(b)
	kernel0, start := processCPU(b, r.kernel), time.Now()
	r.rest(b, pageWindow)
	page1, browser1 := r.browserCPU(b)
	kernel1, d := processCPU(b, r.kernel), time.Since(start).Seconds()
	return (page1 - page0) / d, (browser1 - browser0) / d, (kernel1 - kernel0) / d
}

// work is what the page's main thread has done so far.
func (r *pageRun) work(b *testing.B) (w pageWorkSoFar) {
	b.Helper()
	call(b, r.nb, performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks})
	w.at = time.Now()
	for _, m := range call(b, r.nb, performance.GetMetrics, cdp.Empty{}).Metrics {
		switch m.Name {
		case "ScriptDuration":
			w.script = 1000 * m.Value
		case "LayoutDuration":
			w.layout = 1000 * m.Value
		case "RecalcStyleDuration":
			w.style = 1000 * m.Value
		case "LayoutCount":
			w.layouts = m.Value
		}
	}
	return w
}

// pageWorkSoFar counts from the page's beginning.
type pageWorkSoFar struct {
	pageWork
	at time.Time
}

func (w pageWorkSoFar) since(v pageWorkSoFar) pageWork {
	d := w.at.Sub(v.at).Seconds()
	return pageWork{(w.script - v.script) / d, (w.layout - v.layout) / d, (w.style - v.style) / d, (w.layouts - v.layouts) / d}
}

// browserCPU is what the browser has taken so far, in seconds: its renderers, and all of it.
func (r *pageRun) browserCPU(b *testing.B) (page, all float64) {
	b.Helper()
	info, err := chromedp.CallBrowser(r.nb.Context(), systeminfo.GetProcessInfo, cdp.Empty{})
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range info.ProcessInfo {
		all += p.CPUTime
		if p.Type == "renderer" {
			page += p.CPUTime
		}
	}
	return page, all
}

// processCPU is what a process has taken so far, in seconds.
func processCPU(b *testing.B, pid int) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	const user, system, second = 11, 12, 100 // after the name; ticks of a hundredth
	u, errU := strconv.ParseFloat(fields[user], 64)
	s, errS := strconv.ParseFloat(fields[system], 64)
	if errU != nil || errS != nil {
		b.Fatalf("/proc/%d/stat: %q", pid, text)
	}
	return (u + s) / second
}

// wire is how many bytes a second the page gets and sends, by sockets and requests, and how many of the messages are about our views.
func (r *pageRun) wire(b *testing.B) (bytesPerSecond float64, ours int) {
	b.Helper()
	ctx, cancel := context.WithCancel(r.nb.Context())
	defer cancel()
	var sum, about atomic.Int64
	frame := func(f *network.WebSocketFrame) {
		sum.Add(int64(len(f.PayloadData)))
		if r.name == pageSystems[0].name && bytes.Contains(f.PayloadData, []byte(`comm_msg`)) {
			about.Add(1)
		}
	}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventWebSocketFrameReceived:
			frame(e.Response)
		case *network.EventWebSocketFrameSent:
			frame(e.Response)
		case *network.EventDataReceived:
			sum.Add(e.DataLength)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	call(b, r.nb, network.Enable, network.EnableParams{})
	start := time.Now()
	r.rest(b, pageWindow)
	d := time.Since(start)
	call(b, r.nb, network.Disable, cdp.Empty{})
	return float64(sum.Load()) / d.Seconds(), int(about.Load())
}

// profile writes a profile of the page's scripts, if asked for.
func (r *pageRun) profile(b *testing.B) {
	b.Helper()
	dir := os.Getenv(pageProfileEnv)
	if dir == "" {
		return
	}
	call(b, r.nb, profiler.Enable, cdp.Empty{})
	call(b, r.nb, profiler.Start, cdp.Empty{})
	r.rest(b, pageWindow)
	result := call(b, r.nb, profiler.Stop, cdp.Empty{})
	call(b, r.nb, profiler.Disable, cdp.Empty{})
	text, err := json.Marshal(result.Profile)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.cpuprofile", r.name, r.n)), text, 0o644)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// shoot writes a picture of the page beside the profile.
func (r *pageRun) shoot(b *testing.B) {
	b.Helper()
	if dir := os.Getenv(pageProfileEnv); dir != "" {
		r.nb.Screenshot(filepath.Join(dir, fmt.Sprintf("%s-%d.png", r.name, r.n)))
	}
}
