package engine

import (
	"math"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/keymap"
)

// keyColumn is a key column of a table of groups: the key of group i is in row i.
type keyColumn interface {
	Begin()
	Publish() chunk.Column
	Free(below uint64)
	// take appends key column j of the groups numbered since first.
	take(m *keymap.Map, first uint32, j int)
}

// typedKeys turns the words of keys back into values.
type typedKeys[T any] struct {
	*chunk.Append[T]
	value func(word uint64) T
	vals  []T      // scratch
	nulls []uint64 // scratch
}

func (c *typedKeys[T]) take(m *keymap.Map, first uint32, j int) {
	n := uint32(m.Len()) - first
	if n == 0 {
		return
	}
	c.vals, c.nulls = c.vals[:0], c.nulls[:0]
	for i := range n {
		c.vals = append(c.vals, c.value(m.Word(first+i, j)))
		if m.Nulls(first+i)>>j&1 != 0 {
			for len(c.nulls) < int(n+63)/64 {
				c.nulls = append(c.nulls, 0)
			}
			chunk.SetNull(c.nulls, int(i))
		}
	}
	if len(c.nulls) == 0 {
		c.Append.Append(c.vals, nil)
		return
	}
	c.Append.Append(c.vals, c.nulls)
}

func keysOf[T any](k Kind, d *Dict, value func(word uint64) T) keyColumn {
	return &typedKeys[T]{Append: chunk.NewAppend[T](k, d), value: value}
}

// newKeyColumn is the factory of key columns. d numbers the values of a string column.
func newKeyColumn(k Kind, d *Dict) keyColumn {
	switch k.Physical() {
	case KindBool:
		return keysOf(k, nil, func(w uint64) bool { return w != 0 })
	case KindInt8:
		return keysOf(k, nil, func(w uint64) int8 { return int8(w) })
	case KindInt16:
		return keysOf(k, nil, func(w uint64) int16 { return int16(w) })
	case KindInt32:
		return keysOf(k, nil, func(w uint64) int32 { return int32(w) })
	case KindInt64:
		return keysOf(k, nil, func(w uint64) int64 { return int64(w) })
	case KindFloat32:
		return keysOf(k, nil, func(w uint64) float32 { return float32(math.Float64frombits(w)) })
	case KindFloat64:
		return keysOf(k, nil, math.Float64frombits)
	case KindString:
		return keysOf(k, d, func(w uint64) uint32 { return uint32(w) })
	}
	bug("no key column of kind %v", k)
	return nil
}
