package kernel

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-zeromq/zmq4"
)

const (
	greetingSize = 64
	maxCommand   = 8 << 10 // bytes of a command's frame
	maxIdentity  = 255

	nameChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+" // of a READY command's names
)

// partners are the sockets that may talk to ours (zmq4's IsCompatible panics on a kind that it doesn't know).
var partners = map[zmq4.SocketType][]zmq4.SocketType{
	zmq4.Router: {zmq4.Dealer, zmq4.Req, zmq4.Router},
	zmq4.Pub:    {zmq4.Sub, zmq4.XSub},
	zmq4.Rep:    {zmq4.Req, zmq4.Dealer},
}

// greeting is what both sides of a ZMTP 3.0 connection send first, here with the NULL mechanism.
var greeting = func() []byte {
	g := make([]byte, greetingSize)
	g[0], g[9], g[10] = 0xFF, 0x7F, 3
	copy(g[12:], "NULL")
	return g
}()

// handshake sends our greeting and reads the peer's greeting and READY command. They are checked here, in the connection's own goroutine,
// since zmq4 reads them in its accept loop and panics on some malformed ones. It returns what was read, which zmq4 is to read again.
func handshake(rw io.ReadWriter, kind zmq4.SocketType) ([]byte, error) {
	if _, err := rw.Write(greeting); err != nil {
		return nil, err
	}
	first := make([]byte, greetingSize)
	if _, err := io.ReadFull(rw, first[:10]); err != nil {
		return nil, err
	}
	if first[0] != 0xFF || first[9] != 0x7F {
		return nil, errors.New("no ZMTP greeting")
	}
	if _, err := io.ReadFull(rw, first[10:]); err != nil {
		return nil, err
	}
	switch {
	case first[10] < 3:
		return nil, fmt.Errorf("ZMTP version %d, want 3", first[10])
	case string(bytes.TrimRight(first[12:32], "\x00")) != "NULL":
		return nil, fmt.Errorf("security mechanism %q, want NULL", bytes.TrimRight(first[12:32], "\x00"))
	case first[32] > 1:
		return nil, errors.New("malformed greeting")
	}
	var head [9]byte
	if _, err := io.ReadFull(rw, head[:2]); err != nil {
		return nil, err
	}
	size := 2
	if head[0]&flagLong != 0 {
		size = 9
		if _, err := io.ReadFull(rw, head[2:]); err != nil {
			return nil, err
		}
	}
	flags, n, ok := frameHead(head[:size])
	if !ok || flags&^flagLong != flagCommand || n > maxCommand {
		return nil, errors.New("no READY command after the greeting")
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(rw, body); err != nil {
		return nil, err
	}
	if err := checkReady(body, kind); err != nil {
		return nil, err
	}
	return append(append(first, head[:size]...), body...), nil
}

// checkReady checks a READY command: well formed, and of a socket that may talk to one of our kind.
func checkReady(body []byte, kind zmq4.SocketType) error {
	rest, ok := bytes.CutPrefix(body, []byte("\x05READY"))
	if !ok {
		return errors.New("no READY command after the greeting")
	}
	peerKind := zmq4.SocketType("")
	for len(rest) > 0 {
		n := int(rest[0])
		if n == 0 || len(rest) < 1+n+4 {
			return errors.New("malformed READY command")
		}
		name := string(rest[1 : 1+n])
		size := binary.BigEndian.Uint32(rest[1+n:])
		rest = rest[1+n+4:]
		if uint64(size) > uint64(len(rest)) {
			return errors.New("malformed READY command")
		}
		value := rest[:size]
		rest = rest[size:]
		switch {
		case strings.Trim(name, nameChars) != "":
			return errors.New("malformed READY command")
		case strings.EqualFold(name, "Socket-Type"):
			peerKind = zmq4.SocketType(value)
		case strings.EqualFold(name, "Identity") && len(value) > maxIdentity:
			return errors.New("identity too long")
		}
	}
	if !slices.Contains(partners[kind], peerKind) {
		return fmt.Errorf("a %q socket can't talk to a %s socket", peerKind, kind)
	}
	return nil
}
