package broker

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/IBM/sarama"
)

// Mode is how the feed makes events.
type Mode int

const (
	// MarketHours makes new events all the time, with times a moment ago.
	MarketHours Mode = iota
	// OffHours replays events of the past session at random, a handful every few seconds, with the times that they had.
	OffHours
)

// FeedOptions describe the sample feed.
type FeedOptions struct {
	// Seed chooses the random events: the same seed gives the same events at the same steps.
	Seed uint64
	// Rate is quotes a second; trades come at a third of it. 0 means 60.
	Rate float64
	// Malformed is the share of records, from 0 to 1, that are malformed on purpose.
	Malformed float64
	// History is the time before now that is written at once when the topics are empty, so that there is something to look at.
	History time.Duration
	// Mode is MarketHours if not set.
	Mode Mode
	// Delay is how long ago events of MarketHours are said to have happened.
	Delay time.Duration
}

const (
	defaultRate   = 60
	quotesPerOne  = 3 // quotes for each trade
	tick          = 25 * time.Millisecond
	maxBurst      = 20_000 // records a tick, after a pause of the machine
	historyRate   = 40     // quotes a second of history
	produceChunk  = 5_000
	offHoursPause = 3 * time.Second
)

// feedRun is a running feed: one goroutine and one producer.
type feedRun struct {
	opts     FeedOptions
	market   *market
	bad      *rand.Rand
	producer sarama.SyncProducer
	client   sarama.Client
	parts    int32
	msgs     []*sarama.ProducerMessage // being filled
	owed     float64                   // quotes due, with the fraction kept from tick to tick
	quotes   uint64                    // quotes made, which say when the next trade is due

	cancel context.CancelFunc
	done   chan struct{}
	mu     sync.Mutex
	err    error // guarded by mu
}

func startFeed(addr string, o FeedOptions) (*feedRun, error) {
	if o.Rate == 0 {
		o.Rate = defaultRate
	}
	if o.Rate < 0 || o.Malformed < 0 || o.Malformed > 1 {
		return nil, fmt.Errorf("feed: rate %v and share of malformed records %v: want a positive rate and a share from 0 to 1", o.Rate, o.Malformed)
	}
	conf := sarama.NewConfig()
	conf.ClientID = "tickbook-feed"
	conf.Version = sarama.V2_8_0_0
	conf.Producer.Return.Successes = true
	conf.Producer.Partitioner = sarama.NewManualPartitioner
	conf.Producer.MaxMessageBytes = 1 << 20
	client, err := sarama.NewClient([]string{addr}, conf)
	if err != nil {
		return nil, fmt.Errorf("feed: %w", err)
	}
	producer, err := sarama.NewSyncProducerFromClient(client)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("feed: %w", err), client.Close())
	}
	f := &feedRun{
		opts: o, market: newMarket(o.Seed), bad: rand.New(rand.NewPCG(o.Seed, 0xbad)),
		producer: producer, client: client, done: make(chan struct{}),
	}
	if err := f.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("feed: %w", err), producer.Close(), client.Close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	f.cancel = cancel
	go f.run(ctx)
	return f, nil
}

// prepare goes on from what the topics hold, or writes the history into empty ones.
func (f *feedRun) prepare() error {
	parts, err := f.client.Partitions(Trades)
	if err != nil {
		return err
	}
	f.parts = int32(len(parts))
	resumed, err := f.resume()
	if err != nil || resumed {
		return err
	}
	now := time.Now()
	step := time.Duration(float64(time.Second) / historyRate)
	for at := now.Add(-f.opts.History); at.Before(now); at = at.Add(step) {
		f.event(at)
		if len(f.msgs) >= produceChunk {
			if err := f.send(); err != nil {
				return err
			}
		}
	}
	return f.send()
}

// run makes events until the context ends. A refused batch ends the feed: the broker is in this process.
func (f *feedRun) run(ctx context.Context) {
	defer close(f.done)
	t := time.NewTicker(tick)
	defer t.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			f.advance(last, now)
			last = now
		}
		if err := f.send(); err != nil {
			f.mu.Lock()
			f.err = fmt.Errorf("feed: %w", err)
			f.mu.Unlock()
			return
		}
	}
}

// advance makes the events due between two moments.
func (f *feedRun) advance(last, now time.Time) {
	if f.opts.Mode == OffHours {
		if f.market.rng.Float64() < float64(tick)/float64(offHoursPause) {
			for range 1 + f.market.rng.IntN(10) { // of the past day, at random
				f.event(now.Add(-time.Duration(f.market.rng.Int64N(int64(24 * time.Hour)))))
			}
		}
		return
	}
	f.owed = min(f.owed+f.opts.Rate*now.Sub(last).Seconds(), maxBurst)
	n := int(f.owed)
	f.owed -= float64(n)
	for i := range n {
		f.event(last.Add(now.Sub(last) * time.Duration(i) / time.Duration(n)).Add(-f.opts.Delay))
	}
}

// event queues one quote, and a trade when one is due.
func (f *feedRun) event(at time.Time) {
	if f.quotes%quotesPerOne == 0 {
		t := f.market.trade(at)
		f.queue(Trades, t.Sym, appendTrade(nil, &t), at)
	}
	f.quotes++
	q := f.market.quote(at)
	f.queue(Quotes, q.Sym, appendQuote(nil, &q), at)
}

func (f *feedRun) queue(topic, sym string, value []byte, at time.Time) {
	if f.opts.Malformed > 0 && f.bad.Float64() < f.opts.Malformed {
		value = malform(f.bad, value)
	}
	f.msgs = append(f.msgs, &sarama.ProducerMessage{Topic: topic, Partition: partitionOf(sym, f.parts), Timestamp: at, Value: sarama.ByteEncoder(value)})
}

func (f *feedRun) send() error {
	if len(f.msgs) == 0 {
		return nil
	}
	err := f.producer.SendMessages(f.msgs)
	f.msgs = f.msgs[:0]
	return err
}

// partitionOf keeps a symbol's events in one partition, so that they stay in order.
func partitionOf(sym string, parts int32) int32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(sym))
	return int32(h.Sum32() % uint32(parts))
}

func (f *feedRun) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// stop ends the feed and waits for its goroutines.
func (f *feedRun) stop() error {
	f.cancel()
	<-f.done
	return errors.Join(f.failure(), f.producer.Close(), f.client.Close())
}
