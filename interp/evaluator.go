package interp

import (
	"context"
	"go/token"
	"go/types"
	"strconv"
)

// Evaluator is a back end of a session: it runs checked cells. Its methods are called one at a time, but for Value.
type Evaluator interface {
	// Fset is where cells are parsed into.
	Fset() *token.FileSet
	// Run runs a cell and returns the values of c.Shown, as real Go values where their types are compiled. It calls ready when the cell is
	// sure to run: until then a failure leaves no trace. When ctx is cancelled it stops the cell and the goroutines that the cell started,
	// nothing else, and returns soon with an error that wraps ctx.Err(). An error that the running cell caused is a *display.CellError.
	Run(ctx context.Context, c *Cell, ready func()) (values []any, err error)
	// Value returns the current value of a session variable, nil when it is not to be had. It may be called while a cell runs.
	Value(v *types.Var) any
	// Close stops what still runs.
	Close() error
}

// ExitError is what os.Exit makes of a cell: it ends the cell, and not the process, which is not the cell's to end. The *display.CellError that
// Run returns for it is called Exit and has it as its cause; whoever runs a program as a cell ends with the status that it tells.
type ExitError int

func (e ExitError) Error() string { return "os.Exit(" + strconv.Itoa(int(e)) + ") called in a cell" }
