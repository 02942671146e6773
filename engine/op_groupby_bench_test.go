package engine_test

import "testing"

// BenchmarkGroupByStatic makes bars of a million trades that are all there: 42,000 groups.
func BenchmarkGroupByStatic(b *testing.B) {
	trades, _ := staticMarket(1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		vwap(trades)
	}
}
