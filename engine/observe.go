package engine

import "slices"

// Observer collects what the cycles do to a table, for tests: package enginetest compares it with the table. It is no part of what cells use.
type Observer struct {
	t *Table
	c *catchUp
}

// Observe begins to collect the updates of a table. For tests.
func Observe(t *Table) *Observer {
	o := &Observer{t, &catchUp{}}
	t.g.cycle.Lock()
	defer t.g.cycle.Unlock()
	t.pending = append(t.pending, o.c)
	return o
}

// Take returns one update from the state at the last Take, or at Observe, to the newest one; nil if nothing changed.
func (o *Observer) Take() *Update {
	o.t.g.cycle.Lock()
	defer o.t.g.cycle.Unlock()
	return o.c.take()
}

// Stop ends the collecting.
func (o *Observer) Stop() {
	o.t.g.cycle.Lock()
	defer o.t.g.cycle.Unlock()
	o.t.pending = slices.DeleteFunc(o.t.pending, func(c collector) bool { return c == o.c })
}

// Table is the table.
func (o *Observer) Table() *Table { return o.t }

// State is the table's newest state.
func (o *Observer) State() *State { return o.t.state() }

// Initial is the update from nothing to the newest state.
func (o *Observer) Initial() *Update { return o.t.state().initial() }

// Visited is the number of rows that the table's operator has read since the table was made.
func (o *Observer) Visited() int {
	o.t.g.cycle.Lock()
	defer o.t.g.cycle.Unlock()
	return o.t.visited
}

// Parents are the tables that the table is derived from.
func (o *Observer) Parents() []*Table { return o.t.parents }

// ValueAt is a value of one of the table's states, as [Row.Value] gives it, by row key. For tests.
func (s *State) ValueAt(col int, key uint64) any { return readValue(s.Cols[col], key) }

// LimitBatches makes every batch of the graph's operators at most so many rows long: loops are tested with batches of 1 and 2 rows.
func LimitBatches(g *Graph, rows int) {
	g.cycle.Lock()
	defer g.cycle.Unlock()
	g.scratch.LimitBatches(rows)
}
