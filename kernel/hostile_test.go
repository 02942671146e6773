package kernel

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"time"
)

// hostile is a peer, or many, that do what they should not.
type hostile struct {
	sv   *server
	r    *rand.Rand
	open []net.Conn // connections left as they are, for a while
}

// attack does one thing, and says which.
func (h *hostile) attack(ctx context.Context) int {
	p := h.sv.allPorts()[h.r.IntN(5)]
	switch n := h.r.IntN(8); n {
	case 0: // a half-open peer
		for _, text := range malformedPeers() {
			if h.r.IntN(4) == 0 {
				h.send(p, text, true)
			}
		}
		return n
	case 1: // bytes that mean nothing
		text := make([]byte, h.r.IntN(2000))
		for i := range text {
			text[i] = byte(h.r.Uint32())
		}
		h.shaken(p, text)
		return n
	case 2: // a message cut off
		text := h.message(testKey)
		h.shaken(p, text[:h.r.IntN(len(text))])
		return n
	case 3: // a message with wrong bytes in it
		text := h.message(testKey)
		for range 1 + h.r.IntN(4) {
			text[h.r.IntN(len(text))] ^= byte(1 << h.r.IntN(8))
		}
		h.shaken(p, text)
		return n
	case 4: // a message that is not signed, or by someone else
		h.shaken(p, append(h.message(nil), h.message([]byte("another key"))...))
		return n
	case 5: // huge
		text := binary.BigEndian.AppendUint64([]byte{flagLong | byte(h.r.IntN(2))}, 1<<(20+h.r.IntN(43)))
		h.shaken(p, append(text, make([]byte, h.r.IntN(1<<20))...))
		return n
	case 6: // requests at their worst: of wrong types and out of order, signed
		var text []byte
		for range 1 + h.r.IntN(50) {
			text = append(text, h.message(testKey)...)
		}
		h.shaken(p, text)
		return n
	default: // connects and goes, at once or after a request
		for range 20 {
			if ctx.Err() != nil {
				break
			}
			h.send(p, greeting[:h.r.IntN(len(greeting))], false)
		}
		return n
	}
}

// shaken connects as a peer should, sends text, and leaves or stays.
func (h *hostile) shaken(p *port, text []byte) {
	kind := map[string]string{"iopub": "SUB", "heartbeat": "REQ"}[p.name]
	if kind == "" {
		kind = "DEALER"
	}
	k, err := connect(p, kind, fmt.Sprint("hostile", h.r.IntN(4)))
	if err != nil {
		return // the port may be full of us
	}
	_ = k.c.SetDeadline(time.Now().Add(time.Second))
	_, _ = k.c.Write(text)
	h.leave(k.c, h.r.IntN(2) == 0)
}

// send connects and sends text at once.
func (h *hostile) send(p *port, text []byte, stay bool) {
	c, err := net.Dial("tcp", p.Addr().String())
	if err != nil {
		return
	}
	_ = c.SetDeadline(time.Now().Add(time.Second))
	_, _ = c.Write(text)
	h.leave(c, stay)
}

// leave closes a connection, or keeps it and closes an older one.
func (h *hostile) leave(c net.Conn, stay bool) {
	if !stay {
		_ = c.Close()
		return
	}
	h.open = append(h.open, c)
	if len(h.open) > 40 {
		_ = h.open[0].Close()
		h.open = h.open[1:]
	}
}

func (h *hostile) leaveAll() {
	for _, c := range h.open {
		_ = c.Close()
	}
}

// message is a message for any socket, whole and signed, but its content seldom fits its type. It never asks for shutdown or interrupt, nor runs
// a cell: those are a client's right.
func (h *hostile) message(key []byte) []byte {
	kinds := []string{
		"kernel_info_request", "complete_request", "inspect_request", "is_complete_request", "history_request", "comm_info_request", "comm_open",
		"comm_msg", "comm_close", "input_reply", "create_subshell_request", "delete_subshell_request", "list_subshell_request", "debug_request",
		"execute_reply", "status", "stream", "x_request", "execute_request", "", strings.Repeat("x", 300),
	}
	kind := kinds[h.r.IntN(len(kinds))]
	content := map[string]any{}
	for _, name := range []string{"code", "cursor_pos", "detail_level", "comm_id", "target_name", "data", "hist_access_type", "n", "session", "start", "stop", "pattern", "value", "subshell_id", "user_expressions"} {
		if h.r.IntN(3) == 0 {
			content[name] = h.value(name)
		}
	}
	if kind == "execute_request" {
		content["code"] = 1
	}
	var c any = content
	switch h.r.IntN(12) {
	case 0:
		c = h.value("")
	case 1:
		c = json.RawMessage(strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000))
	case 2:
		c = json.RawMessage(`{"code": "` + strings.Repeat("x", h.r.IntN(200_000)) + `"`)
	}
	parts := [][]byte{[]byte("{}"), []byte("{}"), []byte("{}")}
	parts[2], _ = marshal(c)
	head, _ := marshal(map[string]any{"msg_id": newMessageID(), "msg_type": kind, "session": "hostile", "subshell_id": []any{nil, "", "no such"}[h.r.IntN(3)]})
	parts = append([][]byte{head}, parts...)
	frames := append([][]byte{delimiter, sign(key, parts)}, parts...)
	for range h.r.IntN(3) {
		frames = append(frames, make([]byte, h.r.IntN(1000)))
	}
	if h.r.IntN(10) == 0 {
		h.r.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
	}
	return encodeFrames(frames)
}

// value is what a field holds: often what it should not.
func (h *hostile) value(name string) any {
	values := []any{nil, true, -1, 1 << 40, 1.5, "", "pri", "print", "test.echo", "\x00\xff", []any{1, "x"}, map[string]any{"a": 1}, strings.Repeat("?*", 50)}
	if name == "comm_id" {
		return fmt.Sprint("comm", h.r.IntN(20))
	}
	if name == "hist_access_type" {
		return []any{"tail", "range", "search", "?"}[h.r.IntN(4)]
	}
	return values[h.r.IntN(len(values))]
}
