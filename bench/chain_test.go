package bench

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"tickbook/engine"
	"tickbook/kafka"
)

const (
	rowsEnv   = "TICKBOOK_BENCH_ROWS"
	chainRows = 300_000
	chainRuns = 3    // an operation
	cycleRows = 1000 // a side, from memory
)

// rowsASide is how many quotes, and as many trades, are read: the usual number, or what the environment says.
func rowsASide(b *testing.B, usual int) int {
	text := os.Getenv(rowsEnv)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < cycleRows {
		b.Fatalf("%s=%q: want a number of rows a side, %d or more", rowsEnv, text, cycleRows)
	}
	return n / cycleRows * cycleRows
}

// BenchmarkChain is the guide's chain (two sources, views, as-of join, VWAP by symbol and minute, the filter on AAPL) from rows in memory, stepped by
// hand, and from two topics of a broker in another process, at the pace of the graph's clock. Both read the same rows. An operation is three
// runs; the metrics are medians of all. Making rows and topics is in none.
func BenchmarkChain(b *testing.B) {
	n := rowsASide(b, chainRows)
	want := answerFor(n)
	b.Run("memory", func(b *testing.B) {
		batches := makeBatches(n)
		var runs []run
		for b.Loop() {
			for range chainRuns {
				runs = append(runs, probed(b, func() run { return chainFromMemory(b, batches, want) }))
			}
		}
		m := report(b, runs, n, refMemoryCPU)
		b.ReportMetric(m.cpuNs/refWiredCPU, "cpu/wired")
		b.ReportMetric(float64(m.cycle.Microseconds()), "cycle-p50-µs")
	})
	b.Run("kafka", func(b *testing.B) {
		addr := startBroker(b)
		produce(b, "fill", addr, strconv.Itoa(n))
		var runs []run
		for b.Loop() {
			for range chainRuns {
				runs = append(runs, probed(b, func() run { return chainOverKafka(b, addr, n, want) }))
			}
		}
		report(b, runs, n, refKafkaCPU)
	})
}

// run is what one run of the chain took.
type run struct {
	wall, cpu time.Duration
	heap      int64         // bytes that its tables hold at the end
	cycle     time.Duration // p50; 0: not measured
	cycles    int
	probe     float64 // ns, the mean of before and after
}

// probed runs f between two probes of the machine.
func probed(b *testing.B, f func() run) run {
	before := probe(b)
	r := f()
	r.probe = (before + probe(b)) / 2
	return r
}

// figures are medians over runs.
type figures struct {
	cpuNs float64 // a row
	cycle time.Duration
}

func report(b *testing.B, runs []run, n int, ref float64) figures {
	rows := float64(2 * n)
	sorted := func(f func(run) float64) []float64 {
		xs := make([]float64, len(runs))
		for i, r := range runs {
			xs[i] = f(r)
		}
		slices.Sort(xs)
		return xs
	}
	median := func(f func(run) float64) float64 { return sorted(f)[len(runs)/2] }
	cpus := sorted(func(r run) float64 { return float64(r.cpu.Nanoseconds()) / rows })
	cpu := cpus[len(cpus)/2]
	heap := median(func(r run) float64 { return float64(r.heap) / rows })
	b.ReportMetric(0, "ns/op") // says nothing beside the rest
	b.ReportMetric(cpu, "cpu-ns/row")
	b.ReportMetric(cpus[0], "cpu-best-ns/row")
	b.ReportMetric(cpu/ref, "cpu/ref")
	b.ReportMetric(median(func(r run) float64 { return r.probe }), "probe-ns")
	b.ReportMetric(median(func(r run) float64 { return float64(r.cpu.Nanoseconds()) / rows / ref * refProbe / r.probe }), "cpu/ref-adjusted")
	b.ReportMetric(median(func(r run) float64 { return rows / float64(r.cycles) }), "rows/cycle")
	b.ReportMetric(median(func(r run) float64 { return rows / r.wall.Seconds() }), "rows/s")
	b.ReportMetric(heap, "heap-B/row")
	b.ReportMetric(heap/refHeap, "heap/ref")
	return figures{cpu, time.Duration(median(func(r run) float64 { return float64(r.cycle) }))}
}

