package kafka

import (
	"context"
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"tickbook/engine"
)

func TestMain(m *testing.M) {
	setUpLibrary() // before anything else counts with it
	goleak.VerifyTestMain(m)
}

// cluster is a broker in this process.
type cluster struct {
	*kfake.Cluster
	t    *testing.T
	addr string
}

func startCluster(t *testing.T, opts ...kfake.Opt) *cluster {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return &cluster{c, t, c.ListenAddrs()[0]}
}

func (c *cluster) config() Config {
	return Config{"bootstrap.servers": c.addr, "fetch.max.wait.ms": "50", "metadata.max.age.ms": "200"}
}

// client is a producer of the tests' own.
func (c *cluster) client(opts ...kgo.Opt) *kgo.Client {
	c.t.Helper()
	cl, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(c.addr), kgo.RecordPartitioner(kgo.ManualPartitioner())}, opts...)...)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(cl.Close)
	return cl
}

// record is one to produce; nil is a value, too.
type record struct {
	partition int32
	value     []byte
	time      time.Time
}

func text(partition int32, value string) record {
	return record{partition: partition, value: []byte(value)}
}

func (c *cluster) produce(topic string, recs []record, opts ...kgo.Opt) {
	c.t.Helper()
	produceWith(c.t, c.client(opts...), topic, recs)
}

func produceWith(t *testing.T, cl *kgo.Client, topic string, recs []record) {
	t.Helper()
	var list []*kgo.Record
	for _, r := range recs {
		list = append(list, &kgo.Record{Topic: topic, Partition: r.partition, Value: r.value, Timestamp: r.time})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := cl.ProduceSync(ctx, list...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// freeAddr is an address that nothing listens at.
func freeAddr(t *testing.T) (addr string, port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String(), l.Addr().(*net.TCPAddr).Port
}

// eventually waits until a condition of tables holds, looking again whenever one of them changes.
func eventually(t *testing.T, what string, holds func() bool, tables ...*engine.Table) {
	t.Helper()
	changed := make(chan struct{}, 1)
	for _, table := range tables {
		defer table.Watch(changed)()
	}
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-changed:
		case <-tick.C:
		case <-deadline:
			for _, table := range tables {
				t.Logf("table of %d rows, status %+v", table.Size(), table.Status())
			}
			t.Fatalf("not in time: %s", what)
		}
	}
}

func waitSize(t *testing.T, table *engine.Table, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d rows", n), func() bool { return table.Size() >= n }, table)
	if got := table.Size(); got != n {
		t.Fatalf("%d rows, want %d", got, n)
	}
}

// checkOffsets demands that in each partition the offsets are gapless from 0 and in order, and returns how many there are.
func checkOffsets(t *testing.T, table *engine.Table) map[int32]int64 {
	t.Helper()
	s := table.Snapshot()
	parts, offs := s.Int64s("KafkaPartition"), s.Int64s("KafkaOffset")
	next := map[int32]int64{}
	for i, p := range parts {
		if offs[i] != next[int32(p)] {
			t.Fatalf("row %d: partition %d has offset %d, want %d", i, p, offs[i], next[int32(p)])
		}
		next[int32(p)]++
	}
	return next
}

var ticks = JSON(engine.String("Sym"), engine.Int64("N"))

func tick(partition int32, n int) record {
	return text(partition, fmt.Sprintf(`{"Sym":"S%d","N":%d}`, n%7, n))
}

func someTicks(from, to int) (recs []record) {
	for i := from; i < to; i++ {
		recs = append(recs, tick(int32(i%3), i))
	}
	return recs
}

// numbers are the values of column N, sorted.
func numbers(table *engine.Table) []int64 {
	n := table.Int64s("N")
	slices.Sort(n)
	return n
}

// grow gives a topic more partitions.
func grow(t *testing.T, c *cluster, topic string, partitions int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := kadm.NewClient(c.client()).UpdatePartitions(ctx, partitions, topic)
	if err == nil {
		err = r.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
}
