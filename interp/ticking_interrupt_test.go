package interp

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"

	"tickbook/engine"
)

const tickingRows = 40

// tickingCell derives tables by functions of its own: one is called for each row, one for each chunk.
const tickingCell = `type acc struct{ parts []int64 }
func (a *acc) add(v int64) { a.parts = append(a.parts, v) }
func triangle(n int64) (sum int64) {
	a := &acc{}
	defer func() {
		for _, v := range a.parts { sum += v }
	}()
	for i := range n + 1 { a.add(i) }
	sort.Slice(a.parts, func(i, j int) bool { return a.parts[i] > a.parts[j] })
	return 0
}
func twice(ns []int64) []int64 {
	out := make([]int64, len(ns))
	for i, n := range ns { func() { defer func() { out[i] *= 2 }(); out[i] = n }() }
	return out
}
engine.Let("triangle", triangle)
engine.Let("twice", twice)
g := engine.NewGraph()
in := engine.NewInput(g, engine.Int64("N"))
rows := in.UpdateView("T = triangle(N)", "D = twice(N)").Where("twice(N) >= 0")
sums := rows.GroupBy().Agg(engine.Sum("All = T"))
`

// TestInterruptsWhileTablesTick: while cells are interrupted at random moments, tables whose formulas call functions of cells tick; no value is wrong,
// no table ends, and no goroutine is left. The number of interrupts is that of [TestInterruptsAtRandom].
func TestInterruptsWhileTablesTick(t *testing.T) {
	n := interrupts(t)
	nb := newNotebook(t)
	nb.want(tickingCell, "")
	value := func(name string) any {
		vs, err := nb.s.Execute(t.Context(), name, 900)
		if err != nil {
			t.Fatal(err)
		}
		return vs[0]
	}
	g, in := value("g").(*engine.Graph), value("in").(*engine.Input)
	rows, sums := value("rows").(*engine.Table), value("sums").(*engine.Table)
	var keys []uint64
	for i := range int64(tickingRows) {
		keys = append(keys, in.Add(i))
	}
	g.Step()
	check := func() bool {
		s := engine.Snapshots(rows, sums)
		ns, ts, ds, all := s[0].Int64s("N"), s[0].Int64s("T"), s[0].Int64s("D"), s[1].Int64s("All")
		if len(ns) != tickingRows || len(all) != 1 || rows.Err() != nil || sums.Err() != nil {
			t.Errorf("%d rows, %d sums, errors %v %v", len(ns), len(all), rows.Err(), sums.Err())
			return false
		}
		sum := int64(0)
		for i, n := range ns {
			if ts[i] != n*(n+1)/2 || ds[i] != 2*n {
				t.Errorf("N %d has T %d and D %d", n, ts[i], ds[i])
				return false
			}
			sum += ts[i]
		}
		if all[0] != sum {
			t.Errorf("the sum is %d, want %d", all[0], sum)
			return false
		}
		return true
	}
	if !check() {
		return
	}
	goroutines := runtime.NumGoroutine()
	var stop atomic.Bool
	ticked := make(chan int, 1)
	go func() {
		cycles := 0
		for ok := true; ok && !stop.Load(); cycles++ {
			i := rand.IntN(tickingRows)
			in.Modify(keys[i], "N", rand.Int64N(60))
			i = rand.IntN(tickingRows)
			in.Remove(keys[i])
			keys[i] = in.Add(rand.Int64N(60))
			g.Step()
			ok = check()
		}
		ticked <- cycles
	}()
	bodies := []string{
		"for { triangle(30) }", "for { rows.Where(\"triangle(N) > 5\").Int64s(\"T\") }", "for { in.UpdateView(\"X = twice(N) + triangle(N)\").Size() }",
		"go func() { for { triangle(9) } }()\nselect {}", "func() { defer func() { recover() }(); for { sums.Int64s(\"All\"); triangle(3) } }()",
		"time.Sleep(time.Hour)",
	}
	nb.interruptAtRandom(bodies, n)
	stop.Store(true)
	cycles := <-ticked
	check()
	nb.want("rows.Size()", "=> 40")
	nb.want("triangle(10)", "=> 55")
	nb.until("the goroutines of interrupted cells end", func() bool { return runtime.NumGoroutine() <= goroutines+2 })
	if cycles == 0 {
		t.Error("no cycle ran")
	}
	t.Logf("%d interrupts, %d cycles", n, cycles)
}
