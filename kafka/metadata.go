package kafka

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/IBM/sarama"
)

// view is what is known of a topic. It never changes.
type view struct {
	id         sarama.Uuid // another one after the topic was made anew; zero for brokers before 2.8
	partitions map[int32]leader
	asked      time.Time     // when its question was put
	replaced   chan struct{} // closed when there is a newer one
}

// leader is where a partition is read.
type leader struct {
	addr  string // "" while there is none
	epoch int32
}

// metadata asks brokers where a topic's partitions are. One goroutine uses it.
//
// State: conn is the connection of the last answer, kept for the next question; known are the brokers of the last answer.
type metadata struct {
	topic   string
	servers []string
	conf    *sarama.Config
	conn    *sarama.Broker
	addr    string // of conn
	known   []string
}

// look asks for the topic: first the broker that answered last, then the others.
func (m *metadata) look(ctx context.Context) (*view, error) {
	var last error
	var at string
	for _, addr := range m.candidates() {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		asked := time.Now()
		r, err := m.ask(addr, []string{m.topic})
		if err != nil {
			m.close()
			if last == nil || slices.Contains(m.servers, addr) {
				last, at = err, addr
			}
			continue
		}
		return m.read(addr, asked, r)
	}
	return nil, &unreachable{at, last}
}

// candidates are the addresses to ask, in order: the configured ones are asked last but always.
func (m *metadata) candidates() (addrs []string) {
	for _, a := range append(append([]string{m.addr}, m.known...), m.servers...) {
		if a != "" && !slices.Contains(addrs, a) {
			addrs = append(addrs, a)
		}
	}
	return addrs
}

func (m *metadata) ask(addr string, topics []string) (*sarama.MetadataResponse, error) {
	if m.conn == nil || m.addr != addr {
		m.close()
		conn, err := connect(addr, m.conf)
		if err != nil {
			return nil, err
		}
		m.conn, m.addr = conn, addr
	}
	return m.conn.GetMetadata(sarama.NewMetadataRequest(m.conf.Version, topics))
}

func (m *metadata) close() {
	if m.conn != nil {
		m.conn.Close()
		m.conn = nil
	}
}

// read makes a view of an answer.
func (m *metadata) read(addr string, asked time.Time, r *sarama.MetadataResponse) (*view, error) {
	brokers := map[int32]string{}
	m.known = m.known[:0]
	for _, b := range r.Brokers {
		brokers[b.ID()] = b.Addr()
		m.known = append(m.known, b.Addr())
	}
	for _, t := range r.Topics {
		if t.Name != m.topic {
			continue
		}
		if t.Err != sarama.ErrNoError && t.Err != sarama.ErrLeaderNotAvailable {
			return nil, m.topicError(addr, t.Err)
		}
		v := &view{id: t.Uuid, partitions: map[int32]leader{}, asked: asked, replaced: make(chan struct{})}
		for _, p := range t.Partitions {
			v.partitions[p.ID] = leader{brokers[p.Leader], p.LeaderEpoch}
		}
		if len(v.partitions) > 0 {
			return v, nil
		}
	}
	return nil, m.topicError(addr, sarama.ErrUnknownTopicOrPartition)
}

// topicError is the trouble with a topic. For a missing one it finds the topic that was probably meant.
func (m *metadata) topicError(addr string, cause sarama.KError) error {
	e := &noTopic{topic: m.topic, addr: addr, cause: cause}
	if !errors.Is(cause, sarama.ErrUnknownTopicOrPartition) {
		return e
	}
	if r, err := m.ask(addr, nil); err == nil {
		for _, t := range r.Topics {
			if !t.IsInternal && t.Err == sarama.ErrNoError {
				e.others = append(e.others, t.Name)
			}
		}
		slices.Sort(e.others)
	}
	return e
}
