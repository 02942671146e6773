package display

import "iter"

// Keeper is a value that goes on with what names meant when it was made: a table whose formulas use functions of cells.
type Keeper interface {
	// Lets are the names that cells gave meanings and that the value uses, each with whether it means something else by now. Any goroutine may call it.
	Lets() iter.Seq2[string, bool]
}

// Shown yields what ticks under cells, by the names of the cells, as errors call them, in the order in which it was shown. Outside a notebook there is none.
func Shown() iter.Seq2[string, Live] {
	if p, ok := publisher().(interface {
		Shown() iter.Seq2[string, Live]
	}); ok {
		return p.Shown()
	}
	return func(func(string, Live) bool) {}
}
