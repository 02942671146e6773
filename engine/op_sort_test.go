package engine_test

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tickbook/engine"
	"tickbook/engine/enginetest"
)

func ExampleTable_Sort() {
	t := engine.NewTable(
		engine.Col("Sym", []string{"IBM", "AAPL", "IBM", "AAPL"}),
		engine.Col("Price", []float64{140, 201, 139, 200}))
	sorted := t.Sort("Sym, Price")
	fmt.Println(sorted.Strings("Sym"), sorted.Float64s("Price"))
	// Output: [AAPL AAPL IBM IBM] [200 201 139 140]
}

func ExampleTable_SortDescending() {
	t := engine.NewTable(engine.Col("Price", []float64{140, 201, 139}))
	fmt.Println(t.SortDescending("Price").Float64s("Price"))
	// Output: [201 140 139]
}

func ExampleTable_SortBy() {
	t := engine.NewTable(
		engine.Col("Sym", []string{"IBM", "AAPL", "IBM", "AAPL"}),
		engine.Col("Price", []float64{140, 200, 139, 201}))
	sorted := t.SortBy(engine.Asc("Sym"), engine.Desc("Price"))
	fmt.Println(sorted.Strings("Sym"), sorted.Float64s("Price"))
	// Output: [AAPL AAPL IBM IBM] [201 200 140 139]
}

func TestSortCheck(t *testing.T) {
	for name, f := range map[string]func(t *engine.Table) *engine.Table{
		"price":   func(t *engine.Table) *engine.Table { return t.Sort("Price") },
		"falling": func(t *engine.Table) *engine.Table { return t.SortDescending("Price") },
		"strings": func(t *engine.Table) *engine.Table { return t.Sort("Sym") },
		"mixed":   func(t *engine.Table) *engine.Table { return t.SortBy(engine.Desc("Sym"), engine.Asc("Price")) },
		"timeFirst": func(t *engine.Table) *engine.Table {
			return t.SortBy(engine.Asc("Time"), engine.Desc("Size"), engine.Asc("Sym"))
		},
		"head":        func(t *engine.Table) *engine.Table { return t.SortDescending("Price").Head(7) },
		"reverseHead": func(t *engine.Table) *engine.Table { return t.Sort("Time").Reverse().Head(5) },
		"whereHead":   func(t *engine.Table) *engine.Table { return t.Sort("Sym", "Price").Where("Size > 2").Head(4) },
		"reverseWhere": func(t *engine.Table) *engine.Table {
			return t.SortDescending("Sym").Reverse().Where("Price > 3").Tail(3)
		},
		"viewWhere": func(t *engine.Table) *engine.Table {
			return t.Sort("Size").UpdateView("G = Price*Size").Where("G > 6").Reverse().Where("Sym = `B`")
		},
		"sortSort": func(t *engine.Table) *engine.Table {
			return t.Sort("Sym").SortDescending("Time").Reverse().Sort("Price")
		},
	} {
		t.Run(name, func(t *testing.T) {
			enginetest.Check(t, one(name, true, f))
		})
	}
}

// TestSortKinds checks every kind in both directions.
func TestSortKinds(t *testing.T) {
	for _, k := range allKinds {
		t.Run(k.String(), func(t *testing.T) {
			enginetest.Check(t, enginetest.Query{
				Name: k.String(), Ordered: true,
				Inputs: []enginetest.Input{{Cols: []engine.ColumnDef{{Name: "X", Kind: k}, engine.Int8("Y")}}},
				Make: func(in []*engine.Table) *engine.Table {
					return in[0].SortBy(engine.Asc("X"), engine.Asc("Y")).Where("Y > 2").SortDescending("X")
				},
			})
		})
	}
}

var allKinds = []engine.Kind{
	engine.KindBool, engine.KindInt8, engine.KindInt16, engine.KindInt32, engine.KindInt64,
	engine.KindFloat32, engine.KindFloat64, engine.KindString, engine.KindInstant, engine.KindDuration,
}

