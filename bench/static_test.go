package bench

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"tickbook/engine"
)

//go:embed static.py
var staticScript string

var staticPackages = []string{"polars==2.1.0", "duckdb==2.0.1", "numpy==2.4.6", "pyarrow==26.0.1"}

const (
	staticRows   = 1_000_000
	staticRounds = 3
)

// BenchmarkStatic is the guide's as-of join and VWAP over tables that don't change, in wall time, beside polars and DuckDB with the same columns and all
// processors. Their first round is left out, and so is ours. The ratios say how many times as long the others take.
func BenchmarkStatic(b *testing.B) {
	python := pythonWith(b, staticPackages...)
	data := makeColumns(rowsASide(b, staticRows))
	dir := b.TempDir()
	data.write(b, dir)
	quotes := engine.NewTable(engine.Col("Sym", data.names(data.quoteSym)), engine.Col("BidTime", instants(data.quoteTime)), engine.Col("BidPrice", data.bid))
	trades := engine.NewTable(engine.Col("Sym", data.names(data.tradeSym)), engine.Col("Time", instants(data.tradeTime)),
		engine.Col("Price", data.price), engine.Col("Size", data.size))
	queries := map[string]func() float64{
		"asof": func() float64 {
			return sum(trades.AsOfJoin(quotes, "Sym, Time = BidTime", "BidTime, BidPrice").Float64s("BidPrice"))
		},
		"vwap": func() float64 { return sum(vwapOf(trades).Float64s("Volume")) },
	}
	type result struct {
		MS     []float64
		Result float64
	}
	all := map[string]map[string]*result{"tickbook": {}}
	for b.Loop() {
		for query, run := range queries {
			r := all["tickbook"][query]
			if r == nil {
				r = &result{Result: run()}
				all["tickbook"][query] = r
			}
			for range staticRounds {
				start := time.Now()
				run()
				r.MS = append(r.MS, time.Since(start).Seconds()*1e3)
			}
		}
		var others map[string]map[string]*result
		if err := json.Unmarshal(runPython(b, python, staticScript, "", dir, strconv.Itoa(staticRounds)), &others); err != nil {
			b.Fatal(err)
		}
		for name, rs := range others {
			for query, r := range rs {
				if all[name] == nil {
					all[name] = map[string]*result{}
				}
				if was := all[name][query]; was != nil {
					r.MS = append(was.MS, r.MS...)
				}
				all[name][query] = r
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	for query := range queries {
		ours := all["tickbook"][query]
		for name, rs := range all {
			r := rs[query]
			slices.Sort(r.MS)
			b.ReportMetric(r.MS[len(r.MS)/2], name+"-"+query+"-ms")
			if r == ours {
				continue
			}
			if math.Abs(r.Result-ours.Result) > 1e-9*math.Abs(ours.Result) {
				b.Errorf("%s in %s comes to %v, ours to %v", query, name, r.Result, ours.Result)
			}
			b.ReportMetric(r.MS[len(r.MS)/2]/ours.MS[len(ours.MS)/2], "ratio-"+query+"-"+name)
		}
	}
}

// sum leaves out what is null: NaN there.
func sum(xs []float64) (s float64) {
	for _, x := range xs {
		if !math.IsNaN(x) {
			s += x
		}
	}
	return s
}

func instants(ms []int64) []time.Time {
	out := make([]time.Time, len(ms))
	for i, x := range ms {
		out[i] = time.UnixMilli(x)
	}
	return out
}

// columns are the market's rows by column; times in milliseconds.
type columns struct {
	quoteSym, tradeSym   []uint32
	quoteTime, tradeTime []int64
	bid, price           []float64
	size                 []int32
}

func makeColumns(n int) *columns {
	c := &columns{}
	m := newMarket()
	for range n {
		q, t := m.next()
		c.quoteSym, c.tradeSym = append(c.quoteSym, q.sym), append(c.tradeSym, t.sym)
		c.quoteTime, c.tradeTime = append(c.quoteTime, q.bidTime), append(c.tradeTime, t.time)
		c.bid, c.price, c.size = append(c.bid, q.bidPrice), append(c.price, t.price), append(c.size, t.size)
	}
	return c
}

func (c *columns) names(codes []uint32) []string {
	all := make([]string, symbolCount)
	for i := range all {
		all[i] = symbolName(uint32(i))
	}
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = all[code]
	}
	return out
}

func (c *columns) write(b *testing.B, dir string) {
	b.Helper()
	for name, slice := range map[string]any{
		"quotes-sym": c.quoteSym, "quotes-time": c.quoteTime, "quotes-bid": c.bid,
		"trades-sym": c.tradeSym, "trades-time": c.tradeTime, "trades-price": c.price, "trades-size": c.size,
	} {
		var buf bytes.Buffer
		if err := binary.Write(&buf, binary.LittleEndian, slice); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), buf.Bytes(), 0o644); err != nil {
			b.Fatal(err)
		}
	}
}
