package keymap

import "math/bits"

// Map numbers distinct keys of k words each (plus a mask of null words) in the order in which they are first seen. A removed number is never
// given out again. One goroutine.
//
// State: open addressing with linear probing in tables chosen by the top bits of the hash: each grows alone, so that no cycle rehashes more
// than a part. A removed slot stays a tombstone until its table next grows. Words lie in blocks of BlockLen keys; a block all of whose keys are
// gone is freed. cache, small and recent are shortcuts to the tables: the keys seen lately, with their hashes, keys of one small word, as string codes are, and the last
// key seen with a small word as one of two.
type Map struct {
	k     int
	next  uint32
	subs  [subCount]sub
	words [][]uint64 // k a key, by block; nil: freed
	nulls [][]uint32 // by block; nil: no key of the block has a null
	live  []int32    // keys that are there, by block
	cache [cacheLen]slot
	small [smallPages]*[smallPage]uint32 // number+1 by word; only when k is 1

	recent [2][]recent // by word 0, or by word 1 of keys whose word 0 isn't small; only when k is 2
}

// recent is the other word and the number+1 of a key of two words without nulls. No number: none.
type recent struct {
	other uint64
	id    uint32
}

// sub is one of the hash tables.
type sub struct {
	slots      []slot
	used, live int // slots taken with and without tombstones
}

type slot struct{ hash, id uint32 } // id is the number+1; 0: empty, gone: a tombstone

const (
	// BlockBits and BlockLen are the size of the blocks in which numbers are forgotten.
	BlockBits = 12
	BlockLen  = 1 << BlockBits

	// None is the answer for a key without a number.
	None = ^uint32(0)

	blockMask = BlockLen - 1
	gone      = ^uint32(0)
	subCount  = 64
	subShift  = 32 - 6
	cacheLen  = 1 << 10

	smallPage, smallPages = 1 << 12, 1 << 8

	maxRecent = 1 << 16
)

// New returns an empty map of keys of k words. k may be 0: then there is one key.
func New(k int) *Map { return &Map{k: k} }

// Len is how many numbers were given, ever.
func (m *Map) Len() int { return int(m.next) }

// K is the words of a key.
func (m *Map) K() int { return m.k }

// Word is word j of the key numbered id, which must not have been removed.
func (m *Map) Word(id uint32, j int) uint64 {
	return m.words[id>>BlockBits][int(id&blockMask)*m.k+j]
}

// Nulls is the null mask of the key numbered id.
func (m *Map) Nulls(id uint32) uint32 {
	if b := m.nulls[id>>BlockBits]; b != nil {
		return b[id&blockMask]
	}
	return 0
}

// Numbers writes the numbers of n keys packed in words, whose null masks are nulls (nil: none has a null), to out. A new key gets the next
// number if create, else the answer is None.
func (m *Map) Numbers(words []uint64, nulls []uint32, n int, create bool, out []uint32) {
	switch {
	case m.k == 1 && nulls == nil:
		m.numbersSmall(words[:n], create, out)
	case m.k == 2 && nulls == nil:
		m.numbersTwo(words[:2*n], create, out)
	default:
		for i := range n {
			var nl uint32
			if nulls != nil {
				nl = nulls[i]
			}
			out[i] = m.Number(words[i*m.k:i*m.k+m.k], nl, create)
		}
	}
}

// numbersSmall skips the hash where the key is one small word.
func (m *Map) numbersSmall(words []uint64, create bool, out []uint32) {
	out = out[:len(words)]
	for i, w := range words {
		if w < smallPage*smallPages {
			if p := m.small[w/smallPage]; p != nil && p[w%smallPage] != 0 {
				out[i] = p[w%smallPage] - 1
				continue
			}
		}
		id := m.Number(words[i:i+1], 0, create)
		out[i] = id
		if w < smallPage*smallPages && id != None {
			p := m.small[w/smallPage]
			if p == nil {
				p = new([smallPage]uint32)
				m.small[w/smallPage] = p
			}
			p[w%smallPage] = id + 1
		}
	}
}

// numbersTwo skips the hash where one of two words is small, as string codes are, and the other is what it was the last time that the small one was
// there: rows of one symbol come in order of time.
func (m *Map) numbersTwo(words []uint64, create bool, out []uint32) {
	out = out[:len(words)/2]
	for i := range out {
		w := words[2*i : 2*i+2 : 2*i+2]
		j := 0
		if w[0] >= maxRecent {
			j = 1
		}
		small, other := w[j], w[1-j]
		r := m.recent[j]
		if small < uint64(len(r)) {
			if x := &r[small]; x.other == other && x.id != 0 {
				out[i] = x.id - 1
				continue
			}
		}
		id := m.Number(w, 0, create)
		out[i] = id
		if small < maxRecent && id != None {
			m.remember(j, small)[small] = recent{other, id + 1}
		}
	}
}

