package engine_test

import (
	"tickbook/engine"
	"tickbook/engine/enginetest"
)

type table = engine.Table

// tradesIn and quotesIn are the inputs that most queries are checked on.
var (
	tradesIn = enginetest.Input{Cols: []engine.ColumnDef{
		engine.String("Sym"), engine.Instant("Time"), engine.Float64("Price"), engine.Int32("Size"),
	}}
	quotesIn = enginetest.Input{Cols: []engine.ColumnDef{
		engine.String("Sym"), engine.Instant("BidTime"), engine.Float64("BidPrice"),
	}}
)

// one is a query of the trades.
func one(name string, ordered bool, derive func(t *table) *table) enginetest.Query {
	return enginetest.Query{
		Name: name, Ordered: ordered, Inputs: []enginetest.Input{tradesIn},
		Make: func(in []*table) *table { return derive(in[0]) },
	}
}
