package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"

	"tickbook/display"
)

// TestCopies has two copies of a notebook on one kernel, so with cells of the same ids: a run ends displays of its own notebook only.
func TestCopies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, func(c *Config) {
			c.Targets = map[string]Target{"pages": {
				Quiet:    true,
				Open:     func(display.Comm, display.CommMessage) (display.CommHandler, error) { return &handler{}, nil },
				Notebook: func(open display.CommMessage) string { return string(open.Data) },
			}}
		})
		defer f.Close()
		var made *counter
		f.echo.on("live", func(context.Context, string) ([]any, error) {
			made = &counter{}
			return []any{made}, nil
		})
		run := func(client string) *counter {
			f.Execute(t.Context(), Request{Code: "live", CellID: "x", Client: client})
			return made
		}
		opens := func(client, comm, notebook string) {
			f.HandleComm(CommRequest{Type: "comm_open", ID: comm, Target: "pages", Data: json.RawMessage(notebook), Client: client})
		}
		want := func(what string, ended *counter, living ...*counter) {
			t.Helper()
			synctest.Wait()
			if ended != nil && ended.watched() != 0 {
				t.Errorf("%s: the display of before lives", what)
			}
			for i, c := range living {
				if c.watched() != 1 {
					t.Errorf("%s: display %d of %d has ended", what, i+1, len(living))
				}
			}
		}
		opens("a", "1", "a.ipynb")
		a := run("a")
		opens("b", "2", "b.ipynb")
		b := run("b")
		want("the copy ran", nil, a, b)
		b2 := run("b")
		want("the copy ran again", b, a, b2)
		a2 := run("a")
		want("the first ran again", a, b2, a2)

		opens("a loaded again", "3", "a.ipynb") // or a second tab
		a3 := run("a loaded again")
		want("a page was loaded again", a2, b2, a3)
		f.HandleComm(CommRequest{Type: "comm_close", ID: "2", Client: "b"}) // closed
		a4 := run("a")
		want("the copy is closed, which may be opened again", a3, b2, a4)
		f.EndCell("x", "a")
		want("deleted in one", a4, b2)

		a5 := run("a")
		opens("a", "4", "renamed.ipynb") // what the page made before is of that notebook too
		opens("a loaded again", "5", "renamed.ipynb")
		a6 := run("a loaded again")
		want("renamed", a5, b2, a6)
		c := run("without an extension")
		want("a client whose notebook nobody knows", b2, c)
		want("a client whose notebook nobody knows", a6)
		a7 := run("a")
		want("a display of a client whose notebook nobody knows", c, a7)
	})
}

// TestFurtherClients: a kernel remembers the notebooks of so many clients.
func TestFurtherClients(t *testing.T) {
	var n notebooks
	for i := range maxClients + 1 {
		n.note(fmt.Sprint(i), fmt.Sprint(i%2))
	}
	last := fmt.Sprint(maxClients)
	if !n.differ("0", "1") || n.differ("0", "2") || n.differ("1", last) || n.differ("0", "") {
		t.Error("two notebooks are told apart where both are known")
	}
	n.note("0", "1")
	if n.differ("0", "1") {
		t.Error("a client that is known says another notebook, and is not believed")
	}
}

// TestCopiesOnSockets: who sent a message is in its header.
func TestCopiesOnSockets(t *testing.T) {
	sv, _ := startServer(t)
	sv.session.RegisterTarget("pages", Target{
		Open:     func(display.Comm, display.CommMessage) (display.CommHandler, error) { return &handler{}, nil },
		Notebook: func(open display.CommMessage) string { return string(open.Data) },
	})
	k := dial(t, sv.shell.port, "DEALER", "server") // all pages of a Jupyter server come by one connection
	say := func(client, kind string, metadata, content map[string]any) {
		t.Helper()
		frames, err := buildMessage(testKey, client, newMessageID(), nil, kind, nil, metadata, content, nil)
		if err != nil {
			t.Fatal(err)
		}
		k.write(encodeFrames(frames))
	}
	run := func(what, client string, displays int, metadata map[string]any, code string) {
		t.Helper()
		say(client, "execute_request", metadata, map[string]any{"code": code})
		k.message() // the reply
		sv.session.live.mu.Lock()
		defer sv.session.live.mu.Unlock()
		if got := len(sv.session.live.order); got != displays {
			t.Errorf("%s: %d displays, want %d", what, got, displays)
		}
	}
	x := map[string]any{"cellId": "x"}
	for _, client := range []string{"a", "b"} {
		say(client, "comm_open", nil, map[string]any{"comm_id": client, "target_name": "pages", "data": client + ".ipynb"})
	}
	run("one", "a", 1, x, "show 1")
	run("and its copy", "b", 2, x, "show 2")
	run("the copy again", "b", 2, x, "show 3")
	run("the cell is deleted in one", "a", 1, map[string]any{"cellId": "y", "deletedCells": []string{"x"}}, "print 4")
	run("and in the copy", "b", 0, map[string]any{"cellId": "y", "deletedCells": []string{"x"}}, "print 5")
}
