package engine

import (
	"math"
	"time"

	"tickbook/engine/internal/chunk"
)

// Float64s is a column of numbers in the table's order. Integers are widened; a null is NaN. It panics with a *QueryError if there is no such column
// or it holds no numbers.
func (s *Snapshot) Float64s(name string) []float64 {
	c, k := s.column("Float64s", name)
	out := make([]float64, s.n)
	switch k {
	case KindInt8:
		gatherNumbers[int8](s, c, out, math.NaN())
	case KindInt16:
		gatherNumbers[int16](s, c, out, math.NaN())
	case KindInt32:
		gatherNumbers[int32](s, c, out, math.NaN())
	case KindInt64:
		gatherNumbers[int64](s, c, out, math.NaN())
	case KindFloat32:
		gatherNumbers[float32](s, c, out, math.NaN())
	case KindFloat64:
		gatherNumbers[float64](s, c, out, math.NaN())
	default:
		panic(errRead("Float64s", name, k))
	}
	return out
}

// Int64s is a column of integers in the table's order; instants and durations are nanoseconds. A null is 0: see [Snapshot.Valid]. It panics with a
// *QueryError if there is no such column or it holds none of these.
func (s *Snapshot) Int64s(name string) []int64 {
	c, k := s.column("Int64s", name)
	out := make([]int64, s.n)
	switch k {
	case KindInt8:
		gatherNumbers[int8](s, c, out, 0)
	case KindInt16:
		gatherNumbers[int16](s, c, out, 0)
	case KindInt32:
		gatherNumbers[int32](s, c, out, 0)
	case KindInt64, KindInstant, KindDuration:
		gatherNumbers[int64](s, c, out, 0)
	default:
		panic(errRead("Int64s", name, k))
	}
	return out
}

// Strings is a column of strings in the table's order. A null is "": see [Snapshot.Valid]. It panics with a *QueryError if there is no such column or
// it holds no strings.
func (s *Snapshot) Strings(name string) []string {
	c, k := s.column("Strings", name)
	if k != KindString {
		panic(errRead("Strings", name, k))
	}
	out, d := make([]string, s.n), c.Dict()
	gather(s, c, func(at int, codes []uint32, nulls []uint64) {
		for i, code := range codes {
			if !chunk.IsNull(nulls, i) {
				out[at+i] = d.Str(code)
			}
		}
	})
	return out
}

// Bools is a column of bools in the table's order. A null is false: see [Snapshot.Valid]. It panics with a *QueryError if there is no such column or
// it holds no bools.
func (s *Snapshot) Bools(name string) []bool {
	c, k := s.column("Bools", name)
	if k != KindBool {
		panic(errRead("Bools", name, k))
	}
	out := make([]bool, s.n)
	gather(s, c, func(at int, vals []bool, nulls []uint64) {
		for i, x := range vals {
			out[at+i] = x && !chunk.IsNull(nulls, i)
		}
	})
	return out
}

// Times is a column of instants in the table's order, in the zone of [SetZone]. A null is the zero time. It panics with a *QueryError if there is no
// such column or it holds no instants.
func (s *Snapshot) Times(name string) []time.Time {
	c, k := s.column("Times", name)
	if k != KindInstant {
		panic(errRead("Times", name, k))
	}
	out, in := make([]time.Time, s.n), Zone()
	gather(s, c, func(at int, vals []int64, nulls []uint64) {
		for i, x := range vals {
			if !chunk.IsNull(nulls, i) {
				out[at+i] = time.Unix(0, x).In(in)
			}
		}
	})
	return out
}

// Valid says for each row, in the table's order, that a column is not null. nil says that none is. It panics with a *QueryError if there is no such
// column.
func (s *Snapshot) Valid(name string) []bool {
	c, _ := s.column("Valid", name)
	var out []bool
	s.eachNull(c, func(i int) {
		if out == nil {
			out = make([]bool, s.n)
			for j := range out {
				out[j] = true
			}
		}
		out[i] = false
	})
	return out
}

func errRead(op, name string, k Kind) *QueryError {
	var by string
	switch k {
	case KindString:
		by = "Strings"
	case KindBool:
		by = "Bools"
	case KindInstant:
		by = "Times or Int64s"
	case KindDuration:
		by = "Int64s"
	default:
		by = "Float64s"
	}
	return queryErrorf(op, "column %q holds %v values; read it by %s", name, k, by)
}

// gather calls f with the values of all rows, in order.
func gather[T any](s *Snapshot, c chunk.Column, f func(at int, vals []T, nulls []uint64)) {
	v := c.(chunk.Vec[T])
	s.each(func(at int, b *chunk.Batch, sc *chunk.Scratch) {
		vals, nulls := v.Read(b, sc)
		f(at, vals[:b.N], nulls)
	})
}

// gatherNumbers converts the values of all rows, and writes null for those that are null.
func gatherNumbers[T, R chunk.Number](s *Snapshot, c chunk.Column, out []R, null R) {
	gather(s, c, func(at int, vals []T, nulls []uint64) {
		to := out[at : at+len(vals)]
		for i, x := range vals {
			to[i] = R(x)
		}
		if nulls == nil {
			return
		}
		for i := range to {
			if chunk.IsNull(nulls, i) {
				to[i] = null
			}
		}
	})
}

// eachNull calls f with the positions of the nulls.
func (s *Snapshot) eachNull(c chunk.Column, f func(pos int)) {
	see := func(at, n int, nulls []uint64) {
		for i := range n {
			if chunk.IsNull(nulls, i) {
				f(at + i)
			}
		}
	}
	s.each(func(at int, b *chunk.Batch, sc *chunk.Scratch) {
		if nulls := readNulls(c, b, sc); nulls != nil {
			see(at, b.N, nulls)
		}
	})
}

// readNulls reads the null bits of a column of any kind.
func readNulls(c chunk.Column, b *chunk.Batch, sc *chunk.Scratch) (nulls []uint64) {
	switch v := c.(type) {
	case chunk.Vec[bool]:
		_, nulls = v.Read(b, sc)
	case chunk.Vec[int8]:
		_, nulls = v.Read(b, sc)
	case chunk.Vec[int16]:
		_, nulls = v.Read(b, sc)
	case chunk.Vec[int32]:
		_, nulls = v.Read(b, sc)
	case chunk.Vec[int64]:
		_, nulls = v.Read(b, sc)
	case chunk.Vec[uint32]:
		_, nulls = v.Read(b, sc)
	case chunk.Vec[float32]:
		_, nulls = v.Read(b, sc)
	case chunk.Vec[float64]:
		_, nulls = v.Read(b, sc)
	default:
		bug("column of type %T can't be read", c)
	}
	return nulls
}

// Float64s is [Snapshot.Float64s] of the newest cycle.
func (t *Table) Float64s(name string) []float64 { return t.Snapshot().Float64s(name) }

// Int64s is [Snapshot.Int64s] of the newest cycle.
func (t *Table) Int64s(name string) []int64 { return t.Snapshot().Int64s(name) }

// Strings is [Snapshot.Strings] of the newest cycle.
func (t *Table) Strings(name string) []string { return t.Snapshot().Strings(name) }

// Bools is [Snapshot.Bools] of the newest cycle.
func (t *Table) Bools(name string) []bool { return t.Snapshot().Bools(name) }

// Times is [Snapshot.Times] of the newest cycle.
func (t *Table) Times(name string) []time.Time { return t.Snapshot().Times(name) }

// Valid is [Snapshot.Valid] of the newest cycle.
func (t *Table) Valid(name string) []bool { return t.Snapshot().Valid(name) }
