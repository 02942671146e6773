package engine

import (
	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/order"
)

// newExtreme is the factory of [Min] and [Max].
func newExtreme(k Kind, max bool) (aggregator, Kind, error) {
	switch k.Physical() {
	case KindInt8:
		return extremeOf[int8](k, max, intWords[int8]), k, nil
	case KindInt16:
		return extremeOf[int16](k, max, intWords[int16]), k, nil
	case KindInt32:
		return extremeOf[int32](k, max, intWords[int32]), k, nil
	case KindInt64:
		return extremeOf[int64](k, max, intWords[int64]), k, nil
	case KindFloat32:
		return extremeOf[float32](k, max, floatWords[float32]), k, nil
	case KindFloat64:
		return extremeOf[float64](k, max, floatWords[float64]), k, nil
	}
	return nil, 0, errAggKind(k, "integers, floats, instants and durations")
}

type ordered interface {
	int8 | int16 | int32 | int64 | float32 | float64
}

// extreme is the least or greatest value.
//
// State: best, by group, the extreme of the values so far as a word that orders it: enough as long as rows are only added. An extreme can't be
// subtracted, so that before the first removal all rows are listed in tree, as (group, word, row key), and kept there from then on: the extreme is at
// the end of the group's entries. Words are complemented for the greatest, so that the extreme is always the least word.
type extreme[T ordered] struct {
	words func(x []T, out []uint64) // orders values
	flip  uint64                    // all ones for the greatest
	best  blocks[extremeTotal]
	tree  *order.Writer // nil: rows were only added
	list  []uint64      // entries, while rows are enlisted
	buf   []uint64      // scratch
	out   aggResult[T]
}

type extremeTotal struct {
	word uint64
	n    int64 // values
}

var _ enlister = (*extreme[int64])(nil)

func extremeOf[T ordered](k Kind, max bool, words func(x []T, out []uint64)) aggregator {
	a := &extreme[T]{words: words, out: newAggResult[T](k, nil)}
	if max {
		a.flip = ^uint64(0)
	}
	return a
}

func intWords[T int8 | int16 | int32 | int64](x []T, out []uint64) {
	for i, v := range x {
		out[i] = order.IntWord(int64(v))
	}
}

func floatWords[T float32 | float64](x []T, out []uint64) {
	for i, v := range x {
		out[i] = order.FloatWord(float64(v))
	}
}

func (a *extreme[T]) grow(n int)     { a.best.grow(n) }
func (a *extreme[T]) leave(g uint32) { *a.best.at(g) = extremeTotal{} }
func (a *extreme[T]) free(g uint32)  { a.best.free(g) }

// each calls f with the words of the rows that aren't null.
func (a *extreme[T]) each(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch, f func(g uint32, word, key uint64)) {
	x, nulls := in.(chunk.Vec[T]).Read(b, s)
	w := chunk.Take[uint64](s)[:b.N]
	a.words(x, w)
	for i, word := range w {
		if !chunk.IsNull(nulls, i) {
			f(g[i], word^a.flip, b.Key(i))
		}
	}
}

func (a *extreme[T]) add(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch) {
	if a.tree != nil {
		a.each(g, in, b, s, func(g uint32, word, key uint64) {
			a.best.at(g).n++
			a.tree.Insert(append(a.buf[:0], uint64(g), word, key))
		})
		return
	}
	x, nulls := in.(chunk.Vec[T]).Read(b, s)
	w := chunk.Take[uint64](s)[:b.N]
	a.words(x, w)
	for i, word := range w {
		if nulls != nil && chunk.IsNull(nulls, i) {
			continue
		}
		p := a.best.at(g[i])
		if word ^= a.flip; p.n == 0 || word < p.word {
			p.word = word
		}
		p.n++
	}
}

func (a *extreme[T]) remove(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch) {
	a.each(g, in, b, s, func(g uint32, word, key uint64) {
		a.best.at(g).n--
		if !a.tree.Remove(append(a.buf[:0], uint64(g), word, key)) {
			bug("min or max: a row to remove is not there")
		}
	})
}

func (a *extreme[T]) enlist(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch) {
	a.each(g, in, b, s, func(g uint32, word, key uint64) { a.list = append(a.list, uint64(g), word, key) })
}

func (a *extreme[T]) enlisted() {
	a.tree, a.buf = order.NewWriter(3), make([]uint64, 3)
	a.tree.Build(order.Sort(a.list, 3))
	a.list = nil
}

func (a *extreme[T]) results(groups []uint64, out []T, nulls []uint64) (some bool) {
	for i, g := range groups {
		p := a.best.at(uint32(g))
		if p.n == 0 {
			some = true
			chunk.SetNull(nulls, i)
			continue
		}
		if a.tree != nil {
			tree := a.tree.Tree()
			p.word = tree.At(tree.Rank(append(a.buf[:0], g, 0, 0)))[1]
		}
		out[i] = order.Value[T](p.word ^ a.flip)
	}
	return some
}

func (a *extreme[T]) write(groups []uint64, fresh uint64, changed []bool) bool {
	return a.out.write(groups, fresh, changed, a)
}

func (a *extreme[T]) publish(floor uint64) chunk.Column { return a.out.publish(floor) }
