package engine

import (
	"slices"
	"sync"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/rowset"
)

// Input is a table edited from outside, row by row. Edits are queued and show in the next cycle, in the order they were made. Its methods may be
// called from any goroutine.
type Input struct {
	*Table
	op *input
}

// NewInput returns an empty input table in the graph.
func NewInput(g *Graph, cols ...ColumnDef) *Input {
	checkDefs("input", cols)
	op := &input{defs: slices.Clone(cols)}
	t := newTable(g, &Plan{Op: "input", Args: defTexts(cols)}, op.defs, op)
	for _, d := range cols {
		op.cols = append(op.cols, newEditor(d.Kind))
	}
	t.cur = &State{Cols: op.publish()}
	g.cycle.Lock()
	defer g.cycle.Unlock()
	g.attach(t)
	return &Input{t, op}
}

func defTexts(defs []ColumnDef) (out []string) {
	for _, d := range defs {
		out = append(out, d.String())
	}
	return out
}

// StartAt makes the next row's key the given one, which must be above all keys so far: tests put rows on both sides of a chunk's end.
func (in *Input) StartAt(key uint64) {
	in.op.mu.Lock()
	defer in.op.mu.Unlock()
	if key < in.op.next {
		panic(queryErrorf("input", "key %d was given already; the next is %d", key, in.op.next))
	}
	in.op.next = key
}

// Add queues a row and returns its key. There is a value for each column: a Go value of its kind, or nil for null; the zero time
// is null too. It panics with a *QueryError on a value of another kind.
func (in *Input) Add(vals ...any) (key uint64) {
	if len(vals) != len(in.op.cols) {
		panic(queryErrorf("input", "a row of %d values for %d columns", len(vals), len(in.op.cols)))
	}
	row := make([]any, len(vals))
	for i, x := range vals {
		row[i] = in.op.convert(i, x)
	}
	key = in.op.queue(edit{kind: editAdd, vals: row})
	in.g.clock.wake()
	return key
}

// Remove queues the removal of a row. It panics with a *QueryError if there is no such row, queued edits included.
func (in *Input) Remove(key uint64) {
	in.op.queue(edit{kind: editRemove, key: key})
	in.g.clock.wake()
}

// Modify queues a new value, or nil for null, of one column of a row. It panics with a *QueryError if there is no such row or column, or on a
// value of another kind.
func (in *Input) Modify(key uint64, col string, x any) {
	c := in.mustColumn("input", col, 0, col)
	in.op.queue(edit{kind: editModify, key: key, col: c, vals: []any{in.op.convert(c, x)}})
	in.g.clock.wake()
}

type editKind uint8

const (
	editAdd editKind = iota
	editRemove
	editModify
)

type edit struct {
	kind editKind
	key  uint64
	col  int   // of a modification
	vals []any // physical values, nil for null
}

// input is the operator of an input table.
//
// State: cols, the values by row key; rows, the keys there are as of the last cycle. Queued: edits, and live, the keys there will be.
type input struct {
	defs []ColumnDef
	cols []editor
	rows rowset.Writer

	add, rem, mod []uint64 // scratch

	mu    sync.Mutex    // guards what follows
	next  uint64        // the next row's key
	live  rowset.Writer // rows, with the queued edits
	edits []edit
}

var _ pulse = (*input)(nil)

func (op *input) convert(c int, x any) any {
	v, err := op.cols[c].convert(x)
	if err != nil {
		panic(queryErrorf("input", "column %q: %v", op.defs[c].Name, err))
	}
	return v
}

func (op *input) queue(e edit) uint64 {
	op.mu.Lock()
	defer op.mu.Unlock()
	live := op.live.Set()
	switch {
	case e.kind == editAdd:
		e.key = op.next
		op.next++
		op.live.AddRun(e.key, e.key+1)
	case !live.Has(e.key):
		panic(queryErrorf("input", "no row with key %d", e.key))
	case e.kind == editRemove:
		op.live.RemoveRun(e.key, e.key+1)
	}
	op.edits = append(op.edits, e)
	return e.key
}

func (op *input) begin() (due, status bool) {
	op.mu.Lock()
	defer op.mu.Unlock()
	return len(op.edits) > 0, false
}

func (op *input) step(t *Table) bool {
	op.mu.Lock()
	edits := op.edits
	op.edits = nil
	op.mu.Unlock()
	for _, c := range op.cols {
		c.Begin()
	}
	op.rows.Begin()
	op.add, op.rem, op.mod = op.add[:0], op.rem[:0], op.mod[:0]
	before := op.rows.Set()
	for _, e := range edits {
		switch e.kind {
		case editAdd:
			for i, x := range e.vals {
				op.cols[i].set(e.key, x)
			}
			op.add = append(op.add, e.key)
		case editModify:
			op.cols[e.col].set(e.key, e.vals[0])
			if before.Has(e.key) {
				op.mod = append(op.mod, e.key)
				t.upd.Cols |= MaskOf(e.col)
			}
		case editRemove:
			op.rem = append(op.rem, e.key)
		}
	}
	var gone, all rowset.Keys
	gone.FromList(op.rem)
	before.Filter(&gone, &t.upd.Removed)
	all.FromList(op.add)
	t.upd.Added.Minus(&all, &gone)
	all.FromList(op.mod)
	t.upd.Modified.Minus(&all, &gone)
	if t.upd.Size() == 0 {
		return false
	}
	op.rows.Remove(&t.upd.Removed)
	op.rows.Add(&t.upd.Added)
	t.set(op.rows.Set(), op.publish(), nil)
	return true
}

func (op *input) publish() []chunk.Column {
	list := make([]chunk.Column, len(op.cols))
	for i, c := range op.cols {
		list[i] = c.Publish()
	}
	return list
}
