package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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

func TestHelp(t *testing.T) {
	f := newFixture(t, nil)
	defer f.Close()
	for _, code := range []string{"?print", "print?", " print?? "} {
		if r := f.cell(code); len(r.Payload) != 1 || r.Payload[0]["source"] != "page" {
			t.Errorf("%q: got %+v", code, r)
		}
	}
	if r := f.cell("nothing?"); r.Status != "error" {
		t.Errorf("got %+v", r)
	}
	for code, want := range map[string]bool{"a.B?": true, "?": false, "a b?": false, "a.?": false, "a???": false, "%time?": true, "%%sh??": true, "%a.b?": false, "%%%a?": false, "x := 1": false, `"a"?`: false} {
		if _, _, got := helpCell(code); got != want {
			t.Errorf("helpCell(%q) = %t, want %t", code, got, want)
		}
	}
}

// wrong is a PositionedError.
type wrong struct {
	source  string
	at      int
	suggest string
}

func (w wrong) Error() string      { return `no column "Qyt"` }
func (w wrong) Source() string     { return w.source }
func (w wrong) Offset() int        { return w.at }
func (w wrong) Suggestion() string { return w.suggest }

func TestCaret(t *testing.T) {
	f := func(w wrong, want string) {
		t.Helper()
		_, lines := failure(&display.CellError{Name: "QueryError", Message: "view: no column", Cause: fmt.Errorf("view: %w", w)})
		got := strings.NewReplacer("\x1b[31m", "", "\x1b[0m", "").Replace(strings.Join(lines, "\n"))
		if got != "QueryError: view: no column\n"+want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	f(wrong{"Px * Qyt", 5, "Qty"}, "Px * Qyt\n     ^ no column \"Qyt\"; did you mean \"Qty\"?")
	f(wrong{"é😀 * Qyt", 9, ""}, "é😀 * Qyt\n     ^ no column \"Qyt\"")
	f(wrong{"a\n\tPx * Qyt\nb", 8, ""}, "\tPx * Qyt\n\t     ^ no column \"Qyt\"")
	f(wrong{"Px", -1, ""}, "no column \"Qyt\"")
	f(wrong{"Px", 2, ""}, "Px\n  ^ no column \"Qyt\"")
	if ce, lines := failure(errors.New("plain")); ce.Message != "plain" || len(lines) != 1 {
		t.Errorf("got %+v %q", ce, lines)
	}
}

func TestStreamsAreBatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		defer f.Close()
		f.echo.on("tick", func(context.Context, string) ([]any, error) {
			for range 1000 { // a line each millisecond
				fmt.Fprintln(f.echo.stdout, "x")
				<-time.After(time.Millisecond)
			}
			return nil, nil
		})
		f.cell("tick")
		n, text := 0, ""
		for _, o := range f.take() {
			if o.Type == "stream" {
				n++
				text += o.Content["text"].(string)
			}
		}
		if n < 5 || n > 20 || text != strings.Repeat("x\n", 1000) {
			t.Errorf("%d messages, %d bytes", n, len(text))
		}
		f.want(t, "print quick", "stdout \"quick\\n\"")
		fmt.Fprint(f.echo.stdout, "late") // between cells
		<-time.After(2 * streamMaxInterval)
		if got := brief(f.take()); got != `stdout "late"` {
			t.Errorf("got %s", got)
		}
		fmt.Fprint(f.echo.stdout, "\xf0\x9f")
		<-time.After(2 * streamMaxInterval)
		fmt.Fprint(f.echo.stdout, "\x98\x80")
		<-time.After(2 * streamMaxInterval)
		if got := brief(f.take()); got != `stdout "😀"` {
			t.Errorf("a character was torn: %s", got)
		}
	})
}

