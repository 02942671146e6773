package producttest

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
)

// DumpCell is a cell for the end of the guide. It waits until quotes and trades have wantQuotes and wantTrades rows, and writes all tables as they are
// in one cycle to the file dumpPath.
const DumpCell = `
for quotes.Size() < wantQuotes || trades.Size() < wantTrades {
	time.Sleep(10 * time.Millisecond)
}
snaps := engine.Snapshots(quotes, related, vwap)
dumpFloats := func(s *engine.Snapshot, name string) []float64 {
	x, valid := s.Float64s(name), s.Valid(name)
	for i := range x {
		if valid != nil && !valid[i] {
			x[i] = -1
		}
	}
	return x
}
dumpTables := map[string]any{
	"QuotePartition": snaps[0].Int64s("KafkaPartition"), "QuoteOffset": snaps[0].Int64s("KafkaOffset"),
	"Partition": snaps[1].Int64s("KafkaPartition"), "Offset": snaps[1].Int64s("KafkaOffset"), "Valid": snaps[1].Valid("BidTime"),
	"BidTime": snaps[1].Int64s("BidTime"), "BidPrice": dumpFloats(snaps[1], "BidPrice"), "BidSize": snaps[1].Int64s("BidSize"),
	"BidExchange": snaps[1].Strings("BidExchange"),
	"Sym": snaps[2].Strings("Sym"), "TimeBin": snaps[2].Int64s("TimeBin"), "AvgPrice": dumpFloats(snaps[2], "AvgPrice"),
	"Volume": snaps[2].Int64s("Volume"), "TotalGross": dumpFloats(snaps[2], "TotalGross"), "VWAP": dumpFloats(snaps[2], "VWAP"),
}
dumpText, dumpErr := json.Marshal(dumpTables)
if dumpErr != nil {
	panic(dumpErr)
}
if err := os.WriteFile(dumpPath, dumpText, 0o600); err != nil {
	panic(err)
}
`

// Dump is what DumpCell writes: the tables quotes, related and vwap of one cycle. Times are epoch nanoseconds.
type Dump struct {
	QuotePartition, QuoteOffset []int64

	Partition, Offset []int64
	Valid             []bool // nil: all
	BidTime, BidSize  []int64
	BidPrice          []float64
	BidExchange       []string

	Sym                        []string
	TimeBin, Volume            []int64
	AvgPrice, TotalGross, VWAP []float64
}

// ReadDump reads what a DumpCell wrote.
func ReadDump(path string) (*Dump, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var d Dump
	return &d, json.Unmarshal(b, &d)
}

const (
	tolerance = 1e-9
	nsPerMs   = 1_000_000
)

// Compare returns the first difference between the dump and what the topics' records give, computed here; nil if there is none.
func (d *Dump) Compare(trades []Trade, quotes []Quote) error {
	if err := d.comparePlaces(quotes); err != nil {
		return err
	}
	if err := d.compareMatches(trades, quotes); err != nil {
		return err
	}
	return d.compareBars(trades)
}

func (d *Dump) comparePlaces(quotes []Quote) error {
	seen := map[Place]bool{}
	for i, p := range d.QuotePartition {
		at := Place{int32(p), d.QuoteOffset[i]}
		if seen[at] {
			return fmt.Errorf("quotes: %+v is there twice", at)
		}
		seen[at] = true
	}
	for _, q := range quotes {
		if !seen[q.Place] {
			return fmt.Errorf("quotes: %+v is missing", q.Place)
		}
	}
	if len(seen) != len(quotes) {
		return fmt.Errorf("quotes: %d rows, want %d", len(seen), len(quotes))
	}
	return nil
}

func (d *Dump) compareMatches(trades []Trade, quotes []Quote) error {
	want := AsOf(trades, quotes)
	if len(d.Offset) != len(trades) {
		return fmt.Errorf("related: %d rows, want %d", len(d.Offset), len(trades))
	}
	rows := map[Place]bool{}
	for i := range d.Offset {
		at := Place{int32(d.Partition[i]), d.Offset[i]}
		if rows[at] {
			return fmt.Errorf("related: %+v is there twice", at)
		}
		rows[at] = true
		q, ok := want[at]
		if matched := d.Valid == nil || d.Valid[i]; matched != ok {
			return fmt.Errorf("related: %+v matched: %v, want %v", at, matched, ok)
		}
		if ok && (d.BidTime[i] != q.BidTime*nsPerMs || d.BidPrice[i] != q.BidPrice || d.BidSize[i] != int64(q.BidSize) || d.BidExchange[i] != q.BidExchange) {
			return fmt.Errorf("related: %+v has the bid %d %v %d %s, want %+v", at, d.BidTime[i], d.BidPrice[i], d.BidSize[i], d.BidExchange[i], q)
		}
	}
	return nil
}

func (d *Dump) compareBars(trades []Trade) error {
	want := VWAP(trades)
	if len(d.Sym) != len(want) {
		return fmt.Errorf("vwap: %d rows, want %d", len(d.Sym), len(want))
	}
	for i, sym := range d.Sym {
		k := BarKey{sym, d.TimeBin[i] / nsPerMs}
		b, ok := want[k]
		if !ok {
			return fmt.Errorf("vwap: a row %+v that should not be", k)
		}
		if d.Volume[i] != b.Volume || !near(d.AvgPrice[i], b.AvgPrice) || !near(d.TotalGross[i], b.TotalGross) || !near(d.VWAP[i], b.VWAP) {
			return fmt.Errorf("vwap: %+v has %v %d %v %v, want %+v", k, d.AvgPrice[i], d.Volume[i], d.TotalGross[i], d.VWAP[i], b)
		}
	}
	return nil
}

func near(a, b float64) bool { return math.Abs(a-b) <= tolerance*max(1, math.Abs(b)) }
