package engine

import (
	"math/bits"
	"slices"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/keymap"
	"tickbook/engine/internal/rowset"
)

// Grouped is a table with the columns to group it by. [Grouped.Agg] makes the table of groups.
type Grouped struct {
	t    *Table
	keys []int
	plan []string
}

// GroupBy groups the rows that are equal in the key columns: GroupBy("Sym", "TimeBin") or GroupBy("Sym, TimeBin"). Keys may be of any kind, and there
// may be none: then all rows are one group. Nulls of a key column are equal to each other, and so are NaNs.
//
// It panics with a *QueryError if there is no such column.
func (t *Table) GroupBy(keys ...string) *Grouped {
	const op = "group by"
	g := &Grouped{t: t}
	for _, p := range pieces(op, keys) {
		c := p.in(op, t)
		if slices.Contains(g.keys, c) {
			panic(queryErrorAt(op, p.text, p.pos, "column %q is there twice", p.s))
		}
		if len(g.keys) == keymap.MaxColumns {
			panic(queryErrorAt(op, p.text, p.pos, "more than %d key columns", keymap.MaxColumns))
		}
		g.keys = append(g.keys, c)
		g.plan = append(g.plan, p.s)
	}
	return g
}

// String says what there is and how it becomes a table, for a cell that shows it.
func (g *Grouped) String() string {
	by := "as one group"
	if len(g.plan) > 0 {
		by = "grouped by " + quoteList(g.plan)
	}
	return "rows " + by + `; Agg makes a table of them: .Agg(engine.Count("N"))`
}

// Agg makes a table of one row a group: the key columns, then the results of the aggregations, which skip nulls. Without aggregations it is the
// distinct keys. A group leaves when its last row does.
//
// A group's row key is its number, first seen first; one that left and comes back is a new row. So groups are in the order in which they were first
// seen, as long as rows are only added.
//
// It panics with a *QueryError on an unknown column, a kind that an aggregation can't take, or two columns of one name.
func (g *Grouped) Agg(aggs ...Agg) *Table {
	const op = "agg"
	t := g.t
	o := &groupBy{keys: g.keys, byKey: keymap.New(len(g.keys)), isStatic: t.g == statics}
	var schema []ColumnDef
	var kinds []Kind
	var dicts []*Dict
	cols := t.state().Cols
	for _, c := range g.keys {
		d := cols[c].Dict()
		schema, kinds, dicts = append(schema, t.schema[c]), append(kinds, t.schema[c].Kind), append(dicts, d)
		o.keyCols = append(o.keyCols, newKeyColumn(t.schema[c].Kind, d))
		o.keyMask |= MaskOf(c)
	}
	pack, err := keymap.NewPacker(kinds, dicts)
	if err != nil {
		panic(queryErrorf(op, "%v", err))
	}
	o.pack = pack
	args := []string{"by " + quoteList(g.plan)}
	for _, a := range aggs {
		bound := a.bind(t)
		args = append(args, a.String())
		for _, b := range bound {
			if slices.ContainsFunc(schema, func(d ColumnDef) bool { return d.Name == b.def.Name }) {
				panic(queryErrorAt(op, b.name.text, b.name.pos, "column %q is there twice; give one another name: %q", b.def.Name, a.rename(b)))
			}
			schema = append(schema, b.def)
			o.aggs = append(o.aggs, b)
			if b.in >= 0 {
				o.inMask |= MaskOf(b.in)
			}
		}
	}
	if len(schema) == 0 {
		panic(queryErrorf(op, "neither keys nor aggregations; count the rows with Agg(Count(\"N\"))"))
	}
	return derive(o, newPlan("groupBy", []*Table{t}, args), schema, t)
}

// groupBy implements [Grouped.Agg].
//
// State: byKey numbers the groups; counts, rows a group; an accumulator for each aggregation and group. A modified row whose key columns are
// untouched stays in its group, and only aggregations whose input was touched see it. Numbers of groups that left are forgotten by block.
// The first step is in op_groupby_load.go.
type groupBy struct {
	keys            []int // key columns, by position in the parent
	keyMask, inMask Mask
	pack            *keymap.Packer
	byKey           *keymap.Map
	keyCols         []keyColumn
	aggs            []boundAgg
	counts          blocks[groupCount]
	rows            rowset.Writer
	steps           uint64 // counts steps
	isStatic        bool   // the parent never changes: there is one step, and rows aren't counted

	// Of one step.
	dirty   []uint64 // groups that rows came to or left, or changed in
	changed []bool   // by dirty group: a result differs
	bits    []uint64 // scratch of sortDirty
	words   []uint64
	nulls   []uint32
	groups  []uint32
	in      []chunk.Column
}

