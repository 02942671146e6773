package formula

import (
	"testing"
	"time"

	"tickbook/engine/internal/chunk"
)

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t
}

// TestGuide holds the formulas of the guide notebook, verbatim.
func TestGuide(t *testing.T) {
	tab := (&frame{}).
		with(t, "AskTime", chunk.Int64, int64(1769181708123), nil, int64(-1)).
		with(t, "Time", chunk.Instant, at("2026-01-23T15:21:48.9Z"), at("1969-12-31T23:59:59Z"), nil).
		with(t, "Price", chunk.Float64, 1.5, 2.0, nil).
		with(t, "Size", chunk.Int32, int32(2), nil, int32(4)).
		with(t, "TotalGross", chunk.Float64, 10.0, 1.0, nil).
		with(t, "Volume", chunk.Int64, int64(4), int64(0), int64(1)).
		with(t, "Sym", chunk.String, "AAPL", "MSFT", nil)
	f := func(text, name string, kind chunk.Kind, want ...any) {
		t.Helper()
		got, e, err := ParseAssign(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if got != name {
			t.Errorf("%s: named %q, want %q", text, got, name)
		}
		c, err := Compile(e, tab.env())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if rows := read(t, c.Bind(tab.inputs(c)), tab.n, 2, false); c.Kind != kind || !sameRows(rows, want) {
			t.Errorf("%s: %v %v, want %v %v", text, c.Kind, rows, kind, want)
		}
	}
	f("AskTime = millisToTime(AskTime)", "AskTime", chunk.Instant, at("2026-01-23T15:21:48.123Z"), nil, at("1969-12-31T23:59:59.999Z"))
	f("TimeBin = lowerBin(Time, MINUTE)", "TimeBin", chunk.Instant, at("2026-01-23T15:21:00Z"), at("1969-12-31T23:59:00Z"), nil)
	f("GrossPrice = Price*Size", "GrossPrice", chunk.Float64, 3.0, nil, nil)
	f("VWAP = TotalGross/Volume", "VWAP", chunk.Float64, 2.5, inf, nil)
	f("Sym", "Sym", chunk.String, "AAPL", "MSFT", nil)
	for _, text := range []string{"Sym = `AAPL`", "Sym == `AAPL`", `Sym="AAPL"`} {
		if got, want := tab.eval(t, text), []any{true, false, nil}; !sameRows(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	c, err := tab.compile("Sym")
	if err != nil {
		t.Fatal(err)
	}
	if name, ok := c.Column(); name != "Sym" || !ok {
		t.Errorf("Sym is the column %q, %v", name, ok)
	}
}
