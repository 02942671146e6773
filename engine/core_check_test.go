package engine_test

import (
	"strings"
	"testing"

	"tickbook/engine"
	"tickbook/engine/enginetest"
	"tickbook/internal/invariants"
)

type table = engine.Table

func TestViewCheck(t *testing.T) {
	for _, q := range []enginetest.Query{
		one("view", true, func(t *table) *table { return t.View("Sym", "Gross = Price*Size", "Twice = Gross*2", "Size") }),
		one("update view", true, func(t *table) *table {
			return t.UpdateView("Price = Price+1", "Time = lowerBin(Time, MINUTE)", "Dear = Price > 5 && Size < 4", "Other = Sym")
		}),
		one("view of a view", true, func(t *table) *table {
			return t.View("A = Price", "B = Size", "Sym").UpdateView("A = A+B").View("B = A*2", "A = B", "C = Sym == `A`")
		}),
		one("view of a filter", true, func(t *table) *table { return t.Where("Size > 2").View("G = Price*Size").Where("G > 6") }),
	} {
		t.Run(q.Name, func(t *testing.T) { enginetest.Check(t, q) })
	}
}

func TestWhereCheck(t *testing.T) {
	for _, q := range []enginetest.Query{
		one("where", true, func(t *table) *table { return t.Where("Price > 5") }),
		one("several", true, func(t *table) *table { return t.Where("Sym = `A`", "Size > 3", "Price < 8") }),
		one("of where", true, func(t *table) *table { return t.Where("Sym = `A`").Where("Size > 3") }),
		one("of head", true, func(t *table) *table { return t.Head(6).Where("Size > 2") }),
		one("of reverse", true, func(t *table) *table { return t.Reverse().Where("Sym = `B`").Head(3) }),
		one("of sort", true, func(t *table) *table { return t.Sort("Price").Where("Size > 2") }),
		one("of reversed sort", true, func(t *table) *table {
			return t.SortDescending("Sym").Reverse().Where("Price > 2").UpdateView("G = Price*Size").Where("G > 6").Head(4)
		}),
		one("of head of sort", true, func(t *table) *table { return t.SortDescending("Price").Head(12).Where("Size > 2").Head(4) }),
	} {
		t.Run(q.Name, func(t *testing.T) { enginetest.Check(t, q) })
	}
}

func TestReverseCheck(t *testing.T) {
	for _, q := range []enginetest.Query{
		one("reverse", true, func(t *table) *table { return t.Reverse() }),
		one("twice", true, func(t *table) *table { return t.Reverse().Reverse() }),
		one("of sort", true, func(t *table) *table { return t.Sort("Price").Reverse() }),
	} {
		t.Run(q.Name, func(t *testing.T) { enginetest.Check(t, q) })
	}
}

func TestHeadCheck(t *testing.T) {
	for _, q := range []enginetest.Query{
		one("head", true, func(t *table) *table { return t.Head(5) }),
		one("none", true, func(t *table) *table { return t.Head(0) }),
		one("of reverse", true, func(t *table) *table { return t.Reverse().Head(5) }),
		one("of sort", true, func(t *table) *table { return t.SortDescending("Price").Head(7) }),
		one("of reversed sort", true, func(t *table) *table { return t.Sort("Time").Reverse().Head(5) }),
		one("tail", true, func(t *table) *table { return t.Tail(5) }),
		one("tail of sort", true, func(t *table) *table { return t.Sort("Price").Tail(4).Where("Size > 1") }),
	} {
		t.Run(q.Name, func(t *testing.T) { enginetest.Check(t, q) })
	}
}

// TestPlanted: each fault is found, by the comparison meant for it.
func TestPlanted(t *testing.T) {
	plain := func(t *table) *table { return t }
	sorted := func(t *table) *table { return t.Sort("Price") }
	for _, c := range []struct {
		fault string
		of    func(*table) *table
		want  string // what the error says
	}{
		{"stale", plain, "rebuild: "},
		{"unreported", plain, "replica of "},
		{"everything", plain, "counter: "},
		{"previous", plain, "previous value of column"},
		{"in place", plain, "held state: "},
		{"moved", sorted, "replica of #1 planted moved: position"},
		{"rank", plain, "replica of #1 planted rank: "},
		{"key order", sorted, "subset: "},
		{"panic", plain, "planted panic: planted"},
	} {
		q := one(c.fault, true, func(t *table) *table { return engine.Planted(c.fault, c.of(t)) })
		if invariants.Enabled && c.fault == "in place" {
			c.want = "BUG: " // before anybody reads
		}
		err := enginetest.Find(q, 200)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: found %v, want an error that says %q", c.fault, err, c.want)
		}
	}
}
