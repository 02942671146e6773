package supervise

import (
	"encoding/json"
	"slices"
	"strings"
)

// Report says how a kernel's process died and what it left undone.
type Report struct {
	// Reason is what happened, in a line: "panic: boom", "signal: killed".
	Reason string `json:"reason"`
	// Text is the beginning of what the Go runtime said, "" if it said nothing.
	Text string `json:"text"`
	// Pending are the requests without a reply, in the order they came.
	Pending []Request `json:"pending"`
	// Last is the cell that ran, or had run, last. Its Header is empty if there was none.
	Last Request `json:"last"`
}

// Request is one request of a client's.
type Request struct {
	ID      string          `json:"id"`
	Kind    string          `json:"kind"`             // its type
	Idents  [][]byte        `json:"idents,omitempty"` // the way back
	Header  json.RawMessage `json:"header,omitempty"`
	Count   int             `json:"count,omitempty"` // In[Count], once it runs
	Running bool            `json:"running,omitempty"`
}

// The limits of what is kept of a process.
const (
	maxPending = 1000
	maxText    = 64 << 10 // bytes of the runtime's words; the first ones say most
	maxLines   = 8        // of them shown to the user
)

// event is a line of the journal that a kernel's process keeps for its supervisor.
type event struct {
	What    string  `json:"what"` // up, took, runs, done, stops
	Request Request `json:"request"`
}

// journal is what the supervisor knows of a process.
type journal struct {
	up, stops bool // the sockets are open; the end is asked for
	worked    bool // a request was taken
	pending   []Request
	last      Request
}

// note takes an event.
func (j *journal) note(e event) {
	at := slices.IndexFunc(j.pending, func(r Request) bool { return r.ID == e.Request.ID })
	switch e.What {
	case "up":
		j.up = true
	case "stops":
		j.stops = true
	case "took":
		j.worked = true
		if at < 0 && len(j.pending) < maxPending {
			j.pending = append(j.pending, e.Request)
		}
	case "runs":
		if at >= 0 {
			j.pending[at].Running, j.pending[at].Count = true, e.Request.Count
			j.last = j.pending[at]
		}
	case "done":
		if at >= 0 {
			j.pending = slices.Delete(j.pending, at, at+1)
		}
		if j.last.ID == e.Request.ID {
			j.last.Running = false
		}
	}
}

// report is the end of a process of which j is known: state is what the system says, reason the line by which the Go runtime began to die and text what
// it said then, if it did.
func (j *journal) report(state, reason, text string) *Report {
	r := &Report{Reason: state, Text: shorten(text), Pending: j.pending, Last: j.last}
	if text == "" {
		return r // killed: what was said before has another cause
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); isReason(line) {
			r.Reason = strings.TrimSuffix(line, " [recovered, repanicked]")
			return r
		}
	}
	if reason != "" {
		r.Reason, r.Text = reason, strings.TrimSpace(reason+"\n"+r.Text)
	}
	return r
}

// isReason says whether the Go runtime begins to die with such a line.
func isReason(line string) bool {
	for _, start := range []string{"panic: ", "fatal error: ", "SIG", "runtime: goroutine stack exceeds", "fatal: "} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return false
}

// shorten is what a user can make something of in the words of the Go runtime: what happened, and the functions that the goroutine was in, without those
// of the runtime and of the interpreter.
func shorten(text string) string {
	var out []string
	inside := false // the goroutine that died, which comes first
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "goroutine "):
			if inside {
				return strings.Join(out, "\n")
			}
			inside = true
		case !inside && isReason(line):
			out = append(out, strings.TrimSuffix(line, " [recovered, repanicked]"))
		case inside && len(out) < maxLines && line != "" && !strings.HasPrefix(line, "\t") && !isForeign(line):
			out = append(out, "  "+line)
		}
	}
	return strings.Join(out, "\n")
}

// isForeign says whether a frame is of the runtime or of the interpreter.
func isForeign(frame string) bool {
	for _, start := range []string{"runtime.", "internal/", "reflect.", "panic(", "github.com/traefik/yaegi/", "tickbook/interp", "created by ", "testing."} {
		if strings.HasPrefix(frame, start) {
			return true
		}
	}
	return false
}
