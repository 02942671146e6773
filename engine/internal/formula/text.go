package formula

import (
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
func (k *checker) concat(args []*node) *node {
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
		v := &concatVec{head: head{chunk.String, dict}, zone: k.env.Zone}
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

// textPart is one column's values in a batch; one of the slices is set.
type textPart struct {
	kind  chunk.Kind
	dict  *chunk.Dict
	bools []bool
	ints  []int64
	f32s  []float32
	f64s  []float64
	codes []uint32
}

func (v *concatVec) Read(b *chunk.Batch, s *chunk.Scratch) ([]uint32, []uint64) {
	out, bits, m := result[uint32](b, s)
	parts := make([]textPart, len(v.cols))
	var nulls []uint64
	for i, c := range v.cols {
		p := &parts[i]
		p.kind, p.dict = c.Kind(), c.Dict()
		var nx []uint64
		switch c := c.(type) {
		case chunk.Vec[bool]:
			p.bools, nx = c.Read(b, s)
		case chunk.Vec[int64]:
			p.ints, nx = c.Read(b, s)
		case chunk.Vec[float32]:
			p.f32s, nx = c.Read(b, s)
		case chunk.Vec[float64]:
			p.f64s, nx = c.Read(b, s)
		case chunk.Vec[uint32]:
			p.codes, nx = c.Read(b, s)
		}
		nulls = chunk.OrNulls(nulls, keep(chunk.TakeNulls(s), nx, b.N), s)
	}
	buf := make([]byte, 0, 64)
	for i := range out {
		if chunk.IsNull(nulls, i) {
			out[i] = 0
			continue
		}
		buf = buf[:0]
		for j := range parts {
			buf = parts[j].append(buf, i, v.zone)
		}
		out[i] = v.dict.CodeBytes(buf)
	}
	nulls = keep(bits, nulls, b.N)
	s.Release(m)
	return out, nulls
}

// append writes the text of row i, which isn't null.
func (p *textPart) append(dst []byte, i int, zone *time.Location) []byte {
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
