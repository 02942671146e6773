package live

import (
	"errors"
	"testing"
	"time"

	"tickbook/display"
)

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
