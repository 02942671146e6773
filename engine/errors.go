package engine

import (
	"errors"
	"fmt"
	"strings"

	"tickbook/internal/edits"
)

// QueryError is what a call with a mistake in its query text or arguments panics with. Where the fault is at a place in a text, it is one of the
// errors that a cell shows with the text and a caret under the place.
type QueryError struct {
	Op  string // the call: "where"
	Msg string // what is wrong, when Err is nil
	Err error  // the fault in a formula, else nil

	text    string // the text that Pos is in; "" when the fault has no place
	pos     int
	suggest string
}

func (e *QueryError) Error() string {
	msg := e.Msg
	if e.Err != nil {
		msg = e.Err.Error()
	}
	if e.suggest != "" {
		msg += fmt.Sprintf("; did you mean %q?", e.suggest)
	} else if p := e.positioned(); p != nil && p.Suggestion() != "" && !strings.Contains(msg, "did you mean") {
		msg += fmt.Sprintf("; did you mean %q?", p.Suggestion())
	}
	return e.Op + ": " + msg
}

// Unwrap returns the fault in a formula, if that is what it is.
func (e *QueryError) Unwrap() error { return e.Err }

// Source is the text with the fault, "" if the fault has no place in a text.
func (e *QueryError) Source() string {
	if p := e.positioned(); p != nil {
		return p.Source()
	}
	return e.text
}

// Offset is the place of the fault in Source, in bytes.
func (e *QueryError) Offset() int {
	if p := e.positioned(); p != nil {
		return p.Offset()
	}
	return e.pos
}

// Suggestion is what was probably meant, or "".
func (e *QueryError) Suggestion() string {
	if p := e.positioned(); p != nil {
		return p.Suggestion()
	}
	return e.suggest
}

type positioned interface {
	error
	Source() string
	Offset() int
	Suggestion() string
}

func (e *QueryError) positioned() positioned {
	var p positioned
	if e.Err != nil && errors.As(e.Err, &p) {
		return p
	}
	return nil
}

// Try runs a derivation and returns as an error what it would panic with for a mistake in its query text. Other panics go on.
func Try(derive func() *Table) (t *Table, err error) {
	defer func() {
		switch x := recover().(type) {
		case nil:
		case *QueryError:
			t, err = nil, x
		default:
			panic(x)
		}
	}()
	return derive(), nil
}

// queryErrorf is a fault without a place.
func queryErrorf(op, format string, args ...any) *QueryError {
	return &QueryError{Op: op, Msg: fmt.Sprintf(format, args...)}
}

// queryErrorAt is a fault at byte pos of text.
func queryErrorAt(op, text string, pos int, format string, args ...any) *QueryError {
	return &QueryError{Op: op, Msg: fmt.Sprintf(format, args...), text: text, pos: pos}
}

// wrapFormula is a fault that the formula package found.
func wrapFormula(op string, err error) *QueryError { return &QueryError{Op: op, Err: err} }

// errColumn says that there is no column name; the name stands at byte pos of text.
func errColumn(op, text string, pos int, name string, defs []ColumnDef) *QueryError {
	have := namesOf(defs)
	e := queryErrorAt(op, text, pos, "no column %q", name)
	if e.suggest = edits.Nearest(name, have); e.suggest == "" {
		e.Msg += "; have " + quoteList(have)
	}
	return e
}

// quoteList writes at most eight names, as formulas do.
func quoteList(names []string) string {
	const most = 8
	var b strings.Builder
	for i, n := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", n)
	}
	if len(names) == 0 {
		return "none"
	}
	return b.String()
}

// bug reports a broken invariant of ours.
func bug(format string, args ...any) { panic("BUG: " + fmt.Sprintf(format, args...)) }
