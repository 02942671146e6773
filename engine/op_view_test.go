package engine_test

import (
	"testing"

	"tickbook/engine/enginetest"
)

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
