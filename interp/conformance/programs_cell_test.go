package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tickbook/display"
	"tickbook/interp"
)

// report is what a program runner writes into a file when it lives to the end of the program.
type report struct {
	Refused bool   // the cell did not run
	Late    bool   // it was interrupted
	Error   string // why it failed; "" when it did not
}

const statusFailed = 2 // of a program that panics, and of Go's own crashes

// runProgram is a program runner: it runs a file as a cell, whose output is the process's own, and returns the process's status.
func runProgram(e evaluator, file, reportFile string) int {
	src, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return statusFailed
	}
	limit, err := time.ParseDuration(os.Getenv(limitVariable))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return statusFailed
	}
	os.Args = []string{file}
	s, err := interp.New(interp.Options{Stdout: os.Stdout, Stderr: os.Stderr, Evaluator: e.make})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return statusFailed
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	_, err = s.Execute(ctx, string(src), 1)
	var r report
	status := 0
	var exit interp.ExitError
	var ce *display.CellError
	switch {
	case errors.As(err, &exit):
		status = int(exit)
	case errors.Is(err, context.DeadlineExceeded):
		r.Late, status = true, statusFailed
	case errors.As(err, &ce):
		// A cell that ran fails by a panic; all else is said before it runs.
		r.Refused = ce.Name == "CompileError" || ce.Name == "Error"
		r.Error, status = strings.Join(ce.Traceback, "\n"), statusFailed
	}
	data, err := json.Marshal(r)
	if err == nil {
		err = os.WriteFile(reportFile, data, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return statusFailed
	}
	return status
}

const limitVariable = "TICKBOOK_CONFORMANCE_LIMIT"

// hint is a line that the session, not the program, writes about a cell.
var hint = regexp.MustCompile(`(?m)^In\[1\]:\d+:\d+: note: .*\n`)

// runAsCell runs a program in a process of its own and judges what came of it.
func runAsCell(t *testing.T, evaluator, root, name string, limit time.Duration) result {
	want, err := wantedOutput(root, name)
	if err != nil {
		return result{differs, err.Error()}
	}
	reportFile := filepath.Join(t.TempDir(), "report.json")
	cmd, err := itself("program", evaluator, filepath.Join(root, filepath.FromSlash(name)), reportFile)
	if err != nil {
		return result{differs, err.Error()}
	}
	cmd.Env = append(cmd.Env, limitVariable+"="+limit.String())
	cmd.Dir = root
	out := &tail{}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return result{differs, err.Error()}
	}
	killed := time.AfterFunc(limit+5*time.Second, func() { _ = cmd.Process.Kill() })
	err = cmd.Wait()
	isLate := !killed.Stop()
	var r report
	data, readErr := os.ReadFile(reportFile)
	lived := readErr == nil && json.Unmarshal(data, &r) == nil
	switch {
	case isLate:
		return result{late, "and not to be interrupted"}
	case r.Late:
		return result{late, "interrupted"}
	case r.Refused:
		return result{refused, firstLine(r.Error)}
	case r.Error != "":
		return result{differs, firstLine(r.Error)}
	}
	var status *exec.ExitError
	if !lived && errors.As(err, &status) && (status.ExitCode() == statusFailed || status.ExitCode() < 0) {
		return result{crashes, firstLine(out.String())}
	}
	if err != nil {
		return result{differs, fmt.Sprintf("%v: %s", err, firstLine(out.all()))}
	}
	if got := hint.ReplaceAllString(out.all(), ""); got != want {
		return result{differs, fmt.Sprintf("output %s", firstDifference(got, want))}
	}
	return result{agrees, ""}
}

func firstLine(s string) string {
	l, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	if len(l) > 200 {
		l = l[:200] + "…"
	}
	return l
}

// firstDifference shows the first line in which two outputs differ.
func firstDifference(got, want string) string {
	g, w := bytes.Split([]byte(got), []byte("\n")), bytes.Split([]byte(want), []byte("\n"))
	for i := range g {
		if i >= len(w) || !bytes.Equal(g[i], w[i]) {
			var wanted []byte
			if i < len(w) {
				wanted = w[i]
			}
			return fmt.Sprintf("line %d %.80q, want %.80q", i+1, g[i], wanted)
		}
	}
	return fmt.Sprintf("ends after line %d, want %d lines", len(g), len(w))
}
