package engine_test

import (
	"testing"

	"tickbook/engine/enginetest"
)

func TestReverseCheck(t *testing.T) {
	for _, q := range []enginetest.Query{
		one("reverse", true, func(t *table) *table { return t.Reverse() }),
		one("twice", true, func(t *table) *table { return t.Reverse().Reverse() }),
		one("of sort", true, func(t *table) *table { return t.Sort("Price").Reverse() }),
	} {
		t.Run(q.Name, func(t *testing.T) { enginetest.Check(t, q) })
	}
}
