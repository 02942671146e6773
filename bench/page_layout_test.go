//go:build linux

package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
)

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
