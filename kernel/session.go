package kernel

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"sync"

	"tickbook/display"
)

// Session is one interpreter's life: cells, what they show, live displays, comms and history. It knows no transport.
//
// Everything that is shown passes emit, in order. Cells run one at a time; all other methods may be called at any time.
type Session struct {
	cfg  Config
	log  *log.Logger
	sink Sink

	run sync.Mutex // held while a cell runs

	mu       sync.Mutex
	closed   bool
	count    int
	cell     *cell // the running cell, else the last one; never nil
	running  bool
	finished chan struct{} // closed when the running cell ends; nil when none runs

	interp  Interpreter
	streams streams
	live    refresher
	comms   comms
	history history
	capture *capture // nil unless Config.Capture
	restore func()   // gives display's functions back
}

// cell is one run.
type cell struct {
	Request
	key    string
	name   string // as errors call it
	ctx    context.Context
	cancel context.CancelCauseFunc
}

var (
	_ display.Publisher = (*Session)(nil)

	errInterrupted = errors.New("interrupted")
	errClosed      = errors.New("the session is closed")
)

// NewSession starts a session that shows what it has to show through sink. The functions of package display belong to it until [Session.Close].
func NewSession(cfg Config, sink Sink) (*Session, error) {
	if cfg.NewInterpreter == nil {
		return nil, errors.New("kernel: Config.NewInterpreter is nil")
	}
	s := &Session{cfg: cfg, log: cfg.Log, sink: sink, cell: &cell{ctx: context.Background(), cancel: func(error) {}}}
	if s.log == nil {
		s.log = log.New(os.Stderr, "kernel: ", 0)
	}
	s.history.log = s.log
	if cfg.History != "" && !cfg.NoHistory {
		s.history.store = &historyStore{dir: cfg.History}
	}
	s.streams.init(sink, cfg.StreamLimit)
	s.live.init(s)
	s.comms.init(s)
	if cfg.Capture {
		c, err := startCapture(s.streams.writer("stdout"), s.streams.writer("stderr"))
		if err != nil {
			return nil, fmt.Errorf("kernel: capture stdout and stderr: %w", err)
		}
		s.capture = c
	}
	interp, err := cfg.NewInterpreter(s.streams.writer("stdout"), s.streams.writer("stderr"))
	if err != nil {
		if s.capture != nil {
			s.capture.close()
		}
		return nil, fmt.Errorf("kernel: start the interpreter: %w", err)
	}
	s.interp = interp
	s.restore = display.Use(s)
	return s, nil
}

// Execute runs one cell and returns when all that it showed has been given to the sink. ctx ends the cell as [Session.Interrupt] does.
func (s *Session) Execute(ctx context.Context, r Request) Reply {
	s.run.Lock()
	defer s.run.Unlock()
	c, count, err := s.begin(ctx, r)
	if err != nil {
		return Reply{Status: "error", Count: count, Err: &display.CellError{Name: "SessionClosed", Message: err.Error(), Cause: err}}
	}
	defer s.end(c)
	if r.Started != nil {
		r.Started(count)
	}
	if !r.Silent {
		s.emit(Output{Type: "execute_input", Parent: r.Parent, Content: map[string]any{"code": r.Code, "execution_count": count}})
	}
	if subject, detail, ok := helpCell(r.Code); ok {
		return s.help(c, subject, detail, count)
	}
	values, err := s.evaluate(c, r.Code, count)
	s.settle()
	if err != nil {
		return s.fail(c, count, err)
	}
	values, payload := nextInputs(values)
	if !r.Silent {
		text := s.showResult(c, values, count)
		if r.StoreHistory {
			s.history.output(count, text)
		}
	}
	reply := Reply{Status: "ok", Count: count, Expressions: map[string]any{}, Payload: payload}
	for name, code := range r.Expressions {
		reply.Expressions[name] = s.expression(c, code, count)
	}
	s.settle()
	return reply
}

// Interrupt ends the running cell, if there is one.
func (s *Session) Interrupt() { s.interrupt(errInterrupted) }

func (s *Session) interrupt(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running {
		s.cell.cancel(cause)
	}
}

// Count is the execution count: the number of the last cell that counted.
func (s *Session) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// EndCell ends the live displays of a cell of client's notebook, which was deleted, say.
func (s *Session) EndCell(cellID, client string) { s.live.endCell(cellID, client) }

// Complete returns completions at pos, in bytes of code.
func (s *Session) Complete(code string, pos int) (matches []display.Match, start, end int) {
	defer func() {
		if e := recover(); e != nil {
			s.log.Printf("complete: panic: %v\n%s", e, debug.Stack())
			matches, start, end = nil, pos, pos
		}
	}()
	return s.interp.Complete(code, pos)
}

// Inspect describes what stands at pos, in bytes of code.
func (s *Session) Inspect(code string, pos, detail int) (b display.MIMEBundle, found bool) {
	defer func() {
		if e := recover(); e != nil {
			s.log.Printf("inspect: panic: %v\n%s", e, debug.Stack())
			b, found = nil, false
		}
	}()
	return s.interp.Inspect(code, pos, detail)
}

