package engine

import (
	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/order"
)

// newEdge is the factory of [First] and [Last]. d numbers the values of a string column.
func newEdge(k Kind, d *Dict, last bool) (aggregator, Kind, error) {
	switch k.Physical() {
	case KindBool:
		return edgeOf[bool](k, nil, last), k, nil
	case KindInt8:
		return edgeOf[int8](k, nil, last), k, nil
	case KindInt16:
		return edgeOf[int16](k, nil, last), k, nil
	case KindInt32:
		return edgeOf[int32](k, nil, last), k, nil
	case KindInt64:
		return edgeOf[int64](k, nil, last), k, nil
	case KindFloat32:
		return edgeOf[float32](k, nil, last), k, nil
	case KindFloat64:
		return edgeOf[float64](k, nil, last), k, nil
	case KindString:
		return edgeOf[uint32](k, d, last), k, nil
	}
	return nil, 0, errAggKind(k, "any column")
}

// positional is an aggregator that depends on the order of the rows. It takes key order, which turn reverses.
type positional interface{ turn() }

// reader is an aggregator that reads its results from the input column of the newest state. It is told that before write.
type reader interface {
	read(now chunk.Column, s *chunk.Scratch)
}

// edge is the value of the first or last row.
//
// State: rows, by group, the row key of that row: enough as long as rows are only added. Before the first removal all rows are listed in tree, as
// (group, row key), and kept there from then on. Keys are complemented for the last row, so that the row is always the least.
type edge[T comparable] struct {
	flip uint64 // all ones for the last row
	rows blocks[edgeRow]
	tree *order.Writer // nil: rows were only added
	list []uint64      // entries, while rows are enlisted
	buf  []uint64      // scratch
	now  chunk.Vec[T]  // of this step
	s    *chunk.Scratch
	out  aggResult[T]
}

type edgeRow struct {
	key uint64
	n   int64 // rows
}

var (
	_ enlister   = (*edge[bool])(nil)
	_ positional = (*edge[bool])(nil)
	_ reader     = (*edge[bool])(nil)
)

func edgeOf[T comparable](k Kind, d *Dict, last bool) aggregator {
	a := &edge[T]{out: newAggResult[T](k, d)}
	if last {
		a.turn()
	}
	return a
}

func (a *edge[T]) turn()          { a.flip = ^a.flip }
func (a *edge[T]) grow(n int)     { a.rows.grow(n) }
func (a *edge[T]) leave(g uint32) { *a.rows.at(g) = edgeRow{} }
func (a *edge[T]) free(g uint32)  { a.rows.free(g) }

func (a *edge[T]) add(g []uint32, _ chunk.Column, b *chunk.Batch, _ *chunk.Scratch) {
	for i, x := range g {
		p, key := a.rows.at(x), b.Key(i)^a.flip
		if p.n == 0 || key < p.key {
			p.key = key
		}
		p.n++
		if a.tree != nil {
			a.tree.Insert(append(a.buf[:0], uint64(x), key))
		}
	}
}

func (a *edge[T]) remove(g []uint32, _ chunk.Column, b *chunk.Batch, _ *chunk.Scratch) {
	for i, x := range g {
		a.rows.at(x).n--
		if !a.tree.Remove(append(a.buf[:0], uint64(x), b.Key(i)^a.flip)) {
			bug("first or last: a row to remove is not there")
		}
	}
}

func (a *edge[T]) enlist(g []uint32, _ chunk.Column, b *chunk.Batch, _ *chunk.Scratch) {
	for i, x := range g {
		a.list = append(a.list, uint64(x), b.Key(i)^a.flip)
	}
}

func (a *edge[T]) enlisted() {
	a.tree, a.buf = order.NewWriter(2), make([]uint64, 2)
	a.tree.Build(order.Sort(a.list, 2))
	a.list = nil
}

func (a *edge[T]) read(now chunk.Column, s *chunk.Scratch) { a.now, a.s = now.(chunk.Vec[T]), s }

// row is the key of a group's first or last row.
func (a *edge[T]) row(g uint32) uint64 {
	p := a.rows.at(g)
	if a.tree != nil {
		tree := a.tree.Tree()
		p.key = tree.At(tree.Rank(append(a.buf[:0], uint64(g), 0)))[1]
	}
	return p.key ^ a.flip
}

func (a *edge[T]) results(groups []uint64, out []T, nulls []uint64) (some bool) {
	m := a.s.Mark()
	defer a.s.Release(m)
	keys := chunk.Take[uint64](a.s)[:len(groups)]
	for i, g := range groups {
		keys[i] = a.row(uint32(g))
	}
	x, none := a.now.Read(&chunk.Batch{N: len(keys), Keys: keys}, a.s)
	copy(out, x)
	copy(nulls, none)
	return none != nil
}

func (a *edge[T]) write(groups []uint64, fresh uint64, changed []bool) bool {
	any := a.out.write(groups, fresh, changed, a)
	a.now, a.s = nil, nil
	return any
}

func (a *edge[T]) publish(floor uint64) chunk.Column { return a.out.publish(floor) }
