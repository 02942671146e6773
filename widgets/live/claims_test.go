package live

import (
	"testing"
	"testing/synctest"
	"time"
)

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
