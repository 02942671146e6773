package engine_test

import (
	"testing"

	"tickbook/engine/enginetest"
)

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
