package engine

import (
	"fmt"

	"tickbook/engine/internal/chunk"
)

// Buffer is a column of a batch of rows. Only the slice of its kind is used: I64 for instants and durations too, Codes for strings.
type Buffer struct {
	Kind  Kind
	Bools []bool
	I8    []int8
	I16   []int16
	I32   []int32
	I64   []int64
	F32   []float32
	F64   []float64
	Codes []uint32 // of the source column's Dict
	Nulls []uint64 // bit i%64 of word i/64 is set when row i is null; nil: none is. A null row still has a value, any
}

// Rows is a batch of rows, in columns.
type Rows struct {
	N    int // rows; every column has as many values
	Cols []Buffer
}

// NewRows returns an empty batch with room for some rows.
func NewRows(defs []ColumnDef, capacity int) *Rows {
	r := &Rows{Cols: make([]Buffer, len(defs))}
	for i, d := range defs {
		b := &r.Cols[i]
		b.Kind = d.Kind
		switch d.Kind.Physical() {
		case KindBool:
			b.Bools = make([]bool, 0, capacity)
		case KindInt8:
			b.I8 = make([]int8, 0, capacity)
		case KindInt16:
			b.I16 = make([]int16, 0, capacity)
		case KindInt32:
			b.I32 = make([]int32, 0, capacity)
		case KindInt64:
			b.I64 = make([]int64, 0, capacity)
		case KindFloat32:
			b.F32 = make([]float32, 0, capacity)
		case KindFloat64:
			b.F64 = make([]float64, 0, capacity)
		case KindString:
			b.Codes = make([]uint32, 0, capacity)
		}
	}
	return r
}

// Reset empties the batch and keeps its memory.
func (r *Rows) Reset() {
	r.N = 0
	for i := range r.Cols {
		b := &r.Cols[i]
		b.Bools, b.I8, b.I16, b.I32, b.I64 = b.Bools[:0], b.I8[:0], b.I16[:0], b.I32[:0], b.I64[:0]
		b.F32, b.F64, b.Codes, b.Nulls = b.F32[:0], b.F64[:0], b.Codes[:0], b.Nulls[:0]
	}
}

// SetNull marks row i of the column null.
func (b *Buffer) SetNull(i int) {
	for i>>6 >= len(b.Nulls) {
		b.Nulls = append(b.Nulls, 0)
	}
	b.Nulls[i>>6] |= 1 << (i & 63)
}

// appender is an append-only column of any kind.
type appender interface {
	Begin()
	Publish() chunk.Column
	Free(below uint64)
	// appendBuffer appends the first n rows of b.
	appendBuffer(b *Buffer, n int) error
}

// typedAppender appends the slice of a buffer that pick chooses.
type typedAppender[T any] struct {
	*chunk.Append[T]
	pick func(*Buffer) []T
}

func (a typedAppender[T]) appendBuffer(b *Buffer, n int) error {
	vals := a.pick(b)
	if len(vals) < n {
		return fmt.Errorf("a batch of %d rows has %d values", n, len(vals))
	}
	nulls := b.Nulls
	if len(nulls) == 0 {
		nulls = nil
	} else if len(nulls)*64 < n { // the rows beyond the last null have no bits
		nulls = append(make([]uint64, 0, n/64+1), nulls...)[:n/64+1]
	}
	a.Append.Append(vals[:n], nulls)
	return nil
}

// newAppender makes an append-only column. d numbers the values of a string column.
func newAppender(k Kind, d *Dict) appender {
	switch k.Physical() {
	case KindBool:
		return typedAppender[bool]{chunk.NewAppend[bool](k, nil), func(b *Buffer) []bool { return b.Bools }}
	case KindInt8:
		return typedAppender[int8]{chunk.NewAppend[int8](k, nil), func(b *Buffer) []int8 { return b.I8 }}
	case KindInt16:
		return typedAppender[int16]{chunk.NewAppend[int16](k, nil), func(b *Buffer) []int16 { return b.I16 }}
	case KindInt32:
		return typedAppender[int32]{chunk.NewAppend[int32](k, nil), func(b *Buffer) []int32 { return b.I32 }}
	case KindInt64:
		return typedAppender[int64]{chunk.NewAppend[int64](k, nil), func(b *Buffer) []int64 { return b.I64 }}
	case KindFloat32:
		return typedAppender[float32]{chunk.NewAppend[float32](k, nil), func(b *Buffer) []float32 { return b.F32 }}
	case KindFloat64:
		return typedAppender[float64]{chunk.NewAppend[float64](k, nil), func(b *Buffer) []float64 { return b.F64 }}
	case KindString:
		if d == nil {
			d = chunk.NewDict()
		}
		return typedAppender[uint32]{chunk.NewAppend[uint32](k, d), func(b *Buffer) []uint32 { return b.Codes }}
	}
	bug("no storage for %v columns", k)
	return nil
}
