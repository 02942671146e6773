package kernel

import (
	"encoding/json"
	"net"
	"runtime"
	"slices"
	"strings"
	"time"
)

const maxSubshells = 100

// onControl answers a request of the control socket. They are served one after the other, whatever the shell does.
func (sv *server) onControl(m *message) {
	sv.publishStatus(m.raw, "busy")
	defer sv.idle(m, false)
	kind, isRequest := replyKind(m.header.Type)
	var content map[string]any
	switch m.header.Type {
	case "kernel_info_request":
		content = sv.kernelInfo()
	case "interrupt_request":
		sv.session.Interrupt()
		content = map[string]any{"status": "ok"}
	case "shutdown_request":
		sv.shutdown(sv.control, m)
		return
	case "create_subshell_request":
		content = sv.createSubshell()
	case "delete_subshell_request":
		content = sv.deleteSubshell(m)
	case "list_subshell_request":
		content = sv.listSubshells()
	default:
		sv.log.Printf("control: unknown message %q", m.header.Type)
		if !isRequest {
			return
		}
		content = errorContent("NotSupported", "this kernel knows no "+m.header.Type)
	}
	sv.reply(sv.control, m, kind, content)
}

func (sv *server) kernelInfo() map[string]any {
	return map[string]any{
		"status": "ok", "protocol_version": protocolVersion, "implementation": "tickbook", "implementation_version": sv.cfg.Version,
		"language_info": map[string]any{
			"name": "go", "version": strings.TrimPrefix(runtime.Version(), "go"), "mimetype": "text/x-go", "file_extension": ".go",
			"pygments_lexer": "go", "codemirror_mode": "go", "nbconvert_exporter": "script",
		},
		"banner": "Tickbook " + sv.cfg.Version + ": streaming tables in Go cells", "debugger": false,
		"help_links":         []any{map[string]any{"text": "Go", "url": "https://go.dev/doc/"}},
		"supported_features": []string{"kernel subshells"},
	}
}

// ports is the content of a connect_reply.
func (sv *server) ports() map[string]any {
	content := map[string]any{"status": "ok"}
	for name, s := range map[string]socket{"shell": sv.shell, "iopub": sv.iopub, "stdin": sv.stdin, "hb": sv.heartbeat, "control": sv.control} {
		port := 0 // a unix socket has none
		if a, ok := s.port.Addr().(*net.TCPAddr); ok {
			port = a.Port
		}
		content[name+"_port"] = port
	}
	return content
}

// shutdown ends the session's cells, has the last state of live displays drawn, and answers before the sockets close.
func (sv *server) shutdown(s socket, m *message) {
	var c struct {
		Restart bool `json:"restart"`
	}
	_ = json.Unmarshal(m.content, &c) // no restart, then
	sv.mu.Lock()
	first := !sv.stopping
	sv.stopping = true
	sv.mu.Unlock()
	sv.cfg.Parent.Stops()
	content := map[string]any{"status": "ok", "restart": c.Restart}
	if !first {
		sv.reply(s, m, "shutdown_reply", content)
		return
	}
	for _, waiting := range sv.main.close() {
		if waiting.header.Type == "execute_request" {
			sv.abort(waiting)
		}
	}
	sv.session.Interrupt()
	atMost(stopTime, sv.session.idle())
	drawn := make(chan struct{})
	go func() { sv.session.Refresh(); close(drawn) }()
	atMost(stopTime/2, drawn)
	sv.reply(s, m, "shutdown_reply", content)
	sv.session.emit(Output{Type: "shutdown_reply", Parent: m.raw, Content: content})
}

// idle says that m is served. After a shutdown it ends the server.
func (sv *server) idle(m *message, isMain bool) {
	sv.publishStatus(m.raw, "idle")
	if !isMain {
		sv.session.busyAgain()
	}
	if m.header.Type == "shutdown_request" {
		sv.stopped.Do(func() { close(sv.stop) })
	}
}

// atMost waits for done, but not longer than d.
func atMost(d time.Duration, done <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
	}
}

func (sv *server) createSubshell() map[string]any {
	w := newWorker(sv)
	id := newMessageID()
	sv.mu.Lock()
	defer sv.mu.Unlock()
	if sv.stopping || len(sv.subshells) >= maxSubshells {
		return errorContent("TooManySubshells", "this kernel has all the subshells that it can have")
	}
	sv.subshells[id] = w
	sv.wg.Go(w.run)
	return map[string]any{"status": "ok", "subshell_id": id}
}

func (sv *server) deleteSubshell(m *message) map[string]any {
	var c struct {
		ID string `json:"subshell_id"`
	}
	if err := json.Unmarshal(m.content, &c); err != nil {
		return errorContent("BadRequest", err.Error())
	}
	sv.mu.Lock()
	w := sv.subshells[c.ID]
	delete(sv.subshells, c.ID)
	sv.mu.Unlock()
	if w == nil {
		return errorContent("SubshellNotFound", "no subshell "+c.ID)
	}
	for _, waiting := range w.close() {
		sv.refuse(waiting, "SubshellDeleted", "its subshell was deleted")
	}
	return map[string]any{"status": "ok"}
}

func (sv *server) listSubshells() map[string]any {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	ids := make([]string, 0, len(sv.subshells))
	for id := range sv.subshells {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return map[string]any{"status": "ok", "subshell_id": ids}
}
