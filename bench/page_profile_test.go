//go:build linux

package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/profiler"
)

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
