package producttest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/IBM/sarama"
)

// Place is where a record is.
type Place struct {
	Partition int32
	Offset    int64
}

// Quote and Trade are records of the guide's topics, times in epoch milliseconds.
type (
	Quote struct {
		Place                         `json:"-"`
		Sym, AskExchange, BidExchange string
		AskSize, BidSize              int32
		AskPrice, BidPrice            float64
		AskTime, BidTime              int64
	}
	Trade struct {
		Place         `json:"-"`
		Sym, Exchange string
		Size          int32
		Price         float64
		DayVolume     int64
		Time          int64
	}
)

// Bar is a row of the guide's aggregation.
type Bar struct {
	AvgPrice, TotalGross, VWAP float64
	Volume                     int64
}

// BarKey names a Bar: a symbol and the start of a minute, in epoch milliseconds.
type BarKey struct {
	Sym string
	Bin int64
}

const readTimeout = time.Minute

// ReadTopic reads a topic by an ordinary client up to the given end of each partition; no ends means the present ones. Records that are not of the
// type are left out and counted.
func ReadTopic[T any](addr, topic string, ends map[int32]int64, set func(*T, Place)) (rows []T, bad int, err error) {
	conf := sarama.NewConfig()
	conf.Version = sarama.V2_8_0_0
	client, err := sarama.NewClient([]string{addr}, conf)
	if err != nil {
		return nil, 0, err
	}
	defer client.Close()
	if ends == nil {
		if ends, err = endsOf(client, topic); err != nil {
			return nil, 0, err
		}
	}
	consumer, err := sarama.NewConsumerFromClient(client)
	if err != nil {
		return nil, 0, err
	}
	defer consumer.Close()
	for p, end := range ends {
		if end == 0 {
			continue
		}
		pc, err := consumer.ConsumePartition(topic, p, sarama.OffsetOldest)
		if err != nil {
			return nil, 0, err
		}
		deadline := time.After(readTimeout)
		for done := false; !done; {
			select {
			case m, ok := <-pc.Messages():
				if !ok {
					return nil, 0, fmt.Errorf("%s/%d: the fetch ended", topic, p)
				}
				if done = m.Offset >= end-1; m.Offset >= end {
					break
				}
				var x T
				if json.Unmarshal(m.Value, &x) != nil {
					bad++
					break
				}
				set(&x, Place{p, m.Offset})
				rows = append(rows, x)
			case <-deadline:
				return nil, 0, fmt.Errorf("%s/%d: not read up to %d within %v", topic, p, end, readTimeout)
			}
		}
		if err := pc.Close(); err != nil {
			return nil, 0, err
		}
	}
	return rows, bad, nil
}

// Ends are the end offsets of a topic's partitions now.
func Ends(addr, topic string) (map[int32]int64, error) {
	conf := sarama.NewConfig()
	conf.Version = sarama.V2_8_0_0
	client, err := sarama.NewClient([]string{addr}, conf)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return endsOf(client, topic)
}

func endsOf(client sarama.Client, topic string) (map[int32]int64, error) {
	parts, err := client.Partitions(topic)
	if err != nil {
		return nil, err
	}
	ends := map[int32]int64{}
	for _, p := range parts {
		if ends[p], err = client.GetOffset(topic, p, sarama.OffsetNewest); err != nil {
			return nil, err
		}
	}
	return ends, nil
}

// Quotes and Trades read the guide's topics.
func Quotes(addr string, ends map[int32]int64) ([]Quote, int, error) {
	return ReadTopic(addr, "quotes", ends, func(q *Quote, p Place) { q.Place = p })
}

// Trades is Quotes of the other topic.
func Trades(addr string, ends map[int32]int64) ([]Trade, int, error) {
	return ReadTopic(addr, "trades", ends, func(t *Trade, p Place) { t.Place = p })
}

// AsOf gives each trade the last quote of its symbol whose BidTime is at or before its Time; of quotes at one time the later record. It is right only
// for topics that keep a symbol in one partition, where "later" has a meaning. Trades without a match are not in the map.
func AsOf(trades []Trade, quotes []Quote) map[Place]Quote {
	bySym := map[string][]Quote{}
	for _, q := range quotes {
		bySym[q.Sym] = append(bySym[q.Sym], q)
	}
	for _, qs := range bySym {
		slices.SortStableFunc(qs, func(a, b Quote) int {
			if a.BidTime != b.BidTime {
				return int(a.BidTime - b.BidTime)
			}
			return int(a.Offset - b.Offset)
		})
	}
	out := map[Place]Quote{}
	for _, t := range trades {
		qs := bySym[t.Sym]
		for i := len(qs) - 1; i >= 0; i-- { // plain on purpose
			if qs[i].BidTime <= t.Time {
				out[t.Place] = qs[i]
				break
			}
		}
	}
	return out
}

// VWAP computes the guide's bars: per symbol and minute.
func VWAP(trades []Trade) map[BarKey]Bar {
	type sums struct {
		n      int
		price  float64
		volume int64
		gross  float64
	}
	by := map[BarKey]sums{}
	for _, t := range trades {
		k := BarKey{t.Sym, t.Time - t.Time%60_000}
		s := by[k]
		s.n++
		s.price += t.Price
		s.volume += int64(t.Size)
		s.gross += t.Price * float64(t.Size)
		by[k] = s
	}
	out := map[BarKey]Bar{}
	for k, s := range by {
		out[k] = Bar{AvgPrice: s.price / float64(s.n), TotalGross: s.gross, VWAP: s.gross / float64(s.volume), Volume: s.volume}
	}
	return out
}
