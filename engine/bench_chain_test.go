package engine_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"tickbook/engine"
)

// BenchmarkGuideChain measures the guide's chain over rows in memory, 1,000 a side and cycle: the sources, the views, the as-of join, the vwap table
// and its filter. It reports the time of cycles, ns/row, what the tables hold, B/row, and long cycles, p99-µs. Making the rows isn't counted.
// Run it with -benchtime 5000x: a run is that many cycles of one set of tables.
func BenchmarkGuideChain(b *testing.B) {
	parts := []string{"sources", "asof", "vwap", "guide", "late"}
	for _, part := range parts {
		for _, n := range []int{1000, 10_000} {
			b.Run(fmt.Sprintf("%s/%d", part, n), func(b *testing.B) {
				m := newChainMarket(n, map[bool]int{true: 2 * n}[part == "late"])
				m.next()
				m.g.Step()
				keep := m.derive(part)
				before := heapInUse()
				lat := make([]time.Duration, 0, 100_000)
				var total time.Duration
				for range b.N {
					m.next()
					start := time.Now()
					m.g.Step()
					d := time.Since(start)
					lat = append(lat, d)
					total += d
				}
				rows := float64(2 * n * b.N)
				b.ReportMetric(float64(total.Nanoseconds())/rows, "ns/row")
				b.ReportMetric(float64(int64(heapInUse()-before)-int64(cap(lat)*8))/rows, "B/row")
				slices.Sort(lat)
				b.ReportMetric(float64(lat[len(lat)*99/100].Microseconds()), "p99-µs")
				b.ReportMetric(0, "ns/op")
				runtime.KeepAlive(keep)
				runtime.KeepAlive(m)
			})
		}
	}
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// chainMarket feeds quotes and trades of 100 symbols whose prices walk.
type chainMarket struct {
	g              *engine.Graph
	quotes, trades *engine.Table
	q, t           *engine.Rows
	n, late        int
	r              *rand.Rand
	cents          [100]int32
	row            int
}

// newChainMarket makes n rows a side and cycle; quotes come up to late rows after their time.
func newChainMarket(n, late int) *chainMarket {
	m := &chainMarket{g: engine.NewGraph(), n: n, late: late, r: rand.New(rand.NewPCG(1, 2))}
	source := func(rows **engine.Rows, defs []engine.ColumnDef) *engine.Table {
		src := engine.NewSource(m.g, defs)
		for c, d := range defs {
			for i := range 100 {
				if d.Name == "Sym" {
					src.Dict(c).Code(fmt.Sprintf("S%02d", i))
				} else if d.Kind == engine.KindString {
					src.Dict(c).Code(fmt.Sprint(i))
				}
			}
		}
		*rows = engine.NewRows(defs, n)
		return src.Start(marketFeed{rows})
	}
	m.quotes = source(&m.q, []engine.ColumnDef{
		engine.String("Sym"), engine.Int32("AskSize"), engine.Float64("AskPrice"), engine.Int32("BidSize"), engine.Float64("BidPrice"),
		engine.String("AskExchange"), engine.String("BidExchange"), engine.Int64("AskTime"), engine.Int64("BidTime"),
		engine.Int32("KafkaPartition"), engine.Int64("KafkaOffset"), engine.Instant("KafkaTimestamp"),
	})
	m.trades = source(&m.t, []engine.ColumnDef{
		engine.String("Sym"), engine.String("Exchange"), engine.Int32("Size"), engine.Int32("KafkaPartition"), engine.Float64("Price"),
		engine.Int64("DayVolume"), engine.Int64("Time"), engine.Int64("KafkaOffset"), engine.Instant("KafkaTimestamp"),
	})
	for i := range m.cents {
		m.cents[i] = int32(1000 + m.r.IntN(49000))
	}
	return m
}

// marketFeed hands a batch over once.
type marketFeed struct{ rows **engine.Rows }

func (f marketFeed) Fill(add func(*engine.Rows)) { add(*f.rows); (*f.rows).Reset() }
func (f marketFeed) Status() engine.Status       { return engine.Status{} }
func (f marketFeed) Stop()                       {}

// next makes the next cycle's rows: 200 a second of each, in milliseconds.
func (m *chainMarket) next() {
	const start = int64(1772461800_000)
	q, t := m.q, m.t
	for range m.n {
		at := start + int64(m.row)*5
		s, bits := uint32(m.r.IntN(100)), m.r.Uint64()
		m.cents[s] = max(500, m.cents[s]+int32(bits&15)-7)
		bid := at
		if m.late > 0 {
			bid -= 5 * int64(m.r.IntN(m.late))
		}
		put(q, 0, 5, 6, []uint32{s, uint32(bits >> 20 % 15), uint32(bits >> 32 % 15)})
		q.Cols[1].I32 = append(q.Cols[1].I32, int32(1+(bits>>8)&63))
		q.Cols[2].F64 = append(q.Cols[2].F64, float64(m.cents[s]+int32(1+(bits>>4)&7))/100)
		q.Cols[3].I32 = append(q.Cols[3].I32, int32(1+(bits>>14)&63))
		q.Cols[4].F64 = append(q.Cols[4].F64, float64(m.cents[s])/100)
		q.Cols[7].I64 = append(q.Cols[7].I64, bid-int64(bits>>50&3))
		q.Cols[8].I64 = append(q.Cols[8].I64, bid)
		q.Cols[9].I32 = append(q.Cols[9].I32, 0)
		q.Cols[10].I64 = append(q.Cols[10].I64, int64(m.row))
		q.Cols[11].I64 = append(q.Cols[11].I64, at*1e6)
		s, bits = uint32(m.r.IntN(100)), m.r.Uint64()
		put(t, 0, 1, -1, []uint32{s, uint32(bits >> 32 % 15)})
		t.Cols[2].I32 = append(t.Cols[2].I32, int32(1+(bits>>8)%400))
		t.Cols[3].I32 = append(t.Cols[3].I32, 0)
		t.Cols[4].F64 = append(t.Cols[4].F64, float64(m.cents[s])/100)
		t.Cols[5].I64 = append(t.Cols[5].I64, int64(m.row))
		t.Cols[6].I64 = append(t.Cols[6].I64, at+2)
		t.Cols[7].I64 = append(t.Cols[7].I64, int64(m.row))
		t.Cols[8].I64 = append(t.Cols[8].I64, at*1e6)
		m.row++
	}
	q.N, t.N = m.n, m.n
}

// put appends codes to columns a, b and c.
func put(r *engine.Rows, a, b, c int, codes []uint32) {
	for i, col := range []int{a, b, c} {
		if col >= 0 {
			r.Cols[col].Codes = append(r.Cols[col].Codes, codes[i])
		}
	}
}

func (m *chainMarket) derive(part string) []*engine.Table {
	if part == "sources" {
		return nil
	}
	quotes := m.quotes.UpdateView("AskTime = millisToTime(AskTime)", "BidTime = millisToTime(BidTime)")
	trades := m.trades.UpdateView("Time = millisToTime(Time)")
	var out []*engine.Table
	if part != "vwap" {
		out = append(out, trades.AsOfJoin(quotes, "Sym, Time = BidTime", "BidTime, BidPrice, BidSize, BidExchange"))
	}
	if part != "asof" {
		v := vwap(trades)
		out = append(out, v, v.Where("Sym = `S07`"))
	}
	return out
}
