package engine

import (
	"fmt"
	"slices"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/rowset"
)

// operator derives a table from its parents. There is one file for each, op_*.go, and one table for each instance.
//
// step brings table t up to date with one cycle. It reads t.parents[i].cur, their newest states, and t.parents[i].up, what this cycle did to them
// (nil: nothing), and does one of three things:
//
//   - it fills t.upd, which is empty when it begins, calls t.set and returns true;
//   - it finds that no row of t changed, and returns false;
//   - the same, and it calls t.refresh first, so that t doesn't keep its parents' older columns alive.
//
// Rules:
//
//   - The first step sees every parent row as added, with an empty state before it. It must set a state.
//   - Parents' updates are read-only and die when the cycle ends. Share their key lists by Update.pass or Keys.Share; copy what must last.
//   - Work is proportional to the updates: t.visited += n counts the rows read; the tests allow 4 × (the parents' updates + t's own) + 32.
//   - Scratch is t.g.scratch, of this step only: the first steps of a large table run beside the graph, with another scratch and with stand-ins for the
//     parents, so that an operator keeps neither a graph nor a parent in its state; it reads t.g and t.parents anew in each step.
//   - Writers of row sets and columns begin their epoch in every step that changes them.
//   - What is stored by key forgets what the row set's Floor has passed; a key of a filtered table may come back below it.
//   - A panic ends the table and what depends on it, with one message.
type operator interface {
	step(t *Table) bool
}

// set makes the table's next state and completes t.upd by Prev and Now. Called once in a step that changed rows.
func (t *Table) set(rows rowset.Set, cols []chunk.Column, order Order) {
	t.upd.Prev = t.cur
	t.cur = &State{Step: t.g.step, Rows: rows, Cols: cols, Order: order}
	t.upd.Now = t.cur
}

// refresh replaces the table's state by one with the same rows, values and order in newer objects.
func (t *Table) refresh(cols []chunk.Column, order Order) {
	t.cur = &State{Step: t.cur.Step, Rows: t.cur.Rows, Cols: cols, Order: order}
}

// isFirst says whether this is t's first step.
func (t *Table) isFirst() bool { return !t.stepped }

// column is the position of the column name, or -1.
func (t *Table) column(name string) int {
	return slices.IndexFunc(t.schema, func(d ColumnDef) bool { return d.Name == name })
}

// mustColumn is column, and a *QueryError of op where there is none. The name stands at byte pos of text.
func (t *Table) mustColumn(op, text string, pos int, name string) int {
	c := t.column(name)
	if c < 0 {
		panic(errColumn(op, text, pos, name, t.schema))
	}
	return c
}

// failure is what ended a table.
type failure struct {
	op  string // the operator that failed
	err error
}

func (f *failure) Error() string { return f.op + ": " + f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// tryStep runs t's operator. If it panics, t keeps the state it had and failed is returned.
func (t *Table) tryStep() (changed bool, failed *failure) {
	before := t.cur
	defer func() {
		x := recover()
		if x == nil {
			return
		}
		err, ok := x.(error)
		if !ok {
			err = fmt.Errorf("%v", x)
		}
		t.cur = before
		changed, failed = false, &failure{t.plan.Op, err}
		t.g.scratch.Release(0)
	}()
	changed = t.op.step(t)
	t.stepped = true
	return changed, nil
}
