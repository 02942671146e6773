package widgets

import (
	"fmt"
	"testing"

	"tickbook/display"
	"tickbook/engine"
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
