package engine

import (
	"slices"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/order"
	"tickbook/engine/internal/rowset"
)

// sortOrder is the order of one state of a sorted table, or of a subset of its rows: the tree as of that cycle, and the sort columns and labels as
// of that cycle, by which a key is found in it.
type sortOrder struct {
	pack   *order.Packer
	tree   order.Tree
	cols   []chunk.Column // the sort columns
	labels [][]uint64     // of string columns, by sort column
	rule   uint64         // entries of another rule have other words
}

var (
	_ sortedOrder = (*sortOrder)(nil)
	_ slicer      = (*sortOrder)(nil)
)

func (o *sortOrder) At(pos int) uint64 { return order.Key(o.tree.At(pos)) }

func (o *sortOrder) Slice(first int, out []uint64) {
	if len(out) == 0 {
		return
	}
	n := 0
	o.tree.Each(first, func(e []uint64) bool {
		out[n] = order.Key(e)
		n++
		return n < len(out)
	})
}

func (o *sortOrder) Rank(key uint64) int {
	s := chunk.Borrow()
	defer chunk.Return(s)
	keys := chunk.Take[uint64](s)[:1]
	keys[0] = key
	e := chunk.Take[uint64](s)[:o.pack.Width()]
	o.pack.Pack(o.cols, o.labels, &chunk.Batch{N: 1, Keys: keys}, s, e)
	return o.tree.Rank(e)
}

// entries appends the entries of rows to out.
func (o *sortOrder) entries(s *chunk.Scratch, k *rowset.Keys, out []uint64) []uint64 {
	if k.Len() == 0 {
		return out
	}
	w := o.pack.Width()
	out = slices.Grow(out, k.Len()*w)
	k.Batches(s, func(b *chunk.Batch) {
		n := len(out)
		out = out[:n+b.N*w]
		o.pack.Pack(o.cols, o.labels, b, s, out[n:])
	})
	return out
}

// renew returns the entries by o of the rows of a tree that was made by an earlier rule, in order, leaving out some rows. The others' values must
// not have changed since.
func (o *sortOrder) renew(s *chunk.Scratch, tree *order.Tree, without ...*rowset.Keys) []uint64 {
	w := o.pack.Width()
	out := make([]uint64, 0, tree.Len()*w)
	m := s.Mark()
	keys := chunk.Take[uint64](s)[:s.BatchRows()]
	n := 0
	flush := func() {
		at := len(out)
		out = out[:at+n*w]
		o.pack.Pack(o.cols, o.labels, &chunk.Batch{N: n, Keys: keys[:n]}, s, out[at:])
		n = 0
	}
	tree.Each(0, func(e []uint64) bool {
		k := order.Key(e)
		if slices.ContainsFunc(without, func(x *rowset.Keys) bool { return x.Has(k) }) {
			return true
		}
		if keys[n] = k; n == len(keys)-1 {
			n++
			flush()
			return true
		}
		n++
		return true
	})
	if n > 0 {
		flush()
	}
	s.Release(m)
	return out
}

func (o *sortOrder) subset() subsetWriter { return &sortSubset{tree: order.NewWriter(o.pack.Width())} }

// sortSubset keeps a subset of a sorted table's rows in its order.
//
// State: tree, the entries of the subset's rows, by the labels of rule.
type sortSubset struct {
	tree       *order.Writer
	rule       uint64
	gone, come []uint64 // scratch
}

func (o *sortSubset) follow(before, after sortedOrder, u *Update) Order {
	s := chunk.Borrow()
	defer chunk.Return(s)
	now := after.(*sortOrder)
	prev, _ := before.(*sortOrder)
	o.tree.Begin()
	o.gone = o.gone[:0]
	o.come = now.entries(s, &u.Moved, o.come[:0])
	o.come = now.entries(s, &u.Added, o.come)
	w := now.pack.Width()
	tree := o.tree.Tree()
	switch {
	case o.rule != now.rule && tree.Len() > 0:
		o.come = order.Sort(o.come, w)
		o.tree.Build(order.Merge(now.renew(s, &tree, &u.Removed, &u.Moved), o.come, w))
	default:
		if prev != nil {
			o.gone = prev.entries(s, &u.Removed, o.gone)
			o.gone = prev.entries(s, &u.Moved, o.gone)
		}
		if n := len(o.gone) + len(o.come); n >= 64*w && n*8 > tree.Len()*w {
			o.gone, o.come = order.Sort(o.gone, w), order.Sort(o.come, w)
			o.tree.Build(order.Merge(order.Without(&tree, o.gone), o.come, w))
			o.gone, o.come = nil, nil // large
		} else {
			change(o.tree, o.gone, o.come)
		}
	}
	o.rule = now.rule
	return &sortOrder{pack: now.pack, tree: o.tree.Tree(), cols: now.cols, labels: now.labels, rule: now.rule}
}
