package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tickbook/engine"
	"tickbook/engine/enginetest"
)

func ExampleTable_AsOfJoin() {
	at := func(s int) time.Time { return time.Date(2026, 1, 23, 15, 0, s, 0, time.UTC) }
	trades := engine.NewTable(
		engine.Col("Sym", []string{"AAPL", "IBM", "AAPL"}),
		engine.Col("Time", []time.Time{at(5), at(6), at(9)}))
	quotes := engine.NewTable(
		engine.Col("Sym", []string{"AAPL", "AAPL", "AAPL"}),
		engine.Col("BidTime", []time.Time{at(1), at(4), at(8)}),
		engine.Col("BidPrice", []float64{200, 201, 202}))
	joined := trades.AsOfJoin(quotes, "Sym, Time = BidTime", "Bid = BidPrice")
	for _, r := range joined.Rows(3) {
		fmt.Println(r.Value("Sym"), r.Value("Bid"))
	}
	// Output:
	// AAPL 201
	// IBM <nil>
	// AAPL 202
}

// two is a query of trades and quotes.
func two(name string, ordered bool, derive func(tr, q *engine.Table) *engine.Table) enginetest.Query {
	return enginetest.Query{
		Name: name, Ordered: ordered, Inputs: []enginetest.Input{tradesIn, quotesIn},
		Make: func(in []*engine.Table) *engine.Table { return derive(in[0], in[1]) },
	}
}

func vwap(t *engine.Table) *engine.Table {
	return t.View("Sym", "Size", "Price", "TimeBin = lowerBin(Time, MINUTE)", "GrossPrice = Price*Size").
		GroupBy("Sym", "TimeBin").
		Agg(engine.Avg("AvgPrice = Price"), engine.Sum("Volume = Size"), engine.Sum("TotalGross = GrossPrice")).
		UpdateView("VWAP = TotalGross/Volume")
}

// fixedQuotes are static, late ones, tied ones and nulls among them.
func fixedQuotes() *engine.Table {
	at := func(s int) time.Time { return time.Date(2026, 1, 23, 15, 0, s, 0, time.UTC) }
	r := rand.New(rand.NewPCG(3, 4))
	var syms []string
	var times []time.Time
	var prices []float64
	var valid []bool
	for i := range 600 {
		syms = append(syms, string(rune('A'+r.IntN(4))))
		times, prices = append(times, at(i/2-r.IntN(9))), append(prices, float64(i))
		valid = append(valid, i%17 > 0)
	}
	return engine.NewTable(engine.Col("Sym", syms, valid), engine.Col("BidTime", times, valid), engine.Col("BidPrice", prices))
}

func TestAsOfCheck(t *testing.T) {
	const on = "Sym, Time = BidTime"
	for _, q := range []enginetest.Query{
		two("plain", true, func(tr, q *engine.Table) *engine.Table { return tr.AsOfJoin(q, on, "BidTime, BidPrice") }),
		two("all columns", true, func(tr, q *engine.Table) *engine.Table { return tr.AsOfJoin(q, on) }),
		two("values only", true, func(tr, q *engine.Table) *engine.Table { return tr.AsOfJoin(q, "Sym, Time >= BidTime", "B = BidPrice") }),
		two("no exact key", true, func(tr, q *engine.Table) *engine.Table {
			return tr.AsOfJoin(q, "BidTime <= Time", "RSym = Sym", "BidPrice")
		}),
		two("filtered sides", true, func(tr, q *engine.Table) *engine.Table {
			return tr.Where("Price > 4").AsOfJoin(q.Where("BidPrice > 3"), on, "BidPrice")
		}),
		two("two exact keys", true, func(tr, q *engine.Table) *engine.Table {
			return tr.AsOfJoin(q, "Sym, Price = BidPrice, Time = BidTime", "BidTime")
		}),
		two("a right table that never changes", true, func(tr, _ *engine.Table) *engine.Table {
			return tr.AsOfJoin(fixedQuotes(), on, "BidTime, BidPrice").UpdateView("Edge = Price - BidPrice")
		}),
		two("a left table that never changes", true, func(_, q *engine.Table) *engine.Table {
			return fixedQuotes().View("Sym", "Time = BidTime", "Edge = BidPrice").AsOfJoin(q, on, "BidTime, BidPrice")
		}),
		two("below a group", false, func(tr, q *engine.Table) *engine.Table {
			return tr.AsOfJoin(q, on, "BidPrice").UpdateView("Edge = Price - BidPrice", "Bin = lowerBin(Time, MINUTE)").
				GroupBy("Sym", "Bin").Agg(engine.Sum("Edge", "V = Size"), engine.Count("N"))
		}),
		two("sorted below", true, func(tr, q *engine.Table) *engine.Table {
			return tr.AsOfJoin(q, on, "BidPrice").SortDescending("BidPrice").Head(6)
		}),
		two("sorted above", true, func(tr, q *engine.Table) *engine.Table {
			return tr.SortDescending("Price").AsOfJoin(q, on, "BidPrice").Where("BidPrice > 2")
		}),
		two("twice", true, func(tr, q *engine.Table) *engine.Table {
			return tr.AsOfJoin(q, on, "BidTime, BidPrice").AsOfJoin(tr, "Sym, BidTime = Time", "Last = Size", "LastTime = Time")
		}),
		two("with itself", true, func(tr, q *engine.Table) *engine.Table { return tr.AsOfJoin(tr, "Sym, Time", "T = Time, P = Price") }),
		two("groups on the right", false, func(tr, q *engine.Table) *engine.Table {
			bins := tr.View("Sym", "Bin = lowerBin(Time, MINUTE)", "Price").GroupBy("Sym", "Bin").Agg(engine.Avg("Mean = Price"))
			return q.AsOfJoin(bins.Where("Mean > 3"), "Sym, BidTime = Bin", "Mean")
		}),
	} {
		t.Run(q.Name, func(t *testing.T) { enginetest.Check(t, q) })
	}
}

