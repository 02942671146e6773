package kernel

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tickbook/display"
)

// wrong is a PositionedError.
type wrong struct {
	source  string
	at      int
	suggest string
}

func (w wrong) Error() string      { return `no column "Qyt"` }
func (w wrong) Source() string     { return w.source }
func (w wrong) Offset() int        { return w.at }
func (w wrong) Suggestion() string { return w.suggest }

func TestCaret(t *testing.T) {
	f := func(w wrong, want string) {
		t.Helper()
		_, lines := failure(&display.CellError{Name: "QueryError", Message: "view: no column", Cause: fmt.Errorf("view: %w", w)})
		got := strings.NewReplacer("\x1b[31m", "", "\x1b[0m", "").Replace(strings.Join(lines, "\n"))
		if got != "QueryError: view: no column\n"+want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	f(wrong{"Px * Qyt", 5, "Qty"}, "Px * Qyt\n     ^ no column \"Qyt\"; did you mean \"Qty\"?")
	f(wrong{"é😀 * Qyt", 9, ""}, "é😀 * Qyt\n     ^ no column \"Qyt\"")
	f(wrong{"a\n\tPx * Qyt\nb", 8, ""}, "\tPx * Qyt\n\t     ^ no column \"Qyt\"")
	f(wrong{"Px", -1, ""}, "no column \"Qyt\"")
	if _, lines := failure(&display.CellError{Name: "QueryError", Message: `view: no column "Qyt"`, Cause: wrong{"Px", -1, ""}}); len(lines) != 1 {
		t.Errorf("without a place, a message that is told already comes again: %q", lines)
	}
	f(wrong{"Px", 2, ""}, "Px\n  ^ no column \"Qyt\"")
	if ce, lines := failure(errors.New("plain")); ce.Message != "plain" || len(lines) != 1 {
		t.Errorf("got %+v %q", ce, lines)
	}
}
