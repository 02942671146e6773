package live

import "testing"

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
