package live

import (
	"testing"
	"testing/synctest"
	"time"
)

// several are further views on display.
func several(p *page, h *Hub, n int) (sources []*number, views []*View) {
	for range n {
		s, v, stop := shown(h)
		p.t.Cleanup(stop)
		sources, views = append(sources, s), append(views, v)
	}
	return sources, views
}

// Views that change together are answered in one message of the comm, each with its own buffers.
func TestFramesOfOneChangeTravelTogether(t *testing.T) {
	run(t, func(t *testing.T, _ *number, _ *View, p *page) {
		sources, views := several(p, p.h.(*conn).hub, 3)
		for seq := 2; seq <= 20; seq++ { // a first one waits for others, too
			for _, v := range views {
				p.ask(v, seq, seq-1)
			}
			synctest.Wait()
			before := p.messages()
			for i, s := range sources {
				s.set(10*seq + i)
			}
			got := p.heard()
			if n := p.messages() - before; len(got) != 3 || n > 2 { // the first may be drawn before the second has changed
				t.Fatalf("%q in %d messages", brief(got), n)
			}
			<-time.After(minRest)
		}
	})
}

// A view alone is not kept waiting.
func TestFrameAloneIsSentAtOnce(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		_, views := several(p, p.h.(*conn).hub, 1)
		p.ask(views[0], 2, 1) // waits for a change
		p.ask(v, 2, 1)
		p.want("")
		s.set(2)
		synctest.Wait()
		if got := brief(p.take()); got != "frame seq=2 n=2 step=2" {
			t.Errorf("got %q", got)
		}
	})
}

// messages is how many messages of the comm came.
func (p *page) messages() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent
}
