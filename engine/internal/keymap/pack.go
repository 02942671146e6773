package keymap

import (
	"fmt"
	"math"

	"tickbook/engine/internal/chunk"
)

// Class is what may equal each other as keys: integers of any width are one class, floats of any width another.
type Class uint8

// The classes of key columns.
const (
	NoClass Class = iota
	Bools
	Integers
	Floats
	Strings
	Instants
	Durations
)

// ClassOf is the class of a kind, NoClass if it can't be a key.
func ClassOf(k chunk.Kind) Class {
	switch {
	case k == chunk.Bool:
		return Bools
	case k.IsInteger():
		return Integers
	case k.IsFloat():
		return Floats
	case k == chunk.String:
		return Strings
	case k == chunk.Instant:
		return Instants
	case k == chunk.Duration:
		return Durations
	}
	return NoClass
}

// MaxColumns is how many key columns a Packer takes: a null mask has that many bits.
const MaxColumns = 32

// Packer turns key columns into words that are equal when the values are: all NaNs are one, -0 is 0, strings are codes of the packer's
// dictionary, into which the codes of others are translated once for each distinct value.
type Packer struct {
	keys []packKey
}

type packKey struct {
	pack  packFunc
	dict  *chunk.Dict               // strings: whose codes the words are
	trans map[*chunk.Dict]*[]uint32 // by dictionary that isn't dict: code+1 by its code, 0 until needed
}

// packFunc writes the values of b's rows to words[0], words[stride], …
type packFunc func(p *packKey, words []uint64, stride int, c chunk.Column, b *chunk.Batch, s *chunk.Scratch) (nulls []uint64)

// NewPacker returns a packer of columns of the given kinds. dicts says for the string columns whose codes the words are; it may be nil when
// there is no string column.
func NewPacker(kinds []chunk.Kind, dicts []*chunk.Dict) (*Packer, error) {
	if len(kinds) > MaxColumns {
		return nil, fmt.Errorf("%d key columns; at most %d are possible", len(kinds), MaxColumns)
	}
	p := &Packer{}
	for i, k := range kinds {
		f, err := packerOf(k)
		if err != nil {
			return nil, err
		}
		key := packKey{pack: f}
		if k == chunk.String {
			key.dict = dicts[i]
		}
		p.keys = append(p.keys, key)
	}
	return p, nil
}

func packerOf(k chunk.Kind) (packFunc, error) {
	switch k.Physical() {
	case chunk.Bool:
		return packBools, nil
	case chunk.Int8:
		return packInts[int8], nil
	case chunk.Int16:
		return packInts[int16], nil
	case chunk.Int32:
		return packInts[int32], nil
	case chunk.Int64:
		return packInts[int64], nil
	case chunk.Float32:
		return packFloats[float32], nil
	case chunk.Float64:
		return packFloats[float64], nil
	case chunk.String:
		return packCodes, nil
	}
	return nil, fmt.Errorf("no keys of kind %s", k)
}

// Pack writes the keys of b's rows to words, k a row, and their null masks to nulls if any key has a null: then it returns true. The word of
// a null is 0.
func (p *Packer) Pack(in []chunk.Column, b *chunk.Batch, s *chunk.Scratch, words []uint64, nulls []uint32) bool {
	k := len(p.keys)
	any := false
	for j := range p.keys {
		m := s.Mark()
		key := &p.keys[j]
		if bits := key.pack(key, words[j:], k, in[j], b, s); bits != nil {
			for i := range b.N {
				if !chunk.IsNull(bits, i) {
					continue
				}
				if !any {
					any = true
					clear(nulls[:b.N])
				}
				nulls[i] |= 1 << j
				words[i*k+j] = 0
			}
		}
		s.Release(m)
	}
	return any
}

func packInts[T ~int8 | ~int16 | ~int32 | ~int64](_ *packKey, w []uint64, k int, c chunk.Column, b *chunk.Batch, s *chunk.Scratch) []uint64 {
	x, nulls := c.(chunk.Vec[T]).Read(b, s)
	at := 0
	for _, v := range x {
		w[at] = uint64(int64(v))
		at += k
	}
	return nulls
}

func packFloats[T ~float32 | ~float64](_ *packKey, w []uint64, k int, c chunk.Column, b *chunk.Batch, s *chunk.Scratch) []uint64 {
	x, nulls := c.(chunk.Vec[T]).Read(b, s)
	for i, v := range x {
		f := float64(v)
		switch {
		case f != f:
			f = math.NaN()
		case f == 0:
			f = 0
		}
		w[i*k] = math.Float64bits(f)
	}
	return nulls
}

func packBools(_ *packKey, w []uint64, k int, c chunk.Column, b *chunk.Batch, s *chunk.Scratch) []uint64 {
	x, nulls := c.(chunk.Vec[bool]).Read(b, s)
	for i, v := range x {
		w[i*k] = 0
		if v {
			w[i*k] = 1
		}
	}
	return nulls
}

func packCodes(p *packKey, w []uint64, k int, c chunk.Column, b *chunk.Batch, s *chunk.Scratch) []uint64 {
	x, nulls := c.(chunk.Vec[uint32]).Read(b, s)
	from := c.Dict()
	if from == p.dict {
		at := 0
		for _, v := range x {
			w[at] = uint64(v)
			at += k
		}
		return nulls
	}
	t := p.table(from)
	for i, v := range x {
		if nulls != nil && chunk.IsNull(nulls, i) {
			continue // its code means nothing
		}
		if int(v) >= len(t) || t[v] == 0 {
			t = p.translate(from, v)
		}
		w[i*k] = uint64(t[v] - 1)
	}
	return nulls
}

const maxDicts = 4 // dictionaries whose translations are kept

func (p *packKey) table(from *chunk.Dict) []uint32 {
	if t := p.trans[from]; t != nil {
		return *t
	}
	if p.trans == nil || len(p.trans) == maxDicts {
		p.trans = map[*chunk.Dict]*[]uint32{}
	}
	t := new([]uint32)
	p.trans[from] = t
	return *t
}

func (p *packKey) translate(from *chunk.Dict, code uint32) []uint32 {
	t := p.trans[from]
	if n := from.Len(); n > len(*t) {
		*t = append(*t, make([]uint32, n-len(*t))...)
	}
	(*t)[code] = p.dict.Code(from.Str(code)) + 1
	return *t
}
