package interp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"tickbook/display"
)

// Options are how to make a session.
type Options struct {
	// Stdout and Stderr get what cells print. nil: os.Stdout and os.Stderr.
	Stdout, Stderr io.Writer
}

// Session is a session of Go cells. It satisfies the kernel's Interpreter.
type Session struct {
	eval   Evaluator
	stderr io.Writer
	turn   chan struct{} // holds one token: whoever has it runs a cell

	mu sync.Mutex // guards fe; not held while a cell runs
	fe *frontEnd
}

// New starts a session.
func New(opts Options) (*Session, error) {
	if opts.Stdout == nil {
		opts.Stdout = os.Stdout
	}
	if opts.Stderr == nil {
		opts.Stderr = os.Stderr
	}
	eval, err := newYaegi(opts)
	if err != nil {
		return nil, err
	}
	s := &Session{eval: eval, stderr: opts.Stderr, turn: make(chan struct{}, 1), fe: newFrontEnd(eval.Fset())}
	s.turn <- struct{}{}
	return s, nil
}

// Execute runs one cell, named In[count] in errors, and returns the values of its last expression; none when there is nothing to show. Cells
// run one after another: a second call waits. A failure is a *display.CellError; a cell that does not compile changes nothing.
func (s *Session) Execute(ctx context.Context, code string, count int) ([]any, error) {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return nil, interrupted(ctx)
	}
	defer func() { s.turn <- struct{}{} }()

	name := fmt.Sprintf("In[%d]", count)
	s.mu.Lock()
	c, err := s.fe.check(code, count)
	s.mu.Unlock()
	var ce compileErrors
	if errors.As(err, &ce) {
		return nil, ce.cellError(name, code)
	}
	if err != nil {
		return nil, asCellError(err)
	}
	values, err := s.eval.Run(ctx, c, func() {
		s.mu.Lock()
		s.fe.commit(c)
		s.mu.Unlock()
		for _, n := range c.stale {
			fmt.Fprintf(s.stderr, "%s keeps its old meaning, since it does not compile with this cell: run its cell again (%s)\n", staleName(n), n)
		}
	})
	if err != nil {
		return nil, asCellError(err)
	}
	return values, nil
}

func asCellError(err error) *display.CellError {
	var ce *display.CellError
	if errors.As(err, &ce) {
		return ce
	}
	return &display.CellError{Name: "Error", Message: err.Error(), Traceback: []string{err.Error()}, Cause: err}
}

func staleName(s string) string {
	for i := range s {
		if s[i] == ':' {
			return s[:i]
		}
	}
	return s
}

// Close ends the session: what its cells started is stopped.
func (s *Session) Close() error { return s.eval.Close() }
