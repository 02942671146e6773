package engine

import (
	"slices"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/formula"
	"tickbook/engine/internal/rowset"
)

// Where keeps the rows for which every formula is true: "Sym = `AAPL`". A null result drops the row. Row keys and order are kept. It panics with a
// *QueryError on a bad formula.
func (t *Table) Where(formulas ...string) *Table {
	const op = "where"
	s := &scope{op: op, defs: t.schema}
	w := &where{}
	if len(formulas) == 0 {
		panic(queryErrorf(op, "no condition; write one such as %q", "X > 0"))
	}
	for _, text := range formulas {
		e, err := formula.Parse(text)
		if err != nil {
			panic(wrapFormula(op, err))
		}
		c := s.compile(text, e)
		if c.Kind != KindBool {
			panic(queryErrorAt(op, text, 0, "%q is a %v; a condition is a bool, such as %q", text, c.Kind, "X > 0"))
		}
		cond := condition{c: c, in: s.inputs(c)}
		w.conds = append(w.conds, cond)
		w.deps |= MaskOf(cond.in...)
	}
	plan := newPlan(op, []*Table{t}, formulas)
	plan.Refs, plan.lets = s.refs, s.lets
	return derive(w, plan, t.schema, t)
}

// where implements [Table.Where].
//
// State: rows, the keys that passed, and, over an ordered parent, their order (sub). A modified row is in one of four cases (in→in, in→out, out→in,
// out→out); one whose condition columns are untouched stays where it is.
type where struct {
	conds []condition
	deps  Mask // the parent's columns that the conditions read
	rows  rowset.Writer
	sub   subOrder

	pass, fail, wasIn, tmp rowset.Keys // scratch
}

// condition is one formula, bound to the columns it saw last.
type condition struct {
	c    *formula.Compiled
	in   []int
	seen []chunk.Column
	run  formula.Filter
}

var _ operator = (*where)(nil)

func (w *where) step(t *Table) bool {
	p, up, out := t.parents[0], t.parents[0].up, &t.upd
	out.Cols = up.Cols
	was := w.rows.Set()
	w.bind(p.cur.Cols)
	was.Filter(&up.Removed, &out.Removed)
	t.visited += up.Removed.Len()
	w.eval(t, &up.Added, &out.Added, nil)
	if up.Modified.Len() > 0 {
		w.modify(t, &was, up, out)
	}
	if up.Moved.Len() > 0 {
		was.Filter(&up.Moved, &w.tmp)
		out.Moved.Minus(&w.tmp, &out.Removed)
		t.visited += up.Moved.Len()
	}
	if out.Size() == 0 && !t.isFirst() {
		t.refresh(p.cur.Cols, w.sub.follow(t, p, was))
		return false
	}
	w.rows.Begin()
	w.rows.Remove(&out.Removed)
	w.rows.Add(&out.Added)
	t.set(w.rows.Set(), p.cur.Cols, w.sub.follow(t, p, w.rows.Set()))
	return true
}

// modify sorts the modified rows into the four cases.
func (w *where) modify(t *Table, was *rowset.Set, up, out *Update) {
	if up.Cols&w.deps == 0 {
		was.Filter(&up.Modified, &out.Modified)
		t.visited += up.Modified.Len()
		return
	}
	w.eval(t, &up.Modified, &w.pass, &w.fail)
	was.Filter(&w.pass, &out.Modified)
	if w.pass.Len() > out.Modified.Len() { // out → in
		w.wasIn.Minus(&w.pass, &out.Modified)
		w.tmp.Union(&out.Added, &w.wasIn)
		out.Added, w.tmp = w.tmp, out.Added
	}
	was.Filter(&w.fail, &w.wasIn)
	if w.wasIn.Len() > 0 { // in → out
		w.tmp.Union(&out.Removed, &w.wasIn)
		out.Removed, w.tmp = w.tmp, out.Removed
	}
}

// bind gives the conditions the columns of this state.
func (w *where) bind(cols []chunk.Column) {
	for i := range w.conds {
		c := &w.conds[i]
		if c.run != nil && !slices.ContainsFunc(c.in, func(n int) bool { return c.seen[slices.Index(c.in, n)] != cols[n] }) {
			continue
		}
		c.seen = make([]chunk.Column, len(c.in))
		for j, n := range c.in {
			c.seen[j] = cols[n]
		}
		c.run = c.c.Filter(c.seen)
	}
}

// eval divides k into the rows that pass every condition and those that fail one. fail may be nil.
func (w *where) eval(t *Table, k, pass, fail *rowset.Keys) {
	pass.Reset()
	if fail != nil {
		fail.Reset()
	}
	if k.Len() == 0 {
		return
	}
	t.visited += k.Len()
	s := &t.g.scratch
	mark := s.Mark()
	sel := chunk.Take[uint32](s)
	k.Batches(s, func(b *chunk.Batch) {
		n := w.selectRows(b, s, sel)
		if n == b.N && b.Keys == nil {
			pass.AddRun(b.Lo, b.Lo+uint64(n))
			return
		}
		if fail == nil {
			for _, i := range sel[:n] {
				pass.Add(b.Key(int(i)))
			}
			return
		}
		j := 0
		for i := range b.N {
			if j < n && sel[j] == uint32(i) {
				pass.Add(b.Key(i))
				j++
			} else {
				fail.Add(b.Key(i))
			}
		}
	})
	s.Release(mark)
}

// selectRows writes the places in b of the rows that pass every condition. A condition sees only the rows that passed the ones before it.
func (w *where) selectRows(b *chunk.Batch, s *chunk.Scratch, sel []uint32) int {
	mark := s.Mark()
	defer s.Release(mark)
	n := b.N
	for i := range w.conds {
		if i == 0 {
			n = w.conds[i].run(b, s, sel)
			continue
		}
		if n == 0 {
			return 0
		}
		keys, next := chunk.Take[uint64](s), chunk.Take[uint32](s)
		for j, x := range sel[:n] {
			keys[j] = b.Key(int(x))
		}
		m := w.conds[i].run(&chunk.Batch{N: n, Keys: keys[:n]}, s, next)
		for j, x := range next[:m] {
			sel[j] = sel[x]
		}
		n = m
	}
	return n
}
