package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tickbook/engine"
)

// TestLarge: sort, as-of join and groups of tables that are too large for the small paths (blocks split, floods are merged, the first step runs beside
// the cycles) equal the same derived anew, after cycles of few and of many changes.
func TestLarge(t *testing.T) {
	g := engine.NewGraph()
	tr := engine.NewInput(g, tradesIn.Cols...)
	q := engine.NewInput(g, quotesIn.Cols...)
	r := rand.New(rand.NewPCG(1, 1))
	start := time.Date(2026, 1, 23, 15, 0, 0, 0, time.UTC)
	var live [2][]uint64
	at := func() any { return start.Add(time.Duration(r.IntN(40_000)) * 50 * time.Millisecond) }
	sym := func() any { return fmt.Sprintf("S%d", r.IntN(12)) }
	edit := func(n int) {
		for range n {
			switch r.IntN(8) {
			case 0, 1, 2:
				live[0] = append(live[0], tr.Add(sym(), at(), float64(r.IntN(5000)), r.IntN(100)))
			case 3, 4:
				live[1] = append(live[1], q.Add(sym(), at(), float64(r.IntN(5000))))
			case 5:
				k := live[0][r.IntN(len(live[0]))]
				tr.Modify(k, "Price", float64(r.IntN(5000)))
			case 6:
				k := live[1][r.IntN(len(live[1]))]
				q.Modify(k, "BidTime", at())
			default:
				side := r.IntN(2)
				i := r.IntN(len(live[side]))
				k := live[side][i]
				live[side] = slices.Delete(live[side], i, i+1)
				[]*engine.Input{tr, q}[side].Remove(k)
			}
		}
		g.Step()
	}
	for range 30_000 {
		live[0] = append(live[0], tr.Add(sym(), at(), float64(r.IntN(5000)), r.IntN(100)))
		live[1] = append(live[1], q.Add(sym(), at(), float64(r.IntN(5000))))
	}
	g.Step()
	derive := func() []*engine.Table {
		join := tr.AsOfJoin(q.Table, "Sym, Time = BidTime", "BidTime, BidPrice")
		return []*engine.Table{
			tr.SortBy(engine.Desc("Sym"), engine.Asc("Price")),
			tr.Sort("Time").Where("Size < 50"),
			join,
			join.UpdateView("Bin = lowerBin(Time, MINUTE)").GroupBy("Sym", "Bin").
				Agg(engine.Sum("S = BidPrice"), engine.Min("Lo = Price"), engine.Max("Hi = BidPrice"), engine.Last("Size"), engine.Count("N")).
				Sort("Sym", "Bin"),
		}
	}
	tables := derive()
	for cycle, n := range []int{1, 30, 3000, 200, 12_000, 50} {
		edit(n)
		for i, want := range derive() {
			if err := sameRows(tables[i], want); err != nil {
				t.Fatalf("cycle %d, table %d: %v", cycle, i, err)
			}
		}
	}
}

func sameRows(a, b *engine.Table) error {
	x, y := a.Snapshot(), b.Snapshot()
	if x.Len() != y.Len() {
		return fmt.Errorf("%d rows, want %d", x.Len(), y.Len())
	}
	for _, d := range x.Schema() {
		if v, w := x.Valid(d.Name), y.Valid(d.Name); !slices.Equal(v, w) {
			return fmt.Errorf("nulls of %s differ", d.Name)
		}
		var same bool
		switch {
		case d.Kind == engine.KindString:
			same = slices.Equal(x.Strings(d.Name), y.Strings(d.Name))
		case d.Kind.IsFloat():
			same = slices.EqualFunc(x.Float64s(d.Name), y.Float64s(d.Name), func(a, b float64) bool { return a == b || a != a && b != b })
		default:
			same = slices.Equal(x.Int64s(d.Name), y.Int64s(d.Name))
		}
		if !same {
			return fmt.Errorf("%s differs", d.Name)
		}
	}
	return nil
}
