package order

import (
	"fmt"

	"tickbook/engine/internal/chunk"
)

// Spec is one sort column.
type Spec struct {
	Kind chunk.Kind
	Desc bool
}

// Packer turns rows into entries: words of the sort columns, then the row key. Unsigned comparison of entries puts null first, then values,
// then NaN (-0 is 0), and all of it turned round for a falling column; ties are in key order either way.
//
// A column takes one word, in which 0 is free for null. The integer kinds of 64 bits have no free word: their null flag is the top bit of the
// row key's word when they come last, else a word of its own before the value's.
type Packer struct {
	cols    []packCol
	width   int
	strings bool
}

type packCol struct {
	pack packFunc
	at   int // its word
	flag int // the word of its null flag; -1: it needs none
	desc bool
	kind chunk.Kind
}

// keyBits are the bits of an entry's last word that are the row key.
const keyBits = 1<<63 - 1

// packFunc writes column c's words of b's rows.
type packFunc func(p *packCol, out []uint64, width int, c chunk.Column, labels []uint64, b *chunk.Batch, s *chunk.Scratch)

// NewPacker returns a packer for sort columns, the most significant one first.
func NewPacker(specs []Spec) (*Packer, error) {
	p := &Packer{}
	for i, sp := range specs {
		f, err := packerOf(sp.Kind)
		if err != nil {
			return nil, err
		}
		c := packCol{pack: f, at: p.width, flag: -1, desc: sp.Desc, kind: sp.Kind}
		if sp.Kind.Physical() == chunk.Int64 {
			c.flag = p.width + 1 // the key's word
			if i < len(specs)-1 {
				c.flag, c.at = p.width, p.width+1
				p.width++
			}
		}
		p.width++
		p.strings = p.strings || sp.Kind == chunk.String
		p.cols = append(p.cols, c)
	}
	p.width++
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
	return nil, fmt.Errorf("no order for kind %s", k)
}

// Width is the words of an entry.
func (p *Packer) Width() int { return p.width }

// HasStrings says whether Pack needs labels.
func (p *Packer) HasStrings() bool { return p.strings }

// Key is an entry's row key.
func Key(e []uint64) uint64 { return e[len(e)-1] & keyBits }

// Pack writes the entries of b's rows to out, one after the other. in are the sort columns of one state; labels has, for each string column
// among them, its labels by code, in which every code of b's rows has one.
func (p *Packer) Pack(in []chunk.Column, labels [][]uint64, b *chunk.Batch, s *chunk.Scratch, out []uint64) {
	w := p.width
	for i := range b.N {
		out[i*w+w-1] = b.Key(i)
	}
	for j := range p.cols {
		m := s.Mark()
		var l []uint64
		if labels != nil {
			l = labels[j]
		}
		p.cols[j].pack(&p.cols[j], out, w, in[j], l, b, s)
		s.Release(m)
	}
}

// finish turns round what falls and puts the null flags in.
func (p *packCol) finish(out []uint64, w, n int, nulls []uint64) {
	const top = 1 << 63
	if nulls != nil {
		for i := range n {
			if chunk.IsNull(nulls, i) {
				out[i*w+p.at] = 0
			}
		}
	}
	if p.flag >= 0 {
		own := p.flag != w-1
		for i := range n {
			f := &out[i*w+p.flag]
			if own {
				*f = 0
			}
			if chunk.IsNull(nulls, i) == p.desc {
				*f |= top
			}
		}
	}
	if p.desc {
		for i := range n {
			out[i*w+p.at] = ^out[i*w+p.at]
		}
	}
}

func packInts[T ~int8 | ~int16 | ~int32 | ~int64](p *packCol, out []uint64, w int, c chunk.Column, _ []uint64, b *chunk.Batch, s *chunk.Scratch) {
	x, nulls := c.(chunk.Vec[T]).Read(b, s)
	for i, v := range x {
		out[i*w+p.at] = IntWord(int64(v))
	}
	p.finish(out, w, b.N, nulls)
}

func packFloats[T ~float32 | ~float64](p *packCol, out []uint64, w int, c chunk.Column, _ []uint64, b *chunk.Batch, s *chunk.Scratch) {
	x, nulls := c.(chunk.Vec[T]).Read(b, s)
	for i, v := range x {
		out[i*w+p.at] = FloatWord(float64(v))
	}
	p.finish(out, w, b.N, nulls)
}

func packBools(p *packCol, out []uint64, w int, c chunk.Column, _ []uint64, b *chunk.Batch, s *chunk.Scratch) {
	x, nulls := c.(chunk.Vec[bool]).Read(b, s)
	for i, v := range x {
		u := uint64(1)
		if v {
			u = 2
		}
		out[i*w+p.at] = u
	}
	p.finish(out, w, b.N, nulls)
}

func packCodes(p *packCol, out []uint64, w int, c chunk.Column, labels []uint64, b *chunk.Batch, s *chunk.Scratch) {
	x, nulls := c.(chunk.Vec[uint32]).Read(b, s)
	for i, v := range x {
		if !chunk.IsNull(nulls, i) {
			out[i*w+p.at] = labels[v]
		}
	}
	p.finish(out, w, b.N, nulls)
}
