package chunk

import "slices"

// Pages of mutable columns are small: one is copied when one of its rows is overwritten, once an epoch.
const (
	pageBits   = 9
	pageRows   = 1 << pageBits
	pageMask   = pageRows - 1
	chunkPages = Rows / pageRows
)

type pageNulls [pageRows / 64]uint64

type page[T any] struct {
	v     [pageRows]T
	nulls *pageNulls // nil: no null in the page
	epoch uint64     // the writer's epoch in which the page was made; read by the writer only
}

func (p *page[T]) isNull(o uint64) bool { return p.nulls != nil && p.nulls[o>>6]>>(o&63)&1 != 0 }

type pageChunk[T any] struct {
	pages [chunkPages]*page[T]
	epoch uint64
}

// mutated is a published column of a [Mut]: directory → chunk → page, all copied on write once an epoch, so that the state before this cycle
// stays readable: that is where previous values come from.
type mutated[T any] struct {
	kind Kind
	dict *Dict
	dir  []*pageChunk[T]
}

func (v *mutated[T]) Kind() Kind             { return v.kind }
func (v *mutated[T]) Dict() *Dict            { return v.dict }
func (v *mutated[T]) page(k uint64) *page[T] { return v.dir[k>>Bits].pages[k&Mask>>pageBits] }

// Read returns a slice of the column's memory for a range within one page that has no null, and copies otherwise.
func (v *mutated[T]) Read(b *Batch, s *Scratch) ([]T, []uint64) {
	if b.Keys == nil {
		return v.readRange(b, s)
	}
	var nulls []uint64
	out := Take[T](s)[:b.N]
	for i, k := range b.Keys[:b.N] {
		p, o := v.page(k), k&pageMask
		out[i] = p.v[o]
		if p.isNull(o) {
			if nulls == nil {
				nulls = TakeNulls(s)
			}
			SetNull(nulls, i)
		}
	}
	return out, nulls
}

func (v *mutated[T]) readRange(b *Batch, s *Scratch) ([]T, []uint64) {
	o := int(b.Lo & pageMask)
	if b.N == 0 {
		return nil, nil
	}
	if p := v.page(b.Lo); o+b.N <= pageRows && p.nulls == nil {
		return p.v[o : o+b.N], nil
	}
	var nulls []uint64
	out := Take[T](s)[:b.N]
	for i := 0; i < b.N; {
		k := b.Lo + uint64(i)
		p, o := v.page(k), int(k&pageMask)
		m := min(b.N-i, pageRows-o)
		copy(out[i:i+m], p.v[o:])
		if p.nulls != nil {
			if nulls == nil {
				nulls = TakeNulls(s)
			}
			for j := range m {
				if p.isNull(uint64(o + j)) {
					SetNull(nulls, i+j)
				}
			}
		}
		i += m
	}
	return out, nulls
}

// Mut writes a column whose rows can be overwritten. One goroutine writes; published columns are read by any.
type Mut[T any] struct {
	v     mutated[T]
	epoch uint64 // counts Begin
	// high is one more than the largest key ever written in an earlier epoch: places from there on are seen by no reader, so that added rows need
	// no copy. A key below it may be live in a state that somebody still holds, even when it isn't in the current row set (a row that left a
	// filter and comes back), so that it is always copied.
	high    uint64
	top     uint64   // one more than the largest key ever written
	owned   bool     // v.dir's array was made in this epoch
	changed bool     // v.dir differs from what was last published
	pub     Column   // what the last Publish returned
	freed   int      // chunks below were forgotten, unless written again
	copied  int      // pages copied ever, for measurements
	last    *page[T] // the page of the last Set in this epoch when it may be written again, else nil
	lastKey uint64   // last's first key
}

// NewMut returns an empty column of the kind, whose Go type is T. A string column's codes are of dict.
func NewMut[T any](kind Kind, dict *Dict) *Mut[T] {
	return &Mut[T]{v: mutated[T]{kind: kind, dict: dict}}
}

// Begin starts an epoch: what is published is frozen from here on.
func (c *Mut[T]) Begin() {
	c.epoch++
	c.owned, c.high, c.last = false, c.top, nil
}

// Set writes row key. A null row's value is unspecified.
func (c *Mut[T]) Set(key uint64, x T, null bool) {
	o := key & pageMask
	if p := c.last; p != nil && key-o == c.lastKey {
		c.write(p, o, x, null)
	} else {
		p = c.page(key, null)
		c.write(p, o, x, null)
		c.last = nil
		if p.epoch == c.epoch {
			c.last, c.lastKey = p, key-o
		}
	}
	c.top = max(c.top, key+1)
}

