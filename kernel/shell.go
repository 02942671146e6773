package kernel

import (
	"context"
	"encoding/json"
	"runtime/debug"
	"strings"
	"time"

	"tickbook/display"
	"tickbook/kernel/supervise"
)

// readOnly requests may go past a running cell: they read the session, and whoever sent them waits.
var readOnly = map[string]bool{
	"kernel_info_request": true, "complete_request": true, "inspect_request": true, "is_complete_request": true,
	"history_request": true, "comm_info_request": true, "connect_request": true,
}

// onShell gives a request to whom serves it.
func (sv *server) onShell(m *message) {
	if _, isRequest := replyKind(m.header.Type); isRequest {
		sv.cfg.Parent.Took(supervise.Request{ID: m.header.ID, Kind: m.header.Type, Idents: m.idents, Header: m.raw})
	}
	w := sv.main
	switch id := m.header.SubshellID; {
	case id != "":
		sv.mu.Lock()
		w = sv.subshells[id]
		sv.mu.Unlock()
		if w == nil {
			sv.refuse(m, "SubshellNotFound", "no subshell "+id)
			return
		}
	case strings.HasPrefix(m.header.Type, "comm_") && m.header.Type != "comm_info_request":
		sv.comm(m)
		return
	case readOnly[m.header.Type] && sv.main.isBusy():
		w = sv.aside
	}
	if !w.push(m) {
		sv.refuse(m, "NotServed", "too many requests wait, or the kernel is shutting down")
	}
}

// refuse answers a request that is not served.
func (sv *server) refuse(m *message, name, text string) {
	sv.publishStatus(m.raw, "busy")
	if kind, ok := replyKind(m.header.Type); ok {
		sv.reply(sv.shell, m, kind, errorContent(name, text))
	} else {
		sv.log.Printf("shell: %s: %s", m.header.Type, text)
	}
	sv.idle(m, false)
}

func replyKind(request string) (string, bool) {
	base, ok := strings.CutSuffix(request, "_request")
	return base + "_reply", ok
}

