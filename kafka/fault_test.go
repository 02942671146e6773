package kafka

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tickbook/engine"
)

// A broker that goes and comes back on its data: no record is lost or repeated, whatever was under way.
func TestBrokerRestart(t *testing.T) {
	dir := t.TempDir()
	addr, port := freeAddr(t)
	start := func(opts ...kfake.Opt) *cluster {
		return startCluster(t, append(opts, kfake.Ports(port), kfake.DataDir(dir), kfake.SyncWrites())...)
	}
	c := start(kfake.SeedTopics(3, "ticks"))
	table := Consume(c.config(), "ticks", ticks)
	defer table.Close()
	n := 0
	for round := range 4 {
		c.produce("ticks", someTicks(n, n+2000))
		n += 2000
		if round%2 == 0 {
			waitSize(t, table, n) // else the restart comes in the middle
		}
		c.Close()
		eventually(t, "down", func() bool { return table.Status().Code == engine.StatusDown }, table)
		if msg := table.Status().Message; !strings.Contains(msg, addr) || !strings.Contains(msg, `topic "ticks"`) {
			t.Errorf("message %q names neither the address nor the topic", msg)
		}
		c = start()
	}
	c.produce("ticks", someTicks(n, n+30))
	waitSize(t, table, n+30)
	checkOffsets(t, table)
	eventually(t, "well again", func() bool { return table.Status() == engine.Status{} }, table)
}

func TestLeaderChange(t *testing.T) {
	c := startCluster(t, kfake.NumBrokers(3), kfake.SeedTopics(3, "ticks"))
	table := Consume(c.config(), "ticks", ticks)
	defer table.Close()
	cl := c.client()
	n := 0
	for range 6 {
		produceWith(t, cl, "ticks", someTicks(n, n+300))
		n += 300
		c.ShufflePartitionLeaders()
		produceWith(t, cl, "ticks", someTicks(n, n+300))
		n += 300
	}
	waitSize(t, table, n)
	checkOffsets(t, table)
}

// A topic deleted and made anew is read from its beginning, once.
func TestTopicMadeAnew(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(3, "ticks"))
	table, feed := consume(c.config(), "ticks", []Option{ticks})
	defer table.Close()
	c.produce("ticks", someTicks(0, 300))
	waitSize(t, table, 300)
	if err := c.DeleteTopic("ticks"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "no topic", func() bool { return strings.Contains(table.Status().Message, "there is no topic") }, table)
	if err := c.CreateTopic("ticks", 3, nil); err != nil {
		t.Fatal(err)
	}
	c.produce("ticks", someTicks(300, 900)) // more than before: old positions would be in range
	waitSize(t, table, 900)
	for i, v := range numbers(table) {
		if v != int64(i) {
			t.Fatalf("number %d is %d", i, v)
		}
	}
	eventually(t, "a notice", func() bool {
		s := feed.Status()
		return s.Code == engine.StatusOK && strings.Contains(s.Message, "made anew")
	})
}

// Records deleted before they were read: reading goes on at the earliest there is, and says so.
func TestOutOfRange(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(1, "ticks"))
	var recs []record
	for i := range 100 {
		recs = append(recs, tick(0, i))
	}
	c.produce("ticks", recs)
	if err := c.DeleteRecords("ticks", 0, 60); err != nil {
		t.Fatal(err)
	}
	table, feed := consume(c.config(), "ticks", []Option{ticks, Offset(10)})
	defer table.Close()
	waitSize(t, table, 40)
	if got := numbers(table); got[0] != 60 {
		t.Errorf("first number %d, want 60", got[0])
	}
	want := "offset 10 is not there (deleted by retention, or the topic was truncated or made anew); went on from offset 60"
	eventually(t, "a notice", func() bool { return strings.Contains(feed.Status().Message, want) })
}

func TestTransactions(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(1, "ticks"))
	cl := c.client(kgo.TransactionalID("tx"))
	n := 0
	transact := func(commit kgo.TransactionEndTry) {
		t.Helper()
		if err := cl.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		var recs []record
		for range 10 {
			recs = append(recs, tick(0, n))
			n++
		}
		produceWith(t, cl, "ticks", recs)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := cl.EndTransaction(ctx, commit); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 6 {
		transact(kgo.TransactionEndTry(i%3 != 1))
	}
	committed := c.config()
	committed["isolation.level"] = "read_committed"
	table := Consume(committed, "ticks", ticks)
	defer table.Close()
	all := Consume(c.config(), "ticks", ticks)
	defer all.Close()
	waitSize(t, table, 40)
	waitSize(t, all, 60)
	transact(kgo.TryAbort)
	transact(kgo.TryCommit)
	waitSize(t, table, 50)
	waitSize(t, all, 80)
	for _, v := range numbers(table) {
		if i := v / 10; i%3 == 1 && i < 6 || i == 6 {
			t.Errorf("number %d is of a transaction that was given up", v)
		}
	}
}

