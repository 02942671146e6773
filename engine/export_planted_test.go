package engine

import "tickbook/engine/internal/rowset"

// Planted derives a table by an operator with a fault, which the harness must find.
func Planted(fault string, t *Table) *Table {
	right := t.Where("Price > 3").op.(*where)
	op := operator(&planted{where: where{conds: right.conds, deps: right.deps}, fault: fault})
	if fault == "moved" || fault == "rank" {
		op = plantedReverse(fault)
	}
	name := "planted " + fault
	if fault == "key order" {
		name = "where" // whose rows' order is compared with the parent's
	}
	return derive(op, newPlan(name, []*Table{t}), t.schema, t)
}

// planted is a where that goes wrong after it has done its work.
type planted struct {
	where
	fault string
	rows  rowset.Writer
}

func (o *planted) step(t *Table) bool {
	p := t.parents[0]
	if o.fault == "stale" { // rows that no longer pass stay; what is published is what it does
		o.deps = 0
	}
	changed := o.where.step(t)
	switch o.fault {
	case "unreported": // modified rows aren't published
		if t.upd.Now == t.cur {
			t.upd.Modified.Reset()
		}
	case "everything": // reads the whole parent in each cycle
		t.visited += p.cur.Rows.Len()
	case "previous": // previous values are the new ones
		if changed && !t.isFirst() {
			t.upd.Prev = &State{Rows: t.upd.Prev.Rows, Cols: t.cur.Cols, Order: t.upd.Prev.Order}
		}
	case "in place": // a published row set is written again
		if changed {
			far := uint64(1 << 17) // leaves the dense form, which is a value
			o.rows.AddRun(far, far+1)
			o.rows.Remove(&t.upd.Removed)
			o.rows.Add(&t.upd.Added)
			o.rows.RemoveRun(far, far+1)
			t.cur.Rows = o.rows.Set()
		}
	case "key order": // the parent's order is lost, the same in the rebuild
		if t.cur.Order != nil {
			t.cur = &State{Step: t.cur.Step, Rows: t.cur.Rows, Cols: t.cur.Cols}
			t.upd.Now = t.cur
			t.upd.Moved.Reset()
		}
	case "query error":
		panic(queryErrorf("planted", "found in the first step"))
	case "query error late":
		defer panic(queryErrorf("planted", "found at the end of the first step"))
	case "panic":
		if p.cur.Rows.Len() > 5 {
			panic("planted")
		}
	}
	return changed
}

// plantedReverse is a reverse that goes wrong.
type plantedReverse string

func (o plantedReverse) step(t *Table) bool {
	p := t.parents[0]
	t.upd.pass(p.up)
	t.upd.Cols = p.up.Cols
	if o == "moved" {
		t.upd.Moved.Reset()
	}
	var ord Order = mirror{p.cur}
	if o == "rank" {
		ord = badRank{mirror{p.cur}}
	}
	t.set(p.cur.Rows, p.cur.Cols, ord)
	return true
}

type badRank struct{ mirror }

func (o badRank) Rank(key uint64) int {
	if r := o.mirror.Rank(key); r != 2 {
		return r
	}
	return 1
}
