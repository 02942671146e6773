package display

import "encoding/json"

// Comm is a channel between the kernel and one widget or page.
type Comm interface {
	// ID is the channel's name, unique within a session.
	ID() string
	// Send sends data, which is marshalled as JSON, and binary buffers. It never blocks on a slow page.
	Send(data any, buffers ...[]byte) error
	// Close tells the page that the channel ends.
	Close() error
	// Forget ends the channel without a word: the page was told in another way, or is gone.
	Forget()
}

// CommMessage is what a page sent.
type CommMessage struct {
	Data    json.RawMessage
	Buffers [][]byte
}

// CommHandler serves one open comm. Its methods are called one at a time.
type CommHandler interface {
	Message(CommMessage)
	Closed()
}

// CommTarget accepts comms that pages open under its name.
type CommTarget func(c Comm, open CommMessage) (CommHandler, error)
