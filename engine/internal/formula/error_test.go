package formula

import (
	"errors"
	"strings"
	"testing"

	"tickbook/engine/internal/chunk"
	"tickbook/internal/edits"
)

func TestErrors(t *testing.T) {
	tab := (&frame{}).
		with(t, "Qty", chunk.Int32).with(t, "Price", chunk.Float64).with(t, "Sym", chunk.String).with(t, "Time", chunk.Instant).
		with(t, "Flag", chunk.Bool).with(t, "AskSize", chunk.Int32).with(t, "größe", chunk.Int64).with(t, "When", chunk.Int64)
	tab.let = map[string]any{
		"f1": func(float64) float64 { return 0 }, "fs": func(string) string { return "" }, "none": func() {}, "many": func(...int) int { return 0 },
		"opaque": struct{}{}, "mixed": func([]float64, int) []float64 { return nil }, "ch": func(chan int) int { return 0 },
		"u": uint64(1 << 63), "back": func(int) []byte { return nil }, "nilf": (func(int) int)(nil), "i32": func(int32) int32 { return 0 },
	}
	f := func(text string, pos int, msg, suggest string) {
		t.Helper()
		_, err := tab.compile(text)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v, want %s", text, err, msg)
			return
		}
		if e.Pos != pos || e.Msg != msg || e.Suggest != suggest || e.Formula != text {
			t.Errorf("%s:\ngot  %d %s [%s]\nwant %d %s [%s]", text, e.Pos, e.Msg, e.Suggest, pos, msg, suggest)
		}
	}
	f("Price * Qyt", 8, `no column "Qyt"; did you mean "Qty"?`, "Qty")
	f("größe + price", 10, `no column "price"; did you mean "Price"?`, "Price")
	f("AskSzie", 0, `no column "AskSzie"; did you mean "AskSize"?`, "AskSize")
	f("lowerBin(Time, MINUT)", 15, `no column "MINUT"; did you mean "MINUTE"?`, "MINUTE")
	f("Elsewhere", 0, `no column "Elsewhere"; have "Qty", "Price", "Sym", "Time", "Flag", "AskSize", "größe", "When"`, "")
	f("Sym = AAPL", 6, "no column \"AAPL\"; strings are in backticks; did you mean \"`AAPL`\"?", "`AAPL`")
	f("AAPL != Sym", 0, "no column \"AAPL\"; strings are in backticks; did you mean \"`AAPL`\"?", "`AAPL`")
	f("Sym = Sim", 6, `no column "Sim"; did you mean "Sym"?`, "Sym")
	f("Qty = AAPL", 6, `no column "AAPL"; have "Qty", "Price", "Sym", "Time", "Flag", "AskSize", "größe", "When"`, "")
	f("lowrBin(Time, MINUTE)", 0, `no function "lowrBin"; did you mean "lowerBin"?`, "lowerBin")
	f("Sym.startwith(`A`)", 4, `no function "startwith"; did you mean "startsWith"?`, "startsWith")
	f("frobnicate(1)", 0, `no function "frobnicate"`, "")
	f("abs + 1", 0, "abs is a function; write abs(…)", "")
	f("i + 1", 0, "the row number i is not available: it would change as rows come and go", "")
	f("Price * Sym", 6, `no operator * for float64 and string; did you mean "Price * parseDouble(Sym)"?`, "Price * parseDouble(Sym)")
	f("Time * 2", 5, "no operator * for instant and int64", "")
	f("Flag + 1", 5, "no operator + for bool and int64", "")
	f("-Sym", 0, "no operator - for string", "")
	f("Sym == 5", 4, "cannot compare string with int64; did you mean \"`5`\"?", "`5`")
	f("Time > `2026-01-23`", 5, `cannot compare instant with string; did you mean "'2026-01-23'"?`, "'2026-01-23'")
	f("Time > 5", 5, `cannot compare instant with int64; did you mean "epochMillis(Time)"?`, "epochMillis(Time)")
	f("Flag < true", 5, "cannot compare bool with bool", "")
	f("Qty == null", 4, `comparison with null is never true; did you mean "isNull(Qty)"?`, "isNull(Qty)")
	f("null != Qty", 5, `comparison with null is never true; did you mean "!isNull(Qty)"?`, "!isNull(Qty)")
	f("Qty && Flag", 0, `&& needs a bool; Qty is int32; did you mean "Qty != 0"?`, "Qty != 0")
	f("!Time", 1, "! needs a bool; Time is instant", "")
	f("Flag ? Sym : 1", 5, "?: mixes string and int64", "")
	f("Sym ? 1 : 2", 0, "?: needs a bool; Sym is string; did you mean \"Sym != ``\"?", "Sym != ``")
	f("null", 0, "null has no type here; write one: (double)null", "")
	f("null + null", 5, "null + null has no type; write one: (double)null", "")
	f("-null", 1, "null has no type here; write one: (double)null", "")
	f("lowerBin(Time)", 0, "lowerBin takes 2 to 3 arguments; got 1 argument: write lowerBin(time, width[, offset])", "")
	f("abs()", 0, "abs takes 1 argument; got 0 arguments: write abs(x)", "")
	f("max(1)", 0, "max takes 2 or more arguments; got 1 argument: write max(x, y, …)", "")
	f("lowerBin(Sym, MINUTE)", 9, "lowerBin: Sym is string; want an instant; make one of a number: millisToTime(Sym)", "")
	f("lowerBin(Time, Price)", 15, "lowerBin: Price is float64; want a duration such as MINUTE or 'PT5M'", "")
	f("lowerBin(Time, 0)", 15, "lowerBin: width is 0; want more than 0", "")
	f("millisToTime(Time)", 0, `millisToTime: Time is an instant already; did you mean "Time"?`, "Time")
	f("millisToTime(Price)", 13, "millisToTime: Price is float64; want an integer", "")
	f("sqrt(Sym)", 5, "sqrt: Sym is string; want a number", "")
	f("Qty.length()", 0, "length: Qty is int32; want a string", "")
	f("hourOfDay(When)", 10, "hourOfDay: When is int64; want an instant", "")
	f("hourOfDay(Time, `Mars`)", 16, "no time zone \"Mars\"; write a name such as `America/New_York` or an alias such as `ET`", "")
	f("hourOfDay(Time, Sym)", 16, "hourOfDay: Sym must be a constant", "")
	f("Sym.matches(`(`)", 12, "matches: error parsing regexp: missing closing ): `(`", "")
	f("Sym.substring(2, 1)", 4, "substring: from 2 to 1; want 0 <= first <= end", "")
	f("(bool)Time", 1, "cannot cast instant to bool", "")
	f("(instant)When", 1, `an int64 has no unit to make an instant of; did you mean "epochMillisToInstant(When)"?`, "epochMillisToInstant(When)")
	f("Sym in ()", 4, "the list after in is empty", "")
	f("Sym in (`A`, 1)", 13, "cannot compare string with int64; did you mean \"`1`\"?", "`1`")
	f("Qty icase in (1)", 4, "icase compares strings; Qty is int32", "")
	f("Qty includes any (`1`)", 4, "includes looks into strings; Qty is int32", "")
	f("Sym includes any (Sym)", 18, "includes takes constant strings; Sym is not one", "")
	f("'AAPL'", 0, "'AAPL' is not an instant, as '2026-01-23T15:21:48 ET', nor a duration, as 'PT5M'; strings are in backticks; did you mean \"`AAPL`\"?", "`AAPL`")
	f("f1(Sym)", 3, "f1 takes float64 as argument 1; Sym is string", "")
	f("i32(When)", 4, "i32 takes int32 as argument 1; When is int64", "")
	f("f1()", 0, "f1 takes 1 argument; got 0 arguments: it is a func(float64) float64", "")
	f("f1", 0, "f1 is a function; write f1(…)", "")
	f("opaque", 0, "the value opaque is a struct {}, which formulas cannot use", "")
	f("opaque()", 0, "opaque is a struct {}, not a function", "")
	f("none()", 0, "the function none is a func(); formulas call functions of fixed arguments with one result, or one and an error", "")
	f("many(1)", 0, "the function many is a func(...int) int; formulas call functions of fixed arguments with one result, or one and an error", "")
	f("mixed(Price, 1)", 0, "the function mixed is a func([]float64, int) []float64; with a slice as its result, all arguments are slices", "")
	f("ch(1)", 0, "argument 1 of the function ch is a chan int, which no column holds", "")
	f("nilf(1)", 0, "the function nilf is nil", "")
	f("u", 0, "the value u is 9223372036854775808; integers reach to 9223372036854775807", "")
}

func TestErrorOfAssignment(t *testing.T) {
	const text = "Gross = Price * Qyt"
	_, e, err := ParseAssign(text)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Compile(e, (&frame{}).with(t, "Price", chunk.Float64).with(t, "Qty", chunk.Int32).env())
	var bad *Error
	if !errors.As(err, &bad) || bad.Offset() != 16 || bad.Source() != text || bad.Suggestion() != "Qty" || !strings.HasPrefix(bad.Error(), "no column") {
		t.Errorf("error %+v", bad)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"Price", "Size", "Sym", "AskPrice"}
	f := func(x, want string) {
		t.Helper()
		if got := edits.Nearest(x, names); got != want {
			t.Errorf("edits.Nearest(%q) = %q, want %q", x, got, want)
		}
	}
	f("price", "Price")
	f("Pricw", "Price")
	f("Szie", "Size")
	f("AskPrce", "AskPrice")
	f("X", "")
	f("Volume", "")
	f("", "")
}