// chain is the guide's tables.
type chain struct{ quotes, trades, related, vwap, aapl *engine.Table }

// newChain derives from the two sources what the guide does.
func newChain(quotes, trades *engine.Table) *chain {
	c := &chain{
		quotes: quotes.UpdateView("AskTime = millisToTime(AskTime)", "BidTime = millisToTime(BidTime)"),
		trades: trades.UpdateView("Time = millisToTime(Time)"),
	}
	c.related = c.trades.AsOfJoin(c.quotes, "Sym, Time = BidTime", "BidTime, BidPrice, BidSize, BidExchange")
	c.vwap = vwapOf(c.trades)
	c.aapl = c.vwap.Where("Sym = `AAPL`")
	return c
}

func vwapOf(trades *engine.Table) *engine.Table {
	return trades.
		View("Sym", "Size", "Price", "TimeBin = lowerBin(Time, MINUTE)", "GrossPrice = Price*Size").
		GroupBy("Sym", "TimeBin").
		Agg(engine.Avg("AvgPrice = Price"), engine.Sum("Volume = Size"), engine.Sum("TotalGross = GrossPrice")).
		UpdateView("VWAP = TotalGross/Volume")
}

// check compares with the market's own account: a chain that leaves work out is not fast.
func (c *chain) check(b *testing.B, want answer) {
	b.Helper()
	s := engine.Snapshots(c.related, c.vwap, c.aapl)
	related, vwap, aapl := s[0], s[1], s[2]
	var got answer
	valid := related.Valid("BidPrice")
	for i, x := range related.Float64s("BidPrice") {
		if valid == nil || valid[i] {
			got.matched++
			got.bids += x
		}
	}
	for _, v := range vwap.Int64s("Volume") {
		got.volume += v
	}
	got.groups = vwap.Len()
	if math.Abs(got.bids-want.bids) < 1e-9*want.bids {
		got.bids = want.bids
	}
	if got != want {
		b.Fatalf("the chain came to %+v, want %+v", got, want)
	}
	if aapl.Len() == 0 {
		b.Fatal("no group of AAPL")
	}
}

// chainOverKafka reads both topics from the beginning to the end, as the guide's cells do.
func chainOverKafka(b *testing.B, addr string, n int, want answer) run {
	before := heapInUse()
	cpu, start := cpuTime(), time.Now()
	conf := kafka.Config{"bootstrap.servers": addr}
	quotes := kafka.Consume(conf, quotesTopic, kafka.JSON(quoteColumns...), kafka.AppendOnly)
	trades := kafka.Consume(conf, tradesTopic, kafka.JSON(tradeColumns...), kafka.AppendOnly)
	c := newChain(quotes, trades)
	first := trades.Snapshot().Step()
	changed := make(chan struct{}, 1)
	for _, t := range []*engine.Table{quotes, trades} {
		stop := t.Watch(changed)
		defer stop()
	}
	timeout := time.NewTimer(fillTimeout)
	defer timeout.Stop()
	for quotes.Size() < n || trades.Size() < n {
		select {
		case <-changed:
		case <-timeout.C:
			b.Fatalf("after %v: %d quotes (%v) and %d trades (%v) of %d", fillTimeout, quotes.Size(), quotes.Status(), trades.Size(), trades.Status(), n)
		}
	}
	r := run{wall: time.Since(start), cpu: cpuTime() - cpu}
	r.cycles = int(max(quotes.Snapshot().Step(), trades.Snapshot().Step()) - first)
	c.check(b, want)
	r.heap = int64(heapInUse()) - int64(before)
	runtime.KeepAlive(c)
	quotes.Close()
	trades.Close()
	return r
}

// batches are the rows of both sides by cycle.
type batches struct{ quotes, trades []*engine.Rows }

