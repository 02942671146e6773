package broker

import (
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"go.uber.org/goleak"
)

// The one goroutine that may stay is of sarama's metrics: it is the process's, not a client's.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/rcrowley/go-metrics.(*meterArbiter).tick"))
}

// topicRows reads a whole topic as it is now, by an ordinary client, and checks that offsets are gapless.
func topicRows(t *testing.T, addr, topic string) [][]*sarama.ConsumerMessage {
	t.Helper()
	conf := sarama.NewConfig()
	conf.Version = sarama.V2_8_0_0
	client, err := sarama.NewClient([]string{addr}, conf)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c, err := sarama.NewConsumerFromClient(client)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	parts, err := client.Partitions(topic)
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]*sarama.ConsumerMessage, len(parts))
	for _, p := range parts {
		end, err := client.GetOffset(topic, p, sarama.OffsetNewest)
		if err != nil {
			t.Fatal(err)
		}
		if end == 0 {
			continue
		}
		pc, err := c.ConsumePartition(topic, p, sarama.OffsetOldest)
		if err != nil {
			t.Fatal(err)
		}
		for int64(len(out[p])) < end {
			select {
			case m := <-pc.Messages():
				if m.Offset != int64(len(out[p])) {
					t.Fatalf("%s/%d: offset %d at place %d", topic, p, m.Offset, len(out[p]))
				}
				out[p] = append(out[p], m)
			case <-time.After(10 * time.Second):
				t.Fatalf("%s/%d: %d of %d rows within 10 s", topic, p, len(out[p]), end)
			}
		}
		pc.Close()
	}
	return out
}

func TestHistoryAndRestart(t *testing.T) {
	dir := t.TempDir()
	o := Options{Data: dir, Partitions: 3, Feed: &FeedOptions{Seed: 1, Rate: 1, History: 2 * time.Minute}}
	b, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	before := topicRows(t, b.Addr(), Quotes)
	n := 0
	for _, p := range before {
		n += len(p)
	}
	if n < 2*60*historyRate {
		t.Errorf("%d quotes of history, want at least %d", n, 2*60*historyRate)
	}
	volume := map[string]int64{}
	for _, p := range topicRows(t, b.Addr(), Trades) {
		for _, m := range p {
			var tr struct {
				Sym       string
				DayVolume int64
			}
			if err := json.Unmarshal(m.Value, &tr); err != nil {
				t.Fatal(err)
			}
			volume[tr.Sym] = max(volume[tr.Sym], tr.DayVolume)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	o.Feed.Rate = 0.001
	b, err = Start(o)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for p, rows := range topicRows(t, b.Addr(), Quotes) {
		if len(rows) < len(before[p]) {
			t.Errorf("partition %d: %d rows after the restart, %d before", p, len(rows), len(before[p]))
		}
	}
	for _, s := range b.feed.market.syms {
		if s.volume < volume[s.name] {
			t.Errorf("%s: day volume %d after the restart, %d before", s.name, s.volume, volume[s.name])
		}
	}
}

func TestOffHoursReplaysThePast(t *testing.T) {
	b, err := Start(Options{Feed: &FeedOptions{Seed: 1, Rate: 0.001}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	f := &feedRun{opts: FeedOptions{Mode: OffHours}, market: newMarket(2), parts: 1}
	now := time.Now()
	for range 1000 {
		f.advance(now, now.Add(tick))
	}
	if len(f.msgs) == 0 {
		t.Fatal("no events in 25 s")
	}
	for _, m := range f.msgs {
		if m.Timestamp.After(now.Add(tick)) || m.Timestamp.Before(now.Add(-25*time.Hour)) {
			t.Fatalf("event at %v, now %v", m.Timestamp, now)
		}
	}
}

func TestAddr(t *testing.T) {
	f := func(addr, want string) {
		t.Helper()
		b, err := Start(Options{Addr: addr})
		if err == nil {
			b.Close()
		}
		if err == nil && want != "" || err != nil && (want == "" || !strings.Contains(err.Error(), want)) {
			t.Errorf("Start(%q): %v, want %q", addr, err, want)
		}
	}
	f("", "")
	f("127.0.0.1:0", "")
	f("localhost:0", "")
	f("0.0.0.0:0", "listens on 127.0.0.1 only")
	f("9092", "want HOST:PORT")
	f("127.0.0.1:http", "not a number")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f(l.Addr().String(), "is taken")
	if _, err := Start(Options{Feed: &FeedOptions{Malformed: 2}}); err == nil {
		t.Error("a share of 2 was accepted")
	}
}
