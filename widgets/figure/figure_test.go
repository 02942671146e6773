package figure

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"tickbook/display"
	"tickbook/engine"
)

var start = time.Date(2026, 1, 23, 15, 0, 0, 0, time.UTC)

// prices is an input of trades with a few minutes in it.
func prices(g *engine.Graph) *engine.Input {
	in := engine.NewInput(g, engine.Instant("Time"), engine.Float64("Price"), engine.Int32("Size"), engine.String("Sym"), engine.Duration("Wait"))
	for i := range 5 {
		in.Add(start.Add(time.Duration(i)*time.Minute), 187+float64(i), int32(i), "AAPL", time.Duration(i)*time.Second)
	}
	g.Step()
	return in
}

func words(f *Figure) string { return f.Render()[display.Text].(string) }

func mustHold(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("no %q in\n%s", w, text)
		}
	}
}

func TestFigureFollowsItsTables(t *testing.T) {
	g := engine.NewGraph()
	in := prices(g)
	f := New().PlotXY("Price", in.Table, "Time", "Price")
	b := f.Render()
	mustHold(t, b[display.Text].(string), "Time (UTC) from 2026-01-23 15:00:00 to 2026-01-23 15:04:00", "5 points", "187 to 191, last 191 at 2026-01-23 15:04:00")
	mustHold(t, b[display.SVG].(string), "<svg", "2026-01-23", ">15:01<", ">Time (UTC)<")
	if !bytes.HasPrefix(b[display.PNG].([]byte), []byte("\x89PNG")) {
		t.Error("no PNG")
	}

	changed := make(chan struct{}, 1)
	signalled := func() bool {
		select {
		case <-changed:
			return true
		default:
			return false
		}
	}
	stop := f.Watch(changed)
	in.Add(start.Add(5*time.Minute), 200.0, int32(1), "AAPL", nil)
	g.Step()
	if !signalled() {
		t.Error("no signal after a cycle that changed the table")
	}
	mustHold(t, words(f), "6 points", "last 200")

	// A later call shows too, and its table is followed.
	other := prices(g)
	f.PlotXY("Size", other.Table, "Time", "Size").Title("Two <b>series</b>")
	if !signalled() {
		t.Error("no signal after a change of the figure")
	}
	mustHold(t, words(f), "Two <b>series</b>", "Size")
	other.Add(start, nil, nil, nil, nil)
	g.Step()
	if !signalled() {
		t.Error("no signal after a cycle that changed the second table")
	}
	mustHold(t, words(f), "5 points of 6 rows")

	stop()
	stop()
	other.Add(start, 1.0, int32(9), nil, nil)
	g.Step()
	f.Title("")
	if signalled() {
		t.Error("a signal after stop")
	}
}

func TestPlotXYSaysWhatIsWrong(t *testing.T) {
	in := prices(engine.NewGraph())
	f := func(want, suggest string, call func()) {
		t.Helper()
		defer func() {
			t.Helper()
			err, _ := recover().(error)
			var q *engine.QueryError
			var p display.PositionedError
			if !errors.As(err, &q) || !errors.As(err, &p) {
				t.Fatalf("panic with %v, want a *engine.QueryError", err)
			}
			if err.Error() != want || p.Suggestion() != suggest {
				t.Errorf("got %q, suggestion %q\nwant %q, suggestion %q", err, p.Suggestion(), want, suggest)
			}
		}()
		call()
	}
	fig := New().PlotXY("ok", in.Table, "Time", "Price")
	f(`plotxy: no column "Pice"; did you mean "Price"?`, "Price", func() { fig.PlotXY("a", in.Table, "Time", "Pice") })
	f(`plotxy: y column "Sym" holds string values; want numbers, such as "Price", "Size"`, "", func() { fig.PlotXY("a", in.Table, "Time", "Sym") })
	f(`plotxy: y column "Time" holds instant values; want numbers, such as "Price", "Size"`, "", func() { fig.PlotXY("a", in.Table, "Time", "Time") })
	f(`plotxy: x column "Sym" holds string values; want numbers or instants, such as "Time", "Price", "Size"`, "", func() { fig.PlotXY("a", in.Table, "Sym", "Price") })
	f(`plotxy: series "a": the table is nil`, "", func() { fig.PlotXY("a", nil, "Time", "Price") })
	f(`plotxy: x column "Size" of series "a" holds int32 values, but x column "Time" of series "ok" holds instant values; they can't share an axis`, "",
		func() { fig.PlotXY("a", in.Table, "Size", "Price") })
	if got := strings.Count(words(fig), "points"); got != 1 {
		t.Errorf("a wrong call added a series: %s", words(fig))
	}
}

