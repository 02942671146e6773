package formula

import (
	"math"
	"strconv"
	"strings"
	"time"

	"tickbook/engine/internal/chunk"
)

// toText is x as text: what a cast to string and concat make of it.
func (k *checker) toText(x *node) *node {
	if x.kind == chunk.String {
		return x
	}
	return k.concat([]*node{x})
}

// concat joins the texts of several nodes. A null makes null.
func (k *checker) concat(args []*node) *node { return k.concatIn(k.env.Zone, args) }

// concatIn is concat with instants in a zone.
func (k *checker) concatIn(zone *time.Location, args []*node) *node {
	for i, x := range args {
		switch {
		case x.isNullLit():
			args[i] = convert(x, chunk.String)
		case x.kind.IsInteger():
			args[i] = convert(x, chunk.Int64)
		}
	}
	dict := chunk.NewDict()
	n := &node{kind: chunk.String, pos: args[0].pos, bind: func(in []chunk.Column) chunk.Column {
		v := &concatVec{head: head{chunk.String, dict}, zone: zone}
		for _, x := range args {
			v.cols = append(v.cols, x.bind(in))
		}
		return v
	}}
	return n.under(args...)
}

// concatVec is the joined texts of its columns.
type concatVec struct {
	head
	cols []chunk.Column
	zone *time.Location
}

func (v *concatVec) Read(b *chunk.Batch, s *chunk.Scratch) ([]uint32, []uint64) {
	out, bits, m := result[uint32](b, s)
	parts := readAll(v.cols, b, s, bits)
	buf := make([]byte, 0, 64)
	for i := range out {
		if chunk.IsNull(bits, i) {
			out[i] = 0
			continue
		}
		buf = buf[:0]
		for j := range parts {
			buf = parts[j].append(buf, i, v.zone)
		}
		out[i] = v.dict.CodeBytes(buf)
	}
	s.Release(m)
	return out, some(bits)
}

// anyVec is one column's values in a batch, for what is done a row at a time. One of the slices is set.
type anyVec struct {
	kind  chunk.Kind
	dict  *chunk.Dict
	bools []bool
	ints  []int64
	f32s  []float32
	f64s  []float64
	codes []uint32
}

// read reads a column of a kind that has a slice here, and returns its null bits.
func (p *anyVec) read(c chunk.Column, b *chunk.Batch, s *chunk.Scratch) (nulls []uint64) {
	p.kind, p.dict = c.Kind(), c.Dict()
	switch c := c.(type) {
	case chunk.Vec[bool]:
		p.bools, nulls = c.Read(b, s)
	case chunk.Vec[int64]:
		p.ints, nulls = c.Read(b, s)
	case chunk.Vec[float32]:
		p.f32s, nulls = c.Read(b, s)
	case chunk.Vec[float64]:
		p.f64s, nulls = c.Read(b, s)
	case chunk.Vec[uint32]:
		p.codes, nulls = c.Read(b, s)
	default:
		panic("BUG: a row at a time of " + c.Kind().String())
	}
	return nulls
}

// readAll reads columns, and makes bits the rows in which one of them is null.
func readAll(cols []chunk.Column, b *chunk.Batch, s *chunk.Scratch, bits []uint64) []anyVec {
	parts := make([]anyVec, len(cols))
	clear(bits)
	for i, c := range cols {
		nulls := parts[i].read(c, b, s)
		for w := range nulls[:min(len(nulls), (b.N+63)/64)] {
			bits[w] |= nulls[w]
		}
	}
	return parts
}

// append writes the text of row i, which isn't null.
func (p *anyVec) append(dst []byte, i int, zone *time.Location) []byte {
	switch p.kind {
	case chunk.Bool:
		return strconv.AppendBool(dst, p.bools[i])
	case chunk.Float32:
		return appendFloat(dst, float64(p.f32s[i]), 32)
	case chunk.Float64:
		return appendFloat(dst, p.f64s[i], 64)
	case chunk.String:
		return append(dst, p.dict.Str(p.codes[i])...)
	case chunk.Instant:
		return time.Unix(0, p.ints[i]).In(zone).AppendFormat(dst, time.RFC3339Nano)
	case chunk.Duration:
		return append(dst, time.Duration(p.ints[i]).String()...)
	}
	return strconv.AppendInt(dst, p.ints[i], 10)
}

// appendFloat writes the shortest text that reads back as f.
func appendFloat(dst []byte, f float64, bits int) []byte {
	if a := math.Abs(f); f == 0 || a >= 1e-6 && a < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, bits)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, bits)
}

// parseText reads strings as values of a kind; what does not parse is null.
func (k *checker) parseText(x *node, to chunk.Kind) *node {
	zone := k.env.Zone
	switch to {
	case chunk.Bool:
		return memoNode(to, x, func(s string) (bool, bool) {
			b, err := strconv.ParseBool(strings.TrimSpace(s))
			return b, err == nil
		})
	case chunk.Int64:
		return memoNode(to, x, func(s string) (int64, bool) {
			i, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
			return i, err == nil
		})
	case chunk.Float64:
		return memoNode(to, x, func(s string) (float64, bool) {
			f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
			return f, err == nil
		})
	case chunk.Instant:
		return memoNode(to, x, func(s string) (int64, bool) { return parseInstant(s, zone) })
	case chunk.Duration:
		return memoNode(to, x, func(s string) (int64, bool) {
			d, ok := parseDuration(s)
			return int64(d), ok
		})
	}
	panic("BUG: parse to " + to.String())
}
