package rowset

import (
	"math/bits"
	"slices"

	"tickbook/engine/internal/chunk"
)

// Writer changes a row set between publications: [Writer.Begin] once a cycle, then changes, then [Writer.Set]. The zero value is ready, with an
// empty set. One goroutine.
//
// NB: each writer counts its own epochs. Numbered by the graph's step they would repeat when a table is built beside the graph and attached
// later, and a published container would pass for a private one.
type Writer struct {
	s     Set
	epoch uint64 // of containers made since Begin
	owned bool   // dir's array was made since Begin
}

// Begin starts an epoch: all that was published is frozen from here on.
func (w *Writer) Begin() { w.epoch++; w.owned = false }

// Set is the set as it is now. What is changed before the next Begin may show in it.
func (w *Writer) Set() Set { return w.s }

// Add puts the keys in. Those already there stay.
func (w *Writer) Add(k *Keys) {
	for _, r := range k.runs {
		w.AddRun(r.Lo, r.Hi)
	}
}

// Remove takes the keys out. Those not there are ignored.
func (w *Writer) Remove(k *Keys) {
	for _, r := range k.runs {
		w.RemoveRun(r.Lo, r.Hi)
	}
}

// AddRun puts [lo, hi) in.
func (w *Writer) AddRun(lo, hi uint64) {
	s := &w.s
	if lo >= hi {
		return
	}
	if s.dir == nil {
		switch {
		case s.n == 0:
			s.lo, s.hi, s.n = lo, hi, int(hi-lo)
			return
		case lo == s.hi:
			s.hi, s.n = hi, s.n+int(hi-lo)
			return
		case lo >= s.lo && hi <= s.hi:
			return
		}
		w.spread()
	}
	for lo < hi {
		end := min(hi, (lo>>chunk.Bits+1)<<chunk.Bits)
		d := w.container(int(lo >> chunk.Bits))
		s.n += d.set(int(lo&chunk.Mask), int(end-lo))
		lo = end
	}
}

// RemoveRun takes [lo, hi) out.
func (w *Writer) RemoveRun(lo, hi uint64) {
	s := &w.s
	if s.dir == nil {
		lo, hi = max(lo, s.lo), min(hi, s.hi)
		if lo >= hi {
			return
		}
		switch {
		case lo == s.lo: // a prefix: retention keeps a dense set dense
			s.lo, s.n = hi, int(s.hi-hi)
			return
		case hi == s.hi:
			s.hi, s.n = lo, int(lo-s.lo)
			return
		}
		w.spread()
	}
	hi = min(hi, uint64(len(s.dir))<<chunk.Bits)
	for lo < hi {
		c := int(lo >> chunk.Bits)
		end := min(hi, (lo>>chunk.Bits+1)<<chunk.Bits)
		if s.dir[c] != nil {
			d := w.container(c)
			s.n -= d.clear(int(lo&chunk.Mask), int(end-lo))
			if d.n == 0 {
				s.dir[c] = nil
			}
		}
		lo = end
	}
	if s.n == 0 { // an empty set is dense again
		*s, w.owned = Set{}, false
	}
}

// spread leaves the dense form.
func (w *Writer) spread() {
	lo, hi := w.s.lo, w.s.hi
	w.s, w.owned = Set{dir: []*container{}}, true
	w.AddRun(lo, hi)
}

// container is the container of chunk c, private to this epoch.
func (w *Writer) container(c int) *container {
	s := &w.s
	if !w.owned {
		s.dir, w.owned = slices.Clone(s.dir), true
	}
	for c >= len(s.dir) {
		s.dir = append(s.dir, nil)
	}
	d := s.dir[c]
	switch {
	case d == nil:
		d = &container{epoch: w.epoch}
	case d.epoch != w.epoch:
		x := *d
		d, x.epoch = &x, w.epoch
	}
	s.dir[c] = d
	return d
}

// set sets n bits from at on and returns how many were clear.
func (d *container) set(at, n int) int {
	added := 0
	for n > 0 {
		w, m, l := span(at, n)
		added += bits.OnesCount64(m &^ d.words[w])
		d.words[w] |= m
		at, n = at+l, n-l
	}
	d.n += added
	return added
}

// clear clears n bits from at on and returns how many were set.
func (d *container) clear(at, n int) int {
	gone := 0
	for n > 0 {
		w, m, l := span(at, n)
		gone += bits.OnesCount64(m & d.words[w])
		d.words[w] &^= m
		at, n = at+l, n-l
	}
	d.n -= gone
	return gone
}

// span is the first word of n bits from at on: its index, the mask of the bits in it, and their number.
func span(at, n int) (word int, mask uint64, l int) {
	o := at & 63
	l = min(64-o, n)
	return at >> 6, ^uint64(0) >> (64 - l) << o, l
}