// One batch larger than what a request asks for.
func TestLargeBatch(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(1, "ticks"))
	var recs []record
	for i := range 20 {
		recs = append(recs, text(0, fmt.Sprintf(`{"Sym":%q,"N":%d}`, strings.Repeat("x", 5000), i)))
	}
	c.produce("ticks", recs)
	small := c.config()
	small["max.partition.fetch.bytes"], small["fetch.max.bytes"] = "100", "100"
	table := Consume(small, "ticks", ticks)
	defer table.Close()
	waitSize(t, table, 20)
	checkOffsets(t, table)
}

// When no cycle takes rows, fetching stops instead of filling memory, and goes on afterwards.
func TestBackPressure(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(1, "ticks"))
	var recs []record
	n := (laneBlocks + 4) * blockRows
	for i := range n {
		recs = append(recs, tick(0, i))
	}
	c.produce("ticks", recs)
	g := engine.NewGraph()
	table, feed := consume(c.config(), "ticks", []Option{ticks, On(g)})
	defer table.Close()
	isFull := func() bool {
		lanes := *feed.lanes.Load()
		if len(lanes) == 0 {
			return false
		}
		l := lanes[0]
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.made == laneBlocks && len(l.free) == 0 && len(l.ready) == laneBlocks && l.ready[laneBlocks-1].rows.N == l.capacity
	}
	eventually(t, "full", isFull)
	if got := table.Size(); got != 0 {
		t.Errorf("%d rows before the first cycle", got)
	}
	eventually(t, "all rows", func() bool { g.Step(); return table.Size() == n })
	checkOffsets(t, table)
}

func TestSASL(t *testing.T) {
	c := startCluster(t, kfake.EnableSASL(), kfake.Superuser("PLAIN", "admin", "secret"), kfake.Superuser("SCRAM-SHA-256", "u256", "p,=256"),
		kfake.Superuser("SCRAM-SHA-512", "u512", "p512"), kfake.SeedTopics(1, "ticks"))
	for _, login := range [][3]string{{"PLAIN", "admin", "secret"}, {"SCRAM-SHA-256", "u256", "p,=256"}, {"SCRAM-SHA-512", "u512", "p512"}} {
		cfg := c.config()
		cfg["security.protocol"], cfg["sasl.mechanism"], cfg["sasl.username"], cfg["sasl.password"] = "SASL_PLAINTEXT", login[0], login[1], login[2]
		good := Consume(cfg, "ticks", ticks)
		eventually(t, login[0], func() bool { return good.Status() == engine.Status{} }, good)
		good.Close()
		cfg["sasl.password"] = "wrong"
		bad := Consume(cfg, "ticks", ticks)
		eventually(t, login[0]+" refused", func() bool {
			s := bad.Status()
			return s.Code == engine.StatusDown && (strings.Contains(s.Message, "refuses the login") || strings.Contains(s.Message, "the user and password"))
		}, bad)
		bad.Close()
	}
	plain := Consume(c.config(), "ticks", ticks)
	defer plain.Close()
	eventually(t, "a hint at the protocol", func() bool {
		return strings.Contains(plain.Status().Message, "security.protocol")
	}, plain)
}

// An error that lasts is shown without a break, and is gone with its cause.
func TestLastingError(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(1, "ticks"))
	var isWell atomic.Bool
	c.ControlKey(int16(kmsg.Fetch), func(req kmsg.Request) (kmsg.Response, error, bool) {
		if isWell.Load() {
			return nil, nil, false
		}
		c.KeepControl()
		ask := req.(*kmsg.FetchRequest)
		answer := ask.ResponseKind().(*kmsg.FetchResponse)
		for _, at := range ask.Topics {
			topic := kmsg.NewFetchResponseTopic()
			topic.Topic = at.Topic
			part := kmsg.NewFetchResponseTopicPartition()
			part.ErrorCode = 56 // KAFKA_STORAGE_ERROR
			topic.Partitions = append(topic.Partitions, part)
			answer.Topics = append(answer.Topics, topic)
		}
		return answer, nil, true
	})
	g := engine.NewGraph()
	cfg := c.config()
	cfg["reconnect.backoff.ms"] = "1"
	table, feed := consume(cfg, "ticks", []Option{ticks, On(g)})
	defer table.Close()
	isDown := func() bool {
		s := feed.Status()
		return s.Code == engine.StatusDown && strings.Contains(s.Message, `topic "ticks", partition 0 at `)
	}
	eventually(t, "down", isDown)
	for range 200 {
		if !isDown() {
			t.Fatalf("status %+v while the error lasts", feed.Status())
		}
		g.Step()
	}
	isWell.Store(true)
	c.produce("ticks", []record{tick(0, 1)})
	eventually(t, "healed", func() bool { g.Step(); return table.Size() == 1 && feed.Status() == engine.Status{} })
}
