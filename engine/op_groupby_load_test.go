package engine_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"tickbook/engine"
)

// TestGroupByLoad: the first step over so many rows that several processors share it comes to the same as on one processor, group order included, and
// leaves what the steps after it need.
func TestGroupByLoad(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	const n = 100_000
	r := rand.New(rand.NewPCG(4, 4))
	names, bins, xs, is, valid := make([]string, n), make([]int64, n), make([]float64, n), make([]int32, n), make([]bool, n)
	for i := range n {
		names[i], bins[i], xs[i], is[i], valid[i] = fmt.Sprint("S", r.IntN(40)), int64(i/5000*10), float64(r.IntN(1000)), r.Int32N(500)-100, i%13 != 0
	}
	static := engine.NewTable(engine.Col("K", names, valid), engine.Col("B", bins), engine.Col("X", xs, valid), engine.Col("I", is))
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.String("K"), engine.Int64("B"), engine.Float64("X"), engine.Int32("I"))
	for i := range n {
		in.Add(names[i], bins[i], xs[i], is[i])
	}
	g.Step()
	bars := func(t *engine.Table) *engine.Table {
		return t.Where("I % 9 != 2").UpdateView("Y = X*I").GroupBy("K", "B").Agg(engine.Sum("S = X, J = I"), engine.Avg("A = Y, M = I"), engine.Count("N"),
			engine.Min("Lo = X"), engine.Max("Hi = I"), engine.First("F = X"), engine.Last("L = I"))
	}
	onOne := func(t *engine.Table) *engine.Table {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		return bars(t)
	}
	ticking := bars(in.Table)
	for name, tables := range map[string][2]*engine.Table{"static": {bars(static), onOne(static)}, "ticking": {ticking, onOne(in.Table)}} {
		if err := sameRows(tables[0], tables[1]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := 0; i < n; i += 101 {
		in.Modify(uint64(i), "I", i%450)
		in.Remove(uint64(i + 50))
		in.Add("S1", i/5000*10, 3.0, 40)
	}
	g.Step()
	if err := sameRows(ticking.Sort("K", "B"), bars(in.Table).Sort("K", "B")); err != nil {
		t.Errorf("after a cycle: %v", err)
	}
}

// TestGroupByLoadFails: a function that panics on any of the processors ends the table, nothing else.
func TestGroupByLoadFails(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	engine.Let("failsAt", func(x, at int64) int64 {
		if x == at {
			panic("too large")
		}
		return x
	})
	xs := make([]int64, 200_000)
	for i := range xs {
		xs[i] = int64(i)
	}
	static := engine.NewTable(engine.Col("X", xs))
	for _, at := range []int{0, 70_000, 199_999} {
		bad := static.UpdateView(fmt.Sprintf("Bad = failsAt(X, %d)", at), "K = X % 1000")
		for name, table := range map[string]*engine.Table{
			"key":         bad.View("K = Bad % 10", "X").GroupBy("K").Agg(engine.Sum("X"), engine.Count("N")),
			"aggregation": bad.GroupBy("K").Agg(engine.Sum("X"), engine.Max("Hi = Bad"), engine.Count("N")),
			"both":        bad.GroupBy("Bad").Agg(engine.Max("Hi = Bad")),
		} {
			if err := table.Err(); err == nil || !strings.Contains(err.Error(), "too large") {
				t.Errorf("%s, at row %d: error %v", name, at, err)
			}
		}
	}
}
