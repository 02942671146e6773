package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
	"testing"

	"tickbook/display"
)

func TestOrder(t *testing.T) {
	f := newFixture(t, nil)
	defer f.Close()
	f.want(t, "print a\nprint b\nstderr c\nshow d\nprint e\nvalue f",
		"stdout \"a\\nb\\n\"\nstderr \"c\\n\"\ndisplay_data d\nstdout \"e\\n\"\nexecute_result f")
	f.want(t, "print a\nfail b", "stdout \"a\\n\"\nerror EchoError: b")
	f.want(t, "print a\nclear\nprint b", "stdout \"a\\n\"\nclear_output\nstdout \"b\\n\"")
	r := f.want(t, "panic oops", "error panic: oops")
	if r.Status != "error" || r.Count != 4 {
		t.Errorf("got %+v", r)
	}
}

func TestCaptured(t *testing.T) {
	before := os.Stdout
	f := newFixture(t, func(c *Config) { c.Capture = true })
	f.echo.on("logged", func(_ context.Context, arg string) ([]any, error) { log.Print(arg); return nil, nil })
	f.want(t, "osprint a\nshow b\noserror c", "stdout \"a\\n\"\ndisplay_data b\nstderr \"c\\n\"")
	f.take()
	f.cell("logged hello")
	if got := brief(f.take()); !strings.Contains(got, "hello") {
		t.Errorf("got %s", got)
	}
	many := strings.Repeat("osprint 0123456789\n", 5000)
	f.cell(many)
	n := 0
	for _, o := range f.take() {
		if o.Type == "stream" {
			n += len(o.Content["text"].(string))
		}
	}
	if n != 11*5000 {
		t.Errorf("%d bytes came, want %d", n, 11*5000)
	}
	if err := f.Close(); err != nil || os.Stdout != before {
		t.Errorf("os.Stdout was not given back (%v)", err)
	}
}

func TestSilentAndHistory(t *testing.T) {
	f := newFixture(t, nil)
	defer f.Close()
	f.cell("value 1")
	f.take()
	r := f.Execute(t.Context(), Request{Code: "value 2", Silent: true, StoreHistory: true})
	if got := f.take(); len(got) != 0 || r.Count != 1 {
		t.Errorf("count %d, shown %s", r.Count, brief(got))
	}
	r = f.Execute(t.Context(), Request{Code: "value 3"})
	if got := brief(f.take()); got != "execute_input\nexecute_result 3" || r.Count != 1 {
		t.Errorf("count %d, shown %s", r.Count, got)
	}
	f.cell("print x/y")
	find := func(want string, q historyQuery) {
		t.Helper()
		text, _ := json.Marshal(f.history.find(q))
		if string(text) != want {
			t.Errorf("%+v: got %s, want %s", q, text, want)
		}
	}
	find(`[[1,1,["value 1","1"]],[1,2,["print x/y",null]]]`, historyQuery{Type: "tail", N: 5, Output: true})
	find(`[[1,2,"print x/y"]]`, historyQuery{Type: "search", Pattern: "print*?y"})
	find(`[[1,1,"value 1"]]`, historyQuery{Type: "range", Start: 1, Stop: new(int(2))})
	find(`[]`, historyQuery{Type: "range", Session: -1})
}

func TestInterrupt(t *testing.T) {
	f := newFixture(t, nil)
	defer f.Close()
	f.Interrupt() // nothing runs
	f.echo.on("interrupt", func(context.Context, string) ([]any, error) { f.Interrupt(); return nil, nil })
	f.want(t, "print a\ninterrupt\nwait", "stdout \"a\\n\"\nerror Interrupted: the cell was interrupted")
	f.want(t, "print b", "stdout \"b\\n\"")
}

func TestInput(t *testing.T) {
	f := newFixture(t, nil)
	defer f.Close()
	r := Request{Code: "print before\ninput name? ", AllowStdin: true, Input: func(_ context.Context, prompt string, hidden bool) (string, error) {
		if got := brief(f.take()); got != "execute_input\nstdout \"before\\n\"" {
			t.Errorf("before the question: %s", got)
		}
		return fmt.Sprint(prompt, hidden), nil
	}}
	f.Execute(t.Context(), r)
	if got := brief(f.take()); got != "stdout \"name?false\\n\"" {
		t.Errorf("got %s", got)
	}
	r.AllowStdin = false
	if got := f.Execute(t.Context(), r); got.Err == nil || !strings.Contains(got.Err.Message, "allow_stdin") {
		t.Errorf("got %+v", got.Err)
	}
	if _, err := f.Input("late", false); err == nil {
		t.Error("a question without a cell was answered")
	}
}

func TestExpressions(t *testing.T) {
	f := newFixture(t, nil)
	defer f.Close()
	r := f.Execute(t.Context(), Request{Code: "print a", Expressions: map[string]string{"x": "value 1", "y": "fail z"}})
	x, y := r.Expressions["x"].(map[string]any), r.Expressions["y"].(map[string]any)
	if x["status"] != "ok" || x["data"].(map[string]any)[display.Text] != "1" || y["status"] != "error" || y["evalue"] != "z" {
		t.Errorf("got %v %v", x, y)
	}
}

func TestClosed(t *testing.T) {
	f := newFixture(t, nil)
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if r := f.cell("print a"); r.Status != "error" {
		t.Errorf("got %+v", r)
	}
}
