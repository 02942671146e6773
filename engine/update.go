package engine

import (
	"fmt"

	"tickbook/engine/internal/rowset"
)

// Mask is a set of columns of one table, by position. Columns from position 63 on share one bit: a mask may name more columns than it should,
// never fewer.
type Mask uint64

// AllColumns is the mask of every column.
const AllColumns = ^Mask(0)

// MaskOf is the mask of some columns, by position.
func MaskOf(cols ...int) (m Mask) {
	for _, c := range cols {
		m |= 1 << min(c, 63)
	}
	return m
}

// Has says whether column c may be in m.
func (m Mask) Has(c int) bool { return m>>min(c, 63)&1 != 0 }

// Update says what one cycle, or several in a row, did to one table: the difference between the states Prev and Now.
//
//   - Added, Removed, Modified are disjoint. Added keys are in Now only, Removed in Prev only, Modified in both.
//   - Cols is the union of the columns that differ in any Modified row. A row or column reported without a change is allowed (it costs work), a
//     change not reported is a bug.
//   - Moved are keys in both states that changed their place; they may overlap Modified. Taking Removed and Moved out of Prev's order, and Added
//     and Moved out of Now's, leaves the same sequence. Empty for a table in key order.
//   - The values of Removed rows, and of Modified rows before the cycle, are read from Prev.
//
// An update is shared, read-only, by all children, and its key lists die when the cycle ends; Prev and Now may be kept for ever.
type Update struct {
	Added, Removed, Modified, Moved rowset.Keys
	Cols                            Mask
	Prev, Now                       *State
}

// Size is the number of rows that u names.
func (u *Update) Size() int {
	return u.Added.Len() + u.Removed.Len() + u.Modified.Len() + u.Moved.Len()
}

// reset empties u for the next cycle. Key lists that are shared are dropped, own ones keep their memory.
func (u *Update) reset() {
	u.Added.Reset()
	u.Removed.Reset()
	u.Modified.Reset()
	u.Moved.Reset()
	u.Cols, u.Prev, u.Now = 0, nil, nil
}

// pass makes u name the rows of up, by sharing its key lists. Cols is left to the caller.
func (u *Update) pass(up *Update) {
	u.Added, u.Removed = up.Added.Share(), up.Removed.Share()
	u.Modified, u.Moved = up.Modified.Share(), up.Moved.Share()
}

// clone is a copy of u that outlives its cycle.
func (u *Update) clone() *Update {
	return &Update{
		Added: u.Added.Clone(), Removed: u.Removed.Clone(), Modified: u.Modified.Clone(), Moved: u.Moved.Clone(),
		Cols: u.Cols, Prev: u.Prev, Now: u.Now,
	}
}

// then returns the update of u followed by next: the difference between u.Prev and next.Now. It is what a reader that skips cycles, a listener
// that coalesces and a derivation that catches up all need; previous values need no work.
func (u *Update) then(next *Update) *Update {
	var back, gone, t, a, m rowset.Keys
	r := &Update{Cols: u.Cols | next.Cols, Prev: u.Prev, Now: next.Now}
	back.Intersect(&u.Removed, &next.Added) // left and came back under its key: a change in every column, and of place
	gone.Intersect(&u.Added, &next.Removed)
	t.Union(&u.Added, &next.Added)
	a.Minus(&t, &gone)
	r.Added.Minus(&a, &back)
	t.Union(&u.Removed, &next.Removed)
	a.Minus(&t, &gone)
	r.Removed.Minus(&a, &back)
	t.Union(&u.Modified, &next.Modified)
	a.Union(&t, &back)
	m.Minus(&a, &r.Added)
	r.Modified.Minus(&m, &r.Removed)
	if back.Len() > 0 {
		r.Cols = AllColumns
	}
	t.Union(&u.Moved, &next.Moved)
	a.Union(&t, &back)
	m.Minus(&a, &r.Added)
	r.Moved.Minus(&m, &r.Removed)
	return r
}

// check says what in u breaks the contract above, as far as row sets tell.
func (u *Update) check() error {
	prev, now := &u.Prev.Rows, &u.Now.Rows
	var in, x rowset.Keys
	for _, c := range []struct {
		name      string
		keys      *rowset.Keys
		prev, now bool
	}{{"added", &u.Added, false, true}, {"removed", &u.Removed, true, false}, {"modified", &u.Modified, true, true}, {"moved", &u.Moved, true, true}} {
		prev.Filter(c.keys, &in)
		now.Filter(c.keys, &x)
		for _, s := range []struct {
			state string
			want  bool
			n     int
		}{{"before", c.prev, in.Len()}, {"after", c.now, x.Len()}} {
			want := 0
			if s.want {
				want = c.keys.Len()
			}
			if s.n != want {
				return fmt.Errorf("%d rows %s, of which %d were there %s, want %d", c.keys.Len(), c.name, s.n, s.state, want)
			}
		}
	}
	if got, want := now.Len()-prev.Len(), u.Added.Len()-u.Removed.Len(); got != want {
		return fmt.Errorf("the number of rows changed by %d, the update says %d", got, want)
	}
	return nil
}
