package kernel

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Flags of a ZMTP frame.
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

// frameHead reads a frame's flags and size. ok is false while h is too short, and for what can't be a frame.
func frameHead(h []byte) (flags byte, size int, ok bool) {
	switch {
	case len(h) < 2 || h[0]&^(flagMore|flagLong|flagCommand) != 0:
		return 0, 0, false
	case h[0]&flagLong == 0:
		return h[0], int(h[1]), true
	case len(h) < 9:
		return 0, 0, false
	}
	n := binary.BigEndian.Uint64(h[1:9])
	return h[0], int(min(n, math.MaxInt32)), true
}

// encodeFrames is a whole message as it goes over the wire.
func encodeFrames(frames [][]byte) []byte {
	n := 0
	for _, f := range frames {
		n += 9 + len(f)
	}
	out := make([]byte, 0, n)
	for i, f := range frames {
		flags := byte(0)
		if i < len(frames)-1 {
			flags = flagMore
		}
		if len(f) > 255 {
			out = append(out, flags|flagLong)
			out = binary.BigEndian.AppendUint64(out, uint64(len(f)))
		} else {
			out = append(out, flags, byte(len(f)))
		}
		out = append(out, f...)
	}
	return out
}

// encodeCommand is a command's frame.
func encodeCommand(name string, body []byte) []byte {
	out := []byte{flagCommand, byte(1 + len(name) + len(body)), byte(len(name))}
	out = append(out, name...)
	return append(out, body...)
}

// frameReader passes a peer's frames on as they come, within the limits, and keeps commands and subscriptions to itself.
type frameReader struct {
	r       *bufio.Reader
	command func(name string, body []byte)
	// subscribe takes a PUB peer's messages; nil for other sockets, whose messages are passed on.
	subscribe func(body []byte) error

	head   []byte // of the current frame, yet to be passed on
	left   int    // bytes of the current frame, yet to be passed on
	inside bool   // more frames of the current message are to come
	frames int    // of the current message
	bytes  int    // of the current message
}

// Read implements [io.Reader].
func (f *frameReader) Read(p []byte) (int, error) {
	for {
		switch {
		case len(f.head) > 0:
			n := copy(p, f.head)
			f.head = f.head[n:]
			return n, nil
		case f.left > 0:
			n, err := f.r.Read(p[:min(len(p), f.left)])
			f.left -= n
			return n, err
		}
		if err := f.next(); err != nil {
			return 0, err
		}
	}
}

// next looks at the next frame.
func (f *frameReader) next() error {
	head, err := f.r.Peek(2)
	if err == nil && head[0]&flagLong != 0 {
		head, err = f.r.Peek(9)
	}
	if err != nil {
		return err
	}
	flags, size, ok := frameHead(head)
	switch {
	case !ok:
		return errors.New("malformed frame")
	case flags&flagCommand != 0:
		if f.inside || flags&flagMore != 0 || size > maxCommand {
			return errors.New("malformed command")
		}
		body, err := f.take(len(head), size)
		if err != nil {
			return err
		}
		if n := len(body); n > 0 && int(body[0]) < n {
			f.command(string(body[1:1+body[0]]), body[1+body[0]:])
		}
		return nil
	case f.subscribe != nil:
		if f.inside || flags&flagMore != 0 || size > maxCommand {
			return errors.New("malformed subscription")
		}
		body, err := f.take(len(head), size)
		if err != nil {
			return err
		}
		return f.subscribe(body)
	}
	f.frames++
	f.bytes += size
	if f.frames > maxFrames || f.bytes > maxMessage {
		return fmt.Errorf("message of more than %d frames or %d bytes", maxFrames, maxMessage)
	}
	f.inside = flags&flagMore != 0
	if !f.inside {
		f.frames, f.bytes = 0, 0
	}
	f.head = append([]byte(nil), head...)
	f.left = size
	_, err = f.r.Discard(len(head))
	return err
}

// take reads a whole frame.
func (f *frameReader) take(head, size int) ([]byte, error) {
	if _, err := f.r.Discard(head); err != nil {
		return nil, err
	}
	body := make([]byte, size)
	_, err := io.ReadFull(f.r, body)
	return body, err
}
