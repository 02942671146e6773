package formula

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tickbook/engine/internal/chunk"
)

func TestGoFunctions(t *testing.T) {
	tab := sample(t)
	type money float64
	var sizes []int
	tab.let = map[string]any{
		"ff": func(x float64) float64 { return x + 1 }, "fb": func(x float64) bool { return x > 2 }, "fs": func(x float64) string { return fmt.Sprint(x) },
		"ii": func(x int) int { return x + 1 }, "ll": func(x int64) int64 { return x + 1 }, "lf": func(x int64) float64 { return float64(x) / 2 },
		"ss": strings.ToLower, "sf": func(x string) float64 { return float64(len(x)) }, "si": func(x string) int { return len(x) },
		"sb": func(x string) bool { return x == "" }, "tt": func(x time.Time) time.Time { return x.Add(time.Hour) },
		"fff": func(x, y float64) float64 { return x - y }, "ffb": func(x, y float64) bool { return x < y },
		"fif": func(x float64, y int) float64 { return x * float64(y) }, "sff": func(x string, y float64) float64 { return y + float64(len(x)) },
		"vff": func(x []float64) []float64 { sizes = append(sizes, len(x)); x[0]++; return x },
		"vfb": func(x []float64) []bool {
			out := make([]bool, len(x))
			for i := range x {
				out[i] = x[i] > 0
			}
			return out
		},
		"vii": func(x []int) []int { return x }, "vll": func(x []int64) []int64 { return x }, "vss": func(x []string) []string { return x },
		"vfff": func(x, y []float64) []float64 {
			for i := range x {
				x[i] += y[i]
			}
			return x
		},
		// The rest go by reflection.
		"i32": func(x int32) int32 { return x * 2 }, "f32": func(x float32, y int8) float32 { return x * float32(y) },
		"mon": func(x money) money { return x * 2 }, "dur": func(x time.Duration) time.Duration { return -x }, "not": func(x bool) bool { return !x },
		"age":  func(a, b time.Time) time.Duration { return b.Sub(a) },
		"far":  func(x int64) time.Time { return time.Date(1900+int(x)*100000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"join": func(a, b, c string) string { return a + b + c }, "u8": func(x int) uint8 { return uint8(x) },
		"vs2": func(x []string, y []bool) []string { return x }, "vd": func(x []time.Duration) []time.Duration { return x },
		"try": func(x int) (int, error) { return x, nil }, "tick": func() float64 { return 3 },
	}
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
	f("ff(I)", 8.0, -6.0, nil)
	f("fb(ND)", false, false, true)
	f("fs(NL)", "2", "3", "4")
	f("ii(I)", 8, -6, nil)
	f("ll(I8)", 6, -127, nil)
	f("lf(NL)", 1.0, 1.5, 2.0)
	f("ss(S)", "aapl", "", nil)
	f("sf(S) + si(S)", 8.0, 0.0, nil)
	f("sb(S)", false, true, nil)
	f("tt(NT) - NT", time.Hour, time.Hour, time.Hour)
	f("fff(NL, I)", -5.0, 10.0, nil)
	f("ffb(I, 0)", false, true, nil)
	f("fif(ND, NL)", 3.0, -7.5, 16.0)
	f("sff(S, 1)", 5.0, 1.0, nil)
	f("vfb(I)", true, false, nil)
	f("vii(I)", 7, -7, nil)
	f("vll(L)", tab.eval(t, "L")...)
	f("vss(S)", "AAPL", "", nil)
	f("vfff(I, ND)", 8.5, -9.5, nil)
	f("i32(I)", 14, -14, nil)
	f("f32(F, 3)", 1.5, -3.0, nil)
	f("mon(ND)", 3.0, -5.0, 8.0)
	f("dur(P)", -90*time.Second, time.Minute, nil)
	f("not(B)", false, true, nil)
	f("age(NT, T)", 21*time.Minute+48*time.Second+123456789, -500*time.Millisecond, nil)
	f("far(NL)", nil, nil, nil)
	f("join(S, `-`, S2)", "AAPL-AAPL", "-B", nil)
	f("u8(NL)", 2, 3, 4)
	f("vs2(S2, B)", "AAPL", "B", nil)
	f("vd(P)", 90*time.Second, -time.Minute, nil)
	f("try(I)", 7, -7, nil)
	f("tick()", 3.0, 3.0, 3.0)

	// The column's own memory stays as it is, whatever a function does with its slice.
	c, err := tab.compile("vff(ND)")
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, c.Bind(tab.inputs(c)), 3, 2, false); !sameRows(got, []any{2.5, -2.5, 5.0}) || fmt.Sprint(sizes) != "[2 1]" {
		t.Errorf("vff: %v, batches %v", got, sizes)
	}
	f("ND", 1.5, -2.5, 4.0)
}

// TestGuard: a function sees only rows that need it.
func TestGuard(t *testing.T) {
	var seen []int
	tab := sample(t)
	tab.let = map[string]any{"positive": func(x int) bool {
		if x < 0 {
			panic("negative")
		}
		seen = append(seen, x)
		return x > 2
	}}
	f := func(text string, want ...any) {
		t.Helper()
		if got := tab.eval(t, text); !sameRows(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	f("I >= 0 && positive(I)", true, false, nil)
	f("I < 0 || positive(I)", true, true, nil)
	f("I < 0 ? false : positive(I)", true, false, nil)
	f("I > 0 ? positive(I) : null", true, nil, nil)
	f("ifNull(B, positive(NL))", true, false, true)
	for _, x := range seen {
		if x != 7 && x != 4 {
			t.Errorf("the function saw %d", x)
		}
	}
}

func TestFuncError(t *testing.T) {
	tab := sample(t)
	bad := errors.New("no price")
	tab.let = map[string]any{
		"boom": func(x float64) float64 { panic("boom") }, "slow": func(x int16) int16 { panic(bad) },
		"fails": func(x int) (int, error) { return 0, bad }, "short": func(x []float64) []float64 { return x[:1] },
		"vshort": func(x []int8) []int8 { return nil },
	}
	f := func(text, want string, cause error) {
		t.Helper()
		c, err := tab.compile(text)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			t.Helper()
			fe, ok := recover().(*FuncError)
			if !ok || fe.Error() != want || cause != nil && !errors.Is(fe, cause) {
				t.Errorf("%s: %v, want %s", text, fe, want)
			}
		}()
		read(t, c.Bind(tab.inputs(c)), 3, chunk.MaxBatch, false)
	}
	f("boom(ND)", "function boom panicked: boom", nil)
	f("1 + boom(ND)", "function boom panicked: boom", nil)
	f("slow(I16)", "function slow panicked: no price", bad)
	f("fails(NL)", "function fails: no price", bad)
	f("short(ND)", "function short: it returned 1 values for 3 rows", nil)
	f("vshort(I8)", "function vshort: it returned 0 values for 3 rows", nil)
}
