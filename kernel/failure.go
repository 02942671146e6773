package kernel

import (
	"errors"
	"fmt"
	"strings"

	"tickbook/display"
)

// failure is err as a cell's failure and the lines to show for it: the interpreter's own, then, where the cause has a place in a text, that
// text with a caret under the place.
func failure(err error) (*display.CellError, []string) {
	ce := (*display.CellError)(nil)
	if !errors.As(err, &ce) {
		ce = &display.CellError{Name: "Error", Message: err.Error(), Cause: err}
	}
	lines := append([]string(nil), ce.Traceback...)
	if len(lines) == 0 {
		lines = append(lines, "\x1b[31m"+ce.Name+"\x1b[0m: "+ce.Message)
	}
	if pe, ok := positioned(ce.Cause); ok {
		if place := caret(pe); place != "" && !strings.Contains(ce.Message, place) {
			lines = append(lines, place)
		}
	}
	return ce, lines
}

// positioned finds the innermost error with a place: the nearest to the mistake.
func positioned(err error) (found display.PositionedError, ok bool) {
	for err != nil {
		pe := display.PositionedError(nil)
		if !errors.As(err, &pe) {
			break
		}
		if pe.Offset() >= 0 || found == nil {
			found = pe
		}
		err = errors.Unwrap(pe)
	}
	return found, found != nil
}

// caret shows where pe is:
//
//	Px * Qyt
//	     ^ no column "Qyt"; did you mean "Qty"?
func caret(pe display.PositionedError) string {
	source, offset := pe.Source(), pe.Offset()
	if offset < 0 || offset > len(source) || source == "" {
		return suggestion(pe)
	}
	start := strings.LastIndexByte(source[:offset], '\n') + 1
	end := len(source)
	if i := strings.IndexByte(source[offset:], '\n'); i >= 0 {
		end = offset + i
	}
	indent := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, source[start:offset])
	return fmt.Sprintf("%s\n%s\x1b[31m^\x1b[0m %s", source[start:end], indent, suggestion(pe))
}

// suggestion is what is wrong and what to type instead.
func suggestion(pe display.PositionedError) string {
	msg := pe.Error()
	if s := pe.Suggestion(); s != "" && !strings.Contains(msg, "did you mean") {
		return fmt.Sprintf("%s; did you mean %q?", msg, s)
	}
	return msg
}