// remember makes room for a small word among those of word j.
func (m *Map) remember(j int, small uint64) []recent {
	if n := len(m.recent[j]); small >= uint64(n) {
		more := max(int(small)+1, min(2*n, maxRecent), 16) - n
		m.recent[j] = append(m.recent[j], make([]recent, more)...)
	}
	return m.recent[j]
}

// forgetRecent takes a removed key out of the shortcuts of small words.
func (m *Map) forgetRecent(w []uint64, id uint32) {
	switch {
	case m.k == 1 && w[0] < smallPage*smallPages:
		if p := m.small[w[0]/smallPage]; p != nil && p[w[0]%smallPage] == id+1 {
			p[w[0]%smallPage] = 0
		}
	case m.k == 2:
		for j, r := range m.recent {
			if w[j] < uint64(len(r)) && r[w[j]].id == id+1 {
				r[w[j]] = recent{}
			}
		}
	}
}

const seed1, seed2 = 0xa0761d6478bd642f, 0x9E3779B97F4A7C15

func hashWords(w []uint64, nulls uint32) uint32 {
	h := uint64(nulls)
	for _, x := range w {
		hi, lo := bits.Mul64(x^h^seed1, seed2)
		h = hi ^ lo
	}
	return uint32(h)
}

// Number is Numbers of one key.
func (m *Map) Number(w []uint64, nulls uint32, create bool) uint32 {
	h := hashWords(w, nulls)
	c := &m.cache[h%cacheLen]
	if c.hash == h && c.id != 0 && m.is(c.id-1, w, nulls) {
		return c.id - 1
	}
	t := &m.subs[h>>subShift]
	at := t.home(h)
	if len(t.slots) > 0 {
		for ; t.slots[at].id != 0; at = t.after(at) {
			if s := t.slots[at]; s.hash == h && s.id != gone && m.is(s.id-1, w, nulls) {
				*c = s
				return s.id - 1
			}
		}
	}
	if !create {
		return None
	}
	id := m.add(w, nulls)
	if t.used*2 >= len(t.slots) {
		t.rehash()
		for at = t.home(h); t.slots[at].id != 0; at = t.after(at) {
		}
	}
	t.slots[at] = slot{h, id + 1}
	t.used++
	t.live++
	*c = t.slots[at]
	return id
}

// is says whether id is the key's number. The key of a removed number is in no table and no cache.
func (m *Map) is(id uint32, w []uint64, nulls uint32) bool {
	kw := m.words[id>>BlockBits][int(id&blockMask)*m.k:]
	for j, x := range w {
		if kw[j] != x {
			return false
		}
	}
	return m.Nulls(id) == nulls
}

func (m *Map) add(w []uint64, nulls uint32) uint32 {
	id := m.next
	if id >= gone-1 {
		panic("keymap: more than four thousand million distinct keys")
	}
	m.next++
	b := int(id >> BlockBits)
	if b == len(m.words) {
		size := BlockLen * m.k
		if b == 0 {
			size = 16 * m.k // there may be few
		}
		m.words, m.nulls, m.live = append(m.words, make([]uint64, 0, size)), append(m.nulls, nil), append(m.live, 0)
	}
	m.words[b] = append(m.words[b], w...)
	m.live[b]++
	if nulls != 0 && m.nulls[b] == nil {
		m.nulls[b] = make([]uint32, BlockLen)
	}
	if nulls != 0 {
		m.nulls[b][id&blockMask] = nulls
	}
	return id
}

// Remove forgets the key numbered id. It reports whether that was the last of a block of BlockLen numbers, all of which are gone now: what
// is stored by number in such blocks can be freed.
func (m *Map) Remove(id uint32) (blockFree bool) {
	b := int(id >> BlockBits)
	var w []uint64
	if m.k > 0 {
		w = m.words[b][int(id&blockMask)*m.k:][:m.k]
	}
	h := hashWords(w, m.Nulls(id))
	if c := &m.cache[h%cacheLen]; c.id == id+1 {
		*c = slot{}
	}
	m.forgetRecent(w, id)
	t := &m.subs[h>>subShift]
	at := t.home(h)
	for t.slots[at].id != id+1 {
		at = t.after(at)
	}
	t.slots[at].id = gone
	t.live--
	m.live[b]--
	if m.live[b] > 0 || int(m.next) < (b+1)<<BlockBits {
		return false
	}
	m.words[b], m.nulls[b] = nil, nil
	return true
}

func (t *sub) home(h uint32) uint32 { return h & uint32(len(t.slots)-1) }

func (t *sub) after(at uint32) uint32 { return (at + 1) & uint32(len(t.slots)-1) }

// rehash doubles the table, or only clears its tombstones when they are what fills it.
func (t *sub) rehash() {
	old := t.slots
	n := max(8, len(old))
	if t.live*4 > n {
		n *= 2
	}
	t.slots, t.used = make([]slot, n), t.live
	for _, s := range old {
		if s.id == 0 || s.id == gone {
			continue
		}
		at := t.home(s.hash)
		for t.slots[at].id != 0 {
			at = t.after(at)
		}
		t.slots[at] = s
	}
}
