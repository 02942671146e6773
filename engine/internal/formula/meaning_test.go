package formula

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"tickbook/engine/internal/chunk"
)

// sample is a table of three rows: ordinary, negative or odd, null. N-columns have no null.
func sample(t testing.TB) *frame {
	f := &frame{}
	f.with(t, "B", chunk.Bool, true, false, nil)
	f.with(t, "C", chunk.Bool, nil, true, nil)
	f.with(t, "I8", chunk.Int8, int8(5), int8(-128), nil)
	f.with(t, "I16", chunk.Int16, int16(300), int16(-2), nil)
	f.with(t, "I", chunk.Int32, int32(7), int32(-7), nil)
	f.with(t, "L", chunk.Int64, int64(math.MaxInt64), int64(0), nil)
	f.with(t, "NL", chunk.Int64, int64(2), int64(3), int64(4))
	f.with(t, "F", chunk.Float32, float32(0.5), float32(-1), nil)
	f.with(t, "D", chunk.Float64, 2.5, math.NaN(), nil)
	f.with(t, "ND", chunk.Float64, 1.5, -2.5, 4.0)
	dict := chunk.NewDict()
	f.add("S", column(t, chunk.String, dict, "AAPL", "", nil), 3)
	f.add("S2", column(t, chunk.String, dict, "AAPL", "B", "C"), 3)
	f.with(t, "Other", chunk.String, "AAPL", "Zoë", "C")
	f.with(t, "Num", chunk.String, " 12 ", "x", nil)
	f.with(t, "T", chunk.Instant, at("2026-01-23T15:21:48.123456789Z"), at("1969-12-31T23:59:59.5Z"), nil)
	f.with(t, "NT", chunk.Instant, at("2026-01-23T15:00:00Z"), at("1970-01-01T00:00:00Z"), at("2026-07-01T04:30:00Z"))
	f.with(t, "P", chunk.Duration, 90*time.Second, -time.Minute, nil)
	f.let = map[string]any{
		"limit": 2, "rate": float32(0.5), "who": "AAPL", "on": true, "since": at("2026-01-01T00:00:00Z"), "lag": 5 * time.Second,
		"names": []string{"AAPL", "MSFT"}, "numbers": []int{4, 2, 1 << 40}, "nothing": []string{},
		"twice": func(x float64) float64 { return 2 * x }, "shout": func(s string) string { return s + "!" },
	}
	return f
}

