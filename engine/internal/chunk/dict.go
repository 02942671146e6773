package chunk

import (
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Dict numbers the distinct strings of a source column; derived columns share it. Codes count from 0 in order of first appearance and never
// change. The bytes lie in arena blocks and the places in pages without pointers, so that the garbage collector does not walk strings.
//
// Any number of goroutines may add and look up codes. Reading a string takes no lock.
type Dict struct {
	mu   sync.RWMutex
	seed maphash.Seed
	tab  []dictSlot // open addressing, a power of two long; guarded by mu
	n    uint32     // codes given; guarded by mu
	used int        // bytes used of the newest arena block; guarded by mu

	store atomic.Pointer[dictStore] // replaced when a block or page begins, never changed otherwise
}

// dictStore is what readers see. Places and bytes of codes already given never change.
type dictStore struct {
	blocks [][]byte
	pages  []*[dictPage]dictPlace
}

type dictPlace struct{ block, off, len uint32 }

type dictSlot struct {
	hash uint64
	code uint32 // the code + 1; 0 means empty
}

const (
	dictPage  = 1 << 10
	dictBlock = 1 << 16
)

// NewDict returns an empty dictionary.
func NewDict() *Dict {
	d := &Dict{seed: maphash.MakeSeed(), tab: make([]dictSlot, 64)}
	d.store.Store(&dictStore{})
	return d
}

// Len is the number of codes given.
func (d *Dict) Len() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return int(d.n)
}

// Str returns the string of a code that the dictionary gave. It shares the arena's memory, which lives as long as the string does.
func (d *Dict) Str(code uint32) string {
	s := d.store.Load()
	p := s.pages[code/dictPage][code%dictPage]
	if p.len == 0 {
		return ""
	}
	// The bytes of a given code are never written again: an unsafe string over them is immutable.
	return unsafe.String(&s.blocks[p.block][p.off], int(p.len))
}

// Find returns the code of x if it has one.
func (d *Dict) Find(x string) (code uint32, ok bool) {
	h := maphash.String(d.seed, x)
	d.mu.RLock()
	defer d.mu.RUnlock()
	s := d.tab[d.slot(h, x)]
	return s.code - 1, s.code != 0
}

// Code returns the code of x, a new one if it had none.
func (d *Dict) Code(x string) uint32 {
	if c, ok := d.Find(x); ok {
		return c
	}
	h := maphash.String(d.seed, x)
	d.mu.Lock()
	defer d.mu.Unlock()
	i := d.slot(h, x)
	if d.tab[i].code == 0 {
		d.add(i, h, x)
		i = d.slot(h, x)
	}
	return d.tab[i].code - 1
}

// CodeBytes is Code of a byte slice, which is copied if it is new.
func (d *Dict) CodeBytes(b []byte) uint32 { return d.Code(unsafe.String(unsafe.SliceData(b), len(b))) }

// slot is x's place in the table, or the empty one where it belongs.
func (d *Dict) slot(h uint64, x string) int {
	mask := uint64(len(d.tab) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := d.tab[i]
		if s.code == 0 || s.hash == h && d.Str(s.code-1) == x {
			return int(i)
		}
	}
}

func (d *Dict) add(i int, h uint64, x string) {
	s := d.store.Load()
	if len(s.blocks) == 0 || d.used+len(x) > len(s.blocks[len(s.blocks)-1]) {
		s = &dictStore{append(slices.Clone(s.blocks), make([]byte, max(dictBlock, len(x)))), s.pages}
		d.used = 0
	}
	if int(d.n/dictPage) == len(s.pages) {
		s = &dictStore{s.blocks, append(slices.Clone(s.pages), new([dictPage]dictPlace))}
	}
	b := len(s.blocks) - 1
	copy(s.blocks[b][d.used:], x)
	s.pages[d.n/dictPage][d.n%dictPage] = dictPlace{uint32(b), uint32(d.used), uint32(len(x))}
	d.used += len(x)
	d.store.Store(s)
	d.n++
	d.tab[i] = dictSlot{h, d.n}
	if int(d.n)*2 > len(d.tab) {
		d.grow()
	}
}

func (d *Dict) grow() {
	old := d.tab
	d.tab = make([]dictSlot, len(old)*2)
	mask := uint64(len(d.tab) - 1)
	for _, s := range old {
		if s.code == 0 {
			continue
		}
		i := s.hash & mask
		for d.tab[i].code != 0 {
			i = (i + 1) & mask
		}
		d.tab[i] = s
	}
}
