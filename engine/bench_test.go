package engine_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"tickbook/engine"
)

// benchFeed hands over one batch in each cycle.
type benchFeed struct{ next func() *engine.Rows }

func (f *benchFeed) Fill(add func(*engine.Rows)) { add(f.next()) }
func (f *benchFeed) Status() engine.Status       { return engine.Status{} }
func (f *benchFeed) Stop()                       {}

var (
	quoteDefs = []engine.ColumnDef{
		engine.Int32("KafkaPartition"), engine.Int64("KafkaOffset"), engine.Instant("KafkaTimestamp"),
		engine.String("Sym"), engine.Int32("AskSize"), engine.Float64("AskPrice"), engine.Int32("BidSize"), engine.Float64("BidPrice"),
		engine.String("AskExchange"), engine.String("BidExchange"), engine.Int64("AskTime"), engine.Int64("BidTime"),
	}
	tradeDefs = []engine.ColumnDef{
		engine.Int32("KafkaPartition"), engine.Int64("KafkaOffset"), engine.Instant("KafkaTimestamp"),
		engine.String("Sym"), engine.Int32("Size"), engine.Float64("Price"), engine.Int64("DayVolume"), engine.String("Exchange"), engine.Int64("Time"),
	}
)

// benchTable is a source of batches of n rows: 100 symbols, and times that rise by a millisecond a row.
func benchTable(g *engine.Graph, defs []engine.ColumnDef, n int) *engine.Table {
	src := engine.NewSource(g, defs)
	r := rand.New(rand.NewPCG(1, 1))
	var batches []*engine.Rows
	for range 64 {
		b := engine.NewRows(defs, n)
		b.N = n
		for c, d := range defs {
			col := &b.Cols[c]
			for range n {
				switch d.Kind {
				case engine.KindString:
					col.Codes = append(col.Codes, src.Dict(c).Code(fmt.Sprintf("S%d", r.IntN(100))))
				case engine.KindInt32:
					col.I32 = append(col.I32, int32(1+r.IntN(100)))
				case engine.KindFloat64:
					col.F64 = append(col.F64, 100+float64(r.IntN(1000))/100)
				default:
					col.I64 = append(col.I64, 0)
				}
			}
		}
		batches = append(batches, b)
	}
	now, at := time.Date(2026, 1, 23, 15, 0, 0, 0, time.UTC).UnixMilli(), 0
	return src.Start(&benchFeed{func() *engine.Rows {
		b := batches[at%len(batches)]
		at++
		for c, d := range defs {
			if d.Kind == engine.KindInt64 || d.Kind == engine.KindInstant {
				for i := range b.Cols[c].I64 {
					b.Cols[c].I64[i] = now + int64(i)
				}
			}
		}
		now += int64(n)
		return b
	}})
}

// BenchmarkChain measures a cycle of n rows on each side, in ns a row.
func BenchmarkChain(b *testing.B) {
	type tables struct{ quotes, trades *engine.Table }
	views := func(t tables) tables {
		return tables{
			t.quotes.UpdateView("AskTime = millisToTime(AskTime)", "BidTime = millisToTime(BidTime)"),
			t.trades.UpdateView("Time = millisToTime(Time)"),
		}
	}
	related := func(t tables) *engine.Table {
		return t.trades.AsOfJoin(t.quotes, "Sym, Time = BidTime", "BidTime, BidPrice, BidSize, BidExchange")
	}
	vwap := func(t *engine.Table) *engine.Table {
		return t.View("Sym", "Size", "Price", "TimeBin = lowerBin(Time, MINUTE)", "GrossPrice = Price*Size").
			GroupBy("Sym", "TimeBin").
			Agg(engine.Avg("AvgPrice = Price"), engine.Sum("Volume = Size"), engine.Sum("TotalGross = GrossPrice")).
			UpdateView("VWAP = TotalGross/Volume")
	}
	for _, c := range []struct {
		name string
		make func(t tables) []*engine.Table
	}{
		{"sources", func(t tables) []*engine.Table { return nil }},
		{"views", func(t tables) []*engine.Table { v := views(t); return []*engine.Table{v.quotes, v.trades} }},
		{"where", func(t tables) []*engine.Table {
			v := views(t)
			return []*engine.Table{v.quotes, v.trades.Where("Sym = `S7`")}
		}},
		{"vwap", func(t tables) []*engine.Table { return []*engine.Table{vwap(views(t).trades)} }},
		{"asof", func(t tables) []*engine.Table { return []*engine.Table{related(views(t))} }},
		{"guide", func(t tables) []*engine.Table {
			v := views(t)
			bars := vwap(v.trades)
			return []*engine.Table{
				v.quotes.Reverse(), v.trades.SortDescending("KafkaOffset"), related(v), bars,
				bars.Where("Sym = `S7`"), v.trades.Where("Sym = `S7`"),
			}
		}},
	} {
		for _, n := range []int{10, 1000, 10_000} {
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				const most = 2_000_000 // rows a side, then anew
				rows, steps := 0, 0
				var g *engine.Graph
				var keep []*engine.Table
				b.ReportAllocs()
				for b.Loop() {
					if g == nil || rows > most {
						b.StopTimer()
						g, rows = engine.NewGraph(), 0
						t := tables{benchTable(g, quoteDefs, n), benchTable(g, tradeDefs, n)}
						keep = append(c.make(t), t.quotes, t.trades)
						b.StartTimer()
					}
					g.Step()
					rows += n
					steps++
				}
				runtime.KeepAlive(keep)
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(steps)/float64(2*n), "ns/row")
			})
		}
	}
}
