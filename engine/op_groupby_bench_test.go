package engine_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"tickbook/engine"
)

// BenchmarkGroupByStatic makes bars of a million trades that are all there: 42,000 groups.
func BenchmarkGroupByStatic(b *testing.B) {
	trades, _ := staticMarket(1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		vwap(trades)
	}
}

// BenchmarkGroupByCycle makes bars of trades of 500 symbols that come a thousand a cycle, 5 ms apart: about 430 groups change in each cycle. Run it with
// -benchtime 5000x.
func BenchmarkGroupByCycle(b *testing.B) {
	const n = 1000
	g := engine.NewGraph()
	defs := []engine.ColumnDef{engine.String("Sym"), engine.Instant("Time"), engine.Float64("Price"), engine.Int32("Size")}
	src := engine.NewSource(g, defs)
	for i := range 500 {
		src.Dict(0).Code(fmt.Sprintf("S%03d", i))
	}
	rows := engine.NewRows(defs, n)
	trades := src.Start(marketFeed{&rows})
	bars := vwap(trades)
	r, at := rand.New(rand.NewPCG(1, 2)), int64(1772461800_000_000_000)
	for range b.N {
		for range n {
			rows.Cols[0].Codes = append(rows.Cols[0].Codes, r.Uint32N(500))
			rows.Cols[1].I64 = append(rows.Cols[1].I64, at)
			rows.Cols[2].F64 = append(rows.Cols[2].F64, float64(100+r.IntN(900)))
			rows.Cols[3].I32 = append(rows.Cols[3].I32, 1+r.Int32N(400))
			at += 5_000_000
		}
		rows.N = n
		g.Step()
	}
	runtime.KeepAlive(bars)
}
