package kafka

import (
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"tickbook/engine"
)

func TestConsume(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(3, "ticks"))
	at := time.Date(2024, 3, 5, 14, 30, 0, 123e6, time.UTC)
	c.produce("ticks", []record{{0, []byte(`{"Sym":"AAPL","N":1,"Price":1.5,"Up":true,"At":1709649000123}`), at}, {2, nil, at}, {1, []byte(`{"N":null}`), at}})
	table := Consume(c.config(), "ticks",
		JSON(engine.String("Sym"), engine.Int32("N"), engine.Float64("Price"), engine.Bool("Up"), engine.Instant("At")), AppendOnly, IgnoreKey)
	defer table.Close()
	waitSize(t, table, 3)
	var got []string
	for _, r := range table.Rows(3) {
		got = append(got, r.String())
	}
	for _, want := range []string{
		`KafkaPartition=0 KafkaOffset=0 KafkaTimestamp=2024-03-05 14:30:00.123`,
		`KafkaPartition=1 KafkaOffset=0 KafkaTimestamp=2024-03-05 14:30:00.123`,
		`Sym="AAPL" N=1 Price=1.5 Up=true At=2024-03-05 14:30:00.123`,
		`Sym=null N=null Price=null Up=null At=null`,
	} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("no %s in\n%s", want, strings.Join(got, "\n"))
		}
	}
	c.produce("ticks", someTicks(0, 100))
	waitSize(t, table, 103)
	checkOffsets(t, table)
	eventually(t, "status ok", func() bool { return table.Status() == engine.Status{} }, table)
}

func TestOffsets(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(3, "ticks"))
	c.produce("ticks", someTicks(0, 30))
	fromEnd := Consume(c.config(), "ticks", ticks, FromEnd)
	defer fromEnd.Close()
	latest := c.config()
	latest["auto.offset.reset"] = "latest"
	byReset := Consume(latest, "ticks", ticks)
	defer byReset.Close()
	at := Consume(c.config(), "ticks", ticks, Offset(7), OffsetsAt(map[int32]Offset{1: FromBeginning, 2: FromEnd}))
	defer at.Close()
	for _, table := range []*engine.Table{fromEnd, byReset, at} {
		eventually(t, "started", func() bool { return table.Status().Code == engine.StatusOK }, table)
	}
	c.produce("ticks", someTicks(30, 33))
	waitSize(t, fromEnd, 3)
	waitSize(t, byReset, 3)
	waitSize(t, at, 4+11+1)
	if got := numbers(fromEnd); got[0] != 30 || got[2] != 32 {
		t.Errorf("from the end: %v, want 30, 31, 32", got)
	}
}

func TestPartitionAdded(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(1, "ticks"))
	table := Consume(c.config(), "ticks", ticks, FromEnd)
	defer table.Close()
	eventually(t, "started", func() bool { return table.Status().Code == engine.StatusOK }, table)
	grow(t, c, "ticks", 3)
	c.produce("ticks", someTicks(0, 9))
	waitSize(t, table, 9)
	checkOffsets(t, table)
}

func TestCodecs(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(3, "ticks"))
	n := 0
	for _, codec := range []kgo.CompressionCodec{kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()} {
		c.produce("ticks", someTicks(n, n+1000), kgo.ProducerBatchCompression(codec))
		n += 1000
	}
	table := Consume(c.config(), "ticks", ticks)
	defer table.Close()
	waitSize(t, table, n)
	checkOffsets(t, table)
	for i, v := range numbers(table) {
		if v != int64(i) {
			t.Fatalf("number %d is %d", i, v)
		}
	}
}

// A table that nothing reaches stops reading; one that something reaches goes on.
func TestDropped(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(3, "ticks"))
	var feed *consumer
	func() {
		var table *engine.Table
		table, feed = consume(c.config(), "ticks", []Option{ticks})
		eventually(t, "started", func() bool { return table.Status().Code == engine.StatusOK }, table)
		sorted := table.Reverse()
		runtime.GC()
		runtime.GC()
		if feed.ctx.Err() != nil {
			t.Error("stopped although a derived table reaches it")
		}
		runtime.KeepAlive(sorted)
	}()
	stopped := make(chan struct{})
	go func() {
		feed.wg.Wait()
		close(stopped)
	}()
	for deadline := time.Now().Add(10 * time.Second); ; {
		runtime.GC()
		select {
		case <-stopped:
			return
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatal("still reading though nothing reaches the table")
		}
	}
}

// Close returns at once and leaves no goroutine, in whatever state the feed is; goleak looks at the end.
func TestCloseAnytime(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(3, "ticks"))
	slow := c.config()
	slow["fetch.max.wait.ms"] = "30000"
	nowhere, _ := freeAddr(t)
	mute, err := net.Listen("tcp", "127.0.0.1:0") // connects, by the kernel, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	for _, cfg := range []Config{slow, {"bootstrap.servers": nowhere}, {"bootstrap.servers": mute.Addr().String()}} {
		for _, topic := range []string{"ticks", "missing"} {
			table := Consume(cfg, topic, ticks)
			eventually(t, "something happened", func() bool {
				return table.Status().Code != engine.StatusStarting || cfg["bootstrap.servers"] == mute.Addr().String()
			}, table)
			began := time.Now()
			table.Close()
			table.Close()
			if d := time.Since(began); d > 2*time.Second {
				t.Errorf("closing %s at %s took %v", topic, cfg["bootstrap.servers"], d)
			}
		}
	}
}

func TestStatus(t *testing.T) {
	nowhere, port := freeAddr(t)
	table := Consume(Config{"bootstrap.servers": nowhere, "fetch.max.wait.ms": "50", "metadata.max.age.ms": "200"}, "tick", ticks)
	defer table.Close()
	want := func(code engine.StatusCode, parts ...string) {
		t.Helper()
		var s engine.Status
		eventually(t, strings.Join(parts, " … "), func() bool {
			s = table.Status()
			for _, p := range parts {
				if !strings.Contains(s.Message, p) {
					return false
				}
			}
			return s.Code == code
		}, table)
	}
	want(engine.StatusDown, "no broker listens at "+nowhere, "bootstrap.servers")
	c := startCluster(t, kfake.Ports(port), kfake.SeedTopics(3, "ticks"))
	want(engine.StatusDown, `there is no topic "tick" at `+nowhere, `did you mean "ticks"?`)
	if err := c.CreateTopic("tick", 3, nil); err != nil {
		t.Fatal(err)
	}
	want(engine.StatusOK)
	c.produce("tick", someTicks(0, 10))
	waitSize(t, table, 10)
}
