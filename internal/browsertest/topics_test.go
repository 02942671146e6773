package browsertest_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// quote and trade are the messages of the sample feed, read here without any code of the product's.
type quote struct {
	Sym, AskExchange, BidExchange string
	AskSize, BidSize              int64
	AskPrice, BidPrice            float64
	AskTime, BidTime              int64
}

type trade struct {
	Sym, Exchange   string
	Size, DayVolume int64
	Price           float64
	Time            int64
}

// message is a message as it lies in its topic of one partition: its index is its offset.
type message[T any] struct {
	Timestamp time.Time
	Value     T
}

// readTopic reads a topic of one partition from the beginning to the end that it has now.
func readTopic[T any](t *testing.T, broker, topic string) []message[T] {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(broker),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().At(0)}}))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ends, err := kadm.NewClient(client).ListEndOffsets(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	end, _ := ends.Lookup(topic, 0)
	var read []message[T]
	for int64(len(read)) < end.Offset {
		fetched := client.PollFetches(ctx)
		if err := fetched.Err(); err != nil {
			t.Fatalf("topic %s: %v", topic, err)
		}
		fetched.EachRecord(func(r *kgo.Record) {
			if r.Offset != int64(len(read)) {
				t.Fatalf("topic %s: offset %d follows %d", topic, r.Offset, len(read)-1)
			}
			m := message[T]{Timestamp: r.Timestamp}
			if err := json.Unmarshal(r.Value, &m.Value); err != nil {
				t.Fatalf("topic %s, offset %d: %v", topic, r.Offset, err)
			}
			read = append(read, m)
		})
	}
	return read
}

// bar is a row of the guide's VWAP table.
type bar struct {
	sym    string
	minute int64 // since the epoch
}

type barState struct {
	count, volume   int64
	prices, grosses float64
}

// barsAt finds how many trades had been read when all these bars were shown, by going through the topic; -1 if that
// never was the case.
func barsAt(trades []message[trade], shown map[bar]func(*barState) bool) int {
	states := map[bar]*barState{}
	fits := map[bar]bool{}
	good := 0
	for i, m := range trades {
		k := bar{m.Value.Sym, floorDiv(m.Value.Time, 60_000)}
		s := states[k]
		if s == nil {
			s = &barState{}
			states[k] = s
		}
		s.count++
		s.volume += m.Value.Size
		s.prices += m.Value.Price
		s.grosses += m.Value.Price * float64(m.Value.Size)
		if matches, isShown := shown[k]; isShown {
			now := matches(s)
			if now && !fits[k] {
				good++
			} else if !now && fits[k] {
				good--
			}
			fits[k] = now
		}
		if good == len(shown) {
			return i + 1
		}
	}
	return -1
}

// asOfRow is a row of the guide's as-of join: a trade and the quote that it met.
type asOfRow struct {
	sym              string
	time             int64
	isNull           bool
	bidTime, bidSize int64
	bidPrice         float64
	bidExchange      string
}

// asOfAt finds how many quotes had been read when all these rows were shown, looking at the topic's latest part; -1 if
// that never was the case.
func asOfAt(quotes []message[quote], rows []asOfRow) int {
	fits := make([]int, len(quotes)+1) // how many rows fit after so many quotes
	for _, r := range rows {
		var last *quote // the last quote of the symbol at or before the trade, by bid time, then by arrival
		for n := 0; ; n++ {
			if r.matches(last) {
				fits[n]++
			}
			if n == len(quotes) {
				break
			}
			q := &quotes[n].Value
			if q.Sym == r.sym && q.BidTime <= r.time && (last == nil || q.BidTime >= last.BidTime) {
				last = q
			}
		}
	}
	for n := len(quotes); n >= 0; n-- {
		if fits[n] == len(rows) {
			return n
		}
	}
	return -1
}

func (r asOfRow) matches(q *quote) bool {
	if q == nil {
		return r.isNull
	}
	return !r.isNull && r.bidTime == q.BidTime && r.bidSize == q.BidSize && r.bidPrice == q.BidPrice && r.bidExchange == q.BidExchange
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
