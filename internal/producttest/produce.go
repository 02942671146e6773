package producttest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/IBM/sarama"
)

var symbols = []string{"AAPL", "SPY", "IBM", "MSFT", "GOOG", "AMZN", "TSLA"}

// Produce writes n quotes and n trades to topics of the given partitions, a symbol always to the same one: out of order by up to 3 s, many at the time of
// one before, and the first trades before any quote. A record in badEvery of each topic (0: none) is not JSON.
func Produce(addr string, seed uint64, n int, partitions int32, badEvery int) error {
	conf := sarama.NewConfig()
	conf.Version = sarama.V2_8_0_0
	conf.Producer.Return.Successes = true
	conf.Producer.Partitioner = sarama.NewManualPartitioner
	producer, err := sarama.NewSyncProducer([]string{addr}, conf)
	if err != nil {
		return err
	}
	defer producer.Close()
	r := rand.New(rand.NewPCG(seed, 1))
	start := time.Now().Add(-10 * time.Minute).UnixMilli()
	var msgs []*sarama.ProducerMessage
	put := func(i int, topic, sym string, at int64, v any) error {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if badEvery > 0 && i%badEvery == badEvery-1 {
			b = b[:len(b)/2]
		}
		msgs = append(msgs, &sarama.ProducerMessage{
			Topic: topic, Partition: partitionOf(sym, partitions), Value: sarama.ByteEncoder(b), Timestamp: time.UnixMilli(at),
		})
		return nil
	}
	day := map[string]int64{}
	last := start
	for i := range n {
		now := start + int64(i)*600_000/int64(n)
		time := func() int64 {
			switch x := r.Float64(); {
			case x < 0.1:
				return now - r.Int64N(3000)
			case x < 0.3:
				return last
			default:
				last = now
				return now
			}
		}
		t := Trade{Sym: symbols[r.IntN(len(symbols))], Exchange: "X", Size: 1 + r.Int32N(500), Price: float64(1000+r.IntN(50000)) / 100, Time: time()}
		if i < 10 {
			t.Time -= 60_000
		}
		day[t.Sym] += int64(t.Size)
		t.DayVolume = day[t.Sym]
		q := Quote{
			Sym: symbols[r.IntN(len(symbols))], AskExchange: "A", BidExchange: string(rune('A' + r.IntN(26))), AskSize: r.Int32N(1000), BidSize: r.Int32N(1000),
			AskPrice: float64(1000+r.IntN(50000)) / 100, BidPrice: float64(1000+r.IntN(50000)) / 100, BidTime: time(),
		}
		q.AskTime = q.BidTime + r.Int64N(50)
		if err := put(i, "trades", t.Sym, now, t); err != nil {
			return err
		}
		if err := put(i, "quotes", q.Sym, now, q); err != nil {
			return err
		}
		if len(msgs) >= 4000 || i == n-1 {
			if err := producer.SendMessages(msgs); err != nil {
				return fmt.Errorf("produce: %w", err)
			}
			msgs = msgs[:0]
		}
	}
	return nil
}

func partitionOf(sym string, partitions int32) int32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(sym))
	return int32(h.Sum32() % uint32(partitions))
}
