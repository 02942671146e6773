package engine

import (
	"slices"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/rowset"
)

// Snapshot is one table, or a window of its rows, as of one cycle. It never changes and keeps no source alive. Reading it blocks no cycle. Its
// methods may be called from any goroutine.
type Snapshot struct {
	state  *State
	schema []ColumnDef
	first  int      // position of the first row
	n      int      // rows
	keys   []uint64 // the rows' keys in order, when they are few; else nil
}

// windowRows is the length up to which a window finds its rows once.
const windowRows = 4096

// Snapshot is the table as of the newest cycle.
func (t *Table) Snapshot() *Snapshot { return Snapshots(t)[0] }

// Snapshots are tables as of one cycle. Tables of several graphs are of one cycle of each.
func Snapshots(ts ...*Table) []*Snapshot {
	out := make([]*Snapshot, len(ts))
	done := map[*Graph]bool{}
	for _, t := range ts {
		g := t.g
		if done[g] {
			continue
		}
		done[g] = true
		g.mu.RLock()
		for i, t := range ts {
			if t.g == g {
				out[i] = &Snapshot{state: t.pub, schema: t.schema, n: t.pub.Rows.Len()}
			}
		}
		g.mu.RUnlock()
	}
	return out
}

// Len is the number of rows.
func (s *Snapshot) Len() int { return s.n }

// Step is the number of the cycle in which the table last changed.
func (s *Snapshot) Step() uint64 { return s.state.Step }

// Schema defines the columns, in order.
func (s *Snapshot) Schema() []ColumnDef { return slices.Clone(s.schema) }

// Window is the rows [first, first+n) of s in the table's order, or those of them that exist. Reading it reads those rows only.
func (s *Snapshot) Window(first, n int) *Snapshot {
	first = min(max(first, 0), s.n)
	n = min(max(n, 0), s.n-first)
	w := &Snapshot{state: s.state, schema: s.schema, first: s.first + first, n: n}
	if n <= windowRows {
		w.keys = make([]uint64, n)
		s.fill(first, w.keys)
	}
	return w
}

// fill writes the keys at positions first, first+1, … of s.
func (s *Snapshot) fill(first int, out []uint64) {
	if s.keys != nil {
		copy(out, s.keys[first:])
		return
	}
	s.state.slice(s.first+first, out)
}

// key is the key at position pos of s.
func (s *Snapshot) key(pos int) uint64 {
	if s.keys != nil {
		return s.keys[pos]
	}
	return s.state.At(s.first + pos)
}

// RowKeys are the keys of the rows, in order. A key names one row for the row's whole life, wherever it stands.
func (s *Snapshot) RowKeys() []uint64 {
	keys := make([]uint64, s.n)
	s.fill(0, keys)
	return keys
}

// each calls f with batches of all rows, in order; at is the position of the batch's first row.
func (s *Snapshot) each(f func(at int, b *chunk.Batch, sc *chunk.Scratch)) {
	sc := chunk.Borrow()
	defer chunk.Return(sc)
	if s.state.Order == nil && s.n == s.state.Rows.Len() {
		s.eachKey(f, sc)
		return
	}
	var buf []uint64
	if s.keys == nil {
		buf = make([]uint64, min(chunk.MaxBatch, s.n))
	}
	for at := 0; at < s.n; at += chunk.MaxBatch {
		n := min(chunk.MaxBatch, s.n-at)
		var keys []uint64
		if s.keys != nil {
			keys = s.keys[at : at+n]
		} else {
			keys = buf[:n]
			s.fill(at, keys)
		}
		b := chunk.Batch{N: len(keys), Keys: keys}
		if lo := keys[0]; isRange(keys) && lo>>chunk.Bits == keys[len(keys)-1]>>chunk.Bits {
			b = chunk.Batch{Lo: lo, N: len(keys)}
		}
		mark := sc.Mark()
		f(at, &b, sc)
		sc.Release(mark)
	}
}

// eachKey is each of a whole table in key order.
func (s *Snapshot) eachKey(f func(at int, b *chunk.Batch, sc *chunk.Scratch), sc *chunk.Scratch) {
	var keys rowset.Keys
	s.state.Rows.Keys(&keys)
	at := 0
	keys.Batches(sc, func(b *chunk.Batch) {
		f(at, b, sc)
		at += b.N
	})
}

func isRange(keys []uint64) bool {
	if keys[len(keys)-1]-keys[0] != uint64(len(keys)-1) {
		return false
	}
	for i, k := range keys {
		if k != keys[0]+uint64(i) {
			return false
		}
	}
	return true
}

// column is the column name of s; a wrong name is a *QueryError.
func (s *Snapshot) column(op, name string) (chunk.Column, Kind) {
	i := slices.IndexFunc(s.schema, func(d ColumnDef) bool { return d.Name == name })
	if i < 0 {
		panic(errColumn(op, name, 0, name, s.schema))
	}
	return s.state.Cols[i], s.schema[i].Kind
}
