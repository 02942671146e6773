package engine_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tickbook/engine"
	"tickbook/engine/enginetest"
)

func ExampleTable_GroupBy() {
	t := engine.NewTable(
		engine.Col("Sym", []string{"IBM", "AAPL", "IBM"}),
		engine.Col("Price", []float64{140, 200, 141}),
		engine.Col("Size", []int32{10, 20, 30}))
	g := t.GroupBy("Sym").Agg(engine.Avg("AvgPrice = Price"), engine.Sum("Volume = Size"), engine.Count("N"))
	for _, r := range g.Rows(2) {
		fmt.Println(r)
	}
	// Output:
	// Sym="IBM" AvgPrice=140.5 Volume=40 N=2
	// Sym="AAPL" AvgPrice=200 Volume=20 N=1
}

func ExampleSum() {
	t := engine.NewTable(engine.Col("Size", []int32{10, 20, 30}))
	fmt.Println(t.GroupBy().Agg(engine.Sum("Volume = Size")).Int64s("Volume"))
	// Output: [60]
}

func ExampleAvg() {
	t := engine.NewTable(engine.Col("Wait", []time.Duration{time.Second, 2 * time.Second}))
	fmt.Println(t.GroupBy().Agg(engine.Avg("Wait")).Rows(1)[0])
	// Output: Wait=1.5s
}

func ExampleCount() {
	t := engine.NewTable(engine.Col("Sym", []string{"A", "B", "A"}))
	g := t.GroupBy("Sym").Agg(engine.Count("N"))
	fmt.Println(g.Strings("Sym"), g.Int64s("N"))
	// Output: [A B] [2 1]
}

func ExampleMin() {
	t := engine.NewTable(engine.Col("Price", []float64{140, 139, 141}))
	fmt.Println(t.GroupBy().Agg(engine.Min("Low = Price"), engine.Max("High = Price")).Rows(1)[0])
	// Output: Low=139 High=141
}

func ExampleMax() {
	t := engine.NewTable(engine.Col("Sym", []string{"A", "B", "A"}), engine.Col("Size", []int32{3, 4, 5}))
	fmt.Println(t.GroupBy("Sym").Agg(engine.Max("Size")).Int64s("Size"))
	// Output: [5 4]
}

func ExampleFirst() {
	t := engine.NewTable(engine.Col("Price", []float64{140, 139, 141}))
	fmt.Println(t.GroupBy().Agg(engine.First("Open = Price"), engine.Last("Close = Price")).Rows(1)[0])
	// Output: Open=140 Close=141
}

func ExampleLast() {
	t := engine.NewTable(engine.Col("Sym", []string{"A", "B", "A"}), engine.Col("Exchange", []string{"N", "P", "Q"}))
	fmt.Println(t.GroupBy("Sym").Agg(engine.Last("Exchange")).Strings("Exchange"))
	// Output: [Q P]
}

func TestGroupByCheck(t *testing.T) {
	all := func(g *engine.Grouped) *engine.Table {
		return g.Agg(engine.Avg("A = Price, B = Size"), engine.Sum("C = Price", "D = Size"), engine.Count("N"), engine.Min("E = Price"), engine.Max("F = Time"))
	}
	for _, q := range []enginetest.Query{
		one("one key", false, func(t *engine.Table) *engine.Table { return all(t.GroupBy("Sym")) }),
		one("two keys", false, func(t *engine.Table) *engine.Table { return all(t.GroupBy("Sym, Time")) }),
		one("three keys", false, func(t *engine.Table) *engine.Table { return all(t.GroupBy("Size", "Price", "Sym")) }),
		one("no key", false, func(t *engine.Table) *engine.Table { return all(t.GroupBy()) }),
		one("distinct", false, func(t *engine.Table) *engine.Table { return t.GroupBy("Sym, Size").Agg() }),
		one("bars", false, func(t *engine.Table) *engine.Table {
			return t.GroupBy("Sym").Agg(engine.First("Open = Price"), engine.Max("High = Price"), engine.Min("Low = Price"), engine.Last("Close = Price"))
		}),
		one("last of reversed and filtered", false, func(t *engine.Table) *engine.Table {
			return t.Reverse().Where("Size > 2").GroupBy("Sym").Agg(engine.First("Price"), engine.Last("Time"))
		}),
		one("vwap", false, vwap),
		one("vwap filtered", false, func(t *engine.Table) *engine.Table { return vwap(t).Where("Sym = `A`") }),
		one("previous values", false, func(t *engine.Table) *engine.Table {
			return vwap(t).Where("VWAP > 5").GroupBy("Sym").Agg(engine.Sum("S = Volume"), engine.Avg("V = TotalGross"))
		}),
		one("of a head", false, func(t *engine.Table) *engine.Table { return all(t.SortDescending("Price").Head(8).GroupBy("Sym")) }),
	} {
		t.Run(q.Name, func(t *testing.T) { enginetest.Check(t, q) })
	}
	appended := one("first-seen order", true, vwap)
	appended.Inputs = slices.Clone(appended.Inputs)
	appended.Inputs[0].AppendOnly = true
	t.Run(appended.Name, func(t *testing.T) { enginetest.Check(t, appended) })
}

