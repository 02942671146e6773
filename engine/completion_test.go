package engine

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCompleteText(t *testing.T) {
	trades := NewTable(Col("Sym", []string{"A"}), Col("Size", []int64{1}), Col("Time", []time.Time{{}}))
	Let("symbolOf", func(x []int64) []int64 { return x })
	f := func(method string, arg int, text string, want ...string) {
		t.Helper()
		pos := strings.IndexByte(text, '|')
		words, kinds, details := trades.CompleteText(method, arg, strings.Replace(text, "|", "", 1), pos)
		if len(kinds) != len(words) || len(details) != len(words) {
			t.Errorf("%d words, %d kinds, %d details", len(words), len(kinds), len(details))
		}
		for _, w := range want {
			absent := strings.HasPrefix(w, "!")
			if slices.Contains(words, strings.TrimPrefix(w, "!")) == absent {
				t.Errorf("%s(%q): got %q, want %q", method, text, words, w)
			}
		}
		if len(want) == 0 && len(words) > 0 {
			t.Errorf("%s(%q): got %q, want nothing", method, text, words)
		}
	}
	f("Where", 0, "sy|", "Sym", "symbolOf", "!Size")
	f("Where", 0, "Size > 1 && S|", "Sym", "Size", "SECOND", "!Time")
	f("View", 1, "Bin = lower|", "lowerBin", "!Sym")
	f("UpdateView", 0, "lowerBin(Time, MIN|", "MINUTE")
	f("Where", 0, "Sym = `S|`")
	f("Where", 0, "Sym = `A` && S|", "Sym")
	f("Where", 0, "Sym.starts|", "startsWith", "!Sym")
	f("Sort", 0, "S|", "Sym", "Size", "!SECOND", "!symbolOf")
	f("GroupBy", 0, "Sym, T|", "Time", "!timeBin")
	f("AsOfJoin", 1, "Sy|", "Sym")
	f("AsOfJoin", 2, "Sy|")
	f("AsOfJoin", -1, "Sy|", "Sym")
	if words, kinds, details := trades.GroupBy("Sym").CompleteText("Agg", 0, "V = Si", 6); len(words) != 1 || kinds[0] != "column" || details[0] != "int64" {
		t.Errorf("got %q %q %q", words, kinds, details)
	}
}

func TestOutline(t *testing.T) {
	trades := NewTable(Col("Sym", []string{"A"}), Col("Size", []int64{1}), Col("Price", []float64{2}))
	o := trades.Outline().(*Table)
	if o.Size() != 0 || !slices.Equal(o.Names(), trades.Names()) {
		t.Fatalf("outline of %d rows, columns %v", o.Size(), o.Names())
	}
	got := o.UpdateView("Gross = Price * Size").GroupBy("Sym").Outline().(*Grouped).Agg(Sum("V = Size"), Avg("Gross")).Sort("V").Names()
	if want := []string{"Sym", "V", "Gross"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := trades.Describe(); !strings.Contains(got, "static table of 1 rows and 3 columns\n  Sym    string\n  Size   int64\n  Price  float64\n\n#1 new table") {
		t.Errorf("got %s", got)
	}
}
