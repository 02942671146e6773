package widgets

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"tickbook/display"
	"tickbook/engine"
)

// texts renders r as text, and demands that its HTML holds the same words.
func texts(t *testing.T, r display.Renderer) string {
	t.Helper()
	b := r.Render()
	text, _ := b[display.Text].(string)
	page, ok := b[display.HTML].(string)
	if !ok {
		return text
	}
	shown := strings.Join(strings.Fields(checkMarkup(t, text, parse(t, page))), "")
	for _, word := range strings.Fields(text) {
		if !strings.HasPrefix(word, "─") && !strings.Contains(shown, word) {
			t.Errorf("the HTML lacks %q of the text", word)
		}
	}
	return text
}

func mustHold(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("no %q in\n%s", w, text)
		}
	}
}

func TestLiveTable(t *testing.T) {
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.Int64("N"), engine.String("Sym"), engine.Float64("Price"))
	r, ok := Renderer(in.Table)
	if !ok {
		t.Fatal("no view of a table")
	}
	mustHold(t, texts(t, r), "snapshot 20", " · no rows yet", "float64")

	changed := make(chan struct{}, 1)
	stop := r.(display.Live).Watch(changed)
	for i := range 1234 {
		in.Add(int64(i), "AAPL", nil)
	}
	g.Step()
	select {
	case <-changed:
	default:
		t.Error("no signal after a cycle that added rows")
	}
	text := texts(t, r)
	mustHold(t, text, "snapshot 20", " UTC · first 10 of 1,234 rows", "AAPL", "∅")
	if got := strings.Count(text, "\n"); got != 13 {
		t.Errorf("%d lines, want 3 of head, 10 of rows and the footer\n%s", got+1, text)
	}
	mustHold(t, texts(t, Table(in.Table, Last(3))), "last 3 of 1,234 rows", "1231", "1233")
	mustHold(t, texts(t, Table(in.Table, First(500))), "first 50 of 1,234 rows")
	mustHold(t, texts(t, Table(in.Table, First(-1))), "first 1 of 1,234 rows")
	mustHold(t, texts(t, Table(in.Reverse())), "snapshot 20", " UTC · first 10 of 1,234 rows", "1233", "1224")

	stop()
	stop()
	in.Add(int64(7), "IBM", 1.5)
	g.Step()
	select {
	case <-changed:
		t.Error("a signal after stop")
	default:
	}
}

// feed is a source in a state of the test's choice.
type feed struct{ status engine.Status }

func (f *feed) Fill(func(*engine.Rows)) {}
func (f *feed) Status() engine.Status   { return f.status }
func (f *feed) Stop()                   {}

func TestTrouble(t *testing.T) {
	g := engine.NewGraph()
	f := &feed{}
	table := engine.NewSource(g, []engine.ColumnDef{engine.Int64("N")}).Start(f)
	derived := table.Reverse()
	check := func(s engine.Status, want ...string) {
		t.Helper()
		f.status = s
		mustHold(t, texts(t, Table(table)), want...)
		mustHold(t, texts(t, Table(derived)), want...)
	}
	check(engine.Status{}, "snapshot 20", " · no rows yet")
	check(engine.Status{Code: engine.StatusStarting, Message: "connecting"}, "◌ starting", "connecting")
	check(engine.Status{Code: engine.StatusDown, Message: "broker\nis <b>gone</b>", BadRecords: 1}, "▲ source down", "broker; is <b>gone</b>", "1 bad record left out")
	check(engine.Status{Code: engine.StatusFailed, Message: "topic \x1b[31mdeleted"}, "✕ failed", "topic ␛[31mdeleted")
	check(engine.Status{BadRecords: 12345}, "snapshot 20", "12,345 bad records left out")
	table.Close()
	mustHold(t, texts(t, Table(table)), "static · 0 rows")
}

func TestStaticValues(t *testing.T) {
	at := time.Date(2026, 1, 23, 15, 21, 48, 123e6, time.UTC)
	table := engine.NewTable(
		engine.Col("Sym", []string{"<script>", "a\nb"}),
		engine.Col("Time", []time.Time{at, at}, []bool{true, false}),
		engine.Col("Wait", []time.Duration{time.Second, 1500 * time.Millisecond}),
		engine.Col("Ok", []bool{true, false}),
	)
	want := []string{"<script>", "a␊b", "2026-01-23 15:21:48.123", "1.5s", "true", "∅", "instant", "static · 2 rows"}
	for _, v := range []any{table, table.Snapshot(), table.Rows(10)} {
		r, ok := Renderer(v)
		if !ok {
			t.Fatalf("no view of %T", v)
		}
		mustHold(t, texts(t, r), want...)
	}

	if err := engine.SetZone("America/New_York"); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.SetZone("UTC"); err != nil {
			t.Fatal(err)
		}
	}()
	mustHold(t, texts(t, Table(table)), "instant (America/New_York)", "2026-01-23 10:21:48.123")
}

func TestOddValues(t *testing.T) {
	for _, v := range []any{(*engine.Table)(nil), (*engine.Input)(nil), (*engine.Snapshot)(nil), []engine.Row{}, engine.EmptyTable(3), engine.EmptyTable(0)} {
		r, ok := Renderer(v)
		if !ok {
			t.Errorf("no view of %T", v)
			continue
		}
		if texts(t, r) == "" {
			t.Errorf("nothing shown of %T", v)
		}
		if live, ok := r.(display.Live); ok {
			live.Watch(make(chan struct{}))()
		}
	}
	for _, v := range []any{nil, 1, "text", struct{}{}} {
		if _, ok := Renderer(v); ok {
			t.Errorf("a view of %v", v)
		}
	}
}

func TestWideTable(t *testing.T) {
	table := engine.EmptyTable(1)
	for i := range 30 {
		table = table.UpdateView("C" + string(rune('A'+i%26)) + strings.Repeat("x", i/26) + " = 1")
	}
	mustHold(t, texts(t, Table(table)), "CT", "10 columns not shown: CU, CV, CW")
}
