package engine

import (
	"fmt"
	"strings"

	"tickbook/engine/internal/chunk"
)

// Agg is what [Grouped.Agg] computes for each group, made by [Sum], [Avg], [Count], [Min], [Max], [First] or [Last].
type Agg struct {
	family *aggFamily
	cols   []string
}

// aggFamily is one aggregation for all kinds. There is one file for each, agg_*.go.
type aggFamily struct {
	name string // as it is called: "Sum"
	// make returns the aggregation over a column of kind k (d numbers a string column's values), and its result's kind. It is called once, when a
	// table is derived. The error says what the aggregation takes.
	make func(k Kind, d *Dict) (aggregator, Kind, error)
	// count is set for the aggregation that has no input but the rows themselves.
	count bool
}

// aggFamilies are all aggregations.
var aggFamilies = []*aggFamily{sumFamily, avgFamily, countFamily, minFamily, maxFamily, firstFamily, lastFamily}

// aggregator holds one aggregation's state by group.
type aggregator interface {
	// grow makes room for groups numbered below n.
	grow(n int)
	// add counts the rows of b in, row i to group g[i]; in is the input column. Nulls are skipped.
	add(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch)
	// remove counts rows out that were counted in.
	remove(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch)
	// leave forgets a group without rows; free forgets the block of groups that g is of, all of which have left.
	leave(g uint32)
	free(g uint32)
	// write writes the results of groups, ascending, of which those from fresh on are new, and sets changed[i] where the result of groups[i] differs
	// from what was there. It says whether any does, new ones aside.
	write(groups []uint64, fresh uint64, changed []bool) bool
	// publish returns the results as of now, and forgets those of groups below floor.
	publish(floor uint64) chunk.Column
}

// boundAgg is an aggregation of one column of a table.
type boundAgg struct {
	agg  aggregator
	in   int // the input column; -1: none, and add gets nil
	def  ColumnDef
	name piece

	enlisted bool // agg, an enlister, has been shown all rows
}

// enlister is an aggregator that cannot subtract from what it keeps of rows that are only added. Before the first call of remove it is shown every
// row that was added, in batches, then told that these were all.
type enlister interface {
	enlist(g []uint32, in chunk.Column, b *chunk.Batch, s *chunk.Scratch)
	enlisted()
}

func (a Agg) String() string { return a.family.name + "(" + strings.Join(a.cols, ", ") + ")" }

// rename writes b with another name, for messages.
func (a Agg) rename(b boundAgg) string {
	return fmt.Sprintf("%s%s = %s", a.family.name, b.def.Name, b.def.Name)
}

// bind makes the aggregation for each of its columns.
func (a Agg) bind(t *Table) (out []boundAgg) {
	const op = "agg"
	if a.family == nil {
		panic(queryErrorf(op, "an empty Agg; use Sum(\"Volume = Size\"), Count(\"N\"), …"))
	}
	parts := pieces(op, a.cols)
	if len(parts) == 0 {
		panic(queryErrorf(op, "%s of what? have %s", a.family.name, quoteList(t.Names())))
	}
	for _, p := range parts {
		name, from := p.assign(op)
		b := boundAgg{in: -1, name: name, def: ColumnDef{Name: name.s}}
		var kind Kind
		var dict *Dict
		if a.family.count {
			if from.pos != name.pos || !isName(name.s) {
				panic(queryErrorAt(op, p.text, p.pos, "%s takes the name of its result: %s(\"N\")", a.family.name, a.family.name))
			}
		} else {
			b.in = from.in(op, t)
			kind, dict = t.schema[b.in].Kind, t.state().Cols[b.in].Dict()
		}
		var err error
		if b.agg, b.def.Kind, err = a.family.make(kind, dict); err != nil {
			panic(queryErrorAt(op, p.text, from.pos, "%s of %q: %v", strings.ToLower(a.family.name), from.s, err))
		}
		if x, ok := b.agg.(positional); ok {
			base, flip := baseOrder(t.state().Order)
			if base != nil {
				panic(queryErrorAt(op, p.text, p.pos, "%s of a sorted table; group the table before it is sorted", strings.ToLower(a.family.name)))
			}
			if flip {
				x.turn()
			}
		}
		out = append(out, b)
	}
	return out
}

// errAggKind says that an aggregation has no kernel for a kind.
func errAggKind(k Kind, takes string) error {
	return fmt.Errorf("it is %s; the aggregation takes %s", k, takes)
}

// aggResult is a result column.
type aggResult[T comparable] struct {
	out *chunk.Mut[T]
}

func newAggResult[T comparable](k Kind, d *Dict) aggResult[T] {
	return aggResult[T]{out: chunk.NewMut[T](k, d)}
}

// write is [aggregator.write] with the results that result gives.
func (r *aggResult[T]) write(groups []uint64, fresh uint64, changed []bool, result func(g uint32) (x T, null bool)) (any bool) {
	r.out.Begin()
	for i, g := range groups {
		x, null := result(uint32(g))
		if r.put(g, x, null, g >= fresh) {
			changed[i], any = true, true
		}
	}
	return any
}

// put writes a group's result if it differs from what is there: an unchanged page isn't copied. A fresh group has none.
func (r *aggResult[T]) put(g uint64, x T, null, fresh bool) (differs bool) {
	if null {
		var zero T
		x = zero
	}
	if !fresh {
		if old, ok := r.out.Get(g); ok == !null && (old == x || old != old && x != x) {
			return false
		}
	}
	r.out.Set(g, x, null)
	return !fresh
}

func (r *aggResult[T]) publish(floor uint64) chunk.Column {
	if floor > 0 {
		r.out.Free(floor)
	}
	return r.out.Publish()
}
