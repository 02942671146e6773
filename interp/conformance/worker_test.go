package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"tickbook/interp"
)

// The test binary runs itself again as what these variables say: workers run cases, a program runner one program.
const (
	roleVariable      = "TICKBOOK_CONFORMANCE_ROLE"
	evaluatorVariable = "TICKBOOK_CONFORMANCE_EVALUATOR"
)

func TestMain(m *testing.M) {
	e, _ := evaluatorNamed(os.Getenv(evaluatorVariable))
	switch os.Getenv(roleVariable) {
	case "":
		os.Exit(m.Run())
	case "cases":
		os.Exit(serveCases(e))
	case "program":
		os.Exit(runProgram(e, os.Args[1], os.Args[2]))
	}
	fmt.Fprintln(os.Stderr, "no such role")
	os.Exit(2)
}

// itself is a command that runs the test binary in a role.
func itself(role, evaluator string, args ...string) (*exec.Cmd, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.Command(exe, args...)
	c.Env = append(os.Environ(), roleVariable+"="+role, evaluatorVariable+"="+evaluator, "GOTRACEBACK=single")
	return c, nil
}

const cellLimit = 10 * time.Second // a cell of the suite takes milliseconds

// serveCases is a worker: it reads cases from standard input and writes the outcomes of each as a line of JSON to standard output.
func serveCases(e evaluator) int {
	replies := json.NewEncoder(os.Stdout)
	os.Stdout = os.Stderr // for cells that write there themselves
	for in := json.NewDecoder(os.Stdin); ; {
		var c languageCase
		if err := in.Decode(&c); err != nil {
			if errors.Is(err, io.EOF) {
				return 0
			}
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		got, err := runCase(e, c)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		if err := replies.Encode(got); err != nil {
			return 2
		}
	}
}

// runCase runs the cells of a case in a session of their own.
func runCase(e evaluator, c languageCase) ([]outcome, error) {
	out := &buffer{}
	s, err := interp.New(interp.Options{Stdout: out, Stderr: os.Stderr, Evaluator: e.make})
	if err != nil {
		return nil, err
	}
	var got []outcome
	for i, cell := range c.Cells {
		ctx, cancel := context.WithTimeout(context.Background(), cellLimit)
		vs, err := s.Execute(ctx, cell.Code, i+1)
		cancel()
		o := outcome{Output: out.take()}
		for _, v := range vs {
			o.Shown = append(o.Shown, fmt.Sprint(v))
		}
		if err != nil {
			o.Error = err.Error()
		}
		got = append(got, o)
	}
	return got, s.Close()
}

// buffer is what cells print to, from many goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer // guarded by mu
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// take returns what was written since the last call.
func (b *buffer) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.b.String()
	b.b.Reset()
	return s
}

// worker is a process that runs cases. A case that ends the process, or does not end, costs the process, and the next case gets a new one.
type worker struct {
	evaluator string
	cmd       *exec.Cmd // nil: to be started
	in        io.WriteCloser
	out       *json.Decoder
	stderr    *tail
}

func (w *worker) start() error {
	cmd, err := itself("cases", w.evaluator)
	if err != nil {
		return err
	}
	w.stderr = &tail{}
	cmd.Stderr = w.stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	w.cmd, w.in, w.out = cmd, in, json.NewDecoder(out)
	return nil
}

// run runs a case. An error says how it ended the process.
func (w *worker) run(c languageCase) ([]outcome, error) {
	if w.cmd == nil {
		if err := w.start(); err != nil {
			return nil, err
		}
	}
	var late sync.Once
	wasLate := false
	limit := time.AfterFunc(time.Duration(len(c.Cells)+1)*cellLimit, func() {
		late.Do(func() { wasLate = true })
		_ = w.cmd.Process.Kill()
	})
	var got []outcome
	err := json.NewEncoder(w.in).Encode(c)
	if err == nil {
		err = w.out.Decode(&got)
	}
	limit.Stop()
	late.Do(func() {})
	if err == nil {
		return got, nil
	}
	status := w.close()
	if wasLate {
		return nil, fmt.Errorf("does not end")
	}
	return nil, fmt.Errorf("ends the process (%v)\n%s", status, w.stderr)
}

// close ends the process.
func (w *worker) close() error {
	if w.cmd == nil {
		return nil
	}
	_ = w.in.Close()
	err := w.cmd.Wait()
	w.cmd = nil
	return err
}

// tail keeps the beginning of the last thing that was written about a crash.
type tail struct {
	mu sync.Mutex
	b  []byte // guarded by mu
}

const tailLength = 1 << 20

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if len(t.b) > tailLength {
		t.b = t.b[len(t.b)-tailLength:]
	}
	return len(p), nil
}

// all returns what there is.
func (t *tail) all() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}

// String returns the first lines of the last crash.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := string(t.b)
	for _, start := range []string{"fatal error: ", "panic: "} {
		if i := strings.LastIndex(s, start); i >= 0 {
			s = s[i:]
			break
		}
	}
	lines := strings.Split(s, "\n")
	return strings.Join(lines[:min(len(lines), 12)], "\n")
}
