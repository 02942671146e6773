package broker

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/IBM/sarama"
)

const (
	resumeRows = 5_000 // newest trades of a partition that are looked at
	resumeWait = 10 * time.Second
)

// resume takes prices and day volumes from the newest trades of a broker that kept its topics. It returns false when there are none.
func (f *feedRun) resume() (bool, error) {
	consumer, err := sarama.NewConsumerFromClient(f.client)
	if err != nil {
		return false, err
	}
	defer func() { _ = consumer.Close() }()
	found := false
	for p := range f.parts {
		oldest, err := f.client.GetOffset(Trades, p, sarama.OffsetOldest)
		if err != nil {
			return false, err
		}
		end, err := f.client.GetOffset(Trades, p, sarama.OffsetNewest)
		if err != nil {
			return false, err
		}
		if end == oldest {
			continue
		}
		found = true
		if err := f.replay(consumer, p, max(oldest, end-resumeRows), end); err != nil {
			return false, err
		}
	}
	return found, nil
}

func (f *feedRun) replay(consumer sarama.Consumer, p int32, from, end int64) error {
	pc, err := consumer.ConsumePartition(Trades, p, from)
	if err != nil {
		return err
	}
	defer func() { _ = pc.Close() }()
	deadline := time.After(resumeWait)
	for {
		select {
		case m, ok := <-pc.Messages():
			if !ok {
				return fmt.Errorf("partition %d of %s: the fetch ended before offset %d", p, Trades, end)
			}
			f.adopt(m.Value)
			if m.Offset >= end-1 {
				return nil
			}
		case <-deadline:
			return fmt.Errorf("partition %d of %s: no answer within %v for offsets %d to %d", p, Trades, resumeWait, from, end)
		}
	}
}

// adopt makes a trade of the past the market's state. Malformed records are passed over.
func (f *feedRun) adopt(value []byte) {
	var t struct {
		Sym       string
		Price     float64
		DayVolume int64
		Time      int64
	}
	if json.Unmarshal(value, &t) != nil {
		return
	}
	for i := range f.market.syms {
		s := &f.market.syms[i]
		if s.name != t.Sym {
			continue
		}
		s.price, s.tradedOnce = t.Price, true
		if day := floorDay(t.Time); day > s.day {
			s.day, s.volume = day, t.DayVolume
		} else {
			s.volume = max(s.volume, t.DayVolume)
		}
	}
}