// TestGroupByKinds groups by keys of every kind, and runs every aggregation over every kind that it takes.
func TestGroupByKinds(t *testing.T) {
	aggs := []func(cols ...string) engine.Agg{engine.Sum, engine.Avg, engine.Min, engine.Max, engine.First, engine.Last}
	for _, k := range allKinds {
		t.Run(k.String(), func(t *testing.T) {
			in := enginetest.Input{Cols: []engine.ColumnDef{{Name: "K", Kind: k}, {Name: "X", Kind: k}, engine.Int8("Y")}}
			enginetest.Check(t, enginetest.Query{
				Name: k.String(), Inputs: []enginetest.Input{in},
				Make: func(in []*engine.Table) *engine.Table {
					list := []engine.Agg{engine.Count("N"), engine.Sum("Y")}
					for i, f := range aggs {
						a := f(fmt.Sprintf("X%d = X", i))
						if _, err := engine.Try(func() *engine.Table { return in[0].GroupBy().Agg(a) }); err == nil {
							list = append(list, a)
						}
					}
					return in[0].GroupBy("K").Agg(list...)
				},
			})
		})
	}
}

// TestGroupByReference compares with sums made row by row from the doc comments.
func TestGroupByReference(t *testing.T) {
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.String("K"), engine.Float64("X"), engine.Int64("I"))
	table := in.GroupBy("K").Agg(engine.Sum("S = X"), engine.Avg("A = X, M = I"), engine.Sum("I"), engine.Count("N"), engine.Min("Lo = I"), engine.Max("Hi = I"))
	r := rand.New(rand.NewPCG(1, 1))
	var live []uint64
	value := func() any {
		return []any{nil, math.NaN(), math.Inf(1), math.Inf(-1), float64(r.IntN(9)), float64(r.IntN(9)), float64(r.IntN(9))}[r.IntN(7)]
	}
	for range 100 {
		for range r.IntN(8) {
			if len(live) > 12 || len(live) > 0 && r.IntN(3) == 0 {
				i := r.IntN(len(live))
				in.Remove(live[i])
				live = slices.Delete(live, i, i+1)
				continue
			}
			live = append(live, in.Add([]any{nil, "A", "B"}[r.IntN(3)], value(), r.Int64()))
		}
		g.Step()
		type group struct {
			s, m   float64
			i      int64
			lo, hi int64
			n, x   int
		}
		want := map[any]group{}
		for _, row := range in.Snapshot().Rows() {
			w := want[row.Value("K")]
			if x, ok := row.Value("X").(float64); ok {
				w.s, w.x = w.s+x, w.x+1
			}
			i := row.Value("I").(int64)
			if w.i += i; w.n == 0 {
				w.lo, w.hi = i, i
			}
			w.lo, w.hi = min(w.lo, i), max(w.hi, i)
			w.m += float64(row.Value("I").(int64))
			w.n++
			want[row.Value("K")] = w
		}
		rows := table.Snapshot().Rows()
		if len(rows) != len(want) {
			t.Fatalf("%d groups, want %d", len(rows), len(want))
		}
		for _, row := range rows {
			w := want[row.Value("K")]
			var s, a any
			if w.x > 0 {
				s, a = w.s, w.s/float64(w.x)
			}
			if got, exp := fmt.Sprint(row.Value("S"), row.Value("A"), row.Value("I"), row.Value("N"), row.Value("Lo"), row.Value("Hi")), fmt.Sprint(s, a, w.i, w.n, w.lo, w.hi); got != exp {
				t.Fatalf("group %v: got %s, want %s", row.Value("K"), got, exp)
			}
			if got, exp := row.Value("M").(float64), w.m/float64(w.n); math.Abs(got-exp) > 1e-9*math.Abs(exp)+1e6 {
				t.Fatalf("group %v: mean of large integers %v, want %v", row.Value("K"), got, exp)
			}
		}
	}
}