func makeBatches(n int) batches {
	var out batches
	m := newMarket()
	offset := int64(0)
	for range n / cycleRows {
		q := engine.NewRows(slices.Concat(recordColumns, quoteColumns), cycleRows)
		t := engine.NewRows(slices.Concat(recordColumns, tradeColumns), cycleRows)
		q.N, t.N = cycleRows, cycleRows
		for range cycleRows {
			x, y := m.next()
			addQuote(q.Cols, offset, &x)
			addTrade(t.Cols, offset, &y)
			offset++
		}
		out.quotes, out.trades = append(out.quotes, q), append(out.trades, t)
	}
	return out
}

func addRecord(c []engine.Buffer, offset, at int64) {
	c[0].I32 = append(c[0].I32, 0)
	c[1].I64 = append(c[1].I64, offset)
	c[2].I64 = append(c[2].I64, at*1e6)
}

func addQuote(c []engine.Buffer, offset int64, q *quote) {
	addRecord(c, offset, q.bidTime)
	c[3].Codes = append(c[3].Codes, q.sym)
	c[4].I32 = append(c[4].I32, q.askSize)
	c[5].F64 = append(c[5].F64, q.askPrice)
	c[6].I32 = append(c[6].I32, q.bidSize)
	c[7].F64 = append(c[7].F64, q.bidPrice)
	c[8].Codes = append(c[8].Codes, q.askExchange)
	c[9].Codes = append(c[9].Codes, q.bidExchange)
	c[10].I64 = append(c[10].I64, q.askTime)
	c[11].I64 = append(c[11].I64, q.bidTime)
}

func addTrade(c []engine.Buffer, offset int64, t *trade) {
	addRecord(c, offset, t.time)
	c[3].Codes = append(c[3].Codes, t.sym)
	c[4].I32 = append(c[4].I32, t.size)
	c[5].F64 = append(c[5].F64, t.price)
	c[6].I64 = append(c[6].I64, t.dayVolume)
	c[7].Codes = append(c[7].Codes, t.exchange)
	c[8].I64 = append(c[8].I64, t.time)
}

// batchFeed hands over a batch a cycle.
type batchFeed struct{ next *engine.Rows }

func (f *batchFeed) Fill(add func(*engine.Rows)) { add(f.next) }
func (f *batchFeed) Status() engine.Status       { return engine.Status{} }
func (f *batchFeed) Stop()                       {}

// newSource makes a table of batches whose codes are those of the market.
func newSource(g *engine.Graph, defs []engine.ColumnDef, feed *batchFeed) *engine.Table {
	defs = slices.Concat(recordColumns, defs)
	src := engine.NewSource(g, defs)
	for i, d := range defs {
		name, n := exchangeName, uint32(exchangeCount)
		if d.Name == "Sym" {
			name, n = symbolName, symbolCount
		}
		for code := range n {
			if dict := src.Dict(i); dict != nil && dict.Code(name(code)) != code {
				panic(fmt.Sprintf("BUG: %s has another code than %d", name(code), code))
			}
		}
	}
	return src.Start(feed)
}

// chainFromMemory runs a cycle for each batch.
func chainFromMemory(b *testing.B, in batches, want answer) run {
	before := heapInUse()
	g := engine.NewGraph()
	var q, t batchFeed
	c := newChain(newSource(g, quoteColumns, &q), newSource(g, tradeColumns, &t))
	cycles := make([]time.Duration, len(in.quotes))
	cpu, start := cpuTime(), time.Now()
	for i := range in.quotes {
		began := time.Now()
		q.next, t.next = in.quotes[i], in.trades[i]
		g.Step()
		cycles[i] = time.Since(began)
	}
	r := run{wall: time.Since(start), cpu: cpuTime() - cpu}
	c.check(b, want)
	slices.Sort(cycles)
	r.cycle, r.cycles = cycles[len(cycles)/2], len(cycles)
	r.heap = int64(heapInUse()) - int64(before)
	runtime.KeepAlive(c)
	return r
}
