package chunk

import (
	"sync"
	"unsafe"

	"tickbook/internal/invariants"
)

// Scratch is a stack of vectors for one goroutine: what a leaf loop writes to. Nothing taken from it outlives the mark it was taken under. A
// published column never holds scratch, since readers and the cycle evaluate the same column at once.
type Scratch struct {
	vecs  []*[MaxBatch]uint64
	n     int
	limit int // rows of a batch; 0: MaxBatch
}

// BatchRows is the largest number of rows that a batch cut with s may have.
func (s *Scratch) BatchRows() int {
	if s.limit > 0 {
		return s.limit
	}
	return MaxBatch
}

// LimitBatches makes batches cut with s shorter than they would be: tests run every loop with batches of 1 and 2 rows.
func (s *Scratch) LimitBatches(rows int) { s.limit = rows }

// NullWords is the length of a batch's null bits.
const NullWords = MaxBatch / 64

// What is released is overwritten at its beginning in builds that check invariants.
const (
	poison   = 0xdead_beef_dead_beef
	poisoned = 64
)

// Mark returns the stack's height, for Release.
func (s *Scratch) Mark() int { return s.n }

// Release gives back what was taken since the mark.
func (s *Scratch) Release(mark int) {
	if invariants.Enabled {
		for _, v := range s.vecs[mark:s.n] {
			for i := range v[:poisoned] {
				v[i] = poison
			}
		}
	}
	s.n = mark
}

// Take hands out a vector of MaxBatch values with unspecified content. T is a plain kind of at most 8 bytes without pointers: that is what
// makes the cast of a block of words right, for any alignment and content (a bool vector is cleared first, since a bool has two values).
func Take[T any](s *Scratch) []T {
	if s.n == len(s.vecs) {
		s.vecs = append(s.vecs, new([MaxBatch]uint64))
	}
	v := s.vecs[s.n]
	s.n++
	out := unsafe.Slice((*T)(unsafe.Pointer(v)), MaxBatch)
	if _, ok := any(out).([]bool); ok {
		clear(out)
	}
	return out
}

// TakeNulls hands out the null bits of a batch, all clear.
func TakeNulls(s *Scratch) []uint64 {
	v := Take[uint64](s)[:NullWords]
	clear(v)
	return v
}

var pool = sync.Pool{New: func() any { return new(Scratch) }}

// Borrow returns a Scratch of the process's pool, for readers outside a cycle. Give it back with [Return].
func Borrow() *Scratch { return pool.Get().(*Scratch) }

// Return gives a borrowed Scratch back, releasing all of it.
func Return(s *Scratch) {
	s.Release(0)
	s.limit = 0
	pool.Put(s)
}
