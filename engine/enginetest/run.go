package enginetest

import (
	"fmt"
	"slices"

	"tickbook/engine"
)

// world is a graph with a query's inputs.
type world struct {
	g    *engine.Graph
	in   []*engine.Input
	live [][]uint64 // keys of the rows there will be, by input
}

func newWorld(q Query) *world {
	w := &world{g: engine.NewGraph(), live: make([][]uint64, len(q.Inputs))}
	for _, in := range q.Inputs {
		w.in = append(w.in, engine.NewInput(w.g, in.Cols...))
	}
	return w
}

func (w *world) tables() []*engine.Table {
	ts := make([]*engine.Table, len(w.in))
	for i, in := range w.in {
		ts[i] = in.Table
	}
	return ts
}

func (w *world) apply(e edit) {
	if e.kind == clearAll {
		w.clear()
		return
	}
	in, live := w.in[e.input], w.live[e.input]
	switch {
	case e.kind == add:
		w.live[e.input] = append(live, in.Add(e.vals...))
	case len(live) == 0: // nothing to remove or modify
	case e.kind == remove:
		i := e.row % len(live)
		in.Remove(live[i])
		w.live[e.input] = slices.Delete(live, i, i+1)
	case e.kind == modify:
		in.Modify(live[e.row%len(live)], in.Names()[e.col], e.vals[0])
	}
}

func (w *world) clear() {
	for i, in := range w.in {
		for _, k := range w.live[i] {
			in.Remove(k)
		}
		w.live[i] = nil
	}
}

// rebuild makes the query's table anew on a copy of the inputs as they are now.
func (w *world) rebuild(q Query) *engine.Table {
	n := newWorld(q)
	for i, in := range w.in {
		for _, r := range in.Snapshot().Rows() {
			n.in[i].Add(r.Values()...)
		}
	}
	n.g.Step()
	return q.Make(n.tables())
}

// run plays a script and returns the first fault.
func run(q Query, s script) error {
	w := newWorld(q)
	engine.LimitBatches(w.g, s.batch)
	for _, in := range w.in {
		in.StartAt(s.start)
	}
	for _, e := range s.cycles[0] {
		w.apply(e)
	}
	w.g.Step()
	t := q.Make(w.tables())
	c := newChecker(q, w, t)
	if err := c.compare(); err != nil {
		return fmt.Errorf("as made: %w", err)
	}
	cycles := s.cycles[1:]
	for i := 0; len(cycles) > 0; i++ {
		n := min(s.merge, len(cycles))
		for _, c := range cycles[:n] {
			for _, e := range c {
				w.apply(e)
			}
		}
		cycles = cycles[n:]
		if err := c.cycle(); err != nil {
			return fmt.Errorf("cycle %d: %w", i+1, err)
		}
	}
	w.clear()
	if err := c.cycle(); err != nil {
		return fmt.Errorf("after every row was removed: %w", err)
	}
	for _, e := range s.cycles[0] { // an empty table goes on
		w.apply(e)
	}
	if err := c.cycle(); err != nil {
		return fmt.Errorf("rows again after all were removed: %w", err)
	}
	w.clear()
	if err := c.cycle(); err != nil {
		return fmt.Errorf("after every row was removed again: %w", err)
	}
	return c.lagging(true)
}
