package engine

import (
	"slices"

	"tickbook/engine/internal/rowset"
)

// Head keeps the first n rows, in the table's order. Row keys are kept.
func (t *Table) Head(n int) *Table {
	if n < 0 {
		panic(queryErrorf("head", "%d rows; want 0 or more", n))
	}
	return derive(&head{n: n}, newPlan("head", []*Table{t}, n), t.schema, t)
}

// Tail keeps the last n rows, in the table's order. Row keys are kept.
func (t *Table) Tail(n int) *Table {
	if n < 0 {
		panic(queryErrorf("tail", "%d rows; want 0 or more", n))
	}
	// The last rows are the first of the reversed table, turned back.
	return derive(reversed{}, newPlan("tail", []*Table{t}, n), t.schema, t.Reverse().Head(n))
}

// head implements [Table.Head].
//
// State: rows, the keys in the head. With c rows added, removed or moved, only those and the rows at positions [n-c, n+c) can have crossed its end:
// the work is the update's, not n's.
type head struct {
	n    int
	rows rowset.Writer

	cand, add, rem, mov []uint64 // scratch
}

var _ operator = (*head)(nil)

func (h *head) step(t *Table) bool {
	p, up, out := t.parents[0], t.parents[0].up, &t.upd
	now, was := p.cur, h.rows.Set()
	out.Cols = up.Cols
	h.add, h.rem, h.mov = h.add[:0], h.rem[:0], h.mov[:0]
	for _, k := range h.candidates(now, up) {
		isIn, wasIn := now.Rows.Has(k) && now.Rank(k) < h.n, was.Has(k)
		switch {
		case isIn && !wasIn:
			h.add = append(h.add, k)
		case !isIn && wasIn:
			h.rem = append(h.rem, k)
		case isIn && up.Moved.Has(k):
			h.mov = append(h.mov, k)
		}
	}
	t.visited += len(h.cand) + up.Modified.Len()
	out.Added.FromList(h.add)
	out.Removed.FromList(h.rem)
	out.Moved.FromList(h.mov)
	h.rows.Begin()
	h.rows.Remove(&out.Removed)
	now2 := h.rows.Set() // rows that stay
	now2.Filter(&up.Modified, &out.Modified)
	h.rows.Add(&out.Added)
	if out.Size() == 0 && !t.isFirst() {
		t.refresh(now.Cols, firstN{now})
		return false
	}
	t.set(h.rows.Set(), now.Cols, firstN{now})
	return true
}

// candidates are the rows that may have entered or left the head, or moved inside it, without repeats.
func (h *head) candidates(now *State, up *Update) []uint64 {
	cand := h.cand[:0]
	note := func(k uint64) { cand = append(cand, k) }
	up.Removed.Each(note)
	up.Moved.Each(note)
	lo, hi := 0, min(now.Rows.Len(), h.n) // after a flood: all that is in the head now, and all that was
	if c := up.Added.Len() + len(cand); up.Added.Len() <= h.n {
		up.Added.Each(note)
		lo, hi = max(0, h.n-c), min(now.Rows.Len(), h.n+c)
	} else {
		was := h.rows.Set()
		var all rowset.Keys
		was.Keys(&all)
		all.Each(note)
	}
	if lo < hi {
		at := len(cand)
		cand = append(cand, make([]uint64, hi-lo)...)
		now.slice(lo, cand[at:])
	}
	slices.Sort(cand)
	h.cand = slices.Compact(cand)
	return h.cand
}
