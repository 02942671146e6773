package browsertest

import (
	"context"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Overhear collects the messages that the page sends and gets over web sockets from now on, until stop.
func (n *Notebook) Overhear() (stop func() []string) {
	n.t.Helper()
	var mu sync.Mutex
	var heard []string // guarded by mu
	note := func(f *network.WebSocketFrame) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, string(f.PayloadData))
	}
	ctx, cancel := context.WithCancel(n.ctx)
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventWebSocketFrameReceived:
			note(e.Response)
		case *network.EventWebSocketFrameSent:
			note(e.Response)
		}
	})
	if err == nil {
		_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	}
	if err != nil {
		cancel()
		n.t.Fatalf("overhear: %v", err)
	}
	return func() []string {
		n.t.Helper()
		defer cancel()
		if _, err := chromedp.Call(ctx, network.Disable, cdp.Empty{}); err != nil {
			n.t.Fatalf("overhear: %v", err)
		}
		mu.Lock()
		defer mu.Unlock()
		return heard
	}
}
