package engine

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Table is rows under named columns, static or refreshing. A refreshing table changes in the cycles of its graph; what is read from it in one call
// is of one cycle.
//
// A table lives while a variable, a display, a listener or a derived table reaches it: derived tables hold their parents, not the other way
// round. A source that nothing reaches stops its feed.
//
// Its methods may be called from any goroutine.
type Table struct {
	g       *Graph
	schema  []ColumnDef
	parents []*Table
	op      operator // nil for a static table
	plan    *Plan
	source  *source // for a table that a feed fills, else nil

	// Used by whoever holds g.cycle.
	cur      *State      // the newest state
	up       *Update     // what this cycle did, nil if nothing
	upd      Update      // up's memory
	visited  int         // rows read by op, ever
	stepped  bool        // op's first step is done
	signal   bool        // this cycle changed t's status, or that of a table it depends on
	pending  []collector // who collects t's updates
	watchers atomic.Pointer[[]chan<- struct{}]

	failed atomic.Pointer[failure] // set once
	pub    *State                  // cur as of the end of the last cycle; guarded by g.mu
}

// newTable is a table that is not yet in its graph.
func newTable(g *Graph, plan *Plan, schema []ColumnDef, op operator, parents ...*Table) *Table {
	t := &Table{g: g, schema: schema, parents: parents, op: op, plan: plan, cur: emptyState(schema)}
	t.pub = t.cur
	return t
}

// Schema defines the table's columns, in order.
func (t *Table) Schema() []ColumnDef { return slices.Clone(t.schema) }

// Names are the names of the table's columns, in order.
func (t *Table) Names() []string { return namesOf(t.schema) }

// Size is the number of rows.
func (t *Table) Size() int { return t.state().Rows.Len() }

// Graph is the update graph that the table is in. All static tables share one that never changes.
func (t *Table) Graph() *Graph { return t.g }

// state is the newest published state.
func (t *Table) state() *State {
	t.g.mu.RLock()
	defer t.g.mu.RUnlock()
	return t.pub
}

// Watch asks for a signal after each cycle that changed the table or its status. Signals are never waited for: a channel with room for one signal
// misses none. stop ends it and may be called more than once.
func (t *Table) Watch(changed chan<- struct{}) (stop func()) {
	t.editWatchers(func(l []chan<- struct{}) []chan<- struct{} { return append(l, changed) })
	var once sync.Once
	return func() {
		once.Do(func() {
			t.editWatchers(func(l []chan<- struct{}) []chan<- struct{} {
				i := slices.Index(l, changed)
				return slices.Delete(l, i, i+1)
			})
		})
	}
}

// editWatchers replaces the list of watchers by edit's result; edit gets a copy.
func (t *Table) editWatchers(edit func([]chan<- struct{}) []chan<- struct{}) {
	for {
		old := t.watchers.Load()
		var l []chan<- struct{}
		if old != nil {
			l = slices.Clone(*old)
		}
		l = edit(l)
		if t.watchers.CompareAndSwap(old, &l) {
			return
		}
	}
}

func (t *Table) notify() {
	l := t.watchers.Load()
	if l == nil {
		return
	}
	for _, c := range *l {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Close stops the feed of a source now: it returns after the feed's last goroutine has ended. The rows stay. Closing twice, or a table that no feed
// fills, does nothing.
func (t *Table) Close() {
	if t.source != nil {
		t.source.feed.stop()
		t.g.clock.wake()
	}
	runtime.KeepAlive(t)
}

// eachAncestor calls f with t and with every table that t depends on, once each.
func (t *Table) eachAncestor(f func(*Table)) {
	seen := map[*Table]bool{}
	var walk func(*Table)
	walk = func(t *Table) {
		if seen[t] {
			return
		}
		seen[t] = true
		f(t)
		for _, p := range t.parents {
			walk(p)
		}
	}
	walk(t)
}
