package broker

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"syscall"

	"github.com/twmb/franz-go/pkg/kfake"
)

// Topics of the sample feed.
const (
	Quotes = "quotes"
	Trades = "trades"
)

// Options say where a broker listens, what it keeps and what it serves. The zero value is an empty broker in memory on any free port.
type Options struct {
	// Addr is HOST:PORT to listen on. HOST is 127.0.0.1 or localhost, and may be empty; PORT 0 takes any free one.
	Addr string
	// Prefer is a port to take if it is free and Addr names none.
	Prefer int
	// Data is the directory that keeps topics, made if needed; "" keeps them in memory, at about 300 bytes a message.
	Data string
	// Feed starts the sample feed; nil leaves the broker empty.
	Feed *FeedOptions
	// Partitions is the number of partitions of the feed's topics and of topics made on demand; 0 means 1.
	Partitions int
}

// Broker is a running broker.
type Broker struct {
	cluster *kfake.Cluster
	feed    *feedRun // nil without a feed
	close   sync.Once
	err     error
}

// Start starts a broker and its feed. The broker answers when Start returns, and the feed's history is written.
func Start(o Options) (*Broker, error) {
	port, err := loopbackPort(o.Addr)
	if err != nil {
		return nil, err
	}
	if port == 0 && o.Prefer != 0 && isFree(o.Prefer) {
		port = o.Prefer
	}
	if o.Partitions == 0 {
		o.Partitions = 1
	}
	opts := []kfake.Opt{
		kfake.NumBrokers(1), kfake.Ports(port), kfake.AllowAutoTopicCreation(), kfake.DefaultNumPartitions(o.Partitions),
		kfake.ClusterID("tickbook"),
	}
	if o.Data != "" {
		opts = append(opts, kfake.DataDir(o.Data))
	}
	if o.Feed != nil {
		opts = append(opts, kfake.SeedTopics(int32(o.Partitions), Quotes, Trades))
	}
	cluster, err := kfake.NewCluster(opts...)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("broker: port %d is taken; choose another with --addr 127.0.0.1:PORT, or 127.0.0.1:0 for any free one", port)
		}
		return nil, fmt.Errorf("broker: %w", err)
	}
	b := &Broker{cluster: cluster}
	if o.Feed != nil {
		if b.feed, err = startFeed(b.Addr(), *o.Feed); err != nil {
			cluster.Close()
			return nil, err
		}
	}
	return b, nil
}

// Addr is the HOST:PORT for clients' bootstrap.servers.
func (b *Broker) Addr() string { return b.cluster.ListenAddrs()[0] }

// Close stops the feed, then the broker, and returns the feed's error if it had one. It may be called more than once.
func (b *Broker) Close() error {
	b.close.Do(func() {
		if b.feed != nil {
			b.err = b.feed.stop()
		}
		b.cluster.Close()
	})
	return b.err
}

// Done is closed when the feed ends, by Close or by a failure; it never is without a feed.
func (b *Broker) Done() <-chan struct{} {
	if b.feed == nil {
		return nil
	}
	return b.feed.done
}

// Err is what the feed failed with, nil while it runs.
func (b *Broker) Err() error {
	if b.feed == nil {
		return nil
	}
	return b.feed.failure()
}

// loopbackPort takes the port of an address that must be on the loopback interface.
func loopbackPort(addr string) (int, error) {
	if addr == "" {
		return 0, nil
	}
	host, p, err := net.SplitHostPort(addr)
	if err != nil {
		return 0, fmt.Errorf("broker: address %q: want HOST:PORT, such as 127.0.0.1:9092", addr)
	}
	if host != "" && host != "127.0.0.1" && host != "localhost" {
		return 0, fmt.Errorf("broker: address %q: the embedded broker has no security and listens on 127.0.0.1 only", addr)
	}
	port, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("broker: address %q: port %q is not a number up to 65535", addr, p)
	}
	return int(port), nil
}

// isFree says whether a loopback port can be listened on now. Somebody may take it before the broker does; Start then says so.
func isFree(port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	_ = l.Close()
	return true
}
