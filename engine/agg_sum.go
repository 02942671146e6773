package engine

import (
	"math"
	"math/bits"

	"tickbook/engine/internal/chunk"
)

// Sum adds up a column's values: Sum("Volume = Size"), or Sum("Size") under the column's own name; several with commas or in several strings. The
// sum of integers is an int64, which wraps round when it overflows as Go's does; that of floats a float64; that of durations a duration. Nulls are
// skipped, and the sum of nothing is null. NaN makes NaN as long as it is there, and infinities add up as IEEE says.
func Sum(cols ...string) Agg { return Agg{sumFamily, cols} }

var sumFamily = &aggFamily{name: "Sum", make: func(k Kind, _ *Dict) (aggregator, Kind, error) {
	switch k {
	case KindInt8:
		return newSumInt[int8](KindInt64), KindInt64, nil
	case KindInt16:
		return newSumInt[int16](KindInt64), KindInt64, nil
	case KindInt32:
		return newSumInt[int32](KindInt64), KindInt64, nil
	case KindInt64:
		return newSumInt[int64](KindInt64), KindInt64, nil
	case KindDuration:
		return newSumInt[int64](KindDuration), KindDuration, nil
	case KindFloat32:
		return newSumFloat[float32](false), KindFloat64, nil
	case KindFloat64:
		return newSumFloat[float64](false), KindFloat64, nil
	}
	return nil, 0, errAggKind(k, "integers, floats and durations")
}}

// sumInt is the sum of integers.
//
// State: by group the sum, in 64 bits, and how many values it has.
type sumInt[T int8 | int16 | int32 | int64] struct {
	st  blocks[intTotal]
	out aggResult[int64]
}

type intTotal struct{ sum, n int64 }

func newSumInt[T int8 | int16 | int32 | int64](k Kind) *sumInt[T] {
	return &sumInt[T]{out: newAggResult[int64](k, nil)}
}

func (a *sumInt[T]) grow(n int)     { a.st.grow(n) }
func (a *sumInt[T]) leave(g uint32) { *a.st.at(g) = intTotal{} }
func (a *sumInt[T]) free(g uint32)  { a.st.free(g) }

func (a *sumInt[T]) add(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch) {
	x, nulls := in.(chunk.Vec[T]).Read(b, s)
	g, st := g[:len(x)], a.st
	if nulls == nil {
		for i, v := range x {
			p := st.at(g[i])
			p.sum += int64(v)
			p.n++
		}
		return
	}
	for i, v := range x {
		if !chunk.IsNull(nulls, i) {
			p := st.at(g[i])
			p.sum += int64(v)
			p.n++
		}
	}
}

func (a *sumInt[T]) remove(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch) {
	x, nulls := in.(chunk.Vec[T]).Read(b, s)
	for i, v := range x {
		if !chunk.IsNull(nulls, i) {
			p := a.st.at(g[i])
			p.sum -= int64(v)
			p.n--
		}
	}
}

func (a *sumInt[T]) results(groups []uint64, out []int64, nulls []uint64) (some bool) {
	for i, g := range groups {
		p := a.st.at(uint32(g))
		out[i] = p.sum
		if p.n == 0 {
			some = true
			chunk.SetNull(nulls, i)
		}
	}
	return some
}

func (a *sumInt[T]) write(groups []uint64, fresh uint64, changed []bool) bool {
	return a.out.write(groups, fresh, changed, a)
}

func (a *sumInt[T]) publish(floor uint64) chunk.Column { return a.out.publish(floor) }

// sumFloat is the sum of floats, or their mean.
//
// State: by group the sum as two floats, its value and what rounding took from it, so that what is subtracted again leaves nothing behind (beyond
// about 1e-32 of the largest sum there was); and how many finite values it has. NaN and infinities can't be subtracted: special counts them, by group.
type sumFloat[T float32 | float64] struct {
	st      blocks[floatTotal]
	special map[uint32]specials // no entry: none
	mean    bool
	out     aggResult[float64]
}

