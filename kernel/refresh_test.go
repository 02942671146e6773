package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tickbook/display"
)

// counter is a Live that shows a number.
type counter struct {
	mu       sync.Mutex
	n        int
	watchers map[chan<- struct{}]bool
	draw     func(n int) display.MIMEBundle
}

func (c *counter) Render() display.MIMEBundle {
	c.mu.Lock()
	n, draw := c.n, c.draw
	c.mu.Unlock()
	if draw != nil {
		return draw(n)
	}
	return display.MIMEBundle{display.Text: fmt.Sprint(n)}
}

func (c *counter) Watch(changed chan<- struct{}) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watchers == nil {
		c.watchers = map[chan<- struct{}]bool{}
	}
	c.watchers[changed] = true
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.watchers, changed)
	}
}

func (c *counter) watched() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.watchers)
}

// add changes the number, or with 0 says that it changed.
func (c *counter) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += n
	for w := range c.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// run changes the number each 10 ms for d.
func (c *counter) run(d time.Duration) {
	for range d / (10 * time.Millisecond) {
		c.add(1)
		<-time.After(10 * time.Millisecond)
	}
}

func liveFixture(t *testing.T) (*fixture, *counter) {
	f := newFixture(t, nil)
	c := &counter{}
	f.echo.on("live", func(context.Context, string) ([]any, error) { return []any{c}, nil })
	f.cell("live")
	if got := brief(f.take()); got != "execute_input\ndisplay_data 0" {
		t.Errorf("first: %s", got)
	}
	return f, c
}

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := liveFixture(t)
		defer f.Close()
		updates := func(d time.Duration, low, high int) {
			t.Helper()
			f.take()
			c.run(d)
			if n := len(f.take()); n < low || n > high {
				t.Errorf("%d updates in %v, want %d to %d", n, d, low, high)
			}
		}
		updates(10*time.Second, 39, 41)
		<-time.After(time.Second)
		f.take()
		<-time.After(10 * time.Second) // nothing changes
		if got := f.take(); len(got) != 0 {
			t.Errorf("unchanged: %s", brief(got))
		}
		c.add(0) // says so, and did not
		<-time.After(time.Second)
		if got := f.take(); len(got) != 0 {
			t.Errorf("the same again: %s", brief(got))
		}
		<-time.After(unseenAfter)
		updates(100*time.Second, 9, 11)
		<-time.After(goneAfter)
		updates(10*time.Minute, 9, 11)
		c.add(1)
		f.Touch() // someone is back: no minute's wait
		<-time.After(2 * paceSeen)
		if got := len(f.take()); got < 1 || got > 2 {
			t.Errorf("%d updates when a client came back", got)
		}
		updates(10*time.Second, 39, 41)
	})
}

// TestClosedTab: what a notebook server has to keep of a display that ticks for a day behind a closed tab.
func TestClosedTab(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := liveFixture(t)
		defer f.Close()
		for range 24 * 60 * 60 {
			c.add(1)
			<-time.After(time.Second)
		}
		if n := len(f.take()); n > 120+170+1420 {
			t.Errorf("%d updates in a day", n)
		}
	})
}

// large is a value that goes on changing and takes 100 kB to show, as figures do.
type large struct{ *counter }

func (l large) Render() display.MIMEBundle {
	b := l.counter.Render()
	b[display.HTML] = strings.Repeat("x", 100_000)
	return b
}

// TestClosedTabHolds64MiB: twenty large displays tick for a simulated day, and for a second one, behind a closed tab. The server has to keep at most
// unseenBytes and, for each day, unseenDaily; a sign of life makes them quick again.
func TestClosedTabHolds64MiB(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		defer f.Close()
		c := &counter{}
		f.echo.on("large", func(context.Context, string) ([]any, error) { return []any{large{c}}, nil })
		const displays = 20
		for i := range displays {
			f.Execute(t.Context(), Request{Code: "large", CellID: fmt.Sprint(i)})
		}
		kept := func(d time.Duration) (bytes int) {
			for range d / (10 * time.Second) {
				c.add(1)
				<-time.After(10 * time.Second)
				for _, o := range f.take() {
					text, err := json.Marshal(o.Content)
					if err != nil {
						t.Fatal(err)
					}
					bytes += len(text)
				}
			}
			return bytes
		}
		f.take()
		f.Touch()
		const once = displays * 110_000 // each may have been due
		first, second := kept(24*time.Hour), kept(24*time.Hour)
		t.Logf("%d and %d bytes", first, second)
		if first > unseenBytes+unseenDaily+once || second > unseenDaily+once {
			t.Errorf("%d MiB in a day, %d in the next", first>>20, second>>20)
		}
		if second == 0 {
			t.Error("nothing is shown any more")
		}
		f.Touch()
		if back := kept(10 * time.Second); back < displays*100_000 {
			t.Errorf("%d bytes after a sign of life", back)
		}
	})
}

func TestRerunEndsDisplays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := liveFixture(t)
		defer f.Close()
		f.cell("print other")
		if c.watched() != 1 {
			t.Errorf("%d watchers after another cell", c.watched())
		}
		f.cell("live")
		synctest.Wait()
		if c.watched() != 1 {
			t.Errorf("%d watchers after the same text again", c.watched())
		}
		f.EndCell("text:live", "")
		synctest.Wait()
		for range 50 {
			f.Execute(t.Context(), Request{Code: "live", CellID: "id"})
		}
		f.Execute(t.Context(), Request{Code: "live", CellID: "other"})
		synctest.Wait()
		if c.watched() != 2 {
			t.Errorf("%d watchers of two cells", c.watched())
		}
		f.EndCell("id", "")
		f.Execute(t.Context(), Request{Code: "print x", CellID: "other"})
		synctest.Wait()
		f.take()
		c.run(time.Second)
		if got := f.take(); len(got) != 0 || c.watched() != 0 {
			t.Errorf("%d watchers, and after the end: %s", c.watched(), brief(got))
		}
	})
}

