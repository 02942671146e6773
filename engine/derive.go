package engine

import "slices"

// Deriving happens between two cycles, from the parents' current states. A long first step would hold the cycles up, so that above offCycleRows it
// runs beside them on those states, and then catches up with what happened meanwhile in one merged update, or in several rounds, each shorter than
// the last. The last round, of at most catchUpRows changes, holds the cycle.
const (
	offCycleRows  = 20_000
	catchUpRows   = 5_000
	catchUpRounds = 16
)

// derive makes the table of op over parents and gives it its first state. What the first step panics with ends the new table, as in a cycle; only a
// *QueryError goes on to the caller.
func derive(op operator, plan *Plan, schema []ColumnDef, parents ...*Table) *Table {
	g := commonGraph(plan.Op, parents)
	if g == statics {
		return deriveStatic(op, plan, schema, parents)
	}
	d := &derivation{g: g, t: newTable(g, plan, schema, op, parents...)}
	g.cycle.Lock()
	rows := 0
	for _, p := range parents {
		rows += p.cur.Rows.Len()
	}
	d.standIn(parents)
	if rows <= offCycleRows {
		defer g.cycle.Unlock()
		d.first(g)
		d.attach(parents)
		return d.t
	}
	side := &Graph{step: g.step}
	d.collect()
	g.cycle.Unlock()
	attached := false
	defer func() {
		if !attached { // a panic goes to the caller
			g.cycle.Lock()
			defer g.cycle.Unlock()
			d.forget()
		}
	}()
	d.first(side)
	d.catchUp(side, parents)
	attached = true
	return d.t
}

// deriveStatic computes a table of static parents. It needs no lock, since nothing that it reads changes, and is in no graph's list.
func deriveStatic(op operator, plan *Plan, schema []ColumnDef, parents []*Table) *Table {
	d := &derivation{g: statics, t: newTable(statics, plan, schema, op, parents...)}
	d.standIn(parents)
	d.first(&Graph{step: 1})
	d.t.g, d.t.op, d.t.parents = statics, nil, nil
	d.t.pub = d.t.cur
	d.t.upd = Update{}
	return d.t
}

// derivation is a table in the making.
type derivation struct {
	g       *Graph
	t       *Table
	shadows []*Table // stand-ins for the parents during steps outside the graph; the same one for the same parent
	from    []*Table // distinct parents
	shadow  []*Table // their stand-ins
	caught  []*catchUp
}

// standIn makes the stand-ins, with the parents' states of now. The caller holds the cycle, if the parents are in a graph.
func (d *derivation) standIn(parents []*Table) {
	for _, p := range parents {
		i := slices.Index(d.from, p)
		if i < 0 {
			i = len(d.from)
			s := &Table{g: p.g, schema: p.schema, plan: p.plan, cur: p.cur, up: p.cur.initial()}
			d.from, d.shadow = append(d.from, p), append(d.shadow, s)
		}
		d.shadows = append(d.shadows, d.shadow[i])
	}
}

// first runs the first step, with side's scratch.
func (d *derivation) first(side *Graph) {
	if d.step(side); d.t.failed.Load() == nil && !d.t.stepped {
		bug("%s: the first step must set a state", d.t.plan.Op)
	}
}

// step runs op once over the stand-ins.
func (d *derivation) step(side *Graph) {
	t := d.t
	if t.failed.Load() != nil {
		return
	}
	t.g, t.parents = side, d.shadows
	t.upd.reset()
	_, failed := t.tryStep()
	t.g = d.g
	if failed == nil {
		return
	}
	if q, ok := failed.err.(*QueryError); ok {
		panic(q)
	}
	t.failed.Store(failed)
}

// attach puts the table into the graph. The caller holds the cycle.
func (d *derivation) attach(parents []*Table) {
	d.t.parents = parents
	for _, p := range parents {
		if f := p.failed.Load(); f != nil {
			d.t.failed.CompareAndSwap(nil, f)
		}
	}
	d.g.attach(d.t)
}

// collect begins to note what happens to the parents. The caller holds the cycle.
func (d *derivation) collect() {
	for _, p := range d.from {
		c := &catchUp{}
		p.pending = append(p.pending, c)
		d.caught = append(d.caught, c)
	}
}

// forget ends the noting. The caller holds the cycle.
func (d *derivation) forget() {
	for i, p := range d.from {
		c := d.caught[i]
		p.pending = slices.DeleteFunc(p.pending, func(x collector) bool { return x == c })
	}
}

// catchUp attaches a table that was made beside the cycles.
func (d *derivation) catchUp(side *Graph, parents []*Table) {
	for round := 0; ; round++ {
		d.g.cycle.Lock()
		size := 0
		for i, c := range d.caught {
			d.shadow[i].up = c.take()
			if u := d.shadow[i].up; u != nil {
				d.shadow[i].cur = u.Now
				size += u.Size()
			}
		}
		side.step = d.g.step
		if size <= catchUpRows || round == catchUpRounds {
			break
		}
		d.g.cycle.Unlock()
		d.step(side)
	}
	defer d.g.cycle.Unlock()
	if slices.ContainsFunc(d.shadow, func(s *Table) bool { return s.up != nil }) {
		d.step(side)
	}
	d.forget()
	d.attach(parents)
}

// collector is told what each cycle does to a table, at its end, by whoever holds g.cycle. The update dies when note returns.
type collector interface{ note(up *Update) }

// catchUp collects what happens to a table over several cycles. Guarded by g.cycle.
type catchUp struct{ up *Update }

// note adds one cycle's update.
func (c *catchUp) note(up *Update) {
	if c.up == nil {
		c.up = up.clone()
	} else {
		c.up = c.up.then(up)
	}
}

// take returns what was collected, nil if nothing was, and begins anew.
func (c *catchUp) take() *Update {
	up := c.up
	c.up = nil
	return up
}
