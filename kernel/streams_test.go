package kernel

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestStreamsAreBatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		defer f.Close()
		f.echo.on("tick", func(context.Context, string) ([]any, error) {
			for range 1000 { // a line each millisecond
				fmt.Fprintln(f.echo.stdout, "x")
				<-time.After(time.Millisecond)
			}
			return nil, nil
		})
		f.cell("tick")
		n, text := 0, ""
		for _, o := range f.take() {
			if o.Type == "stream" {
				n++
				text += o.Content["text"].(string)
			}
		}
		if n < 5 || n > 20 || text != strings.Repeat("x\n", 1000) {
			t.Errorf("%d messages, %d bytes", n, len(text))
		}
		f.want(t, "print quick", "stdout \"quick\\n\"")
		fmt.Fprint(f.echo.stdout, "late") // between cells
		<-time.After(2 * streamMaxInterval)
		if got := brief(f.take()); got != `stdout "late"` {
			t.Errorf("got %s", got)
		}
		fmt.Fprint(f.echo.stdout, "\xf0\x9f")
		<-time.After(2 * streamMaxInterval)
		fmt.Fprint(f.echo.stdout, "\x98\x80")
		<-time.After(2 * streamMaxInterval)
		if got := brief(f.take()); got != `stdout "😀"` {
			t.Errorf("a character was torn: %s", got)
		}
	})
}

func TestStreamsAreCapped(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.StreamLimit = 10 << 10 })
	defer f.Close()
	f.echo.on("flood", func(context.Context, string) ([]any, error) {
		for i := range 100_000 {
			fmt.Fprintf(f.echo.stdout, "line %d\n", i)
		}
		return nil, nil
	})
	f.cell("flood")
	var all strings.Builder
	for _, o := range f.take() {
		if o.Type == "stream" {
			all.WriteString(o.Content["text"].(string))
		}
	}
	got := all.String()
	if len(got) > 20<<10 || !strings.HasPrefix(got, "line 0\n") || !strings.HasSuffix(got, "line 99999\n") ||
		!strings.Contains(got, "printed more than 10 KiB") || !strings.Contains(got, "bytes left out]") {
		t.Errorf("%d bytes: %s … %s", len(got), got[:100], got[len(got)-200:])
	}
	f.want(t, "print next", "stdout \"next\\n\"")
}

func TestAlternatingStreams(t *testing.T) {
	f := newFixture(t, nil)
	defer f.Close()
	f.cell(strings.Repeat("print a\nstderr b\n", 2000))
	if out := f.take(); len(out) > 1000 {
		t.Errorf("%d messages", len(out))
	}
}
