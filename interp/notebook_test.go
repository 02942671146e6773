package interp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tickbook/display"
)

// buffer is a bytes.Buffer for many goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *buffer) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.b.Reset()
}

// notebook runs cells in a session of its own.
type notebook struct {
	t    testing.TB
	s    *Session
	out  *buffer
	errs *buffer
	n    int
}

func newNotebook(t testing.TB) *notebook {
	t.Helper()
	nb := &notebook{t: t, out: &buffer{}, errs: &buffer{}}
	s, err := New(Options{Stdout: nb.out, Stderr: nb.errs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	nb.s = s
	return nb
}

// do runs a cell and returns what it printed and showed: output, then "=> values".
func (nb *notebook) do(code string) (string, error) {
	nb.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	nb.out.Reset()
	nb.n++
	vs, err := nb.s.Execute(ctx, code, nb.n)
	got := nb.out.String()
	if len(vs) > 0 {
		got += "=> " + strings.TrimSuffix(fmt.Sprintln(vs...), "\n")
	}
	return got, err
}

// want runs a cell and compares.
func (nb *notebook) want(code, want string) {
	nb.t.Helper()
	got, err := nb.do(code)
	if text, ok := strings.CutPrefix(want, "ERR "); ok {
		if err == nil || !strings.Contains(err.Error(), text) {
			nb.t.Errorf("%q: got %q, error %v; want error %q", code, got, err, text)
		}
		return
	}
	if err != nil {
		var ce *display.CellError
		if errors.As(err, &ce) {
			nb.t.Errorf("%q: %v\n%s", code, err, strings.Join(ce.Traceback, "\n"))
			return
		}
		nb.t.Errorf("%q: %v", code, err)
	} else if got != want {
		nb.t.Errorf("%q: got %q, want %q", code, got, want)
	}
}
