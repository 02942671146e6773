package engine

import (
	"fmt"
	"slices"
	"sync"
	"weak"

	"tickbook/engine/internal/chunk"
	"tickbook/internal/invariants"
)

// Graph runs cycles over its tables. In a cycle every table that changes moves from one state to the next, and readers see all of the new states or
// none.
//
// Parents are made before their children, so that the list of tables in order of making is a topological order. The list holds tables weakly; a
// child holds its parents strongly.
type Graph struct {
	cycle   sync.Mutex // held for a cycle, and while a table is attached; guards what follows
	nodes   []weak.Pointer[Table]
	step    uint64 // number of the newest cycle
	scratch chunk.Scratch
	touched []*Table // tables with a new state in this cycle
	ended   []*Table // tables with a new status in this cycle

	mu    sync.RWMutex // guards Table.pub of all tables; held for pointer swaps only
	clock clock
}

// NewGraph returns a graph without a clock: it is stepped by hand, with [Graph.Step].
func NewGraph() *Graph { return &Graph{step: 1} }

// statics is the graph of static tables. It has no nodes.
var statics = NewGraph()

// pulse is an operator that may have something to do though no parent changed: a source.
type pulse interface {
	operator
	// begin says whether a step is due, and whether the status changed since the last cycle.
	begin() (due, status bool)
}

// Step runs one cycle and says whether it changed a table or a status. A graph with a clock runs them by itself.
func (g *Graph) Step() bool {
	g.cycle.Lock()
	defer g.cycle.Unlock()
	g.step++
	dead := false
	for _, w := range g.nodes {
		t := w.Value()
		if t == nil {
			dead = true
			continue
		}
		g.visit(t)
	}
	changed := len(g.touched)+len(g.ended) > 0
	g.publish()
	if dead {
		g.nodes = slices.DeleteFunc(g.nodes, func(w weak.Pointer[Table]) bool { return w.Value() == nil })
	}
	return changed
}

// visit steps one table, if it has to do.
func (g *Graph) visit(t *Table) {
	if t.failed.Load() != nil {
		return
	}
	due := false
	for _, p := range t.parents {
		due = due || p.up != nil
		if p.signal {
			g.mark(t)
			if f := p.failed.Load(); f != nil {
				t.failed.Store(f)
				return
			}
		}
	}
	if p, ok := t.op.(pulse); ok {
		d, status := p.begin()
		due = due || d
		if status {
			g.mark(t)
		}
	}
	if !due {
		return
	}
	before := t.cur
	t.upd.reset()
	changed, failed := t.tryStep()
	if invariants.Enabled && changed {
		failed = t.checkUpdate(before)
	}
	if failed != nil {
		t.failed.Store(failed)
		g.mark(t)
		if t.source != nil {
			go t.source.feed.stop()
		}
		return
	}
	if changed {
		t.up = &t.upd
	}
	if t.cur != before {
		g.touched = append(g.touched, t)
	}
}

// mark notes that t's status changed.
func (g *Graph) mark(t *Table) {
	if !t.signal {
		t.signal = true
		g.ended = append(g.ended, t)
	}
}

// checkUpdate takes a step back whose update breaks its contract.
func (t *Table) checkUpdate(before *State) *failure {
	if err := t.upd.check(); err != nil {
		t.cur = before
		return &failure{t.plan.Op, fmt.Errorf("BUG: %w", err)}
	}
	return nil
}

// publish shows readers the cycle's states, all at once, and tells who waits for them.
func (g *Graph) publish() {
	g.mu.Lock()
	for _, t := range g.touched {
		t.pub = t.cur
	}
	g.mu.Unlock()
	for _, t := range g.touched {
		if t.up == nil {
			continue
		}
		for _, c := range t.pending {
			c.note(t.up)
		}
		if !t.signal {
			t.notify()
		}
		t.up = nil
		t.upd.Prev, t.upd.Now = nil, nil // or the old pages live until t's next change
	}
	for _, t := range g.ended {
		t.signal = false
		t.notify()
	}
	clear(g.touched)
	clear(g.ended)
	g.touched, g.ended = g.touched[:0], g.ended[:0]
}

// attach puts a table into the graph, with its first state. The caller holds g.cycle.
func (g *Graph) attach(t *Table) {
	t.pub, t.up, t.visited = t.cur, nil, 0
	t.upd.Prev, t.upd.Now = nil, nil
	g.nodes = append(g.nodes, weak.Make(t))
}

// commonGraph is the graph of the tables that aren't static.
func commonGraph(op string, ts []*Table) *Graph {
	g := statics
	for _, t := range ts {
		if t == nil {
			panic(queryErrorf(op, "a table is nil"))
		}
		if t.g == statics {
			continue
		}
		if g != statics && g != t.g {
			panic(queryErrorf(op, "tables of two graphs; read one with Snapshot, or make both in one graph"))
		}
		g = t.g
	}
	return g
}

func (g *Graph) String() string {
	g.cycle.Lock()
	defer g.cycle.Unlock()
	return fmt.Sprintf("graph of %d tables after cycle %d", len(g.nodes), g.step)
}
