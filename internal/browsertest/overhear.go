package browsertest

import (
	"context"
	"slices"
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
