package engine

import (
	"slices"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/formula"
)

// View makes a table of some columns: "Sym" keeps a column, "Gross = Price*Size" computes one. Formulas may use the table's columns and those
// computed before them. Computed columns are lazy: they store nothing and are computed when they are read. Rows, keys and order are the table's. It
// panics with a *QueryError on a bad formula.
func (t *Table) View(formulas ...string) *Table {
	return t.view("view", "view", nil, formulas)
}

// UpdateView keeps all columns and adds some, as [Table.View] computes them. A column whose name is there already replaces it, in its place.
func (t *Table) UpdateView(formulas ...string) *Table {
	return t.view("update view", "updateView", t.schema, formulas)
}

// view is both: op names the call in errors, plain in plans.
func (t *Table) view(op, plain string, keep []ColumnDef, formulas []string) *Table {
	v := &view{parent: len(t.schema)}
	s := &scope{op: op, defs: slices.Clone(t.schema)}
	schema := slices.Clone(keep)
	for i := range keep {
		v.out = append(v.out, i)
	}
	for _, text := range formulas {
		name, e, err := formula.ParseAssign(text)
		if err != nil {
			panic(wrapFormula(op, err))
		}
		c := s.compile(text, e)
		at := v.add(s, c)
		def := ColumnDef{name, c.Kind}
		i := slices.IndexFunc(schema, func(d ColumnDef) bool { return d.Name == name })
		if i < 0 {
			schema, v.out = append(schema, def), append(v.out, at)
		} else {
			schema[i], v.out[i] = def, at
		}
		if at == len(s.defs) {
			s.defs = append(s.defs, def)
		} else if s.defs[at].Name != name { // another name for a column that is there
			s.defs = append(s.defs, def)
			v.cells = append(v.cells, cell{same: at, deps: v.deps(at)})
		}
	}
	if len(schema) == 0 {
		panic(queryErrorf(op, "no columns; name at least one"))
	}
	plan := newPlan(plain, []*Table{t}, formulas)
	plan.Refs, plan.lets = s.refs, s.lets
	return derive(v, plan, schema, t)
}

// view implements [Table.View] and [Table.UpdateView].
//
// Columns are numbered: first the parent's, then the cells, in the order of their formulas, each of which reads columns of smaller numbers.
//
// State: cols, what the numbers are bound to in the newest state. A cell is bound anew when the object of one of its inputs changed; the key lists of
// updates are the parent's own, and only the column mask is translated.
type view struct {
	parent int // columns of the parent
	cells  []cell
	out    []int // the table's columns, by number
	cols   []chunk.Column
	list   []chunk.Column // the table's columns, as last published
}

// cell is a computed column.
type cell struct {
	c    *formula.Compiled // nil: same
	same int               // the column that it is another name of
	in   []int             // numbers of c's inputs
	deps Mask              // the parent's columns that it reads, by itself or through other cells
}

var _ operator = (*view)(nil)

// add makes a cell of a formula and returns its number; a formula that is just a column is that column.
func (v *view) add(s *scope, c *formula.Compiled) int {
	if name, ok := c.Column(); ok {
		return s.index(name)
	}
	x := cell{c: c, in: s.inputs(c)}
	for _, i := range x.in {
		x.deps |= v.deps(i)
	}
	v.cells = append(v.cells, x)
	return v.parent + len(v.cells) - 1
}

// deps are the parent's columns that number i reads.
func (v *view) deps(i int) Mask {
	if i < v.parent {
		return MaskOf(i)
	}
	return v.cells[i-v.parent].deps
}

func (v *view) step(t *Table) bool {
	p := t.parents[0]
	v.bind(p.cur.Cols)
	t.upd.pass(p.up)
	for i, n := range v.out {
		if p.up.Cols&v.deps(n) != 0 {
			t.upd.Cols |= MaskOf(i)
		}
	}
	if t.upd.Cols == 0 {
		t.upd.Modified.Reset()
	}
	if t.upd.Size() == 0 && !t.isFirst() {
		t.refresh(v.list, p.cur.Order)
		return false
	}
	t.set(p.cur.Rows, v.list, p.cur.Order)
	return true
}

// bind brings cols and list up to date with the parent's columns.
func (v *view) bind(cols []chunk.Column) {
	old := v.cols
	if old != nil && slices.Equal(old[:v.parent], cols) {
		return
	}
	v.cols = make([]chunk.Column, v.parent+len(v.cells))
	copy(v.cols, cols)
	for i := range v.cells {
		n := v.parent + i
		x := &v.cells[i]
		switch {
		case x.c == nil:
			v.cols[n] = v.cols[x.same]
		case old != nil && same(old, v.cols, x.in):
			v.cols[n] = old[n]
		default:
			in := make([]chunk.Column, len(x.in))
			for j, k := range x.in {
				in[j] = v.cols[k]
			}
			v.cols[n] = x.c.Bind(in)
		}
	}
	if old == nil || !same(old, v.cols, v.out) {
		v.list = make([]chunk.Column, len(v.out))
		for i, n := range v.out {
			v.list[i] = v.cols[n]
		}
	}
}

// same says whether a and b have the same objects at all of the places.
func same(a, b []chunk.Column, places []int) bool {
	for _, i := range places {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
