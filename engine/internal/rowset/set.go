package rowset

import (
	"math/bits"

	"tickbook/engine/internal/chunk"
)

// Set is the row set of a table state: an immutable set of row keys with rank and select. The zero value is empty.
//
// A dense set is the interval [lo, hi) and nothing else: an append-only table. Otherwise dir has one container for each chunk of 64 Ki keys
// (nil: empty), aligned with column chunks. A container is never changed once the state that holds it is published.
type Set struct {
	lo, hi uint64       // the interval, when dir == nil
	dir    []*container // nil: dense
	n      int          // keys in the set
}

const words = chunk.Rows / 64

type container struct {
	words [words]uint64
	n     int    // bits set in words
	epoch uint64 // the writer's epoch in which the container was made: private until the next
}

// Len is the number of rows.
func (s *Set) Len() int { return s.n }

// Has says whether key is in the set.
func (s *Set) Has(key uint64) bool {
	if s.dir == nil {
		return key >= s.lo && key < s.hi
	}
	c := key >> chunk.Bits
	if c >= uint64(len(s.dir)) || s.dir[c] == nil {
		return false
	}
	return s.dir[c].words[key&chunk.Mask>>6]>>(key&63)&1 != 0
}

// Rank counts the keys below key.
func (s *Set) Rank(key uint64) int {
	if s.dir == nil {
		return int(min(max(key, s.lo), s.hi) - s.lo)
	}
	n := 0
	c := int(min(key>>chunk.Bits, uint64(len(s.dir))))
	for _, d := range s.dir[:c] {
		if d != nil {
			n += d.n
		}
	}
	if c == len(s.dir) || s.dir[c] == nil {
		return n
	}
	d := s.dir[c]
	w := int(key & chunk.Mask >> 6)
	for _, x := range d.words[:w] {
		n += bits.OnesCount64(x)
	}
	return n + bits.OnesCount64(d.words[w]&(1<<(key&63)-1))
}

// At is the key at position pos of [0, Len).
func (s *Set) At(pos int) uint64 {
	if s.dir == nil {
		return s.lo + uint64(pos)
	}
	c, w, pos := s.find(pos)
	x := s.dir[c].words[w]
	for ; pos > 0; pos-- {
		x &= x - 1
	}
	return uint64(c)<<chunk.Bits | uint64(w)<<6 | uint64(bits.TrailingZeros64(x))
}

// find returns the container and word that hold the key at position pos, and how many keys of that word come before it.
func (s *Set) find(pos int) (c, w, rest int) {
	for c, d := range s.dir {
		if d == nil {
			continue
		}
		if pos >= d.n {
			pos -= d.n
			continue
		}
		for w, x := range d.words[:] {
			n := bits.OnesCount64(x)
			if pos < n {
				return c, w, pos
			}
			pos -= n
		}
	}
	panic("BUG: row set: position out of range")
}

// Slice fills out with the keys at positions first, first+1, …, all of which exist.
func (s *Set) Slice(first int, out []uint64) {
	if len(out) == 0 {
		return
	}
	if s.dir == nil {
		for i := range out {
			out[i] = s.lo + uint64(first+i)
		}
		return
	}
	c, w, skip := s.find(first)
	n := 0
	for ; n < len(out); c++ {
		if d := s.dir[c]; d != nil {
			n += d.slice(c, w, skip, out[n:])
		}
		w, skip = 0, 0
	}
}

// slice writes keys from word w on, leaving out the first skip of that word.
func (d *container) slice(c, w, skip int, out []uint64) int {
	n := 0
	for ; w < words; w++ {
		x := d.words[w]
		for ; skip > 0; skip-- {
			x &= x - 1
		}
		base := uint64(c)<<chunk.Bits | uint64(w)<<6
		for ; x != 0; x &= x - 1 {
			if n == len(out) {
				return n
			}
			out[n] = base + uint64(bits.TrailingZeros64(x))
			n++
		}
	}
	return n
}

// Floor is a key that no key of the set is below: what storage by key may forget. It is 0 for an empty set that isn't dense.
func (s *Set) Floor() uint64 {
	if s.dir == nil {
		return s.lo
	}
	for i, d := range s.dir {
		if d != nil {
			return uint64(i) << chunk.Bits
		}
	}
	return 0
}

// Keys makes k the whole set.
func (s *Set) Keys(k *Keys) {
	k.Reset()
	if s.dir == nil {
		k.AddRun(s.lo, s.hi)
		return
	}
	for i, d := range s.dir {
		if d == nil {
			continue
		}
		for w, x := range d.words[:] {
			base := uint64(i)<<chunk.Bits + uint64(w)<<6
			for x != 0 {
				lo := bits.TrailingZeros64(x)
				n := bits.TrailingZeros64(^(x >> lo))
				k.AddRun(base+uint64(lo), base+uint64(lo+n))
				if lo+n >= 64 {
					break
				}
				x &^= (1<<n - 1) << lo
			}
		}
	}
}

// Filter makes out the keys of k that are in s.
func (s *Set) Filter(k, out *Keys) {
	out.Reset()
	if s.dir == nil {
		for _, r := range k.runs {
			out.AddRun(max(r.Lo, s.lo), min(r.Hi, s.hi))
		}
		return
	}
	for _, r := range k.runs {
		for x := r.Lo; x < r.Hi; {
			c := x >> chunk.Bits
			end := min(r.Hi, (c+1)<<chunk.Bits)
			if c >= uint64(len(s.dir)) {
				return
			}
			if d := s.dir[c]; d != nil {
				for ; x < end; x++ {
					if d.words[x&chunk.Mask>>6]>>(x&63)&1 != 0 {
						out.Add(x)
					}
				}
			}
			x = end
		}
	}
}
