package interp

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"io"
	"maps"
	"os"
	"slices"
	"sync"

	"tickbook/display"
	"tickbook/internal/gomod"
)

// Options are how to make a session.
type Options struct {
	// Stdout and Stderr get what cells print. nil: os.Stdout and os.Stderr.
	Stdout, Stderr io.Writer
	// Evaluator makes the back end. It gets these options with Stdout and Stderr set. nil: [NewExec].
	Evaluator func(Options) (Evaluator, error)
	// Modules is the folder that keeps which modules %get fetched. "": one in the user's cache folder.
	Modules string
}

// Session is a session of Go cells. It satisfies the kernel's Interpreter.
type Session struct {
	opts           Options
	stdout, stderr io.Writer
	turn           chan struct{}       // holds one token: whoever has it runs a cell, and may read eval without mu
	ran            []ranCell           // the cells that ran, for %save; owned by whoever has the turn
	kept           map[string][]string // who went on with earlier meanings of names in formulas, at the last look; of the turn's owner too

	mu   sync.Mutex // guards what follows; not held while a cell runs
	eval Evaluator
	fe   *frontEnd
	set  *gomod.Set        // the modules that %get fetched; nil: none yet
	pins map[string]string // the notebook's, module to version
}

// New starts a session.
func New(opts Options) (*Session, error) {
	if opts.Stdout == nil {
		opts.Stdout = os.Stdout
	}
	if opts.Stderr == nil {
		opts.Stderr = os.Stderr
	}
	if opts.Evaluator == nil {
		opts.Evaluator = NewExec
	}
	s := &Session{opts: opts, stdout: opts.Stdout, stderr: opts.Stderr, turn: make(chan struct{}, 1), pins: map[string]string{}}
	if err := s.begin(); err != nil {
		return nil, err
	}
	s.turn <- struct{}{}
	return s, nil
}

// Evaluators makes the back ends by their names.
var Evaluators = map[string]func(Options) (Evaluator, error){"exec": NewExec, "yaegi": NewYaegi}

// begin gives the session a new evaluator and no names.
func (s *Session) begin() error {
	eval, err := s.opts.Evaluator(s.opts)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var known *got
	if s.fe != nil {
		known = s.fe.pkgs.got
	}
	s.eval, s.fe, s.ran, s.kept = eval, newFrontEnd(eval.Fset()), nil, nil
	if x, ok := eval.(*execEvaluator); ok {
		p := s.fe.pkgs
		x.importFrom(p)
		s.fe.packages.recycle = true
		x.unready = func(which func(*types.Package) bool) {
			s.mu.Lock()
			defer s.mu.Unlock()
			p.unload(func(_ string, x *gotPackage) bool { return x.pkg == nil || which(x.pkg) })
		}
		if known != nil {
			p.offer(slices.Collect(maps.Values(known.offered)))
			p.take(slices.Collect(maps.Values(known.listed)))
			p.got.roots = known.roots
		}
	}
	return nil
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
	values, err := s.runCell(ctx, name, code, count)
	var ce compileErrors
	if errors.As(err, &ce) {
		return nil, ce.cellError(name, code)
	}
	if err != nil {
		return nil, asCellError(err)
	}
	return values, nil
}

// runCell runs the pieces of a cell in order. Before any runs, all Go text of the cell is checked as one, so that a cell with an error changes
// nothing; text behind a magic that changes what it is checked against is checked when its turn comes.
func (s *Session) runCell(ctx context.Context, name, code string, count int) (values []any, err error) {
	pieces := cutMagics(name, code)
	for _, p := range pieces {
		if p.wrong != nil {
			return nil, p.wrong
		}
	}
	if len(pieces) == 1 && pieces[0].magic == nil {
		return s.runGo(ctx, cellText{name, code, code, count, true, true}, nil)
	}
	for i, p := range pieces {
		last := i == len(pieces)-1
		if i == 0 || pieces[i-1].magic != nil && pieces[i-1].magic.anew {
			if err := s.checkAhead(ctx, name, code, count, pieces[i:]); err != nil {
				return nil, err
			}
		}
		if ctx.Err() != nil {
			return nil, interrupted(ctx)
		}
		if p.magic == nil {
			values, err = s.runGo(ctx, cellText{name, code, goText(code, p), count, last, last}, nil)
		} else {
			values, err = p.magic.run(&magicCall{s, ctx, name, count, code, pieces, p})
		}
		if err != nil {
			return nil, err
		}
	}
	return values, nil
}

// checkAhead checks the Go text of the pieces up to the next magic that starts anew.
func (s *Session) checkAhead(ctx context.Context, name, code string, count int, pieces []piece) error {
	var text []piece
	for _, p := range pieces {
		if p.magic != nil && p.magic.anew {
			break
		}
		if p.magic == nil || p.magic.code && p.magic.keeps {
			text = append(text, p)
		}
	}
	_, err := s.check(ctx, cellText{name: name, src: code, text: goText(code, text...), n: count}, func(c *Cell) {
		_, _ = s.fe.over(c) // nothing of it is known elsewhere
	})
	return err
}

// check checks Go text of a cell, for which packages may have to be looked for. also, which may be nil, is told of the cell while mu is held.
func (s *Session) check(ctx context.Context, t cellText, also func(*Cell)) (*Cell, error) {
	if err := s.prepare(ctx, t.text, false); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.fe.check(t)
	if err == nil && also != nil {
		also(c)
	}
	return c, err
}

// runGo checks and runs Go text of a cell. It calls ready, which may be nil, when the text is compiled and about to run.
func (s *Session) runGo(ctx context.Context, t cellText, ready func()) ([]any, error) {
	var hints []string
	c, err := s.check(ctx, t, func(c *Cell) { hints = s.fe.hints(c) })
	if err != nil {
		return nil, err
	}
	defer s.over(c)
	values, err := s.eval.Run(ctx, c, func() {
		s.mu.Lock()
		s.fe.commit(c)
		s.mu.Unlock()
		for _, h := range hints {
			fmt.Fprintln(s.stderr, h)
		}
		for _, n := range c.stale {
			fmt.Fprintf(s.stderr, "%s keeps its old meaning, since it does not compile with this cell: run its cell again (%s)\n", staleName(n), n)
		}
		if ready != nil {
			ready()
		}
	})
	s.tellKept()
	if err != nil {
		return nil, err
	}
	s.ran = append(s.ran, ranCell{t.name, t.text, t.n, t.show})
	return values, nil
}

// runAside checks and runs Go text that the session keeps nothing of.
func (s *Session) runAside(ctx context.Context, t cellText) ([]any, error) {
	c, err := s.check(ctx, t, nil)
	if err != nil {
		return nil, err
	}
	defer s.over(c)
	return s.eval.Run(ctx, c, func() {})
}

// runHidden checks and runs Go text whose names the session keeps, without counting as one of its cells.
func (s *Session) runHidden(ctx context.Context, t cellText) ([]any, error) {
	c, err := s.check(ctx, t, nil)
	if err != nil {
		return nil, err
	}
	defer s.over(c)
	return s.eval.Run(ctx, c, func() {
		s.mu.Lock()
		s.fe.commit(c)
		s.mu.Unlock()
	})
}

// over lets go of what a cell that ran used.
func (s *Session) over(c *Cell) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x, ok := s.eval.(*execEvaluator); ok {
		x.forget(s.fe.over(c))
	}
}

func isCompileError(err error) bool {
	var ce compileErrors
	return errors.As(err, &ce)
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
func (s *Session) Close() error {
	s.mu.Lock()
	eval := s.eval
	s.mu.Unlock()
	return eval.Close()
}
