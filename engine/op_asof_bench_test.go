package engine_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tickbook/engine"
)

// staticMarket is n quotes and n trades of 500 symbols: 200 a second of each, in order of time.
func staticMarket(n int) (trades, quotes *engine.Table) {
	r := rand.New(rand.NewPCG(1, 2))
	names := make([]string, 500)
	for i := range names {
		names[i] = fmt.Sprintf("S%03d", i)
	}
	syms, times, prices, sizes := make([]string, n), make([]time.Time, n), make([]float64, n), make([]int32, n)
	fill := func(at time.Time) {
		for i := range n {
			syms[i], times[i] = names[r.IntN(len(names))], at.Add(time.Duration(i)*5*time.Millisecond)
			prices[i], sizes[i] = 100+float64(r.IntN(1000))/100, 1+r.Int32N(400)
		}
	}
	start := time.Date(2026, 1, 23, 15, 0, 0, 0, time.UTC)
	fill(start.Add(2 * time.Millisecond))
	trades = engine.NewTable(engine.Col("Sym", syms), engine.Col("Time", times), engine.Col("Price", prices), engine.Col("Size", sizes))
	fill(start)
	quotes = engine.NewTable(engine.Col("Sym", syms), engine.Col("BidTime", times), engine.Col("BidPrice", prices))
	return trades, quotes
}

// BenchmarkAsOfStatic joins a million rows a side that are all there.
func BenchmarkAsOfStatic(b *testing.B) {
	trades, quotes := staticMarket(1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		trades.AsOfJoin(quotes, "Sym, Time = BidTime", "BidTime, BidPrice")
	}
}
