package engine_test

import (
	"testing"

	"tickbook/engine/enginetest"
)

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
