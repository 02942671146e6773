package formula

import "fmt"

// Error is what is wrong with a formula, and where.
type Error struct {
	Formula string // the whole text
	Pos     int    // the place in Formula, in bytes; at most len(Formula)
	Msg     string // what and why, with the suggestion if there is one
	Suggest string // what to type instead at Pos, or ""
}

// Error returns the message; the text and the place are for who shows it.
func (e *Error) Error() string { return e.Msg }

// Source is the text at fault.
func (e *Error) Source() string { return e.Formula }

// Offset is the place in Source, in bytes.
func (e *Error) Offset() int { return e.Pos }

// Suggestion is what to type instead, or "".
func (e *Error) Suggestion() string { return e.Suggest }

// bailout carries an Error from deep in the parser or checker to [catch]. Nothing else is recovered.
type bailout struct{ err *Error }

// catch ends a parse or check that bailed out.
func catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case bailout:
		*err = r.err
	default:
		panic(r)
	}
}

func fail(src string, pos int, format string, args ...any) {
	panic(bailout{&Error{Formula: src, Pos: min(pos, len(src)), Msg: fmt.Sprintf(format, args...)}})
}

// FuncError is what reading a column panics with when a Go function in its formula panicked or returned an error: the table that holds the
// column fails with it.
type FuncError struct {
	Func  string // the function's name in formulas
	Value any    // what it panicked with, or its error
	Stack []byte // where; nil for a returned error
}

func (e *FuncError) Error() string {
	if e.Stack == nil {
		return fmt.Sprintf("function %s: %v", e.Func, e.Value)
	}
	return fmt.Sprintf("function %s panicked: %v", e.Func, e.Value)
}

// Unwrap returns the function's error if it returned one or panicked with one.
func (e *FuncError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
