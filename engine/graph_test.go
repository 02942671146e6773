package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"tickbook/engine"
)

func TestFailureEndsATableAndItsDependents(t *testing.T) {
	engine.Let("boom", func(x float64) float64 {
		if x > 5 {
			panic("too dear")
		}
		return x
	})
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.Float64("Price"))
	in.Add(1.0)
	g.Step()
	bad := in.Where("boom(Price) > 0")
	child := bad.Reverse()
	other := in.Reverse()
	changed := make(chan struct{}, 1)
	defer child.Watch(changed)()
	in.Add(9.0)
	g.Step()
	err := child.Err()
	if err == nil || !strings.HasPrefix(err.Error(), "where: ") || !strings.Contains(err.Error(), "too dear") {
		t.Fatalf("child's error: %v", err)
	}
	if bad.Err() == nil || bad.Err().Error() != err.Error() {
		t.Errorf("two messages: %v, %v", bad.Err(), err)
	}
	select {
	case <-changed:
	default:
		t.Error("the failure was not signalled")
	}
	if s := child.Status(); s.Code != engine.StatusFailed || child.IsRefreshing() {
		t.Errorf("status %+v, refreshing %v", s, child.IsRefreshing())
	}
	in.Add(2.0)
	g.Step()
	if child.Size() != 1 || other.Size() != 3 || other.Err() != nil {
		t.Errorf("after the failure: child has %d rows, another table %d, its error %v", child.Size(), other.Size(), other.Err())
	}
	late := child.Head(1)
	if late.Err() == nil || late.Size() != 1 {
		t.Errorf("derived from a failed table: %d rows, error %v", late.Size(), late.Err())
	}
	var fail *engine.QueryError
	if errors.As(err, &fail) {
		t.Error("a failure in a cycle is no QueryError")
	}
}

func TestTryPassesOnOtherPanics(t *testing.T) {
	if _, err := engine.Try(func() *engine.Table { return engine.EmptyTable(-1) }); err == nil {
		t.Error("no error")
	}
	defer func() {
		if recover() != "other" {
			t.Error("the panic was lost")
		}
	}()
	engine.Try(func() *engine.Table { panic("other") })
}

// ticker is an input that a goroutine edits and steps.
type ticker struct {
	g    *engine.Graph
	in   *engine.Input
	live []uint64
	r    *rand.Rand
}

func newTicker(rows int) *ticker {
	m := &ticker{g: engine.NewGraph(), r: rand.New(rand.NewPCG(1, 2))}
	m.in = engine.NewInput(m.g, engine.String("Sym"), engine.Instant("Time"), engine.Float64("Price"), engine.Int32("Size"))
	m.edit(rows, 0)
	m.g.Step()
	return m
}

func (m *ticker) edit(adds, others int) {
	for range adds {
		m.live = append(m.live, m.in.Add(string(rune('A'+m.r.IntN(5))), m.r.IntN(1000), float64(m.r.IntN(100)), m.r.IntN(50)))
	}
	for range others {
		i := m.r.IntN(len(m.live))
		if m.r.IntN(3) == 0 {
			m.in.Remove(m.live[i])
			m.live = slices.Delete(m.live, i, i+1)
			continue
		}
		m.in.Modify(m.live[i], "Price", float64(m.r.IntN(100)))
	}
}

// TestDeriveWhileTicking derives from a large table beside the cycles: what was caught up must equal what is derived at rest.
func TestDeriveWhileTicking(t *testing.T) {
	for _, q := range []struct {
		name   string
		derive func(t *engine.Table) *engine.Table
	}{
		{"where", func(t *engine.Table) *engine.Table { return t.Where("Price > 50").UpdateView("G = Price*Size") }},
		{"sort", func(t *engine.Table) *engine.Table { return t.Sort("Price").Where("Size > 10") }},
		{"head", func(t *engine.Table) *engine.Table { return t.SortDescending("Price", "Size").Head(100).Reverse() }},
		{"asof with itself", func(t *engine.Table) *engine.Table { return t.AsOfJoin(t, "Sym, Time", "Other = Price") }},
		{"asof", func(t *engine.Table) *engine.Table {
			return t.AsOfJoin(t.Where("Size > 25"), "Sym, Time", "Other = Price")
		}},
	} {
		t.Run(q.name, func(t *testing.T) {
			m := newTicker(30_000)
			ctx, stop := context.WithCancel(context.Background())
			var done sync.WaitGroup
			started := make(chan struct{})
			done.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					m.edit(300, 100)
					m.g.Step()
					if i == 0 {
						close(started)
					}
				}
			})
			<-started
			derived := q.derive(m.in.Table)
			stop()
			done.Wait()
			m.edit(10, 5)
			m.g.Step()
			if err := derived.Err(); err != nil {
				t.Fatal(err)
			}
			got, want := derived.Snapshot(), q.derive(m.in.Table).Snapshot()
			if got.Len() != want.Len() {
				t.Fatalf("%d rows, want %d", got.Len(), want.Len())
			}
			for _, d := range got.Schema() {
				if a, b := column(got, d), column(want, d); a != b {
					t.Errorf("column %s differs", d.Name)
				}
			}
		})
	}
}

