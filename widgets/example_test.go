package widgets_test

import (
	"fmt"

	"tickbook/display"
	"tickbook/engine"
	"tickbook/widgets"
)

func ExampleTable() {
	trades := engine.NewTable(
		engine.Col("Sym", []string{"AAPL", "IBM", "AAPL", "SPY"}),
		engine.Col("Size", []int32{100, 250, 10, 1}),
		engine.Col("Price", []float64{187.25, 301.5, 187.3, 690}),
	)
	// In a notebook a cell that ends in this line shows the last two trades.
	view := widgets.Table(trades, widgets.Last(2))
	fmt.Println(view.Render()[display.Text])
	// Output:
	// Sym      Size    Price
	// string  int32  float64
	// ──────  ─────  ───────
	// AAPL       10    187.3
	// SPY         1      690
	// static · last 2 of 4 rows
}

func ExampleRenderer() {
	r, ok := widgets.Renderer(engine.EmptyTable(2).UpdateView("N = 7"))
	fmt.Println(ok)
	fmt.Println(r.Render()[display.Text])
	// Output:
	// true
	//     N
	// int64
	// ─────
	//     7
	//     7
	// static · 2 rows
}
