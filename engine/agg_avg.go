package engine

import (
	"math/bits"

	"tickbook/engine/internal/chunk"
)

// Avg is the mean of a column's values: Avg("AvgPrice = Price"), or Avg("Price") under the column's own name; several with commas or in several
// strings. The mean of numbers is a float64, that of durations a duration, rounded toward zero. Nulls are skipped, and the mean of nothing is null.
func Avg(cols ...string) Agg { return Agg{avgFamily, cols} }

var avgFamily = &aggFamily{name: "Avg", make: func(k Kind, _ *Dict) (aggregator, Kind, error) {
	switch k {
	case KindInt8:
		return newAvgInt[int8](), KindFloat64, nil
	case KindInt16:
		return newAvgInt[int16](), KindFloat64, nil
	case KindInt32:
		return newAvgInt[int32](), KindFloat64, nil
	case KindInt64:
		return newAvgInt[int64](), KindFloat64, nil
	case KindDuration:
		return &avgInt[int64, int64]{out: newAggResult[int64](k, nil), of: wide.meanInt}, KindDuration, nil
	case KindFloat32:
		return newSumFloat[float32](true), KindFloat64, nil
	case KindFloat64:
		return newSumFloat[float64](true), KindFloat64, nil
	}
	return nil, 0, errAggKind(k, "integers, floats and durations")
}}

// avgInt is the mean of integers.
//
// State: by group the sum in 128 bits, and how many values it has.
type avgInt[T int8 | int16 | int32 | int64, R float64 | int64] struct {
	st  blocks[wideTotal]
	out aggResult[R]
	of  func(sum wide, n int64) R
}

type wideTotal struct {
	sum wide
	n   int64
}

func newAvgInt[T int8 | int16 | int32 | int64]() aggregator {
	return &avgInt[T, float64]{out: newAggResult[float64](KindFloat64, nil), of: wide.mean}
}

func (a *avgInt[T, R]) grow(n int)     { a.st.grow(n) }
func (a *avgInt[T, R]) leave(g uint32) { *a.st.at(g) = wideTotal{} }
func (a *avgInt[T, R]) free(g uint32)  { a.st.free(g) }

func (a *avgInt[T, R]) add(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch) {
	x, nulls := in.(chunk.Vec[T]).Read(b, s)
	for i, v := range x {
		if !chunk.IsNull(nulls, i) {
			p := a.st.at(g[i])
			p.sum.add(int64(v))
			p.n++
		}
	}
}

func (a *avgInt[T, R]) remove(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch) {
	x, nulls := in.(chunk.Vec[T]).Read(b, s)
	for i, v := range x {
		if !chunk.IsNull(nulls, i) {
			p := a.st.at(g[i])
			p.sum.sub(int64(v))
			p.n--
		}
	}
}

func (a *avgInt[T, R]) results(groups []uint64, out []R, nulls []uint64) (some bool) {
	for i, g := range groups {
		p := a.st.at(uint32(g))
		if p.n == 0 {
			some = true
			chunk.SetNull(nulls, i)
			continue
		}
		out[i] = a.of(p.sum, p.n)
	}
	return some
}

func (a *avgInt[T, R]) write(groups []uint64, fresh uint64, changed []bool) bool {
	return a.out.write(groups, fresh, changed, a)
}

func (a *avgInt[T, R]) publish(floor uint64) chunk.Column { return a.out.publish(floor) }

// mean is w/n as a float.
func (w wide) mean(n int64) float64 {
	if int64(w.lo)>>63 == w.hi { // it fits
		return float64(int64(w.lo)) / float64(n)
	}
	neg := w.abs()
	f := (float64(uint64(w.hi))*(1<<64) + float64(w.lo)) / float64(n)
	if neg {
		f = -f
	}
	return f
}

// meanInt is w/n rounded toward zero.
func (w wide) meanInt(n int64) int64 {
	neg := w.abs()
	q, _ := bits.Div64(uint64(w.hi), w.lo, uint64(n))
	if neg {
		q = -q
	}
	return int64(q)
}

// abs makes w positive, and says whether it was not.
func (w *wide) abs() bool {
	if w.hi >= 0 {
		return false
	}
	var borrow uint64
	w.lo, borrow = bits.Sub64(0, w.lo, 0)
	w.hi = -w.hi - int64(borrow)
	return true
}
