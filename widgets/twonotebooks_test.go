package widgets_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tickbook/engine"
	"tickbook/kernel"
)

// TestTwoNotebooks has two notebooks on one kernel: each page follows the views of its own, and one of both; what one does or leaves is nothing to
// the other.
func TestTwoNotebooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := engine.NewGraph()
		in := engine.NewInput(g, engine.Int64("N"))
		s, out := start(t, cells{
			"show":  func() []any { return []any{in.View("N", "M = N + 1")} },
			"other": func() []any { return []any{in.View("N", "Twice = 2 * N")} },
		})
		defer s.Close()
		s.Execute(t.Context(), kernel.Request{Code: "show", CellID: "first's"})
		a := view(t, out)
		s.Execute(t.Context(), kernel.Request{Code: "other", CellID: "second's"})
		b := view(t, out)

		// heard is what came, by comm; updates are those of displays that the kernel refreshes itself.
		heard := func() (answers map[string][]string, updates int) {
			t.Helper()
			synctest.Wait()
			out.mu.Lock()
			defer out.mu.Unlock()
			answers = map[string][]string{}
			for _, o := range out.all {
				switch o.Type {
				case "update_display_data":
					updates++
				case "comm_msg":
					id := o.Content["comm_id"].(string)
					for _, m := range said(t, o) {
						answers[id] = append(answers[id], m["t"].(string))
					}
				}
			}
			out.all = nil
			return answers, updates
		}
		want := func(what string, firsts, seconds int, refreshed bool) {
			t.Helper()
			in.Add(int64(1))
			g.Step()
			<-time.After(time.Second)
			got, n := heard()
			if len(got["first"]) != firsts || len(got["second"]) != seconds || n > 0 != refreshed {
				t.Errorf("%s: the pages heard %v, and displays were refreshed %d times; want %d, %d and %v", what, got, n, firsts, seconds, refreshed)
			}
		}
		frame := func(comm, viewID string, since int) {
			say(s, comm, "comm_msg", `{"t":"frame","view":%q,"viewer":"v","seq":1,"since":%d,"first":0,"count":5}`, viewID, since)
		}
		say(s, "first", "comm_open", `{"version":1}`)
		say(s, "second", "comm_open", `{"version":1}`)
		say(s, "first", "comm_msg", `{"t":"hold","views":[%q]}`, a.View)
		heard()
		want("the first page has its view", 0, 0, true)
		say(s, "second", "comm_msg", `{"t":"hold","views":[%q,%q]}`, a.View, b.View)
		want("both have their views", 0, 0, false)
		frame("first", a.View, -1)
		frame("second", a.View, -1)
		frame("second", b.View, -1)
		want("frames", 1, 2, false)
		frame("second", b.View, 1<<40) // of another life: at once
		want("one goes on", 0, 1, false)

		s.Execute(t.Context(), kernel.Request{Code: "other", CellID: "second's"}) // runs again: a new view
		again := view(t, out)
		say(s, "second", "comm_msg", `{"t":"hold","views":[%q]}`, again.View)
		frame("first", a.View, -1)
		want("the second's cell ran again", 1, 0, false)
		say(s, "second", "comm_close", `{}`)
		frame("first", a.View, -1)
		want("the second page is closed", 1, 0, true)
	})
}
