package kafka

import (
	"math"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"tickbook/engine"
)

func TestPacerLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pacerOf(engine.NewGraph())
		defs := []engine.ColumnDef{engine.Int32("P"), engine.Int64("O"), engine.Instant("T")}
		a, b := newLane(0, defs), newLane(1, defs)
		check := func(what string, want int64) {
			t.Helper()
			if got := p.limit(nil, time.Now()); got != want {
				t.Errorf("%s: limit %d, want %d", what, got, want)
			}
		}
		push := func(l *lane, times ...int64) {
			blk := l.take(t.Context())
			for _, at := range times {
				blk.rows.Cols[timestampColumn].I64[blk.rows.N] = at
				blk.rows.N++
			}
			l.put(blk, times[len(times)-1])
		}
		check("nobody", math.MaxInt64)
		p.join(a)
		p.join(b)
		check("nothing yet", math.MinInt64)
		push(a, 1, 100)
		check("b has nothing yet", math.MinInt64)
		push(b, 1, 50)
		check("b is the slowest", 50)
		b.drain(50, func(*engine.Rows) {})
		check("b is waited for", 50)
		<-time.After(patience)
		check("b has had nothing for long", 100)
		push(b, 60)
		check("b is back", 60)
		p.leave(b)
		check("b reached its end", math.MaxInt64)
	})
}

// Rows are handed over in steps of 64, nulls with them, and each once.
func TestLaneSteps(t *testing.T) {
	defs := []engine.ColumnDef{engine.Int32("P"), engine.Int64("O"), engine.Instant("T"), engine.Int64("V")}
	l := newLane(3, defs)
	const n = 3000
	blk := l.take(t.Context())
	for i := range n {
		blk.rows.Cols[timestampColumn].I64[i] = int64(i)
		blk.rows.Cols[offsetColumn].I64[i] = int64(i)
		blk.cols[0].I64[i] = int64(i)
		if i%7 == 0 {
			blk.cols[0].Nulls[i>>6] |= 1 << (i & 63)
			blk.cols[0].HasNulls = true
		}
		blk.rows.N++
	}
	l.put(blk, n-1)
	seen := int64(0)
	for limit := int64(-1); seen < n; limit += 100 {
		isLeft := l.drain(limit, func(r *engine.Rows) {
			for i := range r.N {
				if r.Cols[offsetColumn].I64[i] != seen || r.Cols[partitionColumn].I32[i] != 3 {
					t.Fatalf("row %d has offset %d", seen, r.Cols[offsetColumn].I64[i])
				}
				if isNull := r.Cols[3].Nulls[i>>6]>>(i&63)&1 == 1; isNull != (seen%7 == 0) {
					t.Fatalf("row %d: null %v", seen, isNull)
				}
				seen++
			}
		})
		if want := min(n, (limit+64)/64*64); limit >= 0 && seen != want || isLeft != (seen < n) {
			t.Fatalf("limit %d: %d rows, want %d; left %v", limit, seen, want, isLeft)
		}
	}
	if l.free[0] != blk || blk.cols[0].HasNulls || blk.cols[0].Nulls[0] != 0 {
		t.Error("the block was not emptied")
	}
}

// Two topics over the same two hours, one of them longer: while they catch up, neither runs ahead of the other in time.
func TestInStep(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(1, "long"), kfake.SeedTopics(1, "short"))
	const longRows, shortRows = 120_000, 50_000 // more than a lane holds, so that catching up takes several cycles
	base := time.Date(2024, 3, 5, 14, 0, 0, 0, time.UTC)
	fill := func(topic string, n, partitions int) {
		var recs []record
		for i := range n {
			r := tick(int32(i%partitions), i)
			r.time = base.Add(time.Duration(i) * 2 * time.Hour / time.Duration(n))
			recs = append(recs, r)
		}
		c.produce(topic, recs, kgo.ProducerBatchMaxBytes(5000))
	}
	fill("long", longRows, 1)
	fill("short", shortRows, 1)
	g := engine.NewGraph()
	pace := pacerOf(g)
	pace.patience = time.Minute // a busy machine is no reason to run ahead here
	cfg := c.config()
	cfg["max.partition.fetch.bytes"] = "10000"
	long := Consume(cfg, "long", ticks, On(g))
	defer long.Close()
	short := Consume(cfg, "short", ticks, On(g))
	defer short.Close()
	last := func(s *engine.Snapshot) time.Time {
		if s.Len() == 0 {
			return base
		}
		return s.Window(s.Len()-1, 1).Times("KafkaTimestamp")[0]
	}
	worst, seen := time.Duration(0), 0
	eventually(t, "all rows", func() bool {
		for range 50 {
			g.Step()
			both := engine.Snapshots(long, short)
			n, m := both[0].Len(), both[1].Len()
			if n == longRows && m == shortRows {
				return true
			}
			if n < longRows && m < shortRows && n+m > 0 {
				seen++
				worst = max(worst, last(both[0]).Sub(last(both[1])).Abs())
			}
		}
		return false
	})
	// Handing over in steps of 64 rows puts them 9 s apart; a block that is being written to just then, ten minutes at most.
	if worst > 10*time.Minute || seen == 0 {
		t.Errorf("%v apart while catching up, in %d cycles", worst, seen)
	}
	runtime.KeepAlive(pace)
	t.Logf("at most %v apart in %d cycles", worst, seen)
}
