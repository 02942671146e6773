package kernel

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"tickbook/display"
)

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
			c.Targets = map[string]Target{"quiet": {Quiet: true, Bye: "bye", Open: func(c display.Comm, open display.CommMessage) (display.CommHandler, error) {
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
		check(say("comm_msg", "quieter-1", "3"), "busy\ncomm_close\nidle")
		check(say("comm_msg", "quiet-1", "3"), "comm_msg")
		check(say("comm_open", "quiet-1", "0"), "comm_close")
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
