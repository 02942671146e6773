package live

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tickbook/display"
)

// shown is a view on display.
func shown(h *Hub) (s *number, v *View, stop func()) {
	s = &number{n: 1}
	v = h.New(s)
	return s, v, v.Watch(make(chan struct{}, 1))
}

// run runs f in a bubble, with a hub, a view on display and a page.
func run(t *testing.T, f func(t *testing.T, s *number, v *View, p *page)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := NewHub()
		s, v, stop := shown(h)
		p := open(t, h)
		f(t, s, v, p)
		p.h.Closed()
		stop()
		if n := s.watched(); n != 0 {
			t.Errorf("%d watchers are left", n)
		}
		if v.claims.pages != 0 {
			t.Errorf("%d claims are left", v.claims.pages)
		}
	})
}

func (p *page) want(want string) {
	p.t.Helper()
	if got := brief(p.heard()); got != want {
		p.t.Errorf("got %q, want %q", got, want)
	}
}

// heard is what comes within a moment.
func (p *page) heard() []Message {
	<-time.After(gather)
	synctest.Wait()
	return p.take()
}

func TestOpen(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		p.say(`{"t":"open","view":%q,"viewer":7}`, v.id)
		m := p.heard()
		if len(m) != 1 || m[0]["t"] != "schema" || m[0]["kind"] != "table" || m[0]["viewer"] != 7.0 || m[0]["view"] != v.id || m[0]["columns"] == nil {
			t.Errorf("got %v", m)
		}
		p.say(`{"t":"open","view":"nobody","viewer":"x"}`)
		if m = p.heard(); len(m) != 1 || m[0]["t"] != "gone" || m[0]["viewer"] != "x" || m[0]["view"] != "nobody" {
			t.Errorf("got %v", m)
		}
	})
}

func TestVersions(t *testing.T) {
	for _, data := range []string{`{"version":2}`, `{}`, `{"version":"1"}`, `nonsense`, ``} {
		p := &page{t: t}
		if h, err := NewHub().Open(p, display.CommMessage{Data: []byte(data)}); err == nil || h != nil {
			t.Errorf("%s is accepted", data)
		}
		if m := p.take(); len(m) != 1 || m[0]["t"] != "error" {
			t.Errorf("%s: %v", data, m)
		}
	}
}

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

func (p *page) wait() []Message {
	synctest.Wait()
	return p.take()
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

func TestAskAndErrors(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		p.say(`{"t":"at","view":%q,"viewer":"1","seq":1,"x":2.5}`, v.id)
		if m := p.wait(); len(m) != 1 || m[0]["t"] != "at" || m[0]["label"] != "2.5" {
			t.Errorf("got %v", m)
		}
		p.say(`{"t":"copy","view":%q,"viewer":"1","seq":2}`, v.id)
		p.want("error seq=2 message=no copies")
		s.frame = func(*Request) (*Frame, error) { return nil, errors.New("no such part") }
		p.ask(v, 3, -1)
		p.want("error seq=3 message=no such part")
		s.frame = func(*Request) (*Frame, error) { panic("a bug") }
		p.ask(v, 4, -1)
		p.want("error seq=4 message=a bug")
		s.frame = nil
		p.ask(v, 5, -1)
		p.want("frame seq=5 n=1 step=1")
	})
}

func TestMalformed(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		for _, text := range malformed {
			p.h.Message(display.CommMessage{Data: []byte(strings.ReplaceAll(text, "VIEW", v.id))})
			m := p.wait()
			if len(m) != 1 || m[0]["t"] != "error" || m[0]["message"] == "" {
				t.Errorf("%.200s: got %v", text, m)
			}
		}
		if len(p.h.(*conn).viewers) != 0 {
			t.Errorf("viewers of malformed requests")
		}
		p.ask(v, 1, -1)
		p.want("frame seq=1 n=1 step=1")
	})
}

