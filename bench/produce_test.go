package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tickbook/internal/producttest"
)

const (
	quotesTopic = "quotes"
	tradesTopic = "trades"

	produceEnv  = "TICKBOOK_BENCH_PRODUCE"
	fillTimeout = 10 * time.Minute

	// markEvery is the time between two trades of a symbol of their own, whose name is the time when they were produced.
	markEvery  = 5 * time.Millisecond
	markPrefix = "@"
)

// TestMain makes the test binary a producer if the environment says so: what producing costs is no part of the measured process.
func TestMain(m *testing.M) {
	if args := os.Getenv(produceEnv); args != "" {
		if err := producer(strings.Fields(args)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	producttest.Cleanup()
	os.Exit(code)
}

// produce runs a producer in a process of its own to its end.
func produce(b *testing.B, args ...string) {
	b.Helper()
	cmd, err := producerCommand(b.Context(), args)
	if err != nil {
		b.Fatal(err)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("producer %v: %v\n%s", args, err, out)
	}
}

func producerCommand(ctx context.Context, args []string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), produceEnv+"="+strings.Join(args, " "))
	return cmd, nil
}

// producer is `fill ADDR ROWS` or `stream ADDR ROWS_A_SECOND DURATION`.
func producer(args []string) error {
	ctx := context.Background()
	client, err := kgo.NewClient(
		kgo.SeedBrokers(args[1]), kgo.ProducerBatchCompression(kgo.NoCompression()), kgo.ProducerLinger(0),
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.AllowAutoTopicCreation(), kgo.MaxBufferedRecords(100_000),
	)
	if err != nil {
		return err
	}
	defer client.Close()
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	w := &topicWriter{client: client, market: newMarket()}
	switch args[0] {
	case "fill":
		for range n {
			w.pair(ctx, "", false)
		}
	case "stream":
		d, err := time.ParseDuration(args[3])
		if err != nil {
			return err
		}
		w.stream(ctx, n, d)
	default:
		return fmt.Errorf("producer: no mode %q", args[0])
	}
	return errors.Join(client.Flush(ctx), w.err)
}

type topicWriter struct {
	client *kgo.Client
	market *market
	err    error // the last; written by the client's goroutine before Flush returns
}

// pair produces a quote and a trade, the latter of the symbol mark unless that is empty; as of now, or else of the market's time.
func (w *topicWriter) pair(ctx context.Context, mark string, isNow bool) {
	q, t := w.market.next()
	at, name := q.bidTime, symbolName(t.sym)
	if isNow {
		at = time.Now().UnixMilli()
		q.askTime, q.bidTime, t.time = at, at, at
	}
	if mark != "" {
		name = mark
	}
	w.send(ctx, quotesTopic, at, q.appendJSON(make([]byte, 0, 192)))
	w.send(ctx, tradesTopic, at, t.appendJSON(make([]byte, 0, 128), name))
}

func (w *topicWriter) send(ctx context.Context, topic string, at int64, value []byte) {
	w.client.Produce(ctx, &kgo.Record{Topic: topic, Value: value, Timestamp: time.UnixMilli(at)}, func(_ *kgo.Record, err error) {
		if err != nil {
			w.err = err
		}
	})
}

// stream produces rows a second, half of them trades, and among those the marks.
func (w *topicWriter) stream(ctx context.Context, rate int, d time.Duration) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	start := time.Now()
	var marked time.Time
	for pairs := 0; ; {
		now := <-tick.C
		since := now.Sub(start)
		if since > d {
			return
		}
		for due := int(since.Seconds() * float64(rate) / 2); pairs < due; pairs++ {
			mark := ""
			if pairs == due-1 && time.Since(marked) >= markEvery {
				marked = time.Now()
				mark = markPrefix + strconv.FormatInt(marked.UnixNano(), 10)
			}
			w.pair(ctx, mark, true)
		}
	}
}

// makeTopics makes the topics of the market, empty, with one partition each.
func makeTopics(b *testing.B, addr string) {
	b.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(addr))
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	r, err := kadm.NewClient(client).CreateTopics(b.Context(), 1, 1, nil, quotesTopic, tradesTopic)
	if err == nil {
		err = r.Error()
	}
	if err != nil {
		b.Fatal(err)
	}
}