// TestSumDoesNotDrift: a hundred thousand fractions of all sizes come and go, and leave what was there.
func TestSumDoesNotDrift(t *testing.T) {
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.Float64("X"))
	sum := in.GroupBy().Agg(engine.Sum("X"))
	a, b := 0.1, 0.2
	in.Add(a)
	in.Add(b)
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var keys []uint64
		for range 500 {
			keys = append(keys, in.Add((r.Float64()-0.5)*math.Exp(20*r.Float64())))
		}
		g.Step()
		for _, k := range keys {
			in.Remove(k)
		}
		g.Step()
	}
	if got, want := sum.Float64s("X")[0], a+b; got != want {
		t.Errorf("after many additions and subtractions: %v, want %v", got, want)
	}
}

func TestGroupedSaysWhatItIs(t *testing.T) {
	table := engine.NewTable(engine.Col("Sym", []string{"A"}), engine.Col("Day", []int{1}))
	f := func(g *engine.Grouped, want string) {
		t.Helper()
		if got := fmt.Sprint(g); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	f(table.GroupBy("Sym", "Day"), `rows grouped by "Sym", "Day"; Agg makes a table of them: .Agg(engine.Count("N"))`)
	f(table.GroupBy(), `rows as one group; Agg makes a table of them: .Agg(engine.Count("N"))`)
}

// TestGroupByForgets: groups that come and go leave nothing behind.
func TestGroupByForgets(t *testing.T) {
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.Int64("K"), engine.Float64("X"))
	table := in.GroupBy("K").Agg(engine.Sum("X"), engine.Count("N"))
	var live []uint64
	for i := range 200_000 {
		if live = append(live, in.Add(i, 1.0)); len(live) > 100 {
			in.Remove(live[0])
			live = live[1:]
		}
		if i%500 == 0 {
			g.Step()
		}
	}
	g.Step()
	if n := engine.GroupBlocks(table); table.Size() != 100 || n > 2 {
		t.Errorf("%d groups, %d blocks of them are kept, want 100 and at most 2", table.Size(), n)
	}
}

func TestGroupByErrors(t *testing.T) {
	table := engine.NewTable(engine.Col("Sym", []string{"A"}), engine.Col("Price", []float64{1}), engine.Col("Ok", []bool{true}))
	agg := func(aggs ...engine.Agg) func() *engine.Table {
		return func() *engine.Table { return table.GroupBy("Sym").Agg(aggs...) }
	}
	wantError(t, func() *engine.Table { return table.GroupBy("Sym, Prize").Agg() }, `group by: no column "Prize"`, 5, "Price")
	wantError(t, func() *engine.Table { return table.GroupBy("Sym, Sym").Agg() }, `column "Sym" is there twice`, 5, "")
	wantError(t, func() *engine.Table { return table.GroupBy().Agg() }, `neither keys nor aggregations`, -1, "")
	wantError(t, agg(engine.Sum("V = Prise")), `agg: no column "Prise"`, 4, "Price")
	wantError(t, agg(engine.Sum("V = Sym")), `sum of "Sym": it is string; the aggregation takes integers, floats and durations`, 4, "")
	wantError(t, agg(engine.Avg("Ok")), `avg of "Ok": it is bool`, 0, "")
	wantError(t, agg(engine.Avg("Price"), engine.Sum("Price")), `column "Price" is there twice; give one another name: "SumPrice = Price"`, 0, "")
	wantError(t, agg(engine.Sum("Sym = Price")), `column "Sym" is there twice`, 0, "")
	wantError(t, agg(engine.Sum("V V = Price")), `"V V" is no column name`, 0, "")
	wantError(t, agg(engine.Sum()), `Sum of what?`, -1, "")
	wantError(t, agg(engine.Count("N = Price")), `Count takes the name of its result`, 0, "")
	wantError(t, func() *engine.Table { return table.Sort("Price").GroupBy("Sym").Agg(engine.Last("Price")) }, `last of a sorted table; group the table before it is sorted`, 0, "")
	wantError(t, agg(engine.Agg{}), `an empty Agg`, -1, "")
}
