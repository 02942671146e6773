package kafka

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tickbook/engine"
	"tickbook/internal/kafkatest"
)

// What only Apache Kafka itself can show: its batches, transactions, compaction, deletion and restarts. One broker, one story after the other.
func TestApacheKafka(t *testing.T) {
	if !kafkatest.Available(t) {
		return
	}
	b := kafkatest.Start(t)
	c := &cluster{t: t, addr: b.Addr}
	admin := kadm.NewClient(c.client())
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()

	// A missing topic does not come into being by being asked for; made later, with every codec in it, it is read.
	table := Consume(c.config(), "ticks", ticks)
	defer table.Close()
	eventually(t, "no topic", func() bool { return strings.Contains(table.Status().Message, `there is no topic "ticks"`) }, table)
	b.CreateTopic("ticks", 3)
	n := 0
	for _, codec := range []kgo.CompressionCodec{kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()} {
		c.produce("ticks", someTicks(n, n+500), kgo.ProducerBatchCompression(codec))
		n += 500
	}
	waitSize(t, table, n)

	// Killed and started again in the middle of a read; then grown by a partition.
	c.produce("ticks", someTicks(n, n+3000))
	n += 3000
	b.Kill()
	eventually(t, "down", func() bool { return table.Status().Code == engine.StatusDown }, table)
	b.Up()
	c.produce("ticks", someTicks(n, n+30))
	n += 30
	waitSize(t, table, n)
	checkOffsets(t, table)
	grow(t, c, "ticks", 4)
	c.produce("ticks", []record{tick(3, n), tick(3, n+1)})
	n += 2
	waitSize(t, table, n)
	checkOffsets(t, table)
	eventually(t, "well", func() bool { return table.Status() == engine.Status{} }, table)

	// Transactions, one of them given up, and offsets that their markers take.
	b.CreateTopic("tx", 1)
	cl := c.client(kgo.TransactionalID("tx"))
	for i := range 3 {
		if err := cl.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		produceWith(t, cl, "tx", []record{tick(0, 2*i), tick(0, 2*i+1)})
		if err := cl.EndTransaction(ctx, kgo.TransactionEndTry(i != 1)); err != nil {
			t.Fatal(err)
		}
	}
	committed := c.config()
	committed["isolation.level"] = "read_committed"
	tx := Consume(committed, "tx", ticks)
	defer tx.Close()
	waitSize(t, tx, 4)
	if got := numbers(tx); got[1] != 1 || got[2] != 4 {
		t.Errorf("committed numbers %v, want 0 1 4 5", got)
	}

	// Records deleted, and a topic made anew with more records than before.
	if _, err := admin.DeleteRecords(ctx, kadm.Offsets{"tx": {0: {Topic: "tx", Partition: 0, At: 6, LeaderEpoch: -1}}}); err != nil {
		t.Fatal(err)
	}
	late := Consume(c.config(), "tx", ticks, Offset(1))
	defer late.Close()
	waitSize(t, late, 2)
	if _, err := admin.DeleteTopics(ctx, "tx"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "no topic", func() bool { return strings.Contains(late.Status().Message, "there is no topic") }, late)
	b.CreateTopic("tx", 1)
	var recs []record
	for i := range 20 {
		recs = append(recs, tick(0, 100+i))
	}
	c.produce("tx", recs)
	waitSize(t, late, 22)
}