var malformed = []string{
	``, `{`, `null`, `[]`, `7`, `"open"`, `{}`, `{"t":7}`, `{"t":"close"}`,
	`{"t":"open"}`, `{"t":"open","view":"VIEW"}`, `{"t":"open","view":"VIEW","viewer":null}`, `{"t":"open","view":"VIEW","viewer":{}}`,
	`{"t":"open","view":"VIEW","viewer":[1]}`, `{"t":"open","view":7,"viewer":1}`, `{"t":"open","view":"","viewer":1}`,
	`{"t":"open","view":"VIEW","viewer":"` + strings.Repeat("x", 200) + `"}`, `{"t":"open","viewer":1,"view":"` + strings.Repeat("x", 200) + `"}`,
	`{"t":"frame","view":"VIEW","viewer":1,"seq":"1"}`, `{"t":"frame","view":"VIEW","viewer":1,"seq":1e99}`, `{"t":"frame","view":"VIEW","viewer":1,"first":1.5}`,
	`{"t":"frame","view":"VIEW","viewer":1,"count":-1}`, `{"t":"frame","view":"VIEW","viewer":1,"count":1e30}`, `{"t":"frame","view":"VIEW","viewer":1,"order":{}}`,
	`{"t":"frame","view":"VIEW","viewer":1,"order":[` + strings.Repeat("1,", 20) + `1]}`, `{"t":"frame","view":"VIEW","viewer":1,"since":"x"}`,
	`{"t":"frame","view":"VIEW","viewer":1,"range":{"x0":2,"x1":1}}`, `{"t":"frame","view":"VIEW","viewer":1,"range":{}}`, `{"t":"frame","view":"VIEW","viewer":1,"range":[1,2]}`,
	`{"t":"frame","view":"VIEW","viewer":1,"range":{"x0":1,"x1":1e999}}`, `{"t":"at","view":"VIEW","viewer":1}`, `{"t":"at","view":"VIEW","viewer":1,"x":"1"}`,
	`{"t":"frame","view":"VIEW","viewer":1,"span":{"first":-1,"end":3}}`, `{"t":"frame","view":"VIEW","viewer":1,"span":{"first":4,"end":3}}`,
	`{"t":"frame","view":"VIEW","viewer":1,"span":[1,2]}`, `{"t":"frame","view":"VIEW","viewer":1,"span":{"first":0,"end":1e20}}`,
	`{"t":"frame","view":"VIEW","viewer":1,"theme":{"paper":[1,2,300]}}`, `{"t":"frame","view":"VIEW","viewer":1,"theme":"dark"}`, `{"t":"frame","view":"VIEW","viewer":1,"ratio":"2"}`,
	`{"t":"copy","view":"VIEW","viewer":1,"columns":["a"]}`, `{"t":"snapshot","views":"VIEW"}`, `{"t":"snapshot","views":[1]}`, `{"t":"hold","views":"VIEW"}`,
	`{"t":"snapshot","views":[` + strings.Repeat(`"x",`, 1001) + `"x"]}`, `{"t":"open","pad":"` + strings.Repeat("x", maxRequest) + `"}`, "\xff\xfe", `{"t":"open"}x`,
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

func TestSnapshots(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		p.say(`{"t":"snapshot","views":[%q,"nobody"]}`, v.id)
		p.want("snapshot data=map[image/png:AQID text/plain:1]")
		p.say(`{"t":"snapshot","views":[%q]}`, v.id)
		p.want("")
		s.set(2)
		p.say(`{"t":"snapshot","views":[%q]}`, v.id)
		p.want("snapshot data=map[image/png:AQID text/plain:2]")
		p.say(`{"t":"snapshot"}`)
		p.want("")
		s.set(3)
		p.say(`{"t":"snapshot","seq":7,"views":[%q]}`, v.id)
		p.want("snapshot data=map[image/png:AQID text/plain:3]; snapshots seq=7")
		p.say(`{"t":"snapshot","seq":8}`)
		p.want("snapshots seq=8")
		other := open(t, v.hub) // a reloaded page has nothing
		other.say(`{"t":"snapshot","views":[%q]}`, v.id)
		other.want("snapshot data=map[image/png:AQID text/plain:3]")
		other.h.Closed()
	})
}

