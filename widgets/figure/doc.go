// Package figure draws live tables as figures for a notebook, on gonum/plot.
//
//	figure.New().
//		Title("AAPL").
//		PlotXY("VWAP", aapl, "TimeBin", "VWAP").
//		PlotXY("Price", trades, "Time", "Price", figure.Scatter)
//
// A [Figure] shows itself and follows its tables. Each time it is drawn, it reads one cycle's state of all of them (bind.go), reduces
// each series to what the pixels can show (reduce.go) and keeps the result as a frame (frame.go), which knows no table. draw.go draws
// a frame, numberticks.go and timeticks.go mark its axes, summary.go says it in words.
// For pages that show a figure by themselves, source.go draws any part of it at any size, zoom.go cuts lines to that part, nearest.go finds the
// values at a place.
package figure
