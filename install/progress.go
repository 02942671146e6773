package install

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// beatInterval is how long a set-up may be silent: after that, what it is doing is said again.
const beatInterval = 4 * time.Second

// progress prints what a long set-up is doing, a line at a time with the time since its start, for terminals and logs
// alike. Methods may be called from several goroutines.
type progress struct {
	mu     sync.Mutex
	out    io.Writer
	start  time.Time
	said   time.Time // of the last line
	doing  string    // what is going on
	ended  chan struct{}
	beaten sync.WaitGroup
}

// newProgress starts the beat; call stop.
func newProgress(out io.Writer) *progress {
	if out == nil {
		out = io.Discard
	}
	p := &progress{out: out, start: time.Now(), ended: make(chan struct{})}
	p.beaten.Go(p.beat)
	return p
}

// say prints a line now; it also is what goes on until the next one.
func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.doing = fmt.Sprintf(format, args...)
	p.print()
}

// note changes what is going on; the next beat prints it.
func (p *progress) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.doing = fmt.Sprintf(format, args...)
}

// stop ends the beat.
func (p *progress) stop() {
	close(p.ended)
	p.beaten.Wait()
}

func (p *progress) beat() {
	tick := time.NewTicker(beatInterval)
	defer tick.Stop()
	for {
		select {
		case <-p.ended:
			return
		case <-tick.C:
			p.mu.Lock()
			if p.doing != "" && time.Since(p.said) >= beatInterval/2 {
				p.print()
			}
			p.mu.Unlock()
		}
	}
}

// print needs mu.
func (p *progress) print() {
	p.said = time.Now()
	fmt.Fprintf(p.out, "[%3.0f s] %s\n", p.said.Sub(p.start).Seconds(), p.doing)
}