// What is asked while snapshots are drawn is asked beside what waits, not in its place: a save hears that all its snapshots came.
func TestSnapshotsOfSeveralQuestions(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		w := v.hub.New(&number{n: 5})
		stop := w.Watch(make(chan struct{}, 1))
		defer stop()
		n := p.h.(*conn)
		n.mu.Lock() // the first drawing waits
		n.shots.running = true
		n.wg.Add(1)
		n.mu.Unlock()
		p.say(`{"t":"snapshot","seq":3,"views":[%q,"nobody"]}`, v.id)
		p.say(`{"t":"snapshot","views":[%q,%q]}`, w.id, v.id)
		go n.draw()
		p.want("snapshot data=map[image/png:AQID text/plain:1]; snapshot data=map[image/png:AQID text/plain:5]; snapshots seq=3")
	})
}

func TestTwoPagesAndReload(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		other := open(t, v.hub)
		p.ask(v, 1, -1)
		other.ask(v, 1, -1)
		p.want("frame seq=1 n=1 step=1")
		other.want("frame seq=1 n=1 step=1")
		p.ask(v, 2, 1)
		other.ask(v, 2, 1)
		<-time.After(minRest)
		s.set(2)
		p.want("frame seq=2 n=2 step=2")
		other.want("frame seq=2 n=2 step=2")
		other.h.Closed()
		again := open(t, v.hub)
		again.ask(v, 1, 1) // knows the step from before
		again.want("frame seq=1 n=2 step=2")
		again.h.Closed()
		p.ask(v, 3, -1)
		p.want("frame seq=3 n=2 step=2")
	})
}

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

func TestClaims(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		var log string
		claim := func(name string) func() func() {
			return func() func() { log += "+" + name; return func() { log += "-" + name } }
		}
		want := func(text string) {
			t.Helper()
			synctest.Wait()
			if log != text {
				t.Errorf("claims %q, want %q", log, text)
			}
		}
		stopA := v.Claims(claim("a"))
		want("")
		p.ask(v, 1, -1)
		want("+a")
		stopB := v.Claims(claim("b"))
		want("+a+b")
		stopB()
		stopB()
		want("+a+b-b")
		for range 100 { // out of sight, and still a part of the page
			<-time.After(4 * time.Minute)
			p.say(`{"t":"hold","views":[%q,"nobody"]}`, v.id)
		}
		if m := p.wait(); brief(m) != "frame seq=1 n=1 step=1" {
			t.Errorf("got %q: a hold has no answer", brief(m))
		}
		other := open(t, v.hub)
		other.ask(v, 1, -1)
		want("+a+b-b")
		for range 20 { // deleted from the page
			<-time.After(time.Minute)
			p.say(`{"t":"hold","views":[]}`)
		}
		want("+a+b-b-a") // the other is silent
		other.h.Closed()
		p.say(`{"t":"open","view":%q,"viewer":1}`, v.id)
		want("+a+b-b-a+a")
		stopA()
		want("+a+b-b-a+a-a")
	})
}

func FuzzRequest(f *testing.F) {
	for _, text := range malformed {
		if len(text) < 2000 {
			f.Add([]byte(text))
		}
	}
	f.Add([]byte(`{"t":"frame","view":"VIEW","viewer":"a","seq":1,"since":-1,"first":-5,"count":7,"order":[[0,true],["N",false]],"range":{"x0":1,"x1":2}}`))
	f.Add([]byte(`{"t":"at","view":"VIEW","viewer":1,"seq":1,"x":1e300}`))
	f.Add([]byte(`{"t":"snapshot","views":["VIEW"]}`))
	h := NewHub()
	_, v, stop := shown(h)
	f.Cleanup(stop)
	f.Fuzz(func(t *testing.T, data []byte) {
		p := open(t, h)
		p.h.Message(display.CommMessage{Data: []byte(strings.ReplaceAll(string(data), "VIEW", v.id))})
		p.h.Closed()
		for _, m := range p.take() {
			if m["t"] == nil || fmt.Sprint(m["t"]) == "" {
				t.Errorf("an answer without a type: %v", m)
			}
		}
	})
}
