package kernel

import (
	"context"

	"tickbook/display"
)

// Interpreter is what the kernel needs of a session of cells. Its methods are called one at a time, except Complete, Inspect and IsComplete,
// which may be called while a cell runs.
type Interpreter interface {
	// Execute runs one cell, named In[count] in errors, and returns the values of its last expression, none when there is nothing to show.
	// It returns soon after ctx is cancelled, with the session intact. A failure is a *display.CellError.
	Execute(ctx context.Context, code string, count int) (values []any, err error)
	// Complete returns the candidates for the word at pos and the range that they replace. Offsets are in bytes.
	Complete(code string, pos int) (matches []display.Match, start, end int)
	// Inspect describes what stands at pos, a byte offset: signature and documentation. detail is 0 or 1.
	Inspect(code string, pos, detail int) (b display.MIMEBundle, found bool)
	// IsComplete says whether code could be run: "complete", "incomplete" (with the indent of the next line), "invalid".
	IsComplete(code string) (status, indent string)
	// Close ends the session: its goroutines stop.
	Close() error
}