type floatTotal struct {
	sum, rest float64
	n         int64
}

type specials struct{ nan, plus, minus int64 }

func newSumFloat[T float32 | float64](mean bool) *sumFloat[T] {
	return &sumFloat[T]{mean: mean, out: newAggResult[float64](KindFloat64, nil)}
}

func (a *sumFloat[T]) grow(n int)     { a.st.grow(n) }
func (a *sumFloat[T]) leave(g uint32) { *a.st.at(g) = floatTotal{}; delete(a.special, g) }
func (a *sumFloat[T]) free(g uint32)  { a.st.free(g) }

// put adds x to the total, without loss: rest gets what sum can't hold.
func (t *floatTotal) put(x float64) {
	sum := t.sum + x
	part := sum - t.sum
	t.rest += (t.sum - (sum - part)) + (x - part)
	t.sum = sum
}

func (a *sumFloat[T]) add(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch) {
	x, nulls := in.(chunk.Vec[T]).Read(b, s)
	g, st := g[:len(x)], a.st
	for i, v := range x {
		if nulls != nil && chunk.IsNull(nulls, i) {
			continue
		}
		if f := float64(v); f-f == 0 {
			p := st.at(g[i])
			p.put(f)
			p.n++
		} else {
			a.note(g[i], f, +1)
		}
	}
}

func (a *sumFloat[T]) remove(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch) {
	x, nulls := in.(chunk.Vec[T]).Read(b, s)
	for i, v := range x {
		if chunk.IsNull(nulls, i) {
			continue
		}
		f := float64(v)
		if f-f != 0 {
			a.note(g[i], f, -1)
			continue
		}
		p := a.st.at(g[i])
		if p.n--; p.n == 0 {
			p.sum, p.rest = 0, 0
		} else {
			p.put(-f)
		}
	}
}

// note counts a value that isn't finite.
func (a *sumFloat[T]) note(g uint32, f float64, by int64) {
	if a.special == nil {
		a.special = map[uint32]specials{}
	}
	c := a.special[g]
	switch {
	case f != f:
		c.nan += by
	case f > 0:
		c.plus += by
	default:
		c.minus += by
	}
	if a.special[g] = c; c == (specials{}) {
		delete(a.special, g)
	}
}

func (a *sumFloat[T]) results(groups []uint64, out []float64, nulls []uint64) (some bool) {
	for i, g := range groups {
		p := a.st.at(uint32(g))
		x := p.sum + p.rest
		if a.mean {
			x /= float64(p.n)
		}
		out[i] = x
		if p.n == 0 {
			some = true
			chunk.SetNull(nulls, i)
		}
	}
	if len(a.special) == 0 {
		return some
	}
	for i, g := range groups {
		if x, ok := a.special[uint32(g)].result(); ok {
			out[i] = x
			nulls[i>>6] &^= 1 << (i & 63)
		}
	}
	return some
}

// result is what values that aren't finite make of a sum or mean; ok is false without any.
func (c specials) result() (x float64, ok bool) {
	switch {
	case c.nan > 0 || c.plus > 0 && c.minus > 0:
		return math.NaN(), true
	case c.plus > 0:
		return math.Inf(1), true
	case c.minus > 0:
		return math.Inf(-1), true
	}
	return 0, false
}

func (a *sumFloat[T]) write(groups []uint64, fresh uint64, changed []bool) bool {
	return a.out.write(groups, fresh, changed, a)
}

func (a *sumFloat[T]) publish(floor uint64) chunk.Column { return a.out.publish(floor) }

// wide is an integer sum of 128 bits, so that a mean can't overflow.
type wide struct {
	hi int64
	lo uint64
}

func (w *wide) add(x int64) {
	var carry uint64
	w.lo, carry = bits.Add64(w.lo, uint64(x), 0)
	w.hi += x>>63 + int64(carry)
}

func (w *wide) sub(x int64) {
	var borrow uint64
	w.lo, borrow = bits.Sub64(w.lo, uint64(x), 0)
	w.hi -= x>>63 + int64(borrow)
}
