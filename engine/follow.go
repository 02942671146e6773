package engine

import (
	"slices"

	"tickbook/engine/internal/rowset"
)

// Follower says how many of the first rows of some tables are as they were at the last look, so that who keeps something about them, as a figure
// keeps its points, reads only the others again. A table that grows at its end costs as much as it grew. Its methods are called by one goroutine at a
// time. It holds the tables until Stop.
type Follower struct {
	tables []*Table
	marks  []*unchanged
}

// Follow begins to follow some tables, of each of which changes in the named columns count.
func Follow(tables []*Table, columns ...[]string) *Follower {
	f := &Follower{tables: slices.Clone(tables)}
	for i, t := range tables {
		m := &unchanged{}
		for _, name := range columns[i] {
			m.cols |= MaskOf(t.mustColumn("follow", name, 0, name))
		}
		f.marks = append(f.marks, m)
		if t.g == statics {
			continue
		}
		t.g.cycle.Lock()
		t.pending = append(t.pending, m)
		t.g.cycle.Unlock()
	}
	return f
}

// Take returns the tables as of one cycle, as [Snapshots] does, and of each how many of its first rows are, in the columns followed, as they were when
// Take was called last: the same keys at the same places with the same values. The first time that is none.
func (f *Follower) Take() (now []*Snapshot, same []int) {
	now, same = make([]*Snapshot, len(f.tables)), make([]int, len(f.tables))
	done := map[*Graph]bool{}
	for _, t := range f.tables {
		g := t.g
		if done[g] {
			continue
		}
		done[g] = true
		g.cycle.Lock()
		for i, t := range f.tables {
			if t.g == g {
				now[i] = t.Snapshot()
				same[i] = f.marks[i].take(now[i].Len())
			}
		}
		g.cycle.Unlock()
	}
	return now, same
}

// Stop ends the following. Nothing may be taken after it.
func (f *Follower) Stop() {
	for i, t := range f.tables {
		t.g.cycle.Lock()
		t.pending = slices.DeleteFunc(t.pending, func(c collector) bool { return c == f.marks[i] })
		t.g.cycle.Unlock()
	}
}

// unchanged counts the rows before the first change. Guarded by g.cycle.
type unchanged struct {
	cols Mask
	rows int // of the first rows, as of the last take; 0 before it
}

// note takes one cycle's update. In key order no row before the first key that it names has changed or moved; in another order any may have.
func (m *unchanged) note(up *Update) {
	if m.rows == 0 {
		return
	}
	if up.Now.Order != nil || up.Moved.Len() > 0 {
		m.rows = 0
		return
	}
	lists := []*rowset.Keys{&up.Added, &up.Removed}
	if up.Cols&m.cols != 0 {
		lists = append(lists, &up.Modified)
	}
	for _, keys := range lists {
		if runs := keys.Runs(); len(runs) > 0 {
			m.rows = min(m.rows, up.Now.Rows.Rank(runs[0].Lo))
		}
	}
}

// take returns the count, and begins anew with all rows.
func (m *unchanged) take(rows int) int {
	same := min(m.rows, rows)
	m.rows = rows
	return same
}
