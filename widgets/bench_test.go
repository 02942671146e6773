package widgets

import (
	"fmt"
	"testing"
	"time"

	"tickbook/display"
	"tickbook/engine"
	"tickbook/widgets/live"
)

// BenchmarkTable draws the view of a table as a live display does, at its default and at its most.
func BenchmarkTable(b *testing.B) {
	for _, shape := range []struct{ rows, columns int }{{10, 9}, {50, 20}} {
		var cols []engine.Values
		for i := range shape.columns {
			v := make([]float64, 100_000)
			for j := range v {
				v[j] = float64(j) * 1.25
			}
			cols = append(cols, engine.Col(fmt.Sprintf("Price%d", i), v))
		}
		tv := Table(engine.NewTable(cols...), Last(shape.rows))
		b.Run(fmt.Sprintf("%dx%d", shape.rows, shape.columns), func(b *testing.B) {
			n := 0
			for b.Loop() {
				n = len(tv.Render()[display.HTML].(string))
			}
			b.ReportMetric(float64(n), "B/html")
		})
	}
}

// BenchmarkEncode encodes what a page sees of a table of a million rows, as fifty rows of ten columns; sorted is the same in an order that it asked
// for.
func BenchmarkEncode(b *testing.B) {
	s := sourceOf(million())
	for _, bench := range []struct {
		name string
		q    live.Request
	}{
		{"50x10", live.Request{First: 500_000, Count: 50}},
		{"50x10-sorted", live.Request{First: 500_000, Count: 50, Order: order(`[1,true]`)}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				f, err := s.Frame(&bench.q)
				if err != nil {
					b.Fatal(err)
				}
				size = 0
				for _, buffer := range f.Buffers {
					size += len(buffer)
				}
			}
			b.ReportMetric(float64(size), "B/frame")
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*10*100, "%core@10Hz")
		})
	}
}

// million is a table of a million rows and ten columns.
func million() *engine.Table {
	const n = 1_000_000
	sym, f, i := make([]string, n), make([]float64, n), make([]int64, n)
	at := make([]time.Time, n)
	for r := range n {
		sym[r], f[r], i[r] = []string{"AAPL", "MSFT", "GOOG", "AMZN"}[r*7919%4], float64(r*7919%99991)/7, int64(r)
		at[r] = time.Unix(1_700_000_000, int64(r)*1e6)
	}
	return engine.NewTable(engine.Col("Sym", sym), engine.Col("Price", f), engine.Col("N", i), engine.Col("Time", at)).
		View("Sym", "Price", "N", "Time", "A = Price * 2", "B = N + 1", "C = Price + N", "D = Sym", "E = Time", "F = Price / 3")
}