// TestAsOfKinds joins on exact keys and times of every kind.
func TestAsOfKinds(t *testing.T) {
	for _, k := range allKinds {
		t.Run(k.String(), func(t *testing.T) {
			enginetest.Check(t, enginetest.Query{
				Name: k.String(), Ordered: true,
				Inputs: []enginetest.Input{
					{Cols: []engine.ColumnDef{{Name: "K", Kind: k}, engine.Int16("T")}},
					{Cols: []engine.ColumnDef{{Name: "RK", Kind: k}, engine.Int64("RT"), engine.Int8("V")}},
				},
				Make: func(in []*engine.Table) *engine.Table { return in[0].AsOfJoin(in[1], "K = RK, T >= RT", "RT, V") },
			})
		})
	}
	for _, k := range []engine.Kind{engine.KindInt8, engine.KindInt32, engine.KindInt64, engine.KindInstant, engine.KindDuration} {
		t.Run("time "+k.String(), func(t *testing.T) {
			enginetest.Check(t, enginetest.Query{
				Name: k.String(), Ordered: true,
				Inputs: []enginetest.Input{
					{Cols: []engine.ColumnDef{engine.Bool("K"), {Name: "T", Kind: k}}},
					{Cols: []engine.ColumnDef{engine.Bool("K"), {Name: "RT", Kind: k}, engine.Float32("V")}},
				},
				Make: func(in []*engine.Table) *engine.Table { return in[0].AsOfJoin(in[1], "K, T >= RT") },
			})
		})
	}
}

// TestAsOfReference compares the join with a search written from its doc comment.
func TestAsOfReference(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 30 {
		g := engine.NewGraph()
		l := engine.NewInput(g, engine.String("Sym"), engine.Int64("T"))
		q := engine.NewInput(g, engine.String("Sym"), engine.Int64("QT"), engine.Int64("V"))
		j := l.AsOfJoin(q.Table, "Sym, T = QT", "V")
		val := func(n int) any {
			if r.IntN(10) == 0 {
				return nil
			}
			return r.IntN(n)
		}
		sym := func() any {
			if x := val(3); x != nil {
				return string(rune('A' + x.(int)))
			}
			return nil
		}
		var qk []uint64
		for range 20 {
			for range r.IntN(30) {
				switch r.IntN(6) {
				case 0, 1:
					l.Add(sym(), val(40))
				case 2, 3:
					qk = append(qk, q.Add(sym(), val(40), val(100)))
				case 4:
					if len(qk) > 0 {
						q.Modify(qk[r.IntN(len(qk))], []string{"QT", "V"}[r.IntN(2)], val(40))
					}
				case 5:
					if len(qk) > 0 {
						i := r.IntN(len(qk))
						q.Remove(qk[i])
						qk = slices.Delete(qk, i, i+1)
					}
				}
			}
			g.Step()
			for i, row := range l.Snapshot().Rows() {
				var want any
				best := int64(-1)
				for _, c := range q.Snapshot().Rows() { // in key order: of equal times the last wins
					at, ok := c.Value("QT").(int64)
					t, known := row.Value("T").(int64)
					if ok && known && row.Value("Sym") != nil && c.Value("Sym") == row.Value("Sym") && at <= t && at >= best {
						best, want = at, c.Value("V")
					}
				}
				if got := j.Snapshot().Window(i, 1).Rows()[0].Value("V"); got != want {
					t.Fatalf("row %v: got %v, want %v", row, got, want)
				}
			}
		}
	}
}

