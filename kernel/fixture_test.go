package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"strings"
	"sync"
	"testing"

	"tickbook/display"
)

// recorder keeps what a session shows.
type recorder struct {
	mu  sync.Mutex
	out []Output
}

func (r *recorder) Emit(o Output) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out = append(r.out, o)
}

// take returns what was shown since the last time.
func (r *recorder) take() []Output {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.out
	r.out = nil
	return out
}

// brief is outputs in a few words.
func brief(out []Output) string {
	var lines []string
	for _, o := range out {
		line := o.Type
		switch o.Type {
		case "stream":
			line = fmt.Sprintf("%s %q", o.Content["name"], o.Content["text"])
		case "display_data", "update_display_data", "execute_result":
			line += " " + fmt.Sprint(o.Content["data"].(map[string]any)[display.Text])
		case "error":
			line += fmt.Sprintf(" %s: %s", o.Content["ename"], o.Content["evalue"])
		case "status":
			line = o.Content["execution_state"].(string)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

type fixture struct {
	*Session
	*recorder
	echo *echo
	log  *testLog
}

func newFixture(t testing.TB, change func(*Config)) *fixture {
	t.Helper()
	f := &fixture{recorder: &recorder{}, log: &testLog{}}
	cfg := Config{Log: log.New(f.log, "", 0), NewInterpreter: func(stdout, stderr io.Writer) (Interpreter, error) {
		f.echo = newEcho(stdout, stderr)
		return f.echo, nil
	}}
	if change != nil {
		change(&cfg)
	}
	s, err := NewSession(cfg, f.recorder)
	if err != nil {
		t.Fatal(err)
	}
	f.Session = s
	return f
}

// cell runs code as a page does.
func (f *fixture) cell(code string) Reply {
	return f.Execute(context.Background(), Request{Code: code, StoreHistory: true, StopOnError: true, Parent: json.RawMessage(`{"msg_id":"m"}`)})
}

// want runs code and compares what it shows, without execute_input.
func (f *fixture) want(t *testing.T, code, want string) Reply {
	t.Helper()
	f.take()
	r := f.cell(code)
	got := strings.TrimPrefix(strings.TrimPrefix(brief(f.take()), "execute_input"), "\n")
	if got != want {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", code, got, want)
	}
	return r
}
