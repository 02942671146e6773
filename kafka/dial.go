package kafka

import (
	"context"
	"net"
	"time"

	"github.com/IBM/sarama"
)

// dialer opens connections that end with its context: nothing that waits for a broker outlives a Stop.
type dialer struct {
	ctx     context.Context // of the goroutine that the connections belong to
	timeout time.Duration
}

// Dial connects. It is called by the client library.
func (d dialer) Dial(network, addr string) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: d.timeout}).DialContext(d.ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &boundConn{c, context.AfterFunc(d.ctx, func() { c.Close() })}, nil
}

// boundConn is a connection that something else may close.
type boundConn struct {
	net.Conn
	unbind func() bool
}

// Close closes the connection.
func (c *boundConn) Close() error {
	c.unbind()
	return c.Conn.Close()
}

// clientConfig is a client config whose connections end with ctx.
func (s *settings) clientConfig(ctx context.Context) *sarama.Config {
	c := s.base()
	c.Net.Proxy.Enable = true
	c.Net.Proxy.Dialer = dialer{ctx, s.dialTimeout}
	return c
}

// connect opens a connection to a broker and waits until it is ready. The caller closes it.
func connect(addr string, conf *sarama.Config) (*sarama.Broker, error) {
	b := sarama.NewBroker(addr)
	if err := b.Open(conf); err != nil {
		return nil, err
	}
	if ok, err := b.Connected(); !ok {
		b.Close() // not connected: only what is left of the attempt
		if err == nil {
			err = sarama.ErrNotConnected
		}
		return nil, err
	}
	return b, nil
}

// backoff are the growing waits between attempts.
type backoff struct{ first, most, next time.Duration }

func (b *backoff) reset() { b.next = 0 }

// wait waits for the next attempt, or until ctx ends or something arrives at hurry (nil: never).
func (b *backoff) wait(ctx context.Context, hurry <-chan struct{}) {
	b.next = min(max(b.first, 2*b.next), b.most)
	pause(ctx, b.next, hurry)
}

func pause(ctx context.Context, d time.Duration, hurry <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-hurry:
	}
}
