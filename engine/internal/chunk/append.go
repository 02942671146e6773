package chunk

import "slices"

// nullMap has a bit for each row of a chunk, set when the row is null: rows to come need no write.
type nullMap [Rows / 64]uint64

// appended is a published column of an [Append]. The writer goes on writing beyond every published row of the same chunks.
type appended[T any] struct {
	kind  Kind
	dict  *Dict
	dir   [][]T      // by chunk; nil: forgotten
	nulls []*nullMap // by chunk; nil, or beyond the end: no null in that chunk
}

func (v *appended[T]) Kind() Kind  { return v.kind }
func (v *appended[T]) Dict() *Dict { return v.dict }

// Read returns a slice of the column's memory for a range, and gathers a list of keys.
func (v *appended[T]) Read(b *Batch, s *Scratch) ([]T, []uint64) {
	if b.Keys == nil {
		c, o := int(b.Lo>>Bits), int(b.Lo&Mask)
		vals := v.dir[c][o : o+b.N]
		if c >= len(v.nulls) || v.nulls[c] == nil {
			return vals, nil
		}
		out := TakeNulls(s)
		ShiftBits(out, v.nulls[c][:], o, b.N)
		return vals, out
	}
	out := Take[T](s)[:b.N]
	dir := v.dir
	for i, k := range b.Keys[:b.N] {
		out[i] = dir[k>>Bits][k&Mask]
	}
	if v.nulls == nil {
		return out, nil
	}
	nulls := TakeNulls(s)
	for i, k := range b.Keys[:b.N] {
		c := int(k >> Bits)
		if c < len(v.nulls) && v.nulls[c] != nil && v.nulls[c][k&Mask>>6]>>(k&63)&1 != 0 {
			SetNull(nulls, i)
		}
	}
	return out, nulls
}

// Append writes an append-only column: row keys are 0, 1, 2, … in order of appending. One goroutine writes; published columns are read by any.
type Append[T any] struct {
	v         appended[T]
	n         int          // rows appended
	pub       *appended[T] // what the last Publish returned; nil when dir or nulls have changed since
	epoch     uint64       // counts Begin
	nullChunk int          // the chunk whose null bits were copied last,
	nullEpoch uint64       // and in which epoch: private until the next
	freed     int          // chunks forgotten
}

// firstRows is the length of the first chunk at first: an empty table is cheap.
const firstRows = 256

// NewAppend returns an empty column of the kind, whose Go type is T. A string column's codes are of dict.
func NewAppend[T any](kind Kind, dict *Dict) *Append[T] {
	return &Append[T]{v: appended[T]{kind: kind, dict: dict}}
}

// Begin starts an epoch: what is published is frozen.
func (c *Append[T]) Begin() { c.epoch++ }

// Len is the number of rows appended.
func (c *Append[T]) Len() int { return c.n }

// Append copies vals to the end. Bit i of nulls is set when vals[i] is null; nulls == nil: none is.
func (c *Append[T]) Append(vals []T, nulls []uint64) {
	for i := 0; i < len(vals); {
		ci, o := c.n>>Bits, c.n&Mask
		c.grow(ci, o)
		m := copy(c.v.dir[ci][o:], vals[i:])
		if nulls != nil {
			c.setNulls(ci, o, nulls, i, m)
		}
		c.n += m
		i += m
	}
}

// grow makes room for a row at place o of chunk ci.
func (c *Append[T]) grow(ci, o int) {
	if ci == len(c.v.dir) {
		size := Rows
		if ci == 0 {
			size = firstRows
		}
		c.v.dir = append(c.v.dir, make([]T, size)) // beyond the length that published columns see
		c.pub = nil
		return
	}
	if ch := c.v.dir[ci]; o == len(ch) { // the first chunk, still small
		next := make([]T, len(ch)*4)
		copy(next, ch)
		c.v.dir = slices.Clone(c.v.dir)
		c.v.dir[ci] = next
		c.pub = nil
	}
}

// setNulls copies m null bits, from bit at on, to place o of chunk ci. Bits of published and of new rows share words, so that a chunk's bits are
// copied once an epoch, and only when a null arrives.
func (c *Append[T]) setNulls(ci, o int, nulls []uint64, at, m int) {
	var to *nullMap
	for i := range m {
		if !IsNull(nulls, at+i) {
			continue
		}
		if to == nil {
			to = c.nullBits(ci)
		}
		to[(o+i)>>6] |= 1 << ((o + i) & 63)
	}
}

// nullBits are chunk ci's null bits, private to this epoch.
func (c *Append[T]) nullBits(ci int) *nullMap {
	if c.nullChunk == ci && c.nullEpoch == c.epoch && ci < len(c.v.nulls) && c.v.nulls[ci] != nil {
		return c.v.nulls[ci]
	}
	c.v.nulls = slices.Clone(c.v.nulls)
	for len(c.v.nulls) <= ci {
		c.v.nulls = append(c.v.nulls, nil)
	}
	m := new(nullMap)
	if old := c.v.nulls[ci]; old != nil {
		*m = *old
	}
	c.v.nulls[ci], c.pub = m, nil
	c.nullChunk, c.nullEpoch = ci, c.epoch
	return m
}

// Publish returns the column as of now. It is the same object as last time while only values were appended to chunks that were there.
func (c *Append[T]) Publish() Column {
	if c.pub == nil {
		p := c.v
		c.pub = &p
	}
	return c.pub
}

// Free forgets the chunks all of whose rows are below the key. Columns published before still hold them.
func (c *Append[T]) Free(below uint64) {
	end := min(int(below>>Bits), len(c.v.dir))
	if c.freed >= end {
		return
	}
	c.v.dir, c.v.nulls, c.pub = slices.Clone(c.v.dir), slices.Clone(c.v.nulls), nil
	for ; c.freed < end; c.freed++ {
		c.v.dir[c.freed] = nil
		if c.freed < len(c.v.nulls) {
			c.v.nulls[c.freed] = nil
		}
	}
}
