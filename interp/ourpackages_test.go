package interp

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"tickbook/display"
	"tickbook/engine"
	"tickbook/kafka"
)

const tradesCell = `trades := engine.NewTable(
	engine.Col("Sym", []string{"AAPL", "MSFT", "AAPL"}), engine.Col("Price", []float64{10, 20, 12}), engine.Col("Size", []int32{1, 2, 3}))
vwap := trades.
	View("Sym", "Size", "Price", "GrossPrice = Price*Size").
	GroupBy("Sym").
	Agg(engine.Sum("Volume = Size"), engine.Sum("TotalGross = GrossPrice")).
	UpdateView("VWAP = TotalGross/Volume")
`

func TestTables(t *testing.T) {
	nb := newNotebook(t)
	nb.n++
	vs, err := nb.s.Execute(t.Context(), tradesCell+"vwap", nb.n)
	if err != nil || len(vs) != 1 {
		t.Fatalf("got %v, %v; want a table", vs, err)
	}
	table, ok := vs[0].(*engine.Table)
	if !ok {
		t.Fatalf("got %T, want *engine.Table", vs[0])
	}
	if got := table.Float64s("VWAP"); len(got) != 2 || got[0] != 11.5 || got[1] != 20 {
		t.Errorf("VWAP %v", got)
	}
	nb.want("trades.Float64s(\"Price\")", "=> [10 20 12]")
	nb.want("k := trades.Schema()[0].Kind\nk == engine.KindString", "=> true")
	nb.want("t2, err := engine.Try(func() *engine.Table { return trades.Where(\"Prize > 1\") })\nt2 == nil && err != nil", "=> true")
	nb.want("bootstrap := kafka.Bootstrap()\nbootstrap != \"\"", "=> true")
	nb.want("aapl := trades.Where(\"Sym = `AAPL`\")\naapl.Size()", "=> 2")
	nb.want("fig := figure.New().PlotXY(\"p\", trades, \"Size\", \"Price\")\nfig != nil", "=> true")
	nb.want("type Row struct { Sym string; Price float64 }\nrows := []Row{}\n_ = trades.Scan(&rows)\nrows[2].Price", "=> 12")
	nb.want("engine.Let(\"double\", func(x []float64) []float64 { y := make([]float64, len(x)); for i := range x { y[i] = 2 * x[i] }; return y })", "")
	nb.want("trades.View(\"D = double(Price)\").Float64s(\"D\")", "=> [20 40 24]")
}

func TestErrorsOfOurPackages(t *testing.T) {
	nb := newNotebook(t)
	nb.want(tradesCell, "")
	_, err := nb.do("x := 1\n\ntrades.\n\tWhere(\"Prize > 1\")")
	var ce *display.CellError
	if !errors.As(err, &ce) || ce.Name != "QueryError" {
		t.Fatalf("got %v, want a CellError called QueryError", err)
	}
	var qe *engine.QueryError
	var pe display.PositionedError
	if !errors.As(err, &qe) || !errors.As(err, &pe) || pe.Source() != "Prize > 1" || pe.Offset() != 0 {
		t.Errorf("the error lost its cause: %#v", ce)
	}
	if trace := strings.Join(ce.Traceback, "\n"); !strings.Contains(trace, "In[2]:4\n    Where(\"Prize > 1\")\n         ^") {
		t.Errorf("traceback %s", trace)
	}
	_, err = nb.do("kafka.Consume(kafka.Config{\"bootstrap.server\": \"localhost:1\"}, \"quotes\", kafka.JSON(engine.String(\"Sym\")), kafka.AppendOnly)")
	var ke *kafka.ConfigError
	if !errors.As(err, &ke) || !errors.As(err, &ce) || ce.Name != "ConfigError" {
		t.Errorf("got %v, want a CellError called ConfigError", err)
	}
	_, err = nb.do("trades.Wear(\"x\")")
	if err == nil || !strings.Contains(err.Error(), "In[4]:1:8: trades.Wear undefined") {
		t.Errorf("got %v", err)
	}
}

func TestRerunLeavesOneFeed(t *testing.T) {
	nb := newNotebook(t)
	run := func() {
		nb.want("q := kafka.Consume(kafka.Config{\"bootstrap.servers\": \"127.0.0.1:1\"}, \"quotes\", kafka.JSON(engine.String(\"Sym\"), engine.Float64(\"Px\")), kafka.AppendOnly).\n\tUpdateView(\"D = Px * 2\")\nq.Reverse().Size()", "=> 0")
		nb.n--
	}
	run()
	goroutines := runtime.NumGoroutine()
	for range 20 {
		run()
	}
	nb.until("the feeds of earlier runs stop", func() bool {
		runtime.GC()
		return runtime.NumGoroutine() <= goroutines+2
	})
}