func TestMeaning(t *testing.T) {
	tab := sample(t)
	f := func(text string, want ...any) {
		t.Helper()
		for i, w := range want {
			if n, ok := w.(int); ok {
				want[i] = int64(n)
			}
		}
		if got := tab.eval(t, text); !sameRows(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	nan := math.NaN()

	// Arithmetic.
	f("I + 1", 8, -6, nil)
	f("I8 - I16", -295, -126, nil)
	f("L + 1", math.MinInt64, 1, nil)
	f("I * I", 49, 49, nil)
	f("I / 2", 3.5, -3.5, nil)
	f("NL / 0", inf, inf, inf)
	f("I % 4", 3, -3, nil)
	f("NL % 0", nil, nil, nil)
	f("ND % 2", 1.5, -0.5, 0.0)
	f("I * F", 3.5, 7.0, nil)
	f("D + 1", 3.5, nan, nil)
	f("-I8", -5, 128, nil)
	f("-P", -90*time.Second, time.Minute, nil)
	f("1 + 2*3 - 4/8", 6.5, 6.5, 6.5)
	f("NL + null", nil, nil, nil)
	f("NL * limit + rate", 4.5, 6.5, 8.5)

	// Comparison.
	f("I > 0", true, false, nil)
	f("0 < I", true, false, nil)
	f("I8 < 1000", true, true, nil)
	f("I8 != 5", false, true, nil)
	f("L == 9223372036854775807", true, false, nil)
	f("D == D", true, false, nil)
	f("D != D", false, true, nil)
	f("D >= 2.5", true, false, nil)
	f("F = 0.5", true, false, nil)
	f("F < ND", true, false, nil)
	f("NL <= ND", false, false, true)
	f("B == C", nil, false, nil)
	f("B != true", false, true, nil)
	f("S == S2", true, false, nil)
	f("S2 == Other", true, false, true)
	f("S2 != Other", false, true, false)
	f("S = who", true, false, nil)
	f("`AAPL` == S", true, false, nil)
	f("S != `absent`", true, true, nil)
	f("S = `absent`", false, false, nil)
	f("S < `AAPM`", true, true, nil)
	f("S2 < Other", false, true, false)
	f("S2 >= Other", true, false, true)
	f("S > S2", false, false, nil)
	f("T > NT", true, false, nil)
	f("T < '2026-01-23T15:21:49Z'", true, true, nil)
	f("T > since", true, false, nil)
	f("P > MINUTE", true, false, nil)
	f("P > 0", true, false, nil)

	// Logic in three values.
	f("B", true, false, nil)
	f("B && C", nil, false, nil)
	f("B || C", true, true, nil)
	f("!B", false, true, nil)
	f("B && true", true, false, nil)
	f("B || on", true, true, true)
	f("false && C", false, false, false)
	f("null && B", nil, false, nil)
	f("I > 0 && NL < 3 && S = `AAPL`", true, false, false)
	f("B ? I : L", 7, 0, nil)
	f("B ? I : 0", 7, 0, nil)
	f("I > 0 ? 1.5 : NL", 1.5, 3.0, nil)
	f("B ? S : Other", "AAPL", "Zoë", nil)
	f("B ? S : `none`", "AAPL", "none", nil)
	f("NL > 2 ? `big` : `small`", "small", "big", "big")
	f("B ? null : NL", nil, 3, nil)
	f("NL > 2 ? null : T", at("2026-01-23T15:21:48.123456789Z"), nil, nil)

	// in.
	f("S in `AAPL`, `x`", true, false, nil)
	f("S not in (`AAPL`)", false, true, nil)
	f("S icase in (`aapl`, `b`)", true, false, nil)
	f("S in `x`, null", nil, nil, nil)
	f("S in `AAPL`, null", true, nil, nil)
	f("I in 1, 7, 9", true, false, nil)
	f("I in (7.0, -7.5, NL)", true, false, nil)
	f("NL in (4, 2, 100, 5)", true, false, true)
	f("S2 in (Other, `B`)", true, true, true)
	f("Other includes any `o`, `PL`", true, true, false)
	f("Other icase includes all (`a`, `p`)", true, false, false)
	f("T in (NT, '1969-12-31T23:59:59.5Z')", false, true, nil)

	f("S in names", true, false, nil)
	f("S not in names", false, true, nil)
	f("S in names, ``", true, true, nil)
	f("NL in numbers", true, false, true)
	f("ND in numbers", false, false, true)
	f("I in nothing", false, false, nil)
	f("P in ('PT90S', MINUTE)", true, false, nil)
	f("NL in (2.5, 3, null)", nil, true, nil)
	f("B in (true, true)", true, false, nil)
	f("S icase in `aapl`", true, false, nil)
	f("S in `AAPL`", true, false, nil)

	// Nulls.
	f("isNull(I)", false, false, true)
	f("!isNull(S)", true, true, false)
	f("isNull(NL)", false, false, false)
	f("ifNull(I, 0)", 7, -7, 0)
	f("ifNull(S, `none`)", "AAPL", "", "none")
	f("ifNull(C, B, false)", true, true, false)
	f("ifNull(S, Other)", "AAPL", "", "C")
	f("isNaN(D)", false, true, nil)
	f("isInf(1/0.0)", true, true, true)
	f("isFinite(D)", true, false, nil)

	// Casts.
	f("(int)D", 2, nil, nil)
	f("(byte)I16", nil, -2, nil)
	f("(byte)300", nil, nil, nil)
	f("(long)1e30", nil, nil, nil)
	f("(long)9223372036854775807.0", nil, nil, nil)
	f("(double)I", 7.0, -7.0, nil)
	f("(float)NL", 2.0, 3.0, 4.0)
	f("(string)I", "7", "-7", nil)
	f("(int)Num", 12, nil, nil)
	f("(double)`1e3`", 1000.0, 1000.0, 1000.0)
	f("(long)P", 90_000_000_000, -60_000_000_000, nil)
	f("(duration)NL", 2*time.Nanosecond, 3*time.Nanosecond, 4*time.Nanosecond)
	f("(instant)`2026-01-23`", at("2026-01-23T00:00:00Z"), at("2026-01-23T00:00:00Z"), at("2026-01-23T00:00:00Z"))
	f("(string)null", nil, nil, nil)

	// Strings.
	f("S.startsWith(`AA`)", true, false, nil)
	f("endsWith(S, `PL`)", true, false, nil)
	f("Other.contains(`o`)", false, true, false)
	f("Other.contains(S2)", true, false, true)
	f("S.length()", 4, 0, nil)
	f("Other.length()", 4, 3, 1)
	f("S.toLowerCase()", "aapl", "", nil)
	f("Other.toUpperCase()", "AAPL", "ZOË", "C")
	f("Num.trim()", "12", "x", nil)
	f("Other.substring(1)", "APL", "oë", "")
	f("Other.substring(0, 2)", "AA", "Zo", "C")
	f("Other.indexOf(`ë`)", -1, 2, -1)
	f("S.matches(`A+PL`)", true, false, nil)
	f("S.matches(`A`)", false, false, nil)
	f("S.replace(`A`, `b`)", "bbPL", "", nil)
	f("S.replaceAll(`A+`, `b`)", "bPL", "", nil)
	f("S + `-` + NL", "AAPL-2", "-3", nil)
	f("concat(S2, 1.5, true, P)", "AAPL1.5true1m30s", "B1.5true-1m0s", nil)
	f("parseInt(Num)", 12, nil, nil)
	f("parseDouble(Num) + 1", 13.0, nil, nil)
	f("(S + `x`).length()", 5, 1, nil)
	f("S.isEmpty()", false, true, nil)

	// Maths.
	f("abs(I)", 7, 7, nil)
	f("abs(ND)", 1.5, 2.5, 4.0)
	f("max(I, 0)", 7, 0, nil)
	f("min(NL, ND, 3)", 1.5, -2.5, 3.0)
	f("min(T, NT)", at("2026-01-23T15:00:00Z"), at("1969-12-31T23:59:59.5Z"), nil)
	f("clamp(NL, 3, 3)", 3, 3, 3)
	f("round(ND)", 2, -3, 4)
	f("round(1.2345, 2)", 1.23, 1.23, 1.23)
	f("floor(ND)", 1.0, -3.0, 4.0)
	f("ceil(ND)", 2.0, -2.0, 4.0)
	f("sqrt(NL + 2)", 2.0, math.Sqrt(5), math.Sqrt(6))
	f("pow(NL, 2)", 4.0, 9.0, 16.0)
	f("sign(I)", 1, -1, nil)
	f("twice(I) + 1", 15.0, -13.0, nil)
	f("shout(S)", "AAPL!", "!", nil)
}

func TestImpure(t *testing.T) {
	tab := sample(t)
	f := func(text string, want bool) {
		t.Helper()
		c, err := tab.compile(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if c.Impure != want {
			t.Errorf("%s: impure is %v, want %v", text, c.Impure, want)
		}
		tab.eval(t, text)
	}
	f("now()", true)
	f("now() - T", true)
	f("T > now() - HOUR", true)
	f("isNull(random() + 1)", true)
	f("randomInt(1, 7)", true)
	f("randomBool()", true)
	f("randomGaussian(0, 1)", true)
	f("twice(1)", false)
	f("1 + 1", false)
}

// TestResultKinds holds the kinds that formulas give.
func TestResultKinds(t *testing.T) {
	tab := sample(t)
	f := func(text string, want chunk.Kind) {
		t.Helper()
		c, err := tab.compile(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if c.Kind != want {
			t.Errorf("%s: %v, want %v", text, c.Kind, want)
		}
	}
	f("I8 + I8", chunk.Int64)
	f("I8 / I8", chunk.Float64)
	f("F * F", chunk.Float64)
	f("I % 2", chunk.Int64)
	f("1", chunk.Int64)
	f("1.0", chunk.Float64)
	f("B ? I : 0", chunk.Int32)
	f("B ? I8 : 1000", chunk.Int64)
	f("B ? I8 : I16", chunk.Int16)
	f("B ? I : 0.5", chunk.Float64)
	f("B ? F : 1", chunk.Float32)
	f("B ? null : F", chunk.Float32)
	f("ifNull(I16, 0)", chunk.Int16)
	f("max(I, 3)", chunk.Int32)
	f("min(F, I8)", chunk.Float32)
	f("(float)D", chunk.Float32)
	f("I + null", chunk.Int64)
	f("T - T", chunk.Duration)
	f("T + MINUTE", chunk.Instant)
	f("T + null", chunk.Instant)
	f("MINUTE / SECOND", chunk.Float64)
	f("lowerBin(I, 3)", chunk.Int64)
	f("hourOfDay(T)", chunk.Int32)
	f("nanosOfDay(T)", chunk.Int64)
	f("S.length()", chunk.Int32)
	f("twice(I)", chunk.Float64)
	f("round(D)", chunk.Int64)
	f("sign(D)", chunk.Int32)
}

// TestDeep evaluates formulas as high and as wide as the parser lets through.
func TestDeep(t *testing.T) {
	tab := sample(t)
	f := func(text string, want ...any) {
		t.Helper()
		if got := tab.eval(t, text); !sameRows(got, want) {
			t.Errorf("%.40s…: %v, want %v", text, got, want)
		}
	}
	f("NL"+strings.Repeat("+NL", maxDepth), int64(2*(maxDepth+1)), int64(3*(maxDepth+1)), int64(4*(maxDepth+1)))
	f(strings.Repeat("-", maxDepth-2)+"NL", int64(2), int64(3), int64(4))
	f("I in 7"+strings.Repeat(", 8.5", 10_000), true, false, nil)
	f("S in `AAPL`"+strings.Repeat(", `x`", 10_000), true, false, nil)
	if _, err := tab.compile("I in 7" + strings.Repeat(", NL", 500)); err == nil {
		t.Error("a list of 500 columns compiles")
	}
}

func TestLets(t *testing.T) {
	tab := sample(t)
	c, err := tab.compile("twice(NL) * limit + limit > 3 && S in names")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(slices.Compact(tab.used), " "); got != "twice limit names" {
		t.Errorf("uses %s", got)
	}
	if got := strings.Join(c.Inputs, " "); got != "NL S" {
		t.Errorf("reads %s", got)
	}
}