// comm hands a comm message to the session, which says busy and idle itself.
func (sv *server) comm(m *message) {
	var c struct {
		ID     string          `json:"comm_id"`
		Target string          `json:"target_name"`
		Data   json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(m.content, &c); err != nil {
		sv.log.Printf("shell: %s: %v", m.header.Type, err)
		return
	}
	sv.session.HandleComm(CommRequest{Type: m.header.Type, ID: c.ID, Target: c.Target, Data: c.Data, Buffers: m.buffers, Parent: m.raw, Client: m.header.Session})
}

// serveShell answers one request, between busy and idle.
func (sv *server) serveShell(w *worker, m *message) {
	if strings.HasPrefix(m.header.Type, "comm_") && m.header.Type != "comm_info_request" { // by a subshell
		sv.comm(m)
		return
	}
	sv.publishStatus(m.raw, "busy")
	var aborted []*message
	func() {
		defer sv.guard(m)
		aborted = sv.answer(w, m)
	}()
	sv.idle(m, w.isMain)
	for _, a := range aborted {
		sv.abort(a)
	}
}

// guard keeps a panic in answering m, which is a bug of ours, from ending the kernel.
func (sv *server) guard(m *message) {
	if e := recover(); e != nil {
		sv.log.Printf("BUG: %s: panic: %v\n%s", m.header.Type, e, debug.Stack())
		if kind, ok := replyKind(m.header.Type); ok {
			sv.reply(sv.shell, m, kind, errorContent("BUG", "the kernel failed to answer; its log says more"))
		}
	}
}

// answer answers m. It returns the requests to abort.
func (sv *server) answer(w *worker, m *message) (aborted []*message) {
	if m.header.Type == "execute_request" {
		return sv.execute(w, m)
	}
	kind, isRequest := replyKind(m.header.Type)
	var c struct {
		Code   string `json:"code"`
		Cursor *int   `json:"cursor_pos"`
		Detail int    `json:"detail_level"`
		Target string `json:"target_name"`
	}
	if err := json.Unmarshal(m.content, &c); err != nil {
		sv.reply(sv.shell, m, kind, errorContent("BadRequest", err.Error()))
		return nil
	}
	pos := len(c.Code)
	if c.Cursor != nil {
		pos = byteOffset(c.Code, *c.Cursor)
	}
	var content map[string]any
	switch m.header.Type {
	case "kernel_info_request":
		content = sv.kernelInfo()
	case "complete_request":
		content = completeContent(c.Code, sv.session, pos)
	case "inspect_request":
		b, found := sv.session.Inspect(c.Code, pos, c.Detail)
		content = map[string]any{"status": "ok", "found": found, "data": wireData(b), "metadata": map[string]any{}}
	case "is_complete_request":
		status, indent := sv.session.IsComplete(c.Code)
		content = map[string]any{"status": status}
		if status == "incomplete" {
			content["indent"] = indent
		}
	case "history_request":
		var q historyQuery
		if err := json.Unmarshal(m.content, &q); err != nil {
			content = errorContent("BadRequest", err.Error())
			break
		}
		content = map[string]any{"status": "ok", "history": sv.session.history.find(q)}
	case "comm_info_request":
		list := map[string]any{}
		for id, target := range sv.session.Comms(c.Target) {
			list[id] = map[string]any{"target_name": target}
		}
		content = map[string]any{"status": "ok", "comms": list}
	case "connect_request": // deprecated since 5.1
		content = sv.ports()
	case "shutdown_request": // older clients send it here
		sv.shutdown(sv.shell, m)
		return nil
	default:
		sv.log.Printf("shell: unknown message %q", m.header.Type)
		if !isRequest {
			return nil
		}
		content = errorContent("NotSupported", "this kernel knows no "+m.header.Type)
	}
	sv.reply(sv.shell, m, kind, content)
	return nil
}

// execute runs a cell.
func (sv *server) execute(w *worker, m *message) (aborted []*message) {
	c := struct {
		Code         string            `json:"code"`
		Silent       bool              `json:"silent"`
		StoreHistory *bool             `json:"store_history"`
		AllowStdin   bool              `json:"allow_stdin"`
		StopOnError  *bool             `json:"stop_on_error"`
		Expressions  map[string]string `json:"user_expressions"`
	}{}
	if err := json.Unmarshal(m.content, &c); err != nil {
		sv.reply(sv.shell, m, "execute_reply", errorContent("BadRequest", err.Error()))
		return nil
	}
	var meta struct {
		CellID  string   `json:"cellId"`
		Deleted []string `json:"deletedCells"`
	}
	_ = json.Unmarshal(m.metadata, &meta) // of clients that say so
	for _, id := range meta.Deleted {
		sv.session.EndCell(id, m.header.Session)
	}
	r := sv.session.Execute(sv.ctx, Request{
		Code: c.Code, CellID: meta.CellID, Client: m.header.Session, Silent: c.Silent, StoreHistory: c.StoreHistory == nil || *c.StoreHistory,
		Started:     func(count int) { sv.cfg.Parent.Runs(m.header.ID, count) },
		StopOnError: c.StopOnError == nil || *c.StopOnError, AllowStdin: c.AllowStdin, Expressions: c.Expressions, Parent: m.raw,
		Input: func(ctx context.Context, prompt string, hidden bool) (string, error) {
			return sv.ask(ctx, m, prompt, hidden)
		},
	})
	content := map[string]any{"status": r.Status, "execution_count": r.Count}
	if r.Err != nil {
		content["ename"], content["evalue"], content["traceback"] = r.Err.Name, r.Err.Message, r.Traceback
	}
	content["user_expressions"], content["payload"] = orEmpty(r.Expressions), r.Payload
	if r.Payload == nil {
		content["payload"] = []any{}
	}
	if r.Status == "error" && w.isMain && (c.StopOnError == nil || *c.StopOnError) {
		// A page sends all cells of "run all" in one go. Those still on their way belong to the queue; what is sent after the reply doesn't.
		t := time.NewTimer(abortWait)
		select {
		case <-t.C:
		case <-sv.ctx.Done():
			t.Stop()
		}
		aborted = w.take()
	}
	sv.reply(sv.shell, m, "execute_reply", content)
	return aborted
}

// abort answers a request that stood behind a failed cell. There is no count in the reply: a front end would show it beside a cell that did not run.
func (sv *server) abort(m *message) {
	sv.publishStatus(m.raw, "busy")
	content := errorContent("Aborted", "a cell before this one failed")
	content["status"] = "aborted"
	content["user_expressions"], content["payload"] = map[string]any{}, []any{}
	sv.reply(sv.shell, m, "execute_reply", content)
	sv.publishStatus(m.raw, "idle")
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func completeContent(code string, s *Session, pos int) map[string]any {
	matches, start, end := s.Complete(code, pos)
	texts, types := make([]string, len(matches)), make([]map[string]any, len(matches))
	from, to := pointOffset(code, start), pointOffset(code, end)
	for i, m := range matches {
		texts[i] = m.Text
		types[i] = matchType(m, from, to)
	}
	return map[string]any{
		"status": "ok", "matches": texts, "cursor_start": from, "cursor_end": to,
		"metadata": map[string]any{"_jupyter_types_experimental": types},
	}
}

func matchType(m display.Match, start, end int) map[string]any {
	return map[string]any{"text": m.Text, "type": m.Type, "signature": m.Signature, "start": start, "end": end}
}
