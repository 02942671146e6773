package kernel

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

type point struct {
	X, Y int
	name string
	next *point
}

type celsius float64

func (c celsius) String() string { return "warm" }

type bad struct{}

func (bad) Error() string { panic("bad") }

func TestFormat(t *testing.T) {
	f := func(v any, want string) {
		t.Helper()
		if got := formatValue(v); got != want {
			t.Errorf("formatValue(%T) = %q, want %q", v, got, want)
		}
	}
	f(nil, "<nil>")
	f(42, "42")
	f(1.5, "1.5")
	f(math.NaN(), "NaN")
	f(int8(-3), "-3")
	f(true, "true")
	f('x', "120")
	f("text", "text")
	f([]byte("text\n"), "text\n")
	f([]byte{0, 255}, "00 ff")
	f([]string{"a", "b"}, "[a b]")
	f(map[string]int{"b": 2, "a": 1}, "map[a:1 b:2]")
	f(map[any]int{"b": 2, 1: 1, nil: 0}, "map[<nil>:0 1:1 b:2]")
	f(point{1, 2, "p", nil}, "{X:1 Y:2 name:p next:<nil>}")
	f(&point{1, 2, "p", nil}, "&{X:1 Y:2 name:p next:<nil>}")
	f((*point)(nil), "<nil>")
	f(errors.New("no"), "no")
	f(celsius(20), "warm")
	f([]celsius{20}, "[warm]")
	f(3*time.Second, "3s")
	f(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), "2026-01-02 03:04:05 +0000 UTC")
	f([2]bool{true}, "[true false]")
	f(2i, "(0+2i)")
	f(bad{}, "%!v(PANIC=bad)")
	f(struct{ E error }{}, "{E:<nil>}")
	f(struct{ p any }{[]int{1}}, "{p:[1]}")
	f(strings.ToUpper, "func(string) string")
}

// TestFormatEnds: what is long or has no end is left out with a note.
func TestFormatEnds(t *testing.T) {
	cyclic := map[string]any{}
	cyclic["self"] = cyclic
	list := []any{nil}
	list[0] = list
	for _, v := range []any{cyclic, list, make([]float64, 10_000_000), strings.Repeat("é", 1<<20), make([]string, 5000), make([]byte, 1<<20)} {
		got := formatValue(v)
		if len(got) > formatLimit+1000 || !strings.Contains(got, "…") {
			t.Errorf("%T: %d bytes: %.100s", v, len(got), got)
		}
	}
}