func column(s *engine.Snapshot, d engine.ColumnDef) string {
	switch d.Kind {
	case engine.KindString:
		return fmt.Sprint(s.Strings(d.Name), s.Valid(d.Name))
	case engine.KindInstant:
		return fmt.Sprint(s.Int64s(d.Name), s.Valid(d.Name))
	}
	return fmt.Sprint(s.Float64s(d.Name))
}

// TestReadersBesideCycles: what is read in one call is of one cycle, whatever goes on.
func TestReadersBesideCycles(t *testing.T) {
	m := newTicker(1000)
	up := m.in.UpdateView("Twice = Price*2")
	top := up.SortDescending("Price").Head(20)
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	for range 2 {
		done.Go(func() {
			for ctx.Err() == nil {
				s := engine.Snapshots(m.in.Table, up, top)
				if s[0].Len() != s[1].Len() {
					t.Errorf("two cycles in one: %d and %d rows", s[0].Len(), s[1].Len())
					return
				}
				a, b := s[0].Float64s("Price"), s[1].Float64s("Twice")
				for i := range a {
					if a[i]*2 != b[i] {
						t.Errorf("row %d: %v and %v", i, a[i], b[i])
						return
					}
				}
				best := s[2].Float64s("Price")
				if len(best) > 0 && best[0] != slices.Max(a) {
					t.Errorf("top %v, greatest %v", best[0], slices.Max(a))
					return
				}
				up.Where("Twice > 100").Size()
				s[1].Window(3, 5).Text(0, 0)
			}
		})
	}
	for range 150 {
		m.edit(20, 30)
		m.g.Step()
	}
	stop()
	done.Wait()
}

func TestTwoGraphs(t *testing.T) {
	a := engine.NewInput(engine.NewGraph(), engine.String("Sym"), engine.Int64("T"))
	b := engine.NewInput(engine.NewGraph(), engine.String("Sym"), engine.Int64("T"))
	_, err := engine.Try(func() *engine.Table { return a.AsOfJoin(b.Table, "Sym, T", "U = T") })
	if err == nil || !strings.Contains(err.Error(), "two graphs") {
		t.Errorf("err %v", err)
	}
}

func TestStaticJoinsAnyGraph(t *testing.T) {
	static := engine.NewTable(engine.Col("Sym", []string{"A", "B"}), engine.Col("T", []int{1, 1}), engine.Col("Name", []string{"Alpha", "Beta"}))
	if static.IsRefreshing() || static.Reverse().IsRefreshing() {
		t.Error("a static table says that it refreshes")
	}
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.String("Sym"), engine.Int64("T"))
	in.Add("B", 3)
	joined := in.AsOfJoin(static, "Sym, T", "Name")
	g.Step()
	if got := joined.Strings("Name"); !slices.Equal(got, []string{"Beta"}) {
		t.Errorf("Name = %q", got)
	}
	if got := static.Where("T > 0").Sort("Name").Reverse().Strings("Name"); !slices.Equal(got, []string{"Beta", "Alpha"}) {
		t.Errorf("static chain: %q", got)
	}
}

// TestFailureInTheFirstStep: the table is born failed, small or large; a mistake found then goes to the caller.
func TestFailureInTheFirstStep(t *testing.T) {
	engine.Let("fails", func(x float64) float64 { panic("at once") })
	for _, rows := range []int{10, 30_000} {
		m := newTicker(rows)
		bad := m.in.Where("fails(Price) > 0")
		if err := bad.Err(); err == nil || !strings.Contains(err.Error(), "at once") || bad.Size() != 0 {
			t.Errorf("%d rows: error %v, %d rows in the table", rows, err, bad.Size())
		}
		if got := bad.Reverse().Float64s("Price"); len(got) != 0 {
			t.Errorf("%d rows: values of a failed table: %v", rows, got)
		}
		m.edit(5, 0)
		m.g.Step()
		if err := m.in.Err(); err != nil {
			t.Errorf("%d rows: the parent failed with it: %v", rows, err)
		}
		for _, fault := range []string{"query error", "query error late"} {
			if _, err := engine.Try(func() *engine.Table { return engine.Planted(fault, m.in.Table) }); err == nil {
				t.Errorf("%d rows: no error", rows)
			}
			if n := engine.Collectors(m.in.Table); n != 0 {
				t.Errorf("%d rows: %d derivations still collect updates", rows, n)
			}
		}
	}
}
