package display

// PositionedError is an error at a place inside a text, such as a formula: the kernel shows the text and a caret under the place.
type PositionedError interface {
	error
	// Source is the text at fault.
	Source() string
	// Offset is the place in Source, in bytes; -1 when there is none.
	Offset() int
	// Suggestion is what to type instead, or "".
	Suggestion() string
}

// CellError is how a cell failed, ready to be shown.
type CellError struct {
	Name      string   // the kind of error: "CompileError", "QueryError", "panic", "Interrupted", …
	Message   string   // one line or few, without position frames
	Traceback []string // what the page shows, in order; may hold ANSI colours
	Cause     error    // what it stands for, or nil
}

func (e *CellError) Error() string { return e.Name + ": " + e.Message }

// Unwrap returns the cause.
func (e *CellError) Unwrap() error { return e.Cause }
