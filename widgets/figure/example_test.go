package figure_test

import (
	"fmt"
	"time"

	"tickbook/display"
	"tickbook/engine"
	"tickbook/widgets/figure"
)

func ExampleFigure_PlotXY() {
	open := time.Date(2026, 1, 23, 14, 30, 0, 0, time.UTC)
	bars := engine.NewTable(
		engine.Col("TimeBin", []time.Time{open, open.Add(time.Minute), open.Add(2 * time.Minute)}),
		engine.Col("VWAP", []float64{187.25, 187.31, 187.18}),
		engine.Col("Close", []float64{187.3, 187.2, 0}, []bool{true, true, false}),
	)
	f := figure.New().
		Title("AAPL").
		PlotXY("VWAP", bars, "TimeBin", "VWAP").
		PlotXY("Close", bars, "TimeBin", "Close", figure.Scatter)
	// A cell that ends in f shows it as SVG or PNG. This is what it says where neither can be shown.
	fmt.Println(f.Render()[display.Text])
	// Output:
	// AAPL
	// TimeBin (UTC) from 2026-01-23 14:30:00 to 2026-01-23 14:32:00
	// VWAP             3 points  187.18 to 187.31, last 187.18 at 2026-01-23 14:32:00
	// Close  2 points of 3 rows  187.2 to 187.3, last 187.2 at 2026-01-23 14:31:00
}
