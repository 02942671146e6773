package broker

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// The sample market is untidy in the ways that a consumer must survive.
func TestMarketIsUntidy(t *testing.T) {
	m := newMarket(1)
	start := time.Date(2026, 1, 23, 15, 0, 0, 0, time.UTC)
	firstTrade, firstBid := map[string]int64{}, map[string]int64{}
	lastBid, lastTrade, volume := map[string]int64{}, int64(0), map[string]int64{}
	late, tied := 0, 0
	for i := range 20_000 {
		now := start.Add(time.Duration(i) * 10 * time.Millisecond)
		tr := m.trade(now)
		if _, ok := firstTrade[tr.Sym]; !ok {
			firstTrade[tr.Sym] = tr.Time
		}
		if tr.Time < lastTrade {
			late++
		}
		lastTrade = tr.Time
		if b, ok := lastBid[tr.Sym]; ok && b == tr.Time {
			tied++
		}
		if got, want := tr.DayVolume, volume[tr.Sym]+int64(tr.Size); got != want {
			t.Fatalf("trade %d of %s: DayVolume %d, want %d", i, tr.Sym, got, want)
		}
		volume[tr.Sym] = tr.DayVolume
		q := m.quote(now)
		if _, ok := firstBid[q.Sym]; !ok {
			firstBid[q.Sym] = q.BidTime
		}
		lastBid[q.Sym] = q.BidTime
		if q.AskPrice <= q.BidPrice || q.BidPrice <= 0 || q.BidSize <= 0 || q.AskTime < q.BidTime {
			t.Fatalf("quote %d is no quote: %+v", i, q)
		}
	}
	if len(firstTrade) != len(symbols) || len(firstBid) != len(symbols) {
		t.Errorf("%d symbols trade and %d are quoted, want %d", len(firstTrade), len(firstBid), len(symbols))
	}
	before := 0
	for s, at := range firstTrade {
		if at < firstBid[s] {
			before++
		}
	}
	if late == 0 || tied == 0 || before == 0 {
		t.Errorf("late %d, tied %d, before the first quote %d: want some of each", late, tied, before)
	}
}

func TestSameSeedSameEvents(t *testing.T) {
	run := func(seed uint64) (out []Quote) {
		m := newMarket(seed)
		for i := range 100 {
			out = append(out, m.quote(time.UnixMilli(int64(i))))
		}
		return out
	}
	if !reflect.DeepEqual(run(7), run(7)) {
		t.Error("the same seed gave different events")
	}
	if reflect.DeepEqual(run(7), run(8)) {
		t.Error("different seeds gave the same events")
	}
}

func TestVolumeStartsAnewEachDay(t *testing.T) {
	m := newMarket(1)
	midnight := time.Date(2026, 1, 24, 0, 0, 0, 0, time.UTC)
	for range 1000 {
		m.trade(midnight.Add(-time.Hour))
	}
	for range 1000 {
		if tr := m.trade(midnight.Add(time.Hour)); tr.DayVolume > 1000*1500 {
			t.Fatalf("DayVolume %d goes on over midnight", tr.DayVolume)
		}
	}
	for _, s := range m.syms {
		if s.day != floorDay(midnight.UnixMilli()) {
			t.Errorf("%s: day %d", s.name, s.day)
		}
	}
}

func TestEncode(t *testing.T) {
	m := newMarket(3)
	for range 200 {
		want := m.trade(time.UnixMilli(1_700_000_000_000))
		var got struct {
			Sym       string
			Size      int32
			Price     float64
			DayVolume int64
			Exchange  string
			Time      int64
		}
		if err := json.Unmarshal(appendTrade(nil, &want), &got); err != nil {
			t.Fatal(err)
		}
		if back := (Trade{got.Sym, got.Size, got.Price, got.DayVolume, got.Exchange[0], got.Time}); back != want {
			t.Fatalf("got %+v, want %+v", back, want)
		}
		q := m.quote(time.UnixMilli(1_700_000_000_000))
		var gq struct {
			Sym, AskExchange, BidExchange string
			AskSize, BidSize              int32
			AskPrice, BidPrice            float64
			AskTime, BidTime              int64
		}
		if err := json.Unmarshal(appendQuote(nil, &q), &gq); err != nil {
			t.Fatal(err)
		}
		if gq.Sym != q.Sym || gq.AskPrice != q.AskPrice || gq.BidTime != q.BidTime || gq.BidSize != q.BidSize {
			t.Fatalf("got %+v, want %+v", gq, q)
		}
	}
}

func TestMalformed(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	m := newMarket(1)
	type row struct {
		Sym  string
		Size *int32
	}
	for range 200 {
		tr := m.trade(time.UnixMilli(1))
		bad := malform(r, appendTrade(nil, &tr))
		var x row
		if json.Unmarshal(bad, &x) == nil {
			t.Fatalf("%s is well-formed", bad)
		}
	}
}
