package engine

import (
	"slices"

	"tickbook/engine/internal/rowset"
)

// mirror is the order of a state read from its end.
type mirror struct{ of *State }

func (m mirror) At(pos int) uint64   { return m.of.At(m.of.Rows.Len() - 1 - pos) }
func (m mirror) Rank(key uint64) int { return m.of.Rows.Len() - 1 - m.of.Rank(key) }
func (m mirror) Slice(first int, out []uint64) {
	m.of.slice(m.of.Rows.Len()-first-len(out), out)
	slices.Reverse(out)
}

// firstN is the order of a head: the parent's, as of the state it was published with.
type firstN struct{ of *State }

func (o firstN) At(pos int) uint64             { return o.of.At(pos) }
func (o firstN) Rank(key uint64) int           { return o.of.Rank(key) }
func (o firstN) Slice(first int, out []uint64) { o.of.slice(first, out) }

// sortedOrder is an order by values, sort's, of which a subset of the rows can keep an order of its own.
type sortedOrder interface {
	Order
	// subset returns the order of no rows, by the same columns in the same directions, to be changed from cycle to cycle.
	subset() subsetWriter
}

// subsetWriter keeps the rows of a subset in the order of the table they come from.
type subsetWriter interface {
	// follow starts an epoch, takes u's Removed and Moved rows out by their places in prev and puts its Moved and Added rows in by their places in
	// now, where prev and now are the sorted orders of the whole table before and after the cycle (prev is nil when there was no row). It returns
	// the order of the subset, immutable.
	follow(prev, now sortedOrder, u *Update) Order
}

// baseOrder peels mirrors and heads off an order: the sort below it (nil: key order), and whether it is read from its end.
func baseOrder(ord Order) (s sortedOrder, flip bool) {
	for {
		switch x := ord.(type) {
		case mirror:
			flip, ord = !flip, x.of.Order
		case firstN:
			ord = x.of.Order
		case sortedOrder:
			return x, flip
		case nil:
			return nil, flip
		default:
			bug("order of type %T has no base", ord)
		}
	}
}

// subOrder keeps the order of a subset of an ordered table's rows, under the table's keys. The zero value is ready.
type subOrder struct{ w subsetWriter }

// follow applies t.upd to the order and returns that of the new state. rows is its row set, and p the table that t's rows are a subset of.
func (o *subOrder) follow(t, p *Table, rows rowset.Set) Order {
	now, flip := baseOrder(p.cur.Order)
	var sub Order
	if now != nil {
		if o.w == nil {
			o.w = now.subset()
		}
		var prev sortedOrder
		if p.up != nil && p.up.Prev != nil {
			prev, _ = baseOrder(p.up.Prev.Order)
		}
		sub = o.w.follow(prev, now, &t.upd)
		t.visited += t.upd.Size()
	}
	if flip {
		return mirror{&State{Rows: rows, Order: sub}}
	}
	return sub
}
