package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
)

// questions are what cells ask. One is open at a time; an answer to an earlier one, which was interrupted, is dropped.
type questions struct {
	asking sync.Mutex // held while a question is open

	mu     sync.Mutex
	open   string      // the question's msg_id; "" when there is none
	peer   string      // who was asked, as the sockets know it
	answer chan string // of the open question, with room for one
}

// onStdin takes the answer to a question.
func (sv *server) onStdin(m *message) {
	if m.header.Type != "input_reply" {
		sv.log.Printf("stdin: unknown message %q", m.header.Type)
		return
	}
	var c struct {
		Value string `json:"value"`
	}
	var parent header
	if err := json.Unmarshal(m.content, &c); err != nil {
		sv.log.Printf("stdin: input_reply: %v", err)
		return
	}
	_ = json.Unmarshal(m.parent, &parent) // many clients don't say what they answer
	q := &sv.questions
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.open == "" || peerOf(m) != q.peer || parent.ID != "" && parent.ID != q.open {
		sv.log.Print("stdin: an answer that nobody waits for is dropped")
		return
	}
	q.open = ""
	q.answer <- c.Value
}

// ask sends a question to whoever sent m and waits for the answer.
func (sv *server) ask(ctx context.Context, m *message, prompt string, hidden bool) (string, error) {
	q := &sv.questions
	q.asking.Lock()
	defer q.asking.Unlock()
	id, answer := newMessageID(), make(chan string, 1)
	set := func(id string) {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.open, q.peer, q.answer = id, peerOf(m), answer
	}
	set(id)
	defer set("")
	frames, err := buildMessage(sv.key, sv.id, id, m.idents, "input_request", m.raw, nil, map[string]any{"prompt": prompt, "password": hidden}, nil)
	if err != nil {
		return "", err
	}
	sv.sendFrames(sv.stdin, "input_request", frames)
	select {
	case text := <-answer:
		return text, nil
	case <-ctx.Done():
		return "", errors.New("input: interrupted")
	}
}

// peerOf is the identity that a client gives all its sockets.
func peerOf(m *message) string {
	if len(m.idents) == 0 {
		return ""
	}
	return string(m.idents[0])
}
