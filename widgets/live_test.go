package widgets_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"tickbook/display"
	"tickbook/engine"
	"tickbook/kernel"
	"tickbook/widgets"
	"tickbook/widgets/figure"
	"tickbook/widgets/live"
)

// cells is an interpreter whose cells are functions.
type cells map[string]func() []any

func (c cells) Execute(_ context.Context, code string, _ int) ([]any, error) { return c[code](), nil }
func (c cells) Complete(string, int) ([]display.Match, int, int)             { return nil, 0, 0 }
func (c cells) Inspect(string, int, int) (display.MIMEBundle, bool)          { return nil, false }
func (c cells) IsComplete(string) (string, string)                           { return "complete", "" }
func (c cells) Close() error                                                 { return nil }

// sink keeps what a session shows.
type sink struct {
	mu  sync.Mutex
	all []kernel.Output
}

func (s *sink) Emit(o kernel.Output) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, o)
}

// take returns what came of a type, and forgets all.
func (s *sink) take(kind string) (out []kernel.Output) {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.all {
		if o.Type == kind {
			out = append(out, o)
		}
	}
	s.all = nil
	return out
}

// messages are the answers that came, as a page reads them.
func (s *sink) messages(t *testing.T) (out []map[string]any) {
	t.Helper()
	for _, o := range s.take("comm_msg") {
		out = append(out, said(t, o)...)
	}
	return out
}

// said is what a message of a comm says: the kernel may put several things into one.
func said(t *testing.T, o kernel.Output) []map[string]any {
	t.Helper()
	var m struct {
		T        string           `json:"t"`
		Messages []map[string]any `json:"messages"`
	}
	one := map[string]any{}
	data := o.Content["data"].(json.RawMessage)
	if err := errors.Join(json.Unmarshal(data, &m), json.Unmarshal(data, &one)); err != nil {
		t.Fatal(err)
	}
	if m.T == "several" {
		return m.Messages
	}
	return []map[string]any{one}
}

func start(t *testing.T, c cells) (*kernel.Session, *sink) {
	t.Helper()
	out := &sink{}
	s, err := kernel.NewSession(kernel.Config{
		NewInterpreter: func(_, _ io.Writer) (kernel.Interpreter, error) { return c, nil },
		Render:         widgets.Renderer,
		Targets:        map[string]kernel.Target{live.Target: {Open: live.Open, Quiet: true}},
		Log:            log.New(&bytes.Buffer{}, "", 0),
	}, out)
	if err != nil {
		t.Fatal(err)
	}
	return s, out
}

// view is the reference in a display's bundle.
func view(t *testing.T, out *sink) (ref live.Ref) {
	t.Helper()
	shown := out.take("display_data")
	if len(shown) != 1 {
		t.Fatalf("%d displays", len(shown))
	}
	text, _ := shown[0].Content["data"].(map[string]any)[live.MIME].(json.RawMessage)
	if err := json.Unmarshal(text, &ref); err != nil || ref.Version != 1 || ref.View == "" || ref.Session == "" {
		t.Fatalf("reference %s: %v", text, err)
	}
	if len(text) > 100 {
		t.Errorf("the reference has %d bytes", len(text))
	}
	return ref
}

func say(s *kernel.Session, id, kind, format string, args ...any) {
	s.HandleComm(kernel.CommRequest{Type: kind, ID: id, Target: live.Target, Data: fmt.Appendf(nil, format, args...), Parent: json.RawMessage(`{}`)})
	synctest.Wait()
}

