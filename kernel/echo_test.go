package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"tickbook/display"
)

// echo is an interpreter for tests: each line of a cell is a command and the rest of the line its argument. Further commands are functions.
type echo struct {
	stdout, stderr io.Writer

	mu    sync.Mutex
	funcs map[string]func(ctx context.Context, arg string) ([]any, error)
}

var _ Interpreter = (*echo)(nil)

func newEcho(stdout, stderr io.Writer) *echo {
	return &echo{stdout: stdout, stderr: stderr, funcs: map[string]func(context.Context, string) ([]any, error){}}
}

// on adds a command.
func (e *echo) on(name string, f func(ctx context.Context, arg string) ([]any, error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.funcs[name] = f
}

func (e *echo) Execute(ctx context.Context, code string, count int) (values []any, err error) {
	for line := range strings.Lines(code) {
		name, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
		if values, err = e.command(ctx, name, arg, count); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (e *echo) command(ctx context.Context, name, arg string, count int) ([]any, error) {
	e.mu.Lock()
	f := e.funcs[name]
	e.mu.Unlock()
	switch {
	case f != nil:
		return f(ctx, arg)
	case name == "print":
		fmt.Fprintln(e.stdout, arg)
	case name == "stderr":
		fmt.Fprintln(e.stderr, arg)
	case name == "osprint":
		fmt.Fprintln(os.Stdout, arg)
	case name == "oserror":
		fmt.Fprintln(os.Stderr, arg)
	case name == "value":
		return []any{arg}, nil
	case name == "next":
		return []any{display.NextInput{Text: arg, Replace: true}, "shown"}, nil
	case name == "show":
		display.Show(display.MIMEBundle{display.HTML: "<b>" + arg + "</b>", display.Text: arg})
	case name == "clear":
		display.Clear(false)
	case name == "wait":
		<-ctx.Done()
		return nil, ctx.Err()
	case name == "input" || name == "password":
		ask := display.Input
		if name == "password" {
			ask = display.Password
		}
		text, err := ask(arg)
		if err != nil {
			return nil, err
		}
		fmt.Fprintln(e.stdout, text)
	case name == "fail":
		return nil, &display.CellError{Name: "EchoError", Message: arg, Traceback: []string{fmt.Sprintf("EchoError: %s in cell %d", arg, count)}}
	case name == "panic":
		panic(arg)
	case name != "":
		return nil, errors.New("no command " + name)
	}
	return nil, nil
}

// words are what is completed.
var words = []string{"print", "stderr", "value", "show"}

func (e *echo) Complete(code string, pos int) (matches []display.Match, start, end int) {
	start = strings.LastIndexAny(code[:pos], " \n") + 1
	for _, w := range words {
		if strings.HasPrefix(w, code[start:pos]) {
			matches = append(matches, display.Match{Text: w, Type: "function"})
		}
	}
	return matches, start, pos
}

func (e *echo) Inspect(code string, _, _ int) (display.MIMEBundle, bool) {
	if code != "print" {
		return nil, false
	}
	return display.MIMEBundle{display.Text: "print TEXT writes a line"}, true
}

func (e *echo) IsComplete(code string) (status, indent string) {
	switch {
	case strings.HasSuffix(code, "\\"):
		return "incomplete", "  "
	case strings.HasPrefix(code, ")"):
		return "invalid", ""
	}
	return "complete", ""
}

func (e *echo) Close() error { return nil }
