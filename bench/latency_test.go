package bench

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tickbook/engine"
	"tickbook/kafka"
)

const (
	latencyRate   = 10_000 // rows a second, half of them quotes
	latencyTime   = 6 * time.Second
	latencyWarmUp = time.Second // of marks that don't count
)

// BenchmarkLatency is the time from a trade's produce call, in another process, until the VWAP table of the guide's chain shows it, while both topics
// together get 10,000 rows a second. Some 200 trades a second have a symbol of their own, whose name is the time: each is a new row of that table. cores is
// what this process takes of a processor meanwhile.
func BenchmarkLatency(b *testing.B) {
	addr := startBroker(b)
	makeTopics(b, addr)
	var lat []time.Duration
	var cpu, wall time.Duration
	for b.Loop() {
		l, c, w := measureLatency(b, addr)
		lat = append(lat, l...)
		cpu, wall = cpu+c, wall+w
	}
	slices.Sort(lat)
	ms := func(share float64) float64 { return lat[int(share*float64(len(lat)-1))].Seconds() * 1e3 }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(0.5), "p50-ms")
	b.ReportMetric(ms(0.5)/refLatency, "p50/ref")
	b.ReportMetric(ms(0.9), "p90-ms")
	b.ReportMetric(ms(0.99), "p99-ms")
	b.ReportMetric(cpu.Seconds()/wall.Seconds(), "cores")
	b.ReportMetric(float64(len(lat)), "marks")
}

func measureLatency(b *testing.B, addr string) (lat []time.Duration, cpu, wall time.Duration) {
	conf := kafka.Config{"bootstrap.servers": addr}
	quotes := kafka.Consume(conf, quotesTopic, kafka.JSON(quoteColumns...), kafka.FromEnd)
	trades := kafka.Consume(conf, tradesTopic, kafka.JSON(tradeColumns...), kafka.FromEnd)
	defer quotes.Close()
	defer trades.Close()
	c := newChain(quotes, trades)
	changed := make(chan struct{}, 1)
	for _, t := range []*engine.Table{quotes, trades, c.vwap} {
		stop := t.Watch(changed)
		defer stop()
	}
	timeout := time.NewTimer(time.Minute + latencyTime)
	defer timeout.Stop()
	for quotes.Status().Code != engine.StatusOK || trades.Status().Code != engine.StatusOK {
		select {
		case <-changed:
		case <-timeout.C:
			b.Fatalf("the topics are not read: %v, %v", quotes.Status(), trades.Status())
		}
	}
	cmd, err := producerCommand(b.Context(), []string{"stream", addr, strconv.Itoa(latencyRate), latencyTime.String()})
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	startCPU, start := cpuTime(), time.Now()
	go func() {
		out, err := cmd.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("producer: %w: %s", err, out)
		}
		ended <- err
	}()
	seen := 0
	var first time.Time
	for {
		select {
		case <-changed:
		case err := <-ended:
			if err != nil {
				b.Fatal(err)
			}
			if len(lat) == 0 {
				b.Fatal("no mark arrived")
			}
			return lat, cpuTime() - startCPU, time.Since(start)
		case <-timeout.C:
			b.Fatal("the producer does not end")
		}
		s := c.vwap.Snapshot()
		now := time.Now()
		for _, sym := range s.Window(seen, s.Len()-seen).Strings("Sym") {
			text, ok := strings.CutPrefix(sym, markPrefix)
			if !ok {
				continue
			}
			ns, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				b.Fatalf("mark %q: %v", sym, err)
			}
			made := time.Unix(0, ns)
			if first.IsZero() {
				first = made
			}
			if made.Sub(first) >= latencyWarmUp {
				lat = append(lat, now.Sub(made))
			}
		}
		seen = s.Len()
	}
}