// SetAll writes the rows of b. Bit i of nulls is set when row i is null; nulls == nil: none is.
func (c *Mut[T]) SetAll(b *Batch, vals []T, nulls []uint64) {
	for i := 0; i < b.N; {
		n := 1
		if b.Keys == nil {
			n = min(b.N-i, int(pageRows-(b.Lo+uint64(i))&pageMask))
		}
		key := b.Key(i)
		if nulls == nil && n > 1 && c.setPage(key, vals[i:i+n]) {
			i += n
			continue
		}
		for end := i + n; i < end; i++ {
			c.Set(b.Key(i), vals[i], IsNull(nulls, i))
		}
	}
}

// setPage writes values to places of one page, from row key on, if no reader has seen them and the page has no nulls.
func (c *Mut[T]) setPage(key uint64, vals []T) bool {
	if key < c.high {
		return false
	}
	p := c.page(key, false)
	if p.nulls != nil {
		return false
	}
	copy(p.v[key&pageMask:], vals)
	c.top = max(c.top, key+uint64(len(vals)))
	return true
}

// Replace writes rows that were written before, where they differ: then it sets changed[i], and it says whether any does. NaN equals NaN, and null is
// null whatever its value.
func Replace[T comparable](c *Mut[T], keys []uint64, vals []T, nulls []uint64, changed []bool) (any bool) {
	vals, changed = vals[:len(keys)], changed[:len(keys)]
	var p *page[T]
	first := ^uint64(0) // p's first key
	for i, k := range keys {
		o := k & pageMask
		if k-o != first {
			p, first = c.v.page(k), k-o
		}
		x, null := vals[i], IsNull(nulls, i)
		if was := p.v[o]; p.isNull(o) == null && (null || was == x || was != was && x != x) {
			continue
		}
		p = c.page(k, null)
		c.write(p, o, x, null)
		changed[i], any = true, true
	}
	return any
}

func (c *Mut[T]) write(p *page[T], o uint64, x T, null bool) {
	p.v[o] = x
	switch {
	case null:
		if p.nulls == nil {
			p.nulls = new(pageNulls)
		}
		p.nulls[o>>6] |= 1 << (o & 63)
	case p.isNull(o):
		if p.epoch != c.epoch {
			panic("BUG: mutable column: a null bit beyond the high-water mark")
		}
		p.nulls[o>>6] &^= 1 << (o & 63)
	}
}

// page is key's page, one that may be written: private to this epoch, or shared when the place is new to all readers and only a value comes.
func (c *Mut[T]) page(key uint64, null bool) *page[T] {
	ci, pi := int(key>>Bits), int(key&Mask>>pageBits)
	if ci < len(c.v.dir) && c.v.dir[ci] != nil {
		if p := c.v.dir[ci].pages[pi]; p != nil && (p.epoch == c.epoch || key >= c.high && !null) {
			return p
		}
	}
	ch := c.chunk(ci)
	p := ch.pages[pi]
	if p == nil {
		p = &page[T]{epoch: c.epoch}
	} else {
		x := *p
		if p, x.epoch = &x, c.epoch; x.nulls != nil {
			n := *x.nulls
			p.nulls = &n
		}
		c.copied++
	}
	ch.pages[pi] = p
	return p
}

// chunk is chunk ci's directory of pages, private to this epoch.
func (c *Mut[T]) chunk(ci int) *pageChunk[T] {
	c.own()
	for ci >= len(c.v.dir) {
		c.v.dir = append(c.v.dir, nil)
	}
	ch := c.v.dir[ci]
	if ch == nil {
		ch = &pageChunk[T]{epoch: c.epoch}
		c.freed = min(c.freed, ci)
	} else if ch.epoch != c.epoch {
		x := *ch
		ch, x.epoch = &x, c.epoch
	}
	c.v.dir[ci] = ch
	return ch
}

func (c *Mut[T]) own() {
	if !c.owned {
		c.v.dir, c.owned = slices.Clone(c.v.dir), true
	}
	c.changed = true
}

// Get reads row key, which was written; ok is false for null. The writer's goroutine only.
func (c *Mut[T]) Get(key uint64) (x T, ok bool) {
	p, o := c.v.page(key), key&pageMask
	return p.v[o], !p.isNull(o)
}

// Publish returns the column as of now: the same object as last time while no page was made or copied.
func (c *Mut[T]) Publish() Column {
	if c.pub == nil || c.changed {
		v := c.v
		c.pub, c.changed = &v, false
	}
	return c.pub
}

// Free forgets the chunks all of whose rows are below the key. Columns published before still hold them.
func (c *Mut[T]) Free(below uint64) {
	end := min(int(below>>Bits), len(c.v.dir))
	for ; c.freed < end; c.freed++ {
		if c.v.dir[c.freed] != nil {
			c.own()
			c.v.dir[c.freed] = nil
			c.last = nil
		}
	}
}
