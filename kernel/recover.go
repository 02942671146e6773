package kernel

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"tickbook/kernel/supervise"
)

const (
	portTime   = 3 * time.Second        // for the ports of a process that has just died to be free
	backTime   = 3 * time.Second        // for its clients to be back
	backSpread = 200 * time.Millisecond // between the first and the others; ZeroMQ tries each 100 ms
)

// open has a socket listen. Where a process before this one has just died, its port may need a moment.
func (sv *server) open(s *socket, endpoint string) error {
	deadline := time.Now().Add(portTime)
	for {
		err := s.Listen(endpoint)
		if err == nil || sv.cfg.Parent == nil || !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(deadline) {
			return err
		}
		t := time.NewTimer(20 * time.Millisecond)
		<-t.C
	}
}

// recover answers what a process that died before this one left: the cell that ran fails and says why, the others are aborted, those that came since
// included. Then it says
// "restarting", on which a page forgets what it knew of the kernel.
func (sv *server) recover() {
	if sv.cfg.Parent == nil || sv.cfg.Parent.Report == nil {
		return
	}
	r := sv.cfg.Parent.Report
	sv.log.Printf("the kernel's process died: %s", r.Reason)
	sv.awaitClients()
	content := map[string]any{"ename": "KernelDied", "evalue": died(r), "traceback": diedLines(r)}
	told := false
	tell := func(parent json.RawMessage) {
		told = true
		sv.session.emit(Output{Type: "error", Parent: parent, Content: content})
	}
	for _, q := range r.Pending {
		m := &message{idents: q.Idents, raw: q.Header}
		kind, _ := replyKind(q.Kind)
		reply := map[string]any{"status": "error", "ename": content["ename"], "evalue": content["evalue"], "traceback": content["traceback"]}
		sv.publishStatus(m.raw, "busy")
		if q.Kind == "execute_request" {
			reply["user_expressions"], reply["payload"] = map[string]any{}, []any{}
			if q.Running {
				reply["execution_count"] = q.Count
				tell(m.raw)
			} else {
				reply["status"] = "aborted"
			}
		}
		sv.send(sv.shell, m, kind, reply)
		sv.publishStatus(m.raw, "idle")
	}
	if !told && len(r.Last.Header) > 0 {
		tell(r.Last.Header)
	}
	for _, m := range sv.main.take() { // sent before anyone could know, and meant for the variables that are gone
		sv.abort(m)
	}
	for _, state := range []string{"restarting", "starting", "idle"} {
		sv.publishStatus(nil, state)
	}
}

// awaitClients waits until who talked to the process before is back: someone on iopub who hears, someone on shell. It doesn't wait for ever.
func (sv *server) awaitClients() {
	deadline := time.NewTimer(backTime)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var since time.Time
	for {
		heard := false
		for _, p := range sv.iopub.port.all() {
			heard = heard || p.subscribed([]byte("kernel."))
		}
		if heard && len(sv.shell.port.all()) > 0 {
			if since.IsZero() {
				since = time.Now()
			}
			if time.Since(since) > backSpread {
				return
			}
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			return
		case <-sv.ctx.Done():
			return
		}
	}
}

// died says in a sentence what happened.
func died(r *supervise.Report) string {
	where := ""
	switch {
	case r.Last.Count > 0 && r.Last.Running:
		where = fmt.Sprintf(" while In[%d] ran", r.Last.Count)
	case r.Last.Count > 0:
		where = fmt.Sprintf(" after In[%d] had ended", r.Last.Count)
	}
	return fmt.Sprintf("the kernel's process died%s: %s. It was started anew, without its variables and tables", where, r.Reason)
}

// diedLines are what is shown: the sentence, what may be done about it, and what the Go runtime said.
func diedLines(r *supervise.Report) []string {
	lines := []string{"\x1b[31mKernelDied\x1b[0m: " + died(r) + "."}
	if hint := hintOf(r); hint != "" {
		lines = append(lines, hint)
	}
	if r.Text != "" {
		lines = append(lines, "\n"+r.Text)
	}
	return lines
}

// hintOf says what to do about a death that is known, or nothing.
func hintOf(r *supervise.Report) string {
	switch {
	case strings.Contains(r.Reason, "concurrent map"):
		return "Two goroutines used one map at a time: guard it with a sync.Mutex."
	case strings.Contains(r.Reason, "out of memory") || strings.Contains(r.Reason, "cannot allocate memory"):
		return "Run the cell with less data, or raise the limit by the environment variable TICKBOOK_MEMORY."
	case strings.HasPrefix(r.Reason, "panic:"):
		return "A panic in a function that compiled code calls in a goroutine of its own (time.AfterFunc, sync.WaitGroup.Go) can't be caught: recover in it."
	}
	return ""
}
