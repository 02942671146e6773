package browsertest

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Heard is a message of a page's over a web socket.
type Heard struct {
	IsSent bool // by the page
	Text   string
}

// Overhearing collects messages. It may be read while it does.
type Overhearing struct {
	n   *Notebook
	ctx context.Context
	end context.CancelFunc

	mu  sync.Mutex
	all []Heard // guarded by mu
}

// Overhear collects the messages that the page sends and gets over web sockets from now on, over reloads, until Stop.
func (n *Notebook) Overhear() *Overhearing {
	n.t.Helper()
	ctx, cancel := context.WithCancel(n.ctx)
	o := &Overhearing{n: n, ctx: ctx, end: cancel}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventWebSocketFrameReceived:
			o.add(Heard{false, string(e.Response.PayloadData)})
		case *network.EventWebSocketFrameSent:
			o.add(Heard{true, string(e.Response.PayloadData)})
		}
	})
	if err == nil {
		_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	}
	if err != nil {
		cancel()
		n.t.Fatalf("overhear: %v", err)
	}
	return o
}

func (o *Overhearing) add(h Heard) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, h)
}

// Stop ends it and returns all that was heard.
func (o *Overhearing) Stop() []Heard {
	o.n.t.Helper()
	defer o.end()
	if _, err := chromedp.Call(o.ctx, network.Disable, cdp.Empty{}); err != nil {
		o.n.t.Fatalf("overhear: %v", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.all)
}

// Said is one thing that a page and a kernel say over a comm.
type Said struct {
	IsSent             bool   // by the page
	Type               string // comm_open, comm_msg or comm_close
	Comm               string
	What, View, Viewer string // of a message about a live view
}

// Comms is what was said over comms. What a kernel says at once, in one message, is taken apart.
func Comms(heard []Heard) (all []Said) {
	for _, h := range heard {
		kind, content := message(h.Text)
		if !strings.HasPrefix(kind, "comm_") {
			continue
		}
		var m struct {
			Comm string          `json:"comm_id"`
			Data json.RawMessage `json:"data"`
		}
		if json.Unmarshal(content, &m) != nil {
			continue
		}
		for _, data := range apart(m.Data) {
			all = append(all, Said{h.IsSent, kind, m.Comm, data.T, data.View, data.Viewer})
		}
	}
	return all
}

// about is a comm's data.
type about struct {
	T, View, Viewer string
	Messages        []json.RawMessage // of several
}

func apart(data json.RawMessage) (all []about) {
	var m about
	_ = json.Unmarshal(data, &m) // another's comm may have other data
	if m.T != "several" {
		return []about{m}
	}
	for _, one := range m.Messages {
		all = append(all, apart(one)...)
	}
	return all
}

// message is the type and the content of a kernel's message as Jupyter's web sockets have them: numbers of parts and where they begin, eight bytes each,
// then the channel, the header, the parent's, the metadata, the content, and buffers. Anything else has no type.
func message(text string) (kind string, content []byte) {
	const parts = 6 // and the end
	var at [parts]uint64
	n := uint64(len(text))
	if n < 8*(parts+1) || binary.LittleEndian.Uint64([]byte(text[:8])) < parts {
		return "", nil
	}
	for i := range at {
		at[i] = binary.LittleEndian.Uint64([]byte(text[8*(i+1):][:8]))
		if at[i] > n || i > 0 && at[i] < at[i-1] {
			return "", nil
		}
	}
	var header struct {
		Type string `json:"msg_type"`
	}
	if json.Unmarshal([]byte(text[at[1]:at[2]]), &header) != nil {
		return "", nil
	}
	return header.Type, []byte(text[at[4]:at[5]])
}
