package install

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgressBeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress(&out)
		p.say("installing")
		<-time.After(5 * time.Second)
		p.note("packages so far: 34")
		<-time.After(4 * time.Second)
		p.say("done")
		p.stop()
		const want = "[  0 s] installing\n[  4 s] installing\n[  8 s] packages so far: 34\n[  9 s] done\n"
		if out.String() != want {
			t.Errorf("got:\n%swant:\n%s", out.String(), want)
		}
	})
}

func TestCondense(t *testing.T) {
	var c condenser
	f := func(line, want string) {
		t.Helper()
		if got := c.line(line); got != want {
			t.Errorf("line %q: %q, want %q", line, got, want)
		}
	}
	f("\n", "")
	f("Collecting jupyterlab==4.6.6\n", "packages so far: 1")
	f("  Downloading jupyterlab-4.6.6-py3-none-any.whl (12.5 MB)\n", "packages so far: 1, downloading jupyterlab (12.5 MB)")
	f("  Using cached x\n", "")
	f("Installing collected packages: a, b, c\n", "installing 3 packages")
	c = condenser{}
	f("Resolved 91 packages in 300ms\n", "resolved 91 packages in 300ms")
	f("Downloading jupyterlab (11.9MiB)\n", "downloading jupyterlab (11.9MiB)")
}