func TestFigureOfOddTables(t *testing.T) {
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.Instant("Time"), engine.Float64("V"), engine.Duration("Wait"), engine.Float32("X"))
	f := New().PlotXY("v", in.Table, "Time", "V").PlotXY("wait", in.Table, "Time", "Wait", Step).Size(1, 1)
	mustHold(t, words(f), "0 points")
	mustHold(t, f.Render()[display.SVG].(string), "no rows yet", `width="120pt" height="90pt"`)
	for _, v := range []any{math.NaN(), math.Inf(1), math.Inf(-1), nil, math.MaxFloat64, -math.MaxFloat64, 5e-324, 0.0} {
		in.Add(start, v, nil, nil)
		in.Add(nil, v, time.Second, float32(1))
		in.Add(time.Unix(0, math.MinInt64), v, time.Duration(math.MaxInt64), float32(math.Inf(1)))
		in.Add(time.Unix(0, math.MaxInt64), v, nil, nil)
		g.Step()
		f.Render()
		New().PlotXY("x", in.Table, "X", "V", Scatter).Render()
	}
	mustHold(t, words(f), "points of 32 rows")
	mustHold(t, words(New().PlotXY("wait", in.Table, "Time", "Wait")), "wait")
	New().Render()
}

// feed is a source in a state of the test's choice.
type feed struct{ status engine.Status }

func (f *feed) Fill(func(*engine.Rows)) {}
func (f *feed) Status() engine.Status   { return f.status }
func (f *feed) Stop()                   {}

func TestFigureShowsTrouble(t *testing.T) {
	table := engine.NewSource(engine.NewGraph(), []engine.ColumnDef{engine.Int64("N"), engine.Float64("V")}).
		Start(&feed{engine.Status{Code: engine.StatusDown, Message: "broker <b>x</b>: refused", BadRecords: 2}})
	f := New().PlotXY("v", table, "N", "V").PlotXY("w", table, "N", "V")
	b := f.Render()
	mustHold(t, b[display.Text].(string), "\ndown: broker <b>x</b>: refused", "\n2 bad records left out")
	mustHold(t, b[display.SVG].(string), ">down: broker &lt;b&gt;x&lt;/b&gt;: refused<")
	if n := strings.Count(b[display.Text].(string), "refused"); n != 1 {
		t.Errorf("the message stands %d times", n)
	}
}

func TestTimesShowInTheSessionsZone(t *testing.T) {
	if err := engine.SetZone("America/New_York"); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.SetZone("UTC"); err != nil {
			t.Fatal(err)
		}
	}()
	b := New().PlotXY("p", prices(engine.NewGraph()).Table, "Time", "Price").Render()
	mustHold(t, b[display.SVG].(string), ">10:01<", ">Time (America/New_York)<")
}

// TestSeriesAreOfOneCycle draws two series of one growing table while it grows: both always have as many points.
func TestSeriesAreOfOneCycle(t *testing.T) {
	g := engine.NewGraph()
	in := prices(g)
	f := New().PlotXY("a", in.Table, "Time", "Price").PlotXY("b", in.Table.Reverse(), "Time", "Size")
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
				in.Add(start.Add(time.Duration(i)*time.Second), 1.0, int32(1), nil, nil)
				g.Step()
			}
		}
	})
	for range 50 {
		fr := f.frame()
		if a, b := fr.series[0].rows, fr.series[1].rows; a != b {
			t.Errorf("%d and %d rows in one frame", a, b)
		}
	}
	close(done)
	wg.Wait()
}

func TestRenderFromManyGoroutines(t *testing.T) {
	f := New().PlotXY("p", prices(engine.NewGraph()).Table, "Time", "Price")
	want := f.Render()[display.SVG].(string)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got := f.Render()[display.SVG].(string); got != want {
				t.Error("the picture depends on who draws it")
			}
		})
	}
	wg.Wait()
}