func TestStreamsAreCapped(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.StreamLimit = 10 << 10 })
	defer f.Close()
	f.echo.on("flood", func(context.Context, string) ([]any, error) {
		for i := range 100_000 {
			fmt.Fprintf(f.echo.stdout, "line %d\n", i)
		}
		return nil, nil
	})
	f.cell("flood")
	var all strings.Builder
	for _, o := range f.take() {
		if o.Type == "stream" {
			all.WriteString(o.Content["text"].(string))
		}
	}
	got := all.String()
	if len(got) > 20<<10 || !strings.HasPrefix(got, "line 0\n") || !strings.HasSuffix(got, "line 99999\n") ||
		!strings.Contains(got, "printed more than 10 KiB") || !strings.Contains(got, "bytes left out]") {
		t.Errorf("%d bytes: %s … %s", len(got), got[:100], got[len(got)-200:])
	}
	f.want(t, "print next", "stdout \"next\\n\"")
}

func TestAlternatingStreams(t *testing.T) {
	f := newFixture(t, nil)
	defer f.Close()
	f.cell(strings.Repeat("print a\nstderr b\n", 2000))
	if out := f.take(); len(out) > 1000 {
		t.Errorf("%d messages", len(out))
	}
}

// handler records what a comm gets.
type handler struct {
	mu     sync.Mutex
	got    []string
	closed bool
	on     func(string)
}

func (h *handler) Message(m display.CommMessage) {
	h.mu.Lock()
	h.got = append(h.got, string(m.Data))
	on := h.on
	h.mu.Unlock()
	if on != nil {
		on(string(m.Data))
	}
}

func (h *handler) Closed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
}

func TestComms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &handler{on: func(text string) {
			if text == "2" {
				panic("in a handler")
			}
		}}
		f := newFixture(t, func(c *Config) {
			c.Targets = map[string]Target{"quiet": {Quiet: true, Open: func(c display.Comm, open display.CommMessage) (display.CommHandler, error) {
				if string(open.Data) == "0" {
					return nil, errors.New("no")
				}
				return h, c.Send("hello")
			}}}
		})
		say := func(kind, id, data string) string {
			f.take()
			f.HandleComm(CommRequest{Type: kind, ID: id, Target: "quiet", Data: json.RawMessage(data)})
			synctest.Wait()
			return brief(f.take())
		}
		check := func(got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		check(say("comm_open", "a", "1"), "comm_msg")
		check(say("comm_open", "b", "0"), "comm_close")
		check(say("comm_msg", "a", "2"), "")
		check(say("comm_msg", "a", "3"), "")
		check(say("comm_msg", "nobody", "3"), "busy\ncomm_close\nidle")
		check(fmt.Sprint(f.Comms("")), "map[a:quiet]")
		check(say("comm_close", "a", "{}"), "")
		check(fmt.Sprint(f.Comms("")), "map[]")
		check(strings.Join(h.got, " "), "2 3")
		if !h.closed || !strings.Contains(f.log.String(), "in a handler") {
			t.Errorf("closed %t, log %s", h.closed, f.log)
		}
		forgotten, err := f.OpenComm("quiet", &handler{}, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		f.take()
		forgotten.Forget()
		forgotten.Close()
		check(brief(f.take())+fmt.Sprint(f.Comms(""), forgotten.Send(1) != nil), "map[] true")
		own := &handler{}
		c, err := f.OpenComm("jupyter.widget", own, map[string]any{"a": 1}, map[string]any{"version": "2.1.0"})
		if err != nil {
			t.Fatal(err)
		}
		check(brief(f.take()), "comm_open")
		f.HandleComm(CommRequest{Type: "comm_msg", ID: c.ID(), Data: json.RawMessage("4")})
		synctest.Wait()
		check(brief(f.take()), "busy\nidle")
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if !own.closed || len(own.got) != 1 {
			t.Errorf("closed %t, got %q", own.closed, own.got)
		}
		if c.Send(1) == nil {
			t.Error("a closed comm was sent on")
		}
	})
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
