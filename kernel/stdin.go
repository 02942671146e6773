package kernel

import (
	"context"
	"encoding/json"
	"errors"
)

// onStdin takes the answer to a question.
func (sv *server) onStdin(m *message) {
	if m.header.Type != "input_reply" {
		sv.log.Printf("stdin: unknown message %q", m.header.Type)
		return
	}
	var c struct {
		Value string `json:"value"`
	}
	if err := json.Unmarshal(m.content, &c); err != nil {
		sv.log.Printf("stdin: input_reply: %v", err)
		return
	}
	select {
	case sv.answers <- c.Value:
	default:
		sv.log.Print("stdin: an answer that nobody waits for is dropped")
	}
}

// ask sends a question to whoever sent m and waits for the answer.
func (sv *server) ask(ctx context.Context, m *message, prompt string, hidden bool) (string, error) {
	sv.asking.Lock()
	defer sv.asking.Unlock()
	select {
	case <-sv.answers: // to a question that was interrupted
	default:
	}
	sv.send(sv.stdin, m, "input_request", map[string]any{"prompt": prompt, "password": hidden})
	select {
	case text := <-sv.answers:
		return text, nil
	case <-ctx.Done():
		return "", errors.New("input: interrupted")
	}
}