type groupCount struct {
	rows int64
	step uint64 // the step that put it among the dirty ones
}

var _ operator = (*groupBy)(nil)

func (o *groupBy) step(t *Table) bool {
	up := t.parents[0].up
	o.dirty = o.dirty[:0]
	o.steps++
	if t.isFirst() {
		o.load(t, up)
		return o.finish(t, 0)
	}
	first := uint64(o.byKey.Len())
	o.visit(t, &up.Removed, up.Prev, -1, AllColumns)
	if up.Modified.Len() > 0 {
		cols := AllColumns
		if up.Cols&o.keyMask == 0 {
			cols = up.Cols & o.inMask
		}
		if cols != 0 {
			o.visit(t, &up.Modified, up.Prev, -1, cols)
			o.visit(t, &up.Modified, up.Now, +1, cols)
		}
	}
	o.visit(t, &up.Added, up.Now, +1, AllColumns)
	if len(o.dirty) == 0 {
		return false
	}
	o.sortDirty()
	return o.finish(t, first)
}

// visit adds (sign +1) or subtracts rows of one state. With cols other than AllColumns the counts of rows stay, and so do the aggregations whose
// input isn't among cols.
func (o *groupBy) visit(t *Table, k *rowset.Keys, st *State, sign int64, cols Mask) {
	if k.Len() == 0 {
		return
	}
	t.visited += k.Len()
	s := &t.g.scratch
	o.setKeys(st)
	k.Batches(s, func(b *chunk.Batch) {
		o.groups = slices.Grow(o.groups[:0], b.N)[:b.N]
		gs, before := o.groups, o.byKey.Len()
		o.number(b, s, sign > 0, gs)
		if n := o.byKey.Len(); n > before {
			o.counts.grow(n)
			growAll(o.aggs, n)
		}
		o.touch(gs)
		if cols == AllColumns {
			o.count(gs, sign)
		}
		if sign > 0 && cols == AllColumns {
			addAll(o.aggs, st, gs, b, s)
			return
		}
		for i := range o.aggs {
			a := &o.aggs[i]
			if cols != AllColumns && (a.in < 0 || !cols.Has(a.in)) {
				continue
			}
			if e, ok := a.agg.(enlister); ok && sign < 0 && !a.enlisted {
				a.enlisted = true
				o.enlist(s, st, a.in, e)
			}
			m := s.Mark()
			if sign > 0 {
				a.agg.add(gs, a.input(st), b, s)
			} else {
				a.agg.remove(gs, a.input(st), b, s)
			}
			s.Release(m)
		}
	})
	o.clearKeys()
}

// setKeys makes the key columns those of a state, for number; clearKeys lets them go.
func (o *groupBy) setKeys(st *State) {
	o.in = o.in[:0]
	for _, c := range o.keys {
		o.in = append(o.in, st.Cols[c])
	}
}

func (o *groupBy) clearKeys() { clear(o.in) }

// count adds sign to the number of rows of each group, once for each time that it is in the list.
func (o *groupBy) count(groups []uint32, sign int64) {
	counts := o.counts
	for _, g := range groups {
		counts.at(g).rows += sign
	}
}

// enlist shows an aggregation all rows of the state before the first one is removed. That is once in a table's life: the rows aren't counted as visited.
func (o *groupBy) enlist(s *chunk.Scratch, st *State, in int, e enlister) {
	var all rowset.Keys
	st.Rows.Keys(&all)
	k := len(o.keys)
	words, nulls, gs := make([]uint64, chunk.MaxBatch*k), make([]uint32, chunk.MaxBatch), make([]uint32, chunk.MaxBatch)
	all.Batches(s, func(b *chunk.Batch) {
		nl := nulls
		if !o.pack.Pack(o.in, b, s, words, nl) {
			nl = nil
		}
		o.byKey.Numbers(words, nl, b.N, false, gs)
		e.enlist(gs[:b.N], st.Cols[in], b, s)
	})
	e.enlisted()
}

// number writes the groups of b's rows to out, new ones too if create.
func (o *groupBy) number(b *chunk.Batch, s *chunk.Scratch, create bool, out []uint32) {
	k := len(o.keys)
	o.words, o.nulls = slices.Grow(o.words[:0], b.N*k)[:b.N*k], slices.Grow(o.nulls[:0], b.N)[:b.N]
	nulls := o.nulls
	if !o.pack.Pack(o.in, b, s, o.words, nulls) {
		nulls = nil
	}
	o.byKey.Numbers(o.words, nulls, b.N, create, out)
}