// TestLiveThroughTheKernel is a page's life with a kernel: a table is shown, followed by itself, left, and shown again.
func TestLiveThroughTheKernel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := engine.NewGraph()
		in := engine.NewInput(g, engine.Int64("N"))
		c := cells{"show": func() []any { return []any{in.View("N", "M = N + 1")} }}
		s, out := start(t, c)
		defer s.Close()
		add := func(n int) {
			in.Add(int64(n))
			g.Step()
		}
		s.Execute(t.Context(), kernel.Request{Code: "show", CellID: "a"})
		ref := view(t, out)
		add(1)
		<-time.After(time.Second)
		if n := len(out.take("update_display_data")); n != 1 {
			t.Errorf("%d updates with no page", n)
		}

		say(s, "c1", "comm_open", `{"version":1}`)
		say(s, "c1", "comm_msg", `{"t":"open","view":%q,"viewer":"v"}`, ref.View)
		say(s, "c1", "comm_msg", `{"t":"frame","view":%q,"viewer":"v","seq":1,"since":-1,"first":0,"count":50,"order":[[1,true]]}`, ref.View)
		<-time.After(10 * time.Millisecond) // what comes together is gathered
		m := out.messages(t)
		if len(m) != 3 || m[0]["session"] != ref.Session || m[1]["kind"] != "table" || m[2]["rows"] != 1.0 {
			t.Fatalf("answers %v", m)
		}
		step := m[2]["step"]
		say(s, "c1", "comm_msg", `{"t":"frame","view":%q,"viewer":"v","seq":2,"since":%v,"first":0,"count":50,"order":[[1,true]]}`, ref.View, step)
		for i := range 100 {
			add(i)
			<-time.After(10 * time.Millisecond)
		}
		synctest.Wait()
		out.mu.Lock()
		updates, status := 0, 0
		for _, o := range out.all {
			switch o.Type {
			case "update_display_data":
				updates++
			case "status":
				status++
			}
		}
		out.mu.Unlock()
		if updates != 0 || status != 0 {
			t.Errorf("%d updates of a display that a page follows, %d status messages", updates, status)
		}
		if m = out.messages(t); len(m) != 1 || m[0]["seq"] != 2.0 || m[0]["rows"].(float64) < 2 {
			t.Errorf("answers %v", m)
		}

		for i := range 5 { // out of sight: named, and nothing is sent
			<-time.After(4 * time.Minute)
			add(i)
			say(s, "c1", "comm_msg", `{"t":"hold","views":[%q]}`, ref.View)
		}
		synctest.Wait()
		out.mu.Lock()
		if len(out.all) != 0 {
			t.Errorf("out of sight, the kernel says %v", out.all)
		}
		out.mu.Unlock()
		<-time.After(11 * time.Minute) // the page is closed
		if m := out.messages(t); len(m) != 1 || m[0]["t"] != "bye" || len(s.Comms("")) != 0 {
			t.Errorf("a silent page heard %v; comms %v", m, s.Comms(""))
		}
		add(1000)
		s.Touch()
		<-time.After(time.Second)
		if n := len(out.take("update_display_data")); n != 1 {
			t.Errorf("%d updates after the page was left", n)
		}

		say(s, "c2", "comm_open", `{"version":1}`) // reloaded
		say(s, "c2", "comm_msg", `{"t":"frame","view":%q,"viewer":"w","seq":1,"since":%v,"first":0,"count":50}`, ref.View, step)
		say(s, "c2", "comm_msg", `{"t":"snapshot","views":[%q]}`, ref.View)
		<-time.After(10 * time.Millisecond)
		m = out.messages(t)
		if len(m) != 3 || m[1]["rows"] != 107.0 || !strings.Contains(fmt.Sprint(m[2]["data"]), "107 rows") {
			t.Errorf("answers after a reload %v", m)
		}

		s.Execute(t.Context(), kernel.Request{Code: "show", CellID: "a"})
		synctest.Wait()
		again := view(t, out)
		if again.View == ref.View {
			t.Error("the same view after a run")
		}
		say(s, "c2", "comm_msg", `{"t":"open","view":%q,"viewer":"w"}`, ref.View)
		if m = out.messages(t); len(m) != 1 || m[0]["t"] != "gone" {
			t.Errorf("the old view: %v", m)
		}
	})
}

// TestDisplayHoldsTable frees a table when its cell runs again, though a page looked at it.
func TestDisplayHoldsTable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := engine.NewGraph()
		in := engine.NewInput(g, engine.Int64("N"))
		var w weak.Pointer[engine.Table]
		s, out := start(t, cells{"show": func() []any {
			v := in.View("N", "M = N + 1")
			w = weak.Make(v)
			return []any{v}
		}, "none": func() []any { return nil }})
		defer s.Close()
		s.Execute(t.Context(), kernel.Request{Code: "show", CellID: "a"})
		ref := view(t, out)
		say(s, "c", "comm_open", `{"version":1}`)
		say(s, "c", "comm_msg", `{"t":"frame","view":%q,"viewer":"v","seq":1,"since":-1,"first":0,"count":50,"order":[["N",true]]}`, ref.View)
		runtime.GC()
		if w.Value() == nil {
			t.Fatal("a table that is shown was freed")
		}
		s.Execute(t.Context(), kernel.Request{Code: "none", CellID: "a"})
		synctest.Wait()
		out.take("")
		g.Step()
		for range 10 {
			runtime.GC()
		}
		if w.Value() != nil {
			t.Error("the table is held after its cell ran again")
		}
	})
}

func TestWhatIsLive(t *testing.T) {
	in := engine.NewInput(engine.NewGraph(), engine.Int64("N"))
	check := func(v any, want string) {
		t.Helper()
		r, ok := v.(display.Renderer)
		if !ok {
			r, _ = widgets.Renderer(v)
		}
		ref, _ := r.Render()[live.MIME].(live.Ref)
		if ref.Kind != want {
			t.Errorf("%T: kind %q, want %q", v, ref.Kind, want)
		}
	}
	check(in.Table, "table")
	check(in, "table")
	check(engine.NewTable(engine.Col("N", []int64{1})), "table")
	check((*engine.Table)(nil), "")
	check(in.Snapshot(), "")
	check(in.Rows(1), "")
	check(figure.New(), "figure")
	check(figure.New().PlotXY("N", in.Table, "N", "N"), "figure")
}
