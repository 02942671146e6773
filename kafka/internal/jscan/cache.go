package jscan

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
)

// Dict gives codes to strings and tells the string of a code. It may be shared by goroutines.
type Dict interface {
	CodeBytes(b []byte) uint32
	Str(code uint32) string
}

// cache remembers codes of a [Dict], so that a string seen before costs no lock and no call.
//
// State: open addressing, at most half full, up to maxCache slots; when it would grow further it starts anew, so that a column of distinct strings fills no memory.
type cache struct {
	dict Dict
	seed maphash.Seed
	tab  []cacheSlot // a power of two long
	n    int
}

// cacheSlot holds a string of at most 7 bytes itself, with its length in the top byte, or the hash of a longer one under a top byte of 0xff.
type cacheSlot struct {
	key  uint64
	code uint32 // the code + 1; 0 means empty
}

const maxCache = 1 << 16

func newCache(d Dict) *cache {
	return &cache{dict: d, seed: maphash.MakeSeed(), tab: make([]cacheSlot, 64)}
}

func (c *cache) key(b []byte) uint64 {
	n := uint(len(b))
	switch {
	case n == 0:
		return 0
	case n < 4:
		return uint64(b[0]) | uint64(b[n>>1])<<(8*(n>>1)) | uint64(b[n-1])<<(8*(n-1)) | uint64(n)<<56
	case n < 8:
		return uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<(8*(n-4)) | uint64(n)<<56
	}
	return maphash.Bytes(c.seed, b) | 0xff<<56
}

func slotOf(key uint64) uint32 {
	hi, lo := bits.Mul64(key, 0x9E3779B97F4A7C15)
	return uint32(hi ^ lo)
}

// code is the dictionary's code of b.
func (c *cache) code(b []byte) uint32 {
	k := c.key(b)
	if len(b) < 8 {
		return c.short(k, b)
	}
	mask := uint32(len(c.tab) - 1)
	for i := slotOf(k) & mask; ; i = (i + 1) & mask {
		s := c.tab[i]
		if s.code == 0 {
			return c.add(b, k)
		}
		if s.key == k && c.dict.Str(s.code-1) == string(b) {
			return s.code - 1
		}
	}
}

// short is the dictionary's code of a string of at most 7 bytes, whose key is k.
func (c *cache) short(k uint64, b []byte) uint32 {
	mask := uint32(len(c.tab) - 1)
	for i := slotOf(k) & mask; ; i = (i + 1) & mask {
		s := c.tab[i]
		if s.code == 0 {
			return c.add(b, k)
		}
		if s.key == k {
			return s.code - 1
		}
	}
}

func (c *cache) add(b []byte, k uint64) uint32 {
	code := c.dict.CodeBytes(b)
	if 2*(c.n+1) > len(c.tab) {
		c.grow()
	}
	c.put(cacheSlot{k, code + 1})
	return code
}

func (c *cache) grow() {
	old := c.tab
	c.n = 0
	if len(old) >= maxCache {
		clear(old)
		return
	}
	c.tab = make([]cacheSlot, 2*len(old))
	for _, s := range old {
		if s.code != 0 {
			c.put(s)
		}
	}
}

func (c *cache) put(s cacheSlot) {
	mask := uint32(len(c.tab) - 1)
	i := slotOf(s.key) & mask
	for c.tab[i].code != 0 {
		i = (i + 1) & mask
	}
	c.tab[i] = s
	c.n++
}