// touch puts groups among the dirty ones.
func (o *groupBy) touch(groups []uint32) {
	last := keymap.None
	for _, g := range groups {
		if g == last {
			continue
		}
		if g == keymap.None {
			bug("group by: a row of no group")
		}
		last = g
		if c := o.counts.at(g); c.step != o.steps {
			c.step = o.steps
			o.dirty = append(o.dirty, uint64(g))
		}
	}
}

// finish publishes the dirty groups, which are in order: new ones from first on, emptied ones leave.
func (o *groupBy) finish(t *Table, first uint64) bool {
	for j := range o.keyCols {
		o.keyCols[j].Begin()
		o.keyCols[j].take(o.byKey, uint32(first), j)
	}
	live := o.dirty
	if !t.isFirst() {
		live = o.takeEmpty(&t.upd.Removed)
	}
	o.rows.Begin()
	o.rows.Remove(&t.upd.Removed)
	o.changed = slices.Grow(o.changed[:0], len(live))[:len(live)]
	clear(o.changed)
	for i := range o.aggs {
		m := t.g.scratch.Mark()
		if r, ok := o.aggs[i].agg.(reader); ok {
			r.read(t.parents[0].cur.Cols[o.aggs[i].in], &t.g.scratch)
		}
		differs := o.aggs[i].agg.write(live, first, o.changed)
		t.g.scratch.Release(m)
		if differs {
			t.upd.Cols |= MaskOf(len(o.keyCols) + i)
		}
	}
	for i, g := range live {
		if g >= first {
			t.upd.Added.Add(g)
		} else if o.changed[i] {
			t.upd.Modified.Add(g)
		}
	}
	t.visited += len(o.dirty)
	o.rows.Add(&t.upd.Added)
	if t.upd.Size() == 0 && !t.isFirst() {
		return false
	}
	t.set(o.rows.Set(), o.publish(t.upd.Removed.Len() > 0), nil)
	return true
}

// takeEmpty makes the dirty groups without rows leave. It returns the others.
func (o *groupBy) takeEmpty(gone *rowset.Keys) []uint64 {
	live := o.dirty[:0]
	for _, g := range o.dirty {
		if o.counts.at(uint32(g)).rows == 0 {
			gone.Add(g)
			o.leave(uint32(g))
			continue
		}
		live = append(live, g)
	}
	return live
}

// sortDirty puts the dirty groups in order. Those that rows come to are mostly neighbours, the latest: then a bit for each of the range does it.
func (o *groupBy) sortDirty() {
	if len(o.dirty) < 2 || slices.IsSorted(o.dirty) {
		return
	}
	lo, hi := slices.Min(o.dirty), slices.Max(o.dirty)
	words := int((hi-lo)/64) + 1
	if words > len(o.dirty) {
		slices.Sort(o.dirty)
		return
	}
	o.bits = slices.Grow(o.bits[:0], words)[:words]
	clear(o.bits)
	for _, g := range o.dirty {
		o.bits[(g-lo)/64] |= 1 << ((g - lo) % 64)
	}
	o.dirty = o.dirty[:0]
	for w, b := range o.bits {
		for ; b != 0; b &= b - 1 {
			o.dirty = append(o.dirty, lo+uint64(w*64+bits.TrailingZeros64(b)))
		}
	}
}

// leave forgets a group.
func (o *groupBy) leave(g uint32) {
	for i := range o.aggs {
		o.aggs[i].agg.leave(g)
	}
	if !o.byKey.Remove(g) {
		return
	}
	o.counts.free(g)
	for i := range o.aggs {
		o.aggs[i].agg.free(g)
	}
}

// publish returns the columns as of now; those of groups below the floor are forgotten if some left.
func (o *groupBy) publish(left bool) []chunk.Column {
	var floor uint64
	if left {
		rows := o.rows.Set()
		if floor = rows.Floor(); rows.Len() == 0 {
			floor = uint64(o.byKey.Len())
		}
	}
	cols := make([]chunk.Column, 0, len(o.keyCols)+len(o.aggs))
	for _, c := range o.keyCols {
		c.Free(floor)
		cols = append(cols, c.Publish())
	}
	for i := range o.aggs {
		cols = append(cols, o.aggs[i].agg.publish(floor))
	}
	return cols
}