// IsComplete says whether code could run: "complete", "incomplete", "invalid" or "unknown".
func (s *Session) IsComplete(code string) (status, indent string) {
	defer func() {
		if e := recover(); e != nil {
			s.log.Printf("is complete: panic: %v\n%s", e, debug.Stack())
			status, indent = "unknown", ""
		}
	}()
	return s.interp.IsComplete(code)
}

// Input implements [display.Publisher]: it asks whoever sent the running cell.
func (s *Session) Input(prompt string, hidden bool) (string, error) {
	s.mu.Lock()
	c, running := s.cell, s.running
	s.mu.Unlock()
	if !running {
		return "", errors.New("input: no cell is running, so nobody can be asked")
	}
	if !c.AllowStdin || c.Input == nil {
		return "", errors.New("input: this client takes no questions (allow_stdin is false)")
	}
	s.settle() // what was printed before the question is seen before it
	return c.Input(c.ctx, prompt, hidden)
}

// Close ends the running cell, every live display and comm, and the interpreter. It may be called more than once.
func (s *Session) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	if s.running {
		s.cell.cancel(errInterrupted)
	}
	s.mu.Unlock()
	atMost(stopTime, s.idle()) // it may not end
	s.live.close()
	s.comms.close()
	err := s.interp.Close()
	s.history.close()
	s.restore()
	if s.capture != nil {
		s.capture.close()
	}
	s.streams.close()
	return err
}

// begin makes r the running cell.
func (s *Session) begin(ctx context.Context, r Request) (*cell, int, error) {
	if r.Silent {
		r.StoreHistory = false
	}
	c := &cell{Request: r, key: r.CellID}
	if c.key == "" {
		c.key = "text:" + r.Code
	}
	s.live.endCell(c.key, c.Client)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, s.count, errClosed
	}
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	s.cell, s.running, s.finished = c, true, make(chan struct{})
	if r.StoreHistory {
		s.count++
		s.history.add(s.count, r.Code)
	}
	c.name = fmt.Sprintf("In[%d]", s.count)
	s.streams.begin(r.Parent)
	return c, s.count, nil
}

// end makes c the last cell.
func (s *Session) end(c *cell) {
	s.streams.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = false
	close(s.finished)
	s.finished = nil
	c.cancel(nil)
}

// idle is closed once no cell runs.
func (s *Session) idle() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finished != nil {
		return s.finished
	}
	done := make(chan struct{})
	close(done)
	return done
}

// evaluate runs code in the interpreter. A panic there is the cell's failure.
func (s *Session) evaluate(c *cell, code string, count int) (values []any, err error) {
	defer func() {
		if e := recover(); e != nil {
			s.log.Printf("execute: panic: %v\n%s", e, debug.Stack())
			cause, _ := e.(error)
			values, err = nil, &display.CellError{Name: "panic", Message: fmt.Sprint(e), Cause: cause}
		}
	}()
	values, err = s.interp.Execute(c.ctx, code, count)
	if memory := (*memoryError)(nil); err != nil && errors.As(context.Cause(c.ctx), &memory) {
		return nil, &display.CellError{Name: "OutOfMemory", Message: "the cell was interrupted: " + memory.Error(), Cause: memory}
	}
	if ce := (*display.CellError)(nil); err != nil && c.ctx.Err() != nil && !errors.As(err, &ce) {
		err = &display.CellError{Name: "Interrupted", Message: "the cell was interrupted", Cause: context.Cause(c.ctx)}
	}
	return values, err
}

// expression answers one of the request's user expressions.
func (s *Session) expression(c *cell, code string, count int) map[string]any {
	values, err := s.evaluate(c, code, count)
	if err != nil {
		ce, traceback := failure(err)
		return map[string]any{"status": "error", "ename": ce.Name, "evalue": ce.Message, "traceback": traceback}
	}
	return map[string]any{"status": "ok", "data": wireData(s.renderAll(values)), "metadata": map[string]any{}}
}

// fail shows err as the failure of c.
func (s *Session) fail(c *cell, count int, err error) Reply {
	ce, traceback := failure(err)
	if !c.Silent {
		s.emit(Output{Type: "error", Parent: c.Parent, Content: map[string]any{"ename": ce.Name, "evalue": ce.Message, "traceback": traceback}})
	}
	return Reply{Status: "error", Count: count, Err: ce, Traceback: traceback, Expressions: map[string]any{}}
}

// settle gives the sink all that was printed so far.
func (s *Session) settle() {
	if s.capture != nil {
		s.capture.drain()
	}
	s.live.flushUpdates()
	s.streams.flush()
}

// emitBehind gives o to the sink behind all that was printed before, by compiled code too.
func (s *Session) emitBehind(o Output) {
	if s.capture != nil {
		s.capture.drain()
	}
	s.emit(o)
}

// emit gives o to the sink, behind all that was printed before.
func (s *Session) emit(o Output) { s.streams.emit(o, true) }

// emitAside gives o to the sink at once: its order among a cell's outputs does not matter.
func (s *Session) emitAside(o Output) { s.streams.emit(o, false) }

// current is the running cell, or the last one.
func (s *Session) current() *cell {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cell
}
