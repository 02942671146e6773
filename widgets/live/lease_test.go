package live

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestViewGoesWithItsDisplays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub()
		s, v, stop := shown(h)
		stop2 := v.Watch(make(chan struct{}, 1))
		p := open(t, h)
		p.ask(v, 1, -1)
		p.want("frame seq=1 n=1 step=1")
		p.ask(v, 2, 1)
		stop()
		stop()
		p.want("")
		stop2()
		p.want("gone")
		if s.released != 1 || len(h.views) != 0 {
			t.Errorf("released %d times; %d views", s.released, len(h.views))
		}
		p.ask(v, 3, -1)
		if m := p.wait(); len(m) != 1 || m[0]["t"] != "gone" || m[0]["viewer"] != "1" || m[0]["view"] != v.id {
			t.Errorf("got %v", m)
		}
		stop = v.Watch(make(chan struct{}, 1)) // shown again
		p.ask(v, 4, -1)
		p.want("frame seq=4 n=1 step=1")
		stop()
		p.want("gone")
		p.h.Closed()
		p.h.Closed()
	})
}

func TestSilentPageIsDropped(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		p.ask(v, 1, -1)
		p.want("frame seq=1 n=1 step=1")
		p.ask(v, 2, 1)
		for range 20 { // a hold is a sign of life
			<-time.After(4 * time.Minute)
			p.say(`{"t":"hold","views":[]}`)
		}
		if p.isClosed() {
			t.Fatal("closed a page that speaks")
		}
		s.set(2)
		p.want("frame seq=2 n=2 step=2")
		p.ask(v, 3, 2)
		<-time.After(silence + time.Second)
		synctest.Wait()
		if !p.isClosed() || s.watched() != 1 || v.claims.pages != 0 {
			t.Errorf("closed: %v; %d watchers, %d claims", p.isClosed(), s.watched(), v.claims.pages)
		}
		p.want("bye")
		p.ask(v, 4, -1) // too late
		p.want("")
	})
}

func TestQuestionsKeepWhatIsDerived(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		p.ask(v, 1, -1)
		synctest.Wait()
		for i := range 3 {
			p.ask(v, i+2, 1)
			<-time.After(5 * time.Second)
		}
		synctest.Wait()
		if s.kept != 3 || s.drawn != 1 {
			t.Errorf("kept %d times, drawn %d times", s.kept, s.drawn)
		}
	})
}
