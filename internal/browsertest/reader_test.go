package browsertest_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tickbook/install"
	"tickbook/kafka/broker"
)

// TestReader proves the independent reader: what was shown after some messages is found, and a wrong value isn't.
func TestReader(t *testing.T) {
	b, err := broker.Start(broker.Options{Feed: &broker.FeedOptions{Seed: 1, Rate: 50, History: time.Minute}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	quotes := readTopic[quote](t, b.Addr(), "quotes")
	trades := readTopic[trade](t, b.Addr(), "trades")
	if len(quotes) < 1000 || len(trades) < 300 {
		t.Fatalf("%d quotes and %d trades, want a minute of them", len(quotes), len(trades))
	}

	half := len(trades) / 2
	last := trades[half-1].Value
	k := bar{last.Sym, floorDiv(last.Time, 60_000)}
	var volume int64
	for _, m := range trades[:half] {
		if m.Value.Sym == k.sym && floorDiv(m.Value.Time, 60_000) == k.minute {
			volume += m.Value.Size
		}
	}
	is := func(volume int64) map[bar]func(*barState) bool {
		return map[bar]func(*barState) bool{k: func(b *barState) bool { return b.volume == volume }}
	}
	if got := barsAt(trades, is(volume)); got != half {
		t.Errorf("bars of %d trades were found at %d", half, got)
	}
	if got := barsAt(trades, is(-1)); got != -1 {
		t.Errorf("a wrong bar was found at %d", got)
	}

	trade := trades[len(trades)-1].Value
	row := asOfRow{sym: trade.Sym, time: trade.Time, isNull: true}
	for _, m := range quotes { // the page after all quotes
		if q := m.Value; q.Sym == row.sym && q.BidTime <= row.time && (row.isNull || q.BidTime >= row.bidTime) {
			row = asOfRow{row.sym, row.time, false, q.BidTime, q.BidSize, q.BidPrice, q.BidExchange}
		}
	}
	if got := asOfAt(quotes, []asOfRow{row}); got != len(quotes) {
		t.Errorf("the join with %d quotes was found at %d", len(quotes), got)
	}
	row.bidPrice++
	if got := asOfAt(quotes, []asOfRow{row}); got != -1 {
		t.Errorf("a wrong join was found at %d", got)
	}
	// The doctor knows a broker when it sees one; what else it says is of this machine.
	var report bytes.Buffer
	_ = install.Doctor(t.Context(), &report, install.DoctorOptions{Bootstrap: b.Addr()})
	if !strings.Contains(report.String(), "ok      broker      Kafka answers at "+b.Addr()) {
		t.Errorf("the doctor's report:\n%s", report.String())
	}
}

func TestParse(t *testing.T) {
	s := parse(t, "a table", [][]string{{"Sym\nstring", "Time\ninstant", "Price\nfloat64", "Size\nint32"}, {"A", "2026-01-23 15:21:48.123", "1,000.5", "7"}, {"B", "2026-01-23 15:21:49", "∅", "-1"}})
	if s.text(0, "Sym") != "A" || s.millis(0, "Time") != 1769181708123 || s.float(0, "Price") != 1000.5 || s.int(0, "Size") != 7 {
		t.Errorf("row 0 = %v", s.rows[0])
	}
	if s.millis(1, "Time") != 1769181709000 || !s.isNull(1, "Price") || s.int(1, "Size") != -1 {
		t.Errorf("row 1 = %v", s.rows[1])
	}
}
