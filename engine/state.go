package engine

import (
	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/rowset"
)

// State is one table at the end of one cycle: immutable, and held by whoever likes, without a lock or a release.
type State struct {
	Step  uint64 // the cycle that made it
	Rows  rowset.Set
	Cols  []chunk.Column
	Order Order // nil: key order
}

// Order is the sequence of the rows of one state. It is a function of values and keys, with ties by key, never of arrival: else it could not
// equal the rebuild.
type Order interface {
	// At is the key at position pos of [0, rows).
	At(pos int) uint64
	// Rank is the position of key, which is in the state.
	Rank(key uint64) int
}

// At is the key at position pos.
func (s *State) At(pos int) uint64 {
	if s.Order != nil {
		return s.Order.At(pos)
	}
	return s.Rows.At(pos)
}

// Rank is the position of a key that is in s.
func (s *State) Rank(key uint64) int {
	if s.Order != nil {
		return s.Order.Rank(key)
	}
	return s.Rows.Rank(key)
}

// slicer is what an Order may offer beside At: many neighbours at once.
type slicer interface {
	// Slice fills out with the keys at positions first, first+1, …, all of which exist.
	Slice(first int, out []uint64)
}

// slice fills out with the keys at positions first, first+1, …, all of which exist.
func (s *State) slice(first int, out []uint64) {
	switch o := s.Order.(type) {
	case nil:
		s.Rows.Slice(first, out)
	case slicer:
		o.Slice(first, out)
	default:
		for i := range out {
			out[i] = o.At(first + i)
		}
	}
}

// initial is the update from nothing to s.
func (s *State) initial() *Update {
	u := &Update{Prev: &State{Step: s.Step, Cols: s.Cols}, Now: s}
	s.Rows.Keys(&u.Added)
	return u
}

// emptyState has no rows, and columns that can be read.
func emptyState(defs []ColumnDef) *State {
	s := &State{Cols: make([]chunk.Column, len(defs))}
	for i, d := range defs {
		s.Cols[i] = newAppender(d.Kind, nil).Publish()
	}
	return s
}
