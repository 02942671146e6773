package exec

import (
	"context"
	"runtime/debug"
	"time"

	"golang.org/x/tools/go/ssa"
)

// Run runs a function without parameters and results on a thread and returns the panic that ended it, nil if it returned. When ctx is done it
// stops the thread; if that does not end the function within grace, as when compiled code blocks it, Run returns and the function ends later.
func (m *Machine) Run(ctx context.Context, th *Thread, f *ssa.Function, grace time.Duration) *Panic {
	fn := m.function(f)
	end := make(chan *Panic, 1)
	th.live.Add(1)
	m.overflown.Store(false)
	go func() {
		g := newGoroutine(th)
		debug.SetPanicOnFault(true) // unsafe code of a cell
		var p *Panic
		defer func() { // also after runtime.Goexit
			g.end()
			th.live.Add(-1)
			end <- p
		}()
		p = g.guard(func() {
			to := fn.ready().enter(g, nil)
			fn.run(to)
			fn.leave(to)
		})
	}()
	select {
	case p := <-end:
		return p
	case <-ctx.Done():
	}
	th.Stop()
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case <-end:
	case <-t.C:
	}
	return &Panic{Value: Stopped{}, stopped: true}
}