// TestAsOfForgets: keys that come and go leave nothing behind.
func TestAsOfForgets(t *testing.T) {
	g := engine.NewGraph()
	l := engine.NewInput(g, engine.Int64("K"), engine.Int64("T"))
	q := engine.NewInput(g, engine.Int64("K"), engine.Int64("QT"))
	j := l.AsOfJoin(q.Table, "K, T = QT")
	var lk, qk []uint64
	for i := range 20_000 {
		lk, qk = append(lk, l.Add(i, 1)), append(qk, q.Add(i, 1))
		if len(lk) > 100 {
			l.Remove(lk[0])
			q.Remove(qk[0])
			lk, qk = lk[1:], qk[1:]
		}
		if i%50 == 0 {
			g.Step()
		}
	}
	g.Step()
	if keys, blocks := engine.AsOfKeys(j); keys != 100 || blocks > 2 {
		t.Errorf("%d keys in %d blocks are kept, want 100 in at most 2", keys, blocks)
	}
}

// TestAsOfFixed: rows joined to a table that never changes leave no key behind, and are matched wherever their times lie.
func TestAsOfFixed(t *testing.T) {
	n := 3000
	keys, times := make([]int64, n), make([]int64, n)
	for i := range n {
		keys[i], times[i] = int64(i%3), int64(i/3*10)
	}
	g := engine.NewGraph()
	l := engine.NewInput(g, engine.Int64("K"), engine.Int64("T"))
	j := l.AsOfJoin(engine.NewTable(engine.Col("K", keys), engine.Col("RT", times)), "K, T = RT")
	r := rand.New(rand.NewPCG(1, 5))
	var lk []uint64
	for range 40 {
		for range 500 {
			lk = append(lk, l.Add(r.IntN(2000)-500, r.IntN(12_000)-1000))
			l.Modify(lk[r.IntN(len(lk))], "K", r.IntN(3))
		}
		g.Step()
		s := j.Snapshot()
		ks, ts, found := s.Int64s("K"), s.Int64s("T"), s.Int64s("RT")
		for i, ok := range s.Valid("RT") {
			k, at, got := ks[i], ts[i], found[i]
			want := min(at/10*10, 9990)
			if match := k >= 0 && k < 3 && at >= 0; ok != match || ok && got != want {
				t.Fatalf("K %d, T %d: got %d, %v, want %d, %v", k, at, got, ok, want, match)
			}
		}
		for _, k := range lk[:400] {
			l.Remove(k)
		}
		lk = lk[400:]
	}
	if keys, _ := engine.AsOfKeys(j); keys != 3 {
		t.Errorf("%d keys are kept, want 3", keys)
	}
}

func TestAsOfErrors(t *testing.T) {
	l := engine.NewTable(engine.Col("Sym", []string{"A"}), engine.Col("Time", []time.Time{{}}), engine.Col("Exchange", []string{"N"}))
	r := engine.NewTable(engine.Col("Sym", []string{"A"}), engine.Col("BidTime", []time.Time{{}}), engine.Col("Millis", []int64{1}), engine.Col("Exchange", []string{"N"}))
	join := func(on string, add ...string) func() *engine.Table {
		return func() *engine.Table { return l.AsOfJoin(r, on, add...) }
	}
	wantError(t, join("Sym, Time = BidTime"), `both tables have a column "Exchange"; add the right one under another name: "RightExchange = Exchange"`, 0, "")
	wantError(t, join("Sym, Time = BidTime", "BidTime, Exchange"), `both tables have a column "Exchange"`, 9, "")
	wantError(t, join("Sym, Time = BidTimee", "BidTime"), `no column "BidTimee"`, 12, "BidTime")
	wantError(t, join("Sim, Time = BidTime", "BidTime"), `no column "Sim"`, 0, "Sym")
	wantError(t, join("Sym, Time = BidTime", "BidTime, BidTim"), `no column "BidTim"`, 9, "BidTime")
	wantError(t, join("Sym, Time = Millis", "BidTime"), `"Time" is instant and "Millis" is int64: these can't be compared`, 5, "")
	wantError(t, join("Sym, Exchange = BidTime", "BidTime"), `"Exchange" is string; the last pair compares times`, 5, "")
	wantError(t, join("Sym = Millis, Time = BidTime", "BidTime"), `"Sym" is string and "Millis" is int64: these never match`, 0, "")
	wantError(t, join("Sym, Time <= BidTime", "BidTime"), `at or before; write the left table's time first`, 10, "")
	wantError(t, join("Sym, Time > BidTime", "BidTime"), `write >=`, 10, "")
	wantError(t, join("Time >= BidTime, Sym", "BidTime"), `only the last pair compares times`, 5, "")
	wantError(t, join("", "BidTime"), `a name is missing`, 0, "")
	wantError(t, join("Sym, Time = BidTime", "BidTime, BidTime"), `added twice`, 9, "")
}
