package engine

// Reverse turns the table's order round: the last row comes first. Appended rows come first, and it costs nothing a row.
func (t *Table) Reverse() *Table {
	return derive(reversed{}, newPlan("reverse", []*Table{t}), t.schema, t)
}

// reversed implements [Table.Reverse]. It has no state: positions are mirrored, and no row that stays has moved against another.
type reversed struct{}

var _ operator = reversed{}

func (reversed) step(t *Table) bool {
	p := t.parents[0]
	t.upd.pass(p.up)
	t.upd.Cols = p.up.Cols
	t.set(p.cur.Rows, p.cur.Cols, mirror{p.cur})
	return true
}
