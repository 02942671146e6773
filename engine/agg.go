package engine

import (
	"fmt"
	"slices"
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

// aggregator holds one aggregation's state by group. In the first step grow and add may be called by another goroutine than the one that goes on after
// it, beside those of other aggregations: it shares nothing with them.
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

// input is the input column in a state.
func (a *boundAgg) input(st *State) chunk.Column {
	if a.in < 0 {
		return nil
	}
	return st.Cols[a.in]
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
	out  *chunk.Mut[T]
	vals []T // scratch of write
}

func newAggResult[T comparable](k Kind, d *Dict) aggResult[T] {
	return aggResult[T]{out: chunk.NewMut[T](k, d)}
}

// results is what an aggregation gives to [aggResult.write].
type results[T any] interface {
	// results writes the results of groups to out, and sets the bits of those that are null, all clear before. It says whether there are any.
	results(groups []uint64, out []T, nulls []uint64) bool
}

// resultRows is how many results are written at a time.
const resultRows = 512

// write is [aggregator.write] with results from a. A page without a change isn't copied.
func (r *aggResult[T]) write(groups []uint64, fresh uint64, changed []bool, a results[T]) (any bool) {
	r.out.Begin()
	old, _ := slices.BinarySearch(groups, fresh)
	var bits [resultRows / 64]uint64
	if n := min(len(groups), resultRows); n > len(r.vals) {
		r.vals = make([]T, n)
	}
	for n := 0; n < len(groups); {
		m := min(len(groups)-n, resultRows)
		if n < old {
			m = min(m, old-n)
		}
		gs, vals, nulls := groups[n:n+m], r.vals[:m], bits[:]
		clear(nulls)
		if !a.results(gs, vals, nulls) {
			nulls = nil
		}
		if n < old {
			any = chunk.Replace(r.out, gs, vals, nulls, changed[n:n+m]) || any
		} else {
			r.out.SetAll(&chunk.Batch{Lo: gs[0], N: m, Keys: listed(gs)}, vals, nulls)
		}
		n += m
	}
	return any
}

// listed is ascending keys, nil if none is left out between them.
func listed(keys []uint64) []uint64 {
	if n := len(keys); keys[n-1]-keys[0] == uint64(n-1) {
		return nil
	}
	return keys
}

func (r *aggResult[T]) publish(floor uint64) chunk.Column {
	if floor > 0 {
		r.out.Free(floor)
	}
	return r.out.Publish()
}
