package live

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestFramesWaitForChanges(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		p.ask(v, 1, -1)
		p.want("frame seq=1 n=1 step=1")
		p.ask(v, 2, 1)
		p.want("")
		<-time.After(20 * time.Second)
		p.want("")
		if s.drawn != 1 {
			t.Errorf("drawn %d times", s.drawn)
		}
		s.set(2)
		p.want("frame seq=2 n=2 step=2")
		s.set(3) // before the question
		p.ask(v, 3, 2)
		<-time.After(minRest)
		p.want("frame seq=3 n=3 step=3")
		p.ask(v, 4, 77) // of another life
		<-time.After(minRest)
		p.want("frame seq=4 n=3 step=3")
		p.say(`{"t":"frame","view":%q,"viewer":"1","seq":5}`, v.id)
		p.want("frame seq=5 n=3 step=3")
	})
}

func TestNewestQuestionReplaces(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		p.ask(v, 1, -1)
		p.want("frame seq=1 n=1 step=1")
		p.ask(v, 2, 1)
		synctest.Wait()
		p.ask(v, 3, 1)
		p.want("")
		p.say(`{"t":"frame","view":%q,"viewer":"2","seq":9,"since":-1}`, v.id) // another viewer
		p.want("frame seq=9 n=1 step=1")
		s.set(2)
		<-time.After(minRest)
		p.want("frame seq=3 n=2 step=2")
	})
}

// A page that asks as fast as it can gets at most twenty frames a second of the same part, and at once another part.
func TestFramesCoalesce(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		p.ask(v, 0, -1)
		synctest.Wait()
		frames := 0
		for i := range 1000 {
			s.set(i + 2)
			<-time.After(time.Millisecond)
			synctest.Wait()
			for _, m := range p.take() {
				frames++
				p.ask(v, i+1, int(m["step"].(float64)))
			}
		}
		if frames < 18 || frames > 22 {
			t.Errorf("%d frames in a second", frames)
		}
		<-time.After(time.Second)
		p.take()
		step := int64(0)
		for i := range 3 { // one may come sooner than the rest, and no more
			s.set(2000 + i)
			p.say(`{"t":"frame","view":%q,"viewer":"1","seq":%d,"since":%d}`, v.id, 1500+i, step)
			for _, m := range p.wait() {
				step = int64(m["step"].(float64))
				if i == 2 {
					t.Error("three frames at once")
				}
			}
		}
		if step == 0 {
			t.Error("a frame waits for nothing")
		}
		for i := range 5 {
			p.ask(v, 2000+i, -1)
			if got := len(p.wait()); got != 1 {
				t.Errorf("%d answers at once to a question with since -1", got)
			}
		}
	})
}

func TestFrameRestsAndComesAgain(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		again := 3 * time.Second
		s.frame = func(*Request) (*Frame, error) {
			f := &Frame{Rest: time.Second, Again: again}
			again = 0
			return f, nil
		}
		p.ask(v, 1, -1)
		p.want("frame seq=1 step=1")
		p.ask(v, 2, 1)
		<-time.After(2900 * time.Millisecond)
		p.want("")
		<-time.After(200 * time.Millisecond)
		p.want("frame seq=2 step=1")
		p.ask(v, 3, 1)
		s.set(2)
		<-time.After(800 * time.Millisecond)
		p.want("")
		<-time.After(200 * time.Millisecond)
		p.want("frame seq=3 step=2")
		p.ask(v, 4, 2)
		<-time.After(50 * time.Second)
		p.want("")
	})
}

func TestViewersAreLimited(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		for i := range maxViewers + 1 {
			p.say(`{"t":"frame","view":%q,"viewer":%d,"seq":1,"since":-1}`, v.id, i)
		}
		errs := 0
		for _, m := range p.heard() {
			if m["t"] == "error" {
				errs++
			}
		}
		if errs != 1 {
			t.Errorf("%d errors", errs)
		}
		<-time.After(viewerLease + time.Second) // nobody asked
		p.say(`{"t":"frame","view":%q,"viewer":"new","seq":2,"since":-1}`, v.id)
		p.want("frame seq=2 n=1 step=1")
		if n := len(p.h.(*conn).viewers); n != 1 {
			t.Errorf("%d viewers", n)
		}
	})
}
