package enginetest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"tickbook/engine"
)

// script is a run of a query as data: it says all that is random.
type script struct {
	batch  int      // rows of a batch in loops, 0 for the usual number
	start  uint64   // key of the first row
	merge  int      // cycles made one
	cycles [][]edit // the first comes before the query is made
}

type editKind uint8

const (
	add editKind = iota
	remove
	modify
	clearAll // removes every row
)

// edit is one change of one input. row chooses among the rows that there are, whatever their number, so that a script stays a script when edits
// before it are left out.
type edit struct {
	kind  editKind
	input int
	row   int
	col   int
	vals  []any // of an added row, or the one value of a modified one; nil is null
}

func (s script) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "batch=%d start=%d merge=%d\n", s.batch, s.start, s.merge)
	for i, c := range s.cycles {
		fmt.Fprintf(&b, "cycle %d\n", i)
		for _, e := range c {
			fmt.Fprintf(&b, "  %v\n", e)
		}
	}
	return b.String()
}

func (e edit) String() string {
	switch e.kind {
	case add:
		return fmt.Sprintf("+ table %d: %v", e.input, e.vals)
	case remove:
		return fmt.Sprintf("- table %d: row %d", e.input, e.row)
	case modify:
		return fmt.Sprintf("~ table %d: row %d column %d = %v", e.input, e.row, e.col, e.vals[0])
	}
	return "- every row"
}

// scripts generates scripts for a query.
func scripts(q Query) *rapid.Generator[script] {
	return rapid.Custom(func(t *rapid.T) script {
		s := script{
			batch: rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "batch"),
			start: rapid.SampledFrom([]uint64{0, 0, 1<<16 - 3}).Draw(t, "start"),
			merge: rapid.SampledFrom([]int{1, 1, 1, 3, 1000}).Draw(t, "merge"),
		}
		nulls := rapid.SampledFrom([]int{0, 0, 15, 15, 100}).Draw(t, "nulls")
		adding := rapid.SampledFrom([]int{3, 5, 9}).Draw(t, "adding")
		one := rapid.Custom(func(t *rapid.T) edit { return drawEdit(t, q, nulls, adding) })
		before := rapid.SampledFrom([]int{0, 14, 100}).Draw(t, "before") // rows enough to see work that isn't in proportion to the change
		s.cycles = append(s.cycles, rapid.SliceOfN(one, before/2, before).Draw(t, "first"))
		s.cycles = append(s.cycles, rapid.SliceOfN(rapid.SliceOfN(one, 0, 14), 0, 11).Draw(t, "cycles")...)
		return s
	})
}

func drawEdit(t *rapid.T, q Query, nulls, adding int) edit {
	e := edit{input: rapid.IntRange(0, len(q.Inputs)-1).Draw(t, "table")}
	in := q.Inputs[e.input]
	switch op := rapid.IntRange(0, 99).Draw(t, "op"); {
	case in.AppendOnly || op < adding*10:
		e.kind = add
		for c := range in.Cols {
			e.vals = append(e.vals, drawValue(t, in, c, nulls))
		}
		return e
	case op == 99:
		e.kind = clearAll
		return e
	case op%3 == 0:
		e.kind = remove
	default:
		e.kind = modify
		e.col = rapid.IntRange(0, len(in.Cols)-1).Draw(t, "column")
		e.vals = []any{drawValue(t, in, e.col, nulls)}
	}
	e.row = rapid.IntRange(0, 1<<16).Draw(t, "row")
	return e
}

func drawValue(t *rapid.T, in Input, c, nulls int) any {
	if nulls > 0 && rapid.IntRange(0, 99).Draw(t, "null") < nulls && !slices.Contains(in.NotNull, in.Cols[c].Name) {
		return nil
	}
	domain, ok := in.Domain[in.Cols[c].Name]
	if !ok {
		domain = usual(in.Cols[c].Kind)
		if extreme := extremes(in.Cols[c].Kind); !in.Plain && len(extreme) > 0 && rapid.IntRange(0, 9).Draw(t, "extreme") == 9 {
			domain = extreme
		}
	}
	return rapid.SampledFrom(domain).Draw(t, "value")
}

// usual values are few, so that rows meet, and whole, so that sums are exact.
func usual(k engine.Kind) []any {
	switch k {
	case engine.KindBool:
		return []any{false, true}
	case engine.KindString:
		return []any{"A", "B", "C", "", "a"}
	case engine.KindInstant:
		at := time.Date(2026, 1, 23, 15, 0, 0, 0, time.UTC)
		var l []any
		for i := range 12 {
			l = append(l, at.Add(time.Duration(i)*20*time.Second))
		}
		return l
	case engine.KindDuration:
		return []any{time.Duration(0), time.Second, time.Minute}
	case engine.KindFloat32, engine.KindFloat64:
		return []any{0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0}
	}
	return []any{0, 1, 2, 3, 4, 5, 6, 7}
}

// extremes are values that loops get wrong.
func extremes(k engine.Kind) []any {
	switch k {
	case engine.KindInt8:
		return []any{math.MinInt8, math.MaxInt8, -1}
	case engine.KindInt16:
		return []any{math.MinInt16, math.MaxInt16, -1}
	case engine.KindInt32:
		return []any{math.MinInt32, math.MaxInt32, -1}
	case engine.KindInt64:
		return []any{math.MinInt64, math.MaxInt64, -1}
	case engine.KindFloat32, engine.KindFloat64:
		return []any{math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), -3.0}
	}
	return nil
}
