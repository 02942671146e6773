package interp

import (
	"errors"
	"strings"
	"testing"

	"tickbook/display"
)

// TestSuggestions runs cells with an unknown name; the line with the caret says what to type.
func TestSuggestions(t *testing.T) {
	nb := newNotebook(t)
	nb.want("type book struct{ Bids, Asks int; depth int }\nfunc (book) Spread() int { return 1 }\ntrades := 1\nb := book{}", "")
	for _, c := range []struct{ code, want string }{
		{"trade + 1", "^ did you mean trades?"},
		{"Trades + 1", "^ did you mean trades?"},
		{"b.Spraed()", "^ did you mean Spread?"},
		{"b.dept", "^ did you mean depth?"},
		{"b.Bid", "^ did you mean Bids?"},
		{"fmt.Printn(1)", "^ did you mean Println?"},
		{"strngs.ToUpper(`a`)", "^ did you mean strings?"},
		{"func f(size int) int { return sze }", "^ did you mean size?"},
		{"for quantity := range 3 { _ = quantty }", "^ did you mean quantity?"},
		{"quotes + 1", "^ no cell that has run declares quotes"},
		{"engine.Zebra()", "^"},
		{"b.spread()", "^"}, // the message has it: "but does have method Spread"
		{"b + `x`", "^"},
	} {
		_, err := nb.do(c.code)
		var ce *display.CellError
		if !errors.As(err, &ce) {
			t.Errorf("%q: got error %v; want a failure of the cell", c.code, err)
			continue
		}
		if last := strings.TrimSpace(ce.Traceback[len(ce.Traceback)-1]); last != c.want {
			t.Errorf("%q: got\n%s\nwant the last line %q", c.code, strings.Join(ce.Traceback, "\n"), c.want)
		}
	}
}
