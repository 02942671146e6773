package enginetest

import (
	"fmt"

	"tickbook/engine"
)

// replica knows a table by its updates alone.
type replica struct {
	rows  map[uint64][]string // by key
	order []uint64            // keys by position
}

func newReplica(o *engine.Observer) *replica {
	r := &replica{rows: map[uint64][]string{}}
	if err := r.apply(o.Initial()); err != nil {
		panic(err)
	}
	return r
}

// follow brings a node's replica up to date with the last cycle and compares them.
func (n *node) follow() error {
	if n.up != nil {
		if err := n.rep.apply(n.up); err != nil {
			return err
		}
	}
	return n.rep.equals(n.o.State())
}

func rowOf(s *engine.State, key uint64) []string {
	row := make([]string, len(s.Cols))
	for c := range row {
		row[c] = fmt.Sprint(s.ValueAt(c, key))
	}
	return row
}

// apply changes the replica as an update says, and checks the previous values in it.
func (r *replica) apply(u *engine.Update) error {
	var err error
	prev := func(what string, k uint64) bool {
		if err != nil {
			return false
		}
		row, ok := r.rows[k]
		if !ok {
			err = fmt.Errorf("row %d %s, but not known", k, what)
			return false
		}
		for c, got := range rowOf(u.Prev, k) {
			if got != row[c] {
				err = fmt.Errorf("row %d %s: previous value of column %d is %s, want %s", k, what, c, got, row[c])
				return false
			}
		}
		return true
	}
	out := map[uint64]bool{} // rows that leave their place
	in := map[int]uint64{}   // rows that come to a place
	u.Removed.Each(func(k uint64) {
		if prev("removed", k) {
			delete(r.rows, k)
			out[k] = true
		}
	})
	u.Modified.Each(func(k uint64) {
		if !prev("modified", k) {
			return
		}
		for c := range r.rows[k] {
			if u.Cols.Has(c) {
				r.rows[k][c] = fmt.Sprint(u.Now.ValueAt(c, k))
			}
		}
	})
	u.Moved.Each(func(k uint64) {
		if err != nil {
			return
		}
		if r.rows[k] == nil || !u.Now.Rows.Has(k) {
			err = fmt.Errorf("row %d moved, but not in both states", k)
			return
		}
		out[k] = true
		in[u.Now.Rank(k)] = k
	})
	u.Added.Each(func(k uint64) {
		if err != nil {
			return
		}
		if r.rows[k] != nil || !u.Now.Rows.Has(k) {
			err = fmt.Errorf("row %d added, but known before or not there now", k)
			return
		}
		r.rows[k] = rowOf(u.Now, k)
		in[u.Now.Rank(k)] = k
	})
	if err != nil {
		return err
	}
	return r.place(out, in)
}

// place takes rows out of the order and puts rows in at their new positions.
func (r *replica) place(out map[uint64]bool, in map[int]uint64) error {
	var stay, order []uint64
	for _, k := range r.order {
		if !out[k] {
			stay = append(stay, k)
		}
	}
	for pos := 0; len(stay) > 0 || len(in) > 0; pos++ {
		if k, ok := in[pos]; ok {
			order = append(order, k)
			delete(in, pos)
			continue
		}
		if len(stay) == 0 {
			return fmt.Errorf("position: rows come to places beyond the end: %v", in)
		}
		order, stay = append(order, stay[0]), stay[1:]
	}
	r.order = order
	return nil
}

// equals compares the replica with the table's state, and checks the state itself.
func (r *replica) equals(s *engine.State) error {
	if len(r.rows) != s.Rows.Len() || len(r.order) != s.Rows.Len() {
		return fmt.Errorf("number of rows: replica %d, table %d", len(r.rows), s.Rows.Len())
	}
	for pos, k := range r.order {
		if got := s.At(pos); got != k {
			return fmt.Errorf("position %d: replica has row %d, table row %d", pos, k, got)
		}
		if got := s.Rank(k); got != pos {
			return fmt.Errorf("rank of row %d: %d, but it is at %d", k, got, pos)
		}
		if !s.Rows.Has(k) {
			return fmt.Errorf("position %d: row %d isn't in the row set", pos, k)
		}
		for c, got := range rowOf(s, k) {
			if got != r.rows[k][c] {
				return fmt.Errorf("row %d column %d: replica %s, table %s", k, c, r.rows[k][c], got)
			}
		}
	}
	return nil
}
