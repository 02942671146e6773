package kernel

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// protocolVersion is the version of the messaging specification that is spoken.
const protocolVersion = "5.5"

// Sizes of what a peer may send. The transport holds them before a message is put together, parseMessage where they concern its parts.
const (
	maxMessage = 64 << 20 // bytes of all frames of a message
	maxFrames  = 1024     // frames of a message
	maxHeader  = 64 << 10 // bytes of a header
)

var delimiter = []byte("<IDS|MSG>")

// header is what is needed of a message's header. The whole of it is kept as text, to be the parent of what answers it.
type header struct {
	ID         string `json:"msg_id"`
	Type       string `json:"msg_type"`
	Session    string `json:"session"`
	SubshellID string `json:"subshell_id"`
}

// message is one message of a client.
type message struct {
	idents   [][]byte // the way back
	header   header
	raw      json.RawMessage // the header as it came
	parent   json.RawMessage
	metadata json.RawMessage
	content  json.RawMessage
	buffers  [][]byte
}

// parseMessage checks the signature and the shape of a message. key may be empty: then nothing is signed.
func parseMessage(frames [][]byte, key []byte) (*message, error) {
	at := -1
	for i, f := range frames {
		if bytes.Equal(f, delimiter) {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, errors.New("message without delimiter")
	}
	parts := frames[at+1:]
	if len(parts) < 5 {
		return nil, fmt.Errorf("message of %d parts, want 5 or more", len(parts))
	}
	if len(key) > 0 && !hmac.Equal(sign(key, parts[1:5]), parts[0]) {
		return nil, errors.New("message with a wrong signature")
	}
	m := &message{idents: frames[:at], raw: parts[1], parent: parts[2], metadata: parts[3], content: parts[4], buffers: parts[5:]}
	if len(m.raw) > maxHeader {
		return nil, fmt.Errorf("message with a header of %d bytes, want at most %d", len(m.raw), maxHeader)
	}
	if err := json.Unmarshal(m.raw, &m.header); err != nil {
		return nil, fmt.Errorf("message header: %w", err)
	}
	if m.header.Type == "" {
		return nil, errors.New("message header without msg_type")
	}
	for _, part := range []json.RawMessage{m.parent, m.metadata, m.content} {
		if !json.Valid(part) {
			return nil, fmt.Errorf("%s: a part is not JSON", m.header.Type)
		}
	}
	return m, nil
}

// buildMessage makes the frames of a message from this kernel. content and metadata are marshalled; metadata may be nil.
func buildMessage(key []byte, session, id string, idents [][]byte, kind string, parent json.RawMessage, metadata map[string]any, content any, buffers [][]byte) ([][]byte, error) {
	if len(parent) == 0 {
		parent = json.RawMessage("{}")
	}
	if metadata == nil {
		metadata = map[string]any{}
	}
	head := map[string]any{
		"msg_id": id, "msg_type": kind, "session": session, "username": "kernel",
		"date": time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"), "version": protocolVersion,
	}
	parts := make([][]byte, 4)
	for i, v := range []any{head, parent, metadata, content} {
		text, err := marshal(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		parts[i] = text
	}
	frames := make([][]byte, 0, len(idents)+6+len(buffers))
	frames = append(frames, idents...)
	frames = append(frames, delimiter, sign(key, parts))
	frames = append(frames, parts...)
	return append(frames, buffers...), nil
}

// sign is the hexadecimal HMAC-SHA256 of the four parts, empty without a key.
func sign(key []byte, parts [][]byte) []byte {
	if len(key) == 0 {
		return []byte{}
	}
	mac := hmac.New(sha256.New, key)
	for _, p := range parts {
		mac.Write(p)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// marshal is v as JSON with <, > and & as they are: messages are not pages, and HTML doubles in size otherwise.
func marshal(v any) ([]byte, error) {
	if raw, ok := v.(json.RawMessage); ok {
		return raw, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func newMessageID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