// TestSortReference compares with a stable sort of the rows: null, values, NaN; or all of that turned round.
func TestSortReference(t *testing.T) {
	rank := func(x any) float64 {
		f, ok := x.(float64)
		switch {
		case !ok:
			return -2
		case f != f:
			return 2e9
		}
		return f
	}
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.Float64("X"), engine.Int64("Row"))
	up, down := in.Sort("X"), in.SortDescending("X")
	r := rand.New(rand.NewPCG(1, 1))
	var live []uint64
	nan := math.NaN()
	for range 60 {
		for range r.IntN(40) {
			x := []any{nil, nan, float64(r.IntN(20)), float64(r.IntN(20))}[r.IntN(4)]
			switch {
			case r.IntN(2) == 0 || len(live) == 0:
				live = append(live, in.Add(x, 0))
				in.Modify(live[len(live)-1], "Row", int64(live[len(live)-1]))
			default:
				in.Modify(live[r.IntN(len(live))], "X", x)
			}
		}
		g.Step()
		rows := in.Snapshot().Rows()
		slices.SortStableFunc(rows, func(a, b engine.Row) int { return cmp.Compare(rank(a.Value("X")), rank(b.Value("X"))) })
		checkRows(t, up, rows)
		slices.SortStableFunc(rows, func(a, b engine.Row) int { return cmp.Compare(a.Value("Row").(int64), b.Value("Row").(int64)) })
		slices.SortStableFunc(rows, func(a, b engine.Row) int { return -cmp.Compare(rank(a.Value("X")), rank(b.Value("X"))) })
		checkRows(t, down, rows)
	}
}

func checkRows(t *testing.T, table *engine.Table, want []engine.Row) {
	t.Helper()
	got := table.Snapshot().Rows()
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range got {
		if g, w := fmt.Sprint(got[i].Values()), fmt.Sprint(want[i].Values()); g != w {
			t.Fatalf("row %d: got %s, want %s", i, g, w)
		}
	}
}

// TestSortManyStrings: new strings come between old ones until labels are given anew, under a filter that has an order of its own.
func TestSortManyStrings(t *testing.T) {
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.String("S"), engine.Int64("N"))
	sorted := in.Sort("S")
	odd := sorted.Where("N % 2 = 1")
	r := rand.New(rand.NewPCG(1, 1))
	var live []uint64
	name := func(i int) string { // from both ends inward
		return fmt.Sprintf("m%06d", []int{i, 999999 - i}[i%2])
	}
	for i := 0; i < 1500; i++ {
		k := in.Add(name(i), i)
		live = append(live, k)
		if i%5 == 4 {
			in.Modify(live[r.IntN(len(live))], "S", name(i+5000))
			at := r.IntN(len(live))
			in.Remove(live[at])
			live = slices.Delete(live, at, at+1)
		}
		if i%3 == 0 {
			g.Step()
		}
		if i%100 == 99 {
			g.Step()
			for _, table := range []*engine.Table{sorted, odd} {
				if s := table.Strings("S"); !slices.IsSorted(s) {
					t.Fatalf("after %d rows: not sorted: %v", i+1, s)
				}
			}
			if n, m := sorted.Size(), odd.Size(); n != len(live) || m >= n {
				t.Fatalf("%d and %d rows of %d", n, m, len(live))
			}
		}
	}
}

func TestSortErrors(t *testing.T) {
	table := engine.NewTable(engine.Col("Sym", []string{"A"}), engine.Col("Price", []float64{1}))
	wantError(t, func() *engine.Table { return table.Sort() }, "sort: by which column", -1, "")
	wantError(t, func() *engine.Table { return table.Sort("Sym, Prise") }, `sort: no column "Prise"; did you mean "Price"?`, 5, "Price")
	wantError(t, func() *engine.Table { return table.SortDescending("Sym,,Price") }, "sortDescending: a name is missing", 4, "")
	wantError(t, func() *engine.Table { return table.SortBy(engine.Asc("Sym"), engine.Desc("Sym")) }, `column "Sym" is there twice`, 0, "")
}

// wantError demands a *QueryError with a message that contains msg, at byte pos of its text (-1: no text), with a suggestion.
func wantError(t *testing.T, f func() *engine.Table, msg string, pos int, suggest string) {
	t.Helper()
	_, err := engine.Try(f)
	var q *engine.QueryError
	if !errors.As(err, &q) {
		t.Errorf("want a *QueryError with %q, got %v", msg, err)
		return
	}
	if !strings.Contains(err.Error(), msg) || q.Suggestion() != suggest || pos >= 0 && q.Offset() != pos {
		t.Errorf("got %q at %d of %q, suggestion %q; want %q at %d, suggestion %q", err, q.Offset(), q.Source(), q.Suggestion(), msg, pos, suggest)
	}
}
