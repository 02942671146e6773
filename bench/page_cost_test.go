//go:build linux

package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/systeminfo"
	"github.com/chromedp/chromedp"
)

// pageWork is what the page's main thread does, by CPU time, a second. Raster and compositing are other threads' and not in it.
type pageWork struct {
	script, layout, style float64 // ms
	layouts               float64 // how often
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
