package supervise

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestJournal(t *testing.T) {
	var j journal
	took := func(id, kind string) {
		j.note(event{What: "took", Request: Request{ID: id, Kind: kind, Header: json.RawMessage(`{}`)}})
	}
	check := func(want string) {
		t.Helper()
		got := ""
		for _, r := range j.pending {
			got += fmt.Sprint(r.ID, " ", r.Count, " ", r.Running, "; ")
		}
		got += fmt.Sprint("last ", j.last.ID, " ", j.last.Running)
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	took("a", "execute_request")
	took("b", "execute_request")
	took("c", "complete_request")
	j.note(event{What: "runs", Request: Request{ID: "a", Count: 4}})
	j.note(event{What: "done", Request: Request{ID: "c"}})
	check("a 4 true; b 0 false; last a true")
	j.note(event{What: "done", Request: Request{ID: "a"}})
	j.note(event{What: "done", Request: Request{ID: "nobody"}})
	check("b 0 false; last a false")
	for i := range 2 * maxPending {
		took(fmt.Sprint(i), "execute_request")
	}
	if len(j.pending) != maxPending {
		t.Errorf("%d requests are kept", len(j.pending))
	}
}

func TestReasons(t *testing.T) {
	const stack = "\ngoroutine 7 [running]:\nruntime.throw({0x1, 0x2})\n\t/usr/go/panic.go:1 +0x1\nmain.work(0x1)\n\t/home/me/x.go:2 +0x2\ncreated by main.main\n\t/home/me/x.go:9\n\ngoroutine 1 [select]:\nmain.main()\n"
	for _, c := range []struct{ state, said, text, reason, shown string }{
		{"exit status 2", "", "panic: boom [recovered, repanicked]\n" + stack, "panic: boom", "panic: boom\n  main.work(0x1)"},
		{"exit status 2", "fatal error: concurrent map writes", stack, "fatal error: concurrent map writes", "fatal error: concurrent map writes\n  main.work(0x1)"},
		{"exit status 2", "", stack, "exit status 2", "  main.work(0x1)"},
		{"exit status 3", "panic: of long ago", "", "exit status 3", ""},
	} {
		r := (&journal{}).report(c.state, c.said, c.text)
		if r.Reason != c.reason || r.Text != c.shown {
			t.Errorf("%q: %q and %q, want %q and %q", c.text, r.Reason, r.Text, c.reason, c.shown)
		}
	}
	long := "panic: x\n\ngoroutine 1 [running]:\n" + strings.Repeat("main.f()\n", 1000)
	if got := strings.Count((&journal{}).report("", "", long).Text, "\n"); got > maxLines {
		t.Errorf("%d lines are shown", got)
	}
}
