package formula

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// attempt compiles and, if that gives no error, evaluates a formula; a panic fails the test with its text.
func attempt(t *testing.T, tab *frame, text string) bool {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: panic: %v", text, r)
		}
	}()
	c, err := tab.compile(text)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) || e.Msg == "" || e.Pos < 0 || strings.Contains(e.Msg, "invalid") && !strings.Contains(e.Msg, "regexp") || e.Pos > len(text) {
			t.Errorf("%s: error %#v", text, err)
		}
		return false
	}
	col := c.Bind(tab.inputs(c))
	if got, again := read(t, col, tab.n, tab.n, false), read(t, col, tab.n, 2, true); !c.Impure && !sameRows(got, again) {
		t.Errorf("%s: %v at once, %v by keys", text, got, again)
	}
	return true
}

// TestKinds gives every operator and function operands of every kind, columns and constants: an answer or a clean error, never a panic.
func TestKinds(t *testing.T) {
	tab := sample(t)
	columns := []string{"B", "I8", "I16", "I", "L", "NL", "F", "D", "S", "S2", "Other", "T", "P"}
	operands := slices.Concat(columns, []string{"null", "true", "0", "-1", "2.5", "`AAPL`", "``", "'PT1S'", "'2026-01-23T00:00:00Z'", "(string)null", "now()"})
	answers := 0
	try := func(text string) {
		if attempt(t, tab, text) {
			answers++
		}
	}
	for _, x := range operands {
		for _, form := range []string{"-x", "!x", "x ? 1 : 2", "x in (x, 1)", "x includes any (`A`)"} {
			try(strings.ReplaceAll(form, "x", "("+x+")"))
		}
		for name := range castKinds {
			try("(" + name + ")(" + x + ")")
		}
		for _, y := range operands {
			for op := range precedence {
				try("(" + x + ")" + op + "(" + y + ")")
			}
			try("NL > 2 ? " + x + ":" + y)
			try(x + " in " + y + ", " + y)
		}
	}
	short := slices.Concat(columns, []string{"null", "1", "`ET`"})
	for name, f := range functions {
		if f.min == 0 {
			try(name + "()")
		}
		for _, x := range short {
			try(name + "(" + x + ")")
			if f.max < 2 {
				continue
			}
			for _, y := range short {
				try(name + "(" + x + "," + y + ")")
				if f.max < 3 {
					continue
				}
				for _, z := range []string{"null", "NL", "`x`"} {
					try(name + "(" + x + "," + y + "," + z + ")")
				}
			}
		}
	}
	t.Logf("%d answers", answers)
	if answers < 2000 {
		t.Errorf("%d answers: the operands no longer fit the functions", answers)
	}
}
