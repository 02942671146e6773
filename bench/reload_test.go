//go:build linux

package bench

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkReload loads a page anew that has three live tables on screen, until all are live again: from the beginning of the navigation, and the part
// of it that is ours, from the connection to the kernel on.
func BenchmarkReload(b *testing.B) {
	r := startPage(b, pageSystems[0], pageOnScreen)
	if r == nil {
		return
	}
	defer r.close()
	r.nb.Resize(1300, 2600) // all of the notebook
	r.nb.Select(1)
	for i := range pageOnScreen {
		r.nb.WaitLive(i + 1)
	}
	r.nb.Save()
	var total, ours []float64
	for b.Loop() {
		r.nb.Reload()
		r.nb.Wait("live tables", func() bool { return len(r.lives()) >= pageOnScreen })
		var connected float64
		r.nb.Eval(&connected, `performance.getEntriesByName('tickbook:connected')[0].startTime`)
		last := r.lives()[pageOnScreen-1]
		total, ours = append(total, last), append(ours, last-connected)
		r.rest(b, time.Second) // a page that was just loaded
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(quantile(total, 0.5), "live-p50-ms")
	b.ReportMetric(slices.Max(total), "live-max-ms")
	b.ReportMetric(quantile(ours, 0.5), "ours-p50-ms")
	b.ReportMetric(slices.Max(ours), "ours-max-ms")
}

// lives are when the tables on screen became live, in ms since the navigation.
func (r *pageRun) lives() (at []float64) {
	r.nb.Eval(&at, `performance.getEntriesByName('tickbook:live').map(m => m.startTime)`)
	return at
}