func TestRefreshAndClaim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := liveFixture(t)
		defer f.Close()
		f.live.mu.Lock()
		id := f.live.order[0].id
		f.live.mu.Unlock()
		release := f.Claim(id)
		c.run(5 * time.Second)
		if got := f.take(); len(got) != 0 {
			t.Errorf("claimed: %s", brief(got))
		}
		f.Refresh()
		if got := brief(f.take()); got != "update_display_data 500" {
			t.Errorf("refreshed: %s", got)
		}
		f.Refresh()
		if got := f.take(); len(got) != 0 {
			t.Errorf("refreshed without a change: %s", brief(got))
		}
		c.add(1)
		synctest.Wait()
		release()
		release()
		<-time.After(2 * paceSeen)
		if got := brief(f.take()); got != "update_display_data 501" {
			t.Errorf("released: %s", got)
		}
		c.add(1) // not yet due
		f.Refresh()
		if got := brief(f.take()); got != "update_display_data 502" {
			t.Errorf("refreshed early: %s", got)
		}
	})
}

// followed is a Live that a page follows by itself while claimed.
type followed struct {
	*counter
	claim func() (release func())
}

func (f *followed) Claims(claim func() func()) func() {
	f.claim = claim
	return func() { f.claim = nil }
}

func TestClaimable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		defer f.Close()
		v := &followed{counter: &counter{}}
		f.echo.on("live", func(context.Context, string) ([]any, error) { return []any{v}, nil })
		f.cell("live")
		f.take()
		release := v.claim()
		v.run(5 * time.Second)
		if got := f.take(); len(got) != 0 {
			t.Errorf("claimed: %s", brief(got))
		}
		release()
		<-time.After(2 * paceSeen)
		if got := brief(f.take()); got != "update_display_data 500" {
			t.Errorf("released: %s", got)
		}
		f.EndCell("text:live", "")
		synctest.Wait()
		if v.claim != nil {
			t.Error("the display's end left its claim")
		}
	})
}

func TestSlowRender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := liveFixture(t)
		defer f.Close()
		c.draw = func(n int) display.MIMEBundle {
			<-time.After(time.Second)
			return display.MIMEBundle{display.Text: fmt.Sprint(n)}
		}
		start := time.Now()
		for time.Since(start) < time.Minute {
			c.add(1)
			<-time.After(time.Second)
		}
		if n := len(f.take()); n < 8 || n > 14 {
			t.Errorf("%d updates in a minute, each a second's drawing", n)
		}
	})
}

func TestUpdateInALoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		defer f.Close()
		f.echo.on("progress", func(context.Context, string) ([]any, error) {
			d := display.Show("0 %")
			for i := range 1000 {
				d.Update(display.MIMEBundle{display.Text: fmt.Sprint(i)})
				<-time.After(time.Millisecond)
			}
			f.Update("no such display", display.MIMEBundle{})
			return nil, nil
		})
		f.cell("progress")
		out := f.take()
		if n := len(out); n < 8 || n > 14 {
			t.Errorf("%d outputs of a second", n)
		}
		if got := brief(out[len(out)-1:]); got != "update_display_data 999" {
			t.Errorf("last: %s", got)
		}
	})
}

// TestBrokenValues: a panic in a value's code is shown in its place and harms nothing else.
func TestBrokenValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := liveFixture(t)
		defer f.Close()
		c.mu.Lock()
		c.draw = func(int) display.MIMEBundle { panic("in Render") }
		c.mu.Unlock()
		c.add(1)
		<-time.After(time.Second)
		if got := brief(f.take()); got != "update_display_data *kernel.counter can't be shown: panic: in Render" {
			t.Errorf("got %s", got)
		}
		f.cfg.Render = func(any) (display.Renderer, bool) { panic("in cfg.Render") }
		f.want(t, "value a", "execute_result string can't be shown: panic: in cfg.Render")
		f.cfg.Render = nil
		f.want(t, "value a", "execute_result a")
	})
}

func TestTuples(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		defer f.Close()
		f.echo.on("two", func(context.Context, string) ([]any, error) { return []any{7, fmt.Errorf("no more")}, nil })
		f.want(t, "two", "execute_result 7 no more")
		f.echo.on("mixed", func(context.Context, string) ([]any, error) {
			return []any{&counter{n: 1}, 2, display.MIMEBundle{display.HTML: "<i>3</i>"}}, nil
		})
		f.want(t, "mixed", "display_data 1\ndisplay_data 2\nexecute_result (no text)")
		f.echo.on("none", func(context.Context, string) ([]any, error) { return nil, nil })
		f.want(t, "none", "")
	})
}

func TestWireData(t *testing.T) {
	got, _ := json.Marshal(wireData(display.MIMEBundle{
		display.Text: "a\xffb", display.PNG: []byte{1, 2, 3}, display.SVG: []byte("<svg/>"),
		"application/json": map[string]int{"a": 1}, "application/x+json": func() {},
	}))
	want := `{"application/json":{"a":1},"image/png":"AQID","image/svg+xml":"\u003csvg/\u003e","text/plain":"a�b"}`
	if string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
