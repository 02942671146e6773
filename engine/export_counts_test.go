package engine

// AsOfKeys says how many exact keys a join keeps, and in how many blocks.
func AsOfKeys(t *Table) (keys, held int) {
	o := t.op.(*asOf)
	for i := range uint32(o.keys.Len()) {
		if p := o.pairs.at(i); p != nil && p.l.Len()+p.r.Len() > 0 {
			keys++
		}
	}
	for _, b := range o.pairs.b {
		if b != nil {
			held++
		}
	}
	return keys, held
}

// GroupBlocks says how many blocks of groups are kept.
func GroupBlocks(t *Table) (held int) {
	for _, b := range t.op.(*groupBy).counts.b {
		if b != nil {
			held++
		}
	}
	return held
}

// Collectors counts who collects t's updates.
func Collectors(t *Table) int {
	t.g.cycle.Lock()
	defer t.g.cycle.Unlock()
	return len(t.pending)
}
