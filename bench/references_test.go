package bench

import (
	"encoding/json"
	"testing"
)

// What the guide's chain cost when it was first measured, on two shared cores with Go 1.26. They are compared with as ratios, named …/ref: on a
// machine of its own speed only the ratios of one run to another mean something, and over twice the cost needs a reason.
const (
	refMemoryCPU = 116.0  // ns a row through a general update graph, 1,000 rows a side and cycle
	refWiredCPU  = 120.5  // ns a row with the chain wired by hand: 104 to 137
	refKafkaCPU  = 688.0  // ns a row over Kafka, wired by hand: 661 to 715
	refHeap      = 85.5   // bytes a row: 84 wired by hand, 86.6 through a general update graph
	refLatency   = 0.9    // ms from produce to VWAP, p50, at 10,000 rows a second, without a least time between cycles
	refProbe     = 2763.0 // ns for encoding/json to decode a quote: the speed of that machine
)

// probe is the CPU time, in ns, that encoding/json takes for a quote now: the speed of the machine, and of what else it does meanwhile.
func probe(b *testing.B) float64 {
	const count = 10_000
	m := newMarket()
	texts := make([][]byte, 100)
	for i := range texts {
		q, _ := m.next()
		texts[i] = q.appendJSON(nil)
	}
	start := cpuTime()
	for i := range count {
		var q struct {
			Sym, AskExchange, BidExchange string
			AskSize, BidSize              int32
			AskPrice, BidPrice            float64
			AskTime, BidTime              int64
		}
		if err := json.Unmarshal(texts[i%len(texts)], &q); err != nil {
			b.Fatal(err)
		}
	}
	return float64((cpuTime() - start).Nanoseconds()) / count
}
