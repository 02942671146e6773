package gomod

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// ErrNoGo is what every request ends with where there is no go command.
var ErrNoGo = errors.New("there is no go command on PATH; install Go (https://go.dev/dl), or put its folder into PATH, and try again")

// Tool is the go command on PATH. It takes the settings of the process's environment: GOPROXY, GOPRIVATE, GOFLAGS and the like.
type Tool struct {
	// Root is the folder that keeps the sets, made when needed.
	Root string
	// Prepare readies a command so that the end of its context also ends what the command started; end is called after it. nil: nothing of that.
	Prepare func(*exec.Cmd) (end func())
	// C leaves it to the user's settings whether packages may need C; else they may not.
	C bool
}

// progressAfter is how long a command may take before what it says of its progress is shown.
const progressAfter = time.Second

// endDelay is how long a command may take to end after an interrupt.
const endDelay = 2 * time.Second

// Run runs the go command in a folder and returns what it prints. What it says of its progress, and only that, goes to progress once the command
// has taken a while; nil: nowhere.
func (t *Tool) Run(ctx context.Context, dir string, env []string, progress io.Writer, args ...string) ([]byte, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return nil, ErrNoGo
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = dir
	// A workspace of the user has nothing to do with it.
	cmd.Env = append(os.Environ(), "GOWORK=off", "PWD="+dir)
	if !t.C { // packages take what they have in Go instead
		cmd.Env = append(cmd.Env, "CGO_ENABLED=0")
	}
	cmd.Env = append(cmd.Env, env...)
	cmd.WaitDelay = endDelay
	end := func() {}
	if t.Prepare != nil {
		end = t.Prepare(cmd)
	}
	defer end()
	var out bytes.Buffer
	said := &progressWriter{to: progress, from: time.Now().Add(progressAfter)}
	cmd.Stdout, cmd.Stderr = &out, said
	err = cmd.Run()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, &ToolError{Args: args, Said: said.String(), Err: err}
	}
	return out.Bytes(), nil
}

// ToolError is how the go command failed.
type ToolError struct {
	Args []string
	Said string // on standard error, without progress
	Err  error
}

func (e *ToolError) Error() string {
	text := strings.TrimSpace(e.Said)
	if text == "" {
		text = e.Err.Error()
	}
	return text
}

func (e *ToolError) Unwrap() error { return e.Err }

// progressWriter takes what the go command says on standard error apart: progress, and the rest.
type progressWriter struct {
	mu   sync.Mutex // guards what follows
	to   io.Writer
	from time.Time // when progress begins to be shown
	held []string  // lines of progress before that
	line []byte    // the last one, unfinished
	rest bytes.Buffer
}

// Write implements [io.Writer].
func (w *progressWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line = append(w.line, p...)
	for {
		i := bytes.IndexByte(w.line, '\n')
		if i < 0 {
			break
		}
		w.take(string(w.line[:i]))
		w.line = w.line[i+1:]
	}
	return len(p), nil
}

// take takes one line. Progress within the first second is shown if more follows later.
func (w *progressWriter) take(line string) {
	text, ok := strings.CutPrefix(line, "go: downloading ")
	if !ok {
		w.rest.WriteString(strings.TrimPrefix(line, "go: ") + "\n")
		return
	}
	if w.to == nil {
		return
	}
	w.held = append(w.held, "downloading "+text+"\n")
	if time.Now().Before(w.from) {
		return
	}
	for _, l := range w.held {
		_, _ = io.WriteString(w.to, l) // progress is not worth failing for
	}
	w.held = nil
}

func (w *progressWriter) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rest.String() + string(w.line)
}

// env asks the go command for its settings.
func (t *Tool) env(ctx context.Context, dir string, names ...string) ([]string, error) {
	out, err := t.Run(ctx, dir, nil, nil, append([]string{"env"}, names...)...)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(out), "\r\n", "\n"), "\n"), "\n")
	if len(lines) != len(names) {
		return nil, fmt.Errorf("go env said %q, want %d lines", out, len(names))
	}
	return lines, nil
}
