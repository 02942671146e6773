package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"time"

	"github.com/IBM/sarama"

	"tickbook/kafka/internal/jscan"
)

// partition reads one partition into its lane. It runs on a goroutine of its own, in sessions: one connection to the leader, until an error.
//
// After an error it asks for a newer view before it goes on, since a topic may have been made anew: then its consumer ends it and starts another.
//
// State: next is the offset to read, so that whatever happens to a session, no record is lost or read twice.
type partition struct {
	c      *consumer
	id     int32
	lane   *lane
	dec    *jscan.Decoder
	next   int64 // below 0: an Offset still to be asked for
	isLost bool  // next is not there
	latest int64 // timestamp, in nanoseconds
}

func newPartition(c *consumer, id int32, start Offset) *partition {
	p := &partition{c: c, id: id, lane: newLane(id, c.defs), next: int64(start), latest: math.MinInt64}
	var fields []jscan.Field
	for i, d := range c.defs[firstValue:] {
		f := jscan.Field{Name: d.Name, Kind: jsonKinds[d.Kind]}
		if dict := c.dicts[i]; dict != nil {
			f.Dict = dict
		}
		fields = append(fields, f)
	}
	p.dec = jscan.NewDecoder(fields)
	return p
}

// run reads until ctx ends.
func (p *partition) run(ctx context.Context) {
	defer p.lane.isDone.Store(true)
	defer p.c.pace.leave(p.lane)
	wait := backoff{first: p.c.set.backoff, most: p.c.set.maxBackoff}
	failed := 0
	for v := p.c.view.Load(); ; {
		err := p.session(ctx, v.partitions[p.id], func() { failed = 0; wait.reset() })
		if ctx.Err() != nil {
			return
		}
		failed++
		p.isLost = isOutOfRange(err)
		if failed > 1 || !isPassing(err) {
			p.c.report(p.id, err)
		}
		p.c.pace.leave(p.lane) // nobody waits for it meanwhile
		since := time.Now()
		wait.wait(ctx, nil)
		if v = p.c.viewSince(ctx, since); v == nil {
			return
		}
	}
}

// session connects to the leader and reads until an error. well is called at each answer.
func (p *partition) session(ctx context.Context, at leader, well func()) error {
	if at.addr == "" {
		return sarama.ErrLeaderNotAvailable
	}
	broker, err := connect(at.addr, p.c.set.clientConfig(ctx))
	if err != nil {
		return &unreachable{at.addr, err}
	}
	f := &fetcher{broker: broker, topic: p.c.topic, partition: p.id, epoch: at.epoch, opt: p.c.set.fetch}
	f.start()
	defer f.stop()
	return p.explain(at.addr, p.fetchAll(ctx, f, well))
}

// explain says what an error of a session means.
func (p *partition) explain(addr string, err error) error {
	var k sarama.KError
	var n net.Error
	switch {
	case errors.Is(err, sarama.ErrUnknownTopicOrPartition), errors.Is(err, sarama.ErrTopicAuthorizationFailed):
		errors.As(err, &k)
		return &noTopic{topic: p.c.topic, addr: addr, cause: k}
	case errors.As(err, &k):
		return fmt.Errorf("topic %q, partition %d at %s: %w; trying again", p.c.topic, p.id, addr, k)
	case errors.As(err, &n), errors.Is(err, io.EOF), errors.Is(err, sarama.ErrNotConnected), errors.Is(err, net.ErrClosed):
		return &unreachable{addr, err}
	}
	return fmt.Errorf("topic %q, partition %d at %s: the records at offset %d can't be read: %w; trying again", p.c.topic, p.id, addr, p.next, err)
}

// fetchAll resolves the offset and fetches until an error.
func (p *partition) fetchAll(ctx context.Context, f *fetcher, well func()) error {
	if p.isLost {
		if err := p.restart(f); err != nil {
			return err
		}
		p.isLost = false
	}
	if err := p.resolve(f); err != nil {
		return err
	}
	p.c.found(p.id)
	size := f.opt.partitionBytes
	f.asks <- ask{p.next, size}
	for isFirst := true; ; {
		a := <-f.answers
		if a.err != nil {
			return a.err
		}
		well()
		if isFirst {
			p.c.report(p.id, nil)
		}
		from, next := p.next, nextOffset(a.block, p.next)
		if next == from && isPartial(a.block) {
			var err error
			if size, err = largerFetch(size, next); err != nil {
				return err
			}
		} else if next > from {
			size = f.opt.partitionBytes
		}
		f.asks <- ask{next, size} // the next request is under way while this answer is decoded
		end := a.block.HighWaterMarkOffset
		if f.opt.isolation == sarama.ReadCommitted {
			end = a.block.LastStableOffset
		}
		if isFirst && next < end {
			p.c.pace.join(p.lane)
		}
		isFirst = false
		if err := p.decode(ctx, a.block); err != nil {
			return err
		}
		p.next = next
		if next > from {
			p.c.waker.Wake()
		}
		if next >= end && p.lane.isBehind.Load() {
			p.c.pace.leave(p.lane)
			p.c.waker.Wake()
		}
	}
}

// resolve asks for the offset that p.next stands for, if it is none yet.
func (p *partition) resolve(f *fetcher) error {
	if p.next >= 0 {
		return nil
	}
	o, err := f.offsetAt(Offset(p.next))
	if err != nil {
		return err
	}
	p.next = o
	return nil
}

// restart goes on where auto.offset.reset says, after the wanted offset was not there.
func (p *partition) restart(f *fetcher) error {
	lost := p.next
	p.next = int64(FromBeginning)
	if p.c.set.resetToEnd {
		p.next = int64(FromEnd)
	}
	if err := p.resolve(f); err != nil {
		return err
	}
	p.c.note(fmt.Sprintf("topic %q, partition %d: offset %d is not there (deleted by retention, or the topic was truncated or made anew); went on from offset %d",
		p.c.topic, p.id, lost, p.next))
	return nil
}

// decode makes rows of a block's records from p.next on. It waits while the lane is full.
func (p *partition) decode(ctx context.Context, b *sarama.FetchResponseBlock) error {
	var skip *aborted
	for _, rs := range b.RecordsSet {
		if rs.MsgSet != nil {
			if err := p.decodeOld(ctx, rs.MsgSet); err != nil {
				return err
			}
			continue
		}
		batch := rs.RecordBatch
		if batch == nil || batch.PartialTrailingRecord {
			continue
		}
		if p.c.set.fetch.isolation == sarama.ReadCommitted {
			if skip == nil {
				skip = newAborted(b)
			}
			if skip.skips(batch) {
				continue
			}
		} else if batch.Control {
			continue
		}
		if err := p.decodeBatch(ctx, batch); err != nil {
			return err
		}
		p.next = max(p.next, batch.LastOffset()+1)
	}
	return nil
}

// noTime is the timestamp of a record that has none.
const noTime = math.MinInt64

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.UnixNano()
}

func (p *partition) decodeBatch(ctx context.Context, batch *sarama.RecordBatch) error {
	base := nanos(batch.FirstTimestamp)
	w := writer{p: p}
	for _, rec := range batch.Records {
		offset := batch.FirstOffset + rec.OffsetDelta
		if offset < p.next { // of a batch that begins before the wanted offset
			continue
		}
		t := base
		if batch.LogAppendTime {
			t = nanos(batch.MaxTimestamp)
		} else if base != noTime {
			t += int64(rec.TimestampDelta)
		}
		if err := w.write(ctx, offset, t, rec.Value); err != nil {
			return err
		}
	}
	w.flush()
	return nil
}

// decodeOld decodes messages as brokers before 0.11 stored them.
func (p *partition) decodeOld(ctx context.Context, set *sarama.MessageSet) error {
	w := writer{p: p}
	for _, outer := range set.Messages {
		inner := outer.Messages()
		for _, m := range inner {
			offset, t := m.Offset, nanos(m.Msg.Timestamp)
			if m.Msg.Version >= 1 { // offsets count within a compressed message, whose own is that of its last
				offset += outer.Offset - inner[len(inner)-1].Offset
				if outer.Msg.LogAppendTime {
					t = nanos(outer.Msg.Timestamp)
				}
			}
			if offset < p.next {
				continue
			}
			if err := w.write(ctx, offset, t, m.Msg.Value); err != nil {
				return err
			}
			p.next = offset + 1
		}
	}
	w.flush()
	return nil
}

// writer fills blocks of the lane with the records of a batch.
type writer struct {
	p *partition
	b *block // nil: none taken
}

// write adds a record, as a row or as a dead letter. Only ctx's end is an error.
func (w *writer) write(ctx context.Context, offset, t int64, value []byte) error {
	p := w.p
	if w.b == nil {
		if w.b = p.lane.take(ctx); w.b == nil {
			return ctx.Err()
		}
		p.dec.Cols = w.b.cols
	}
	b := w.b
	row := b.rows.N
	if value == nil {
		p.dec.Null(row)
	} else if f := p.dec.Decode(value, row); f != nil {
		p.c.letters.add(letter{p.id, offset, t, p.dec.Name(f), p.dec.Explain(f, value), cut(value)})
		return nil
	}
	b.rows.Cols[offsetColumn].I64[row] = offset
	if t == noTime {
		b.rows.Cols[timestampColumn].SetNull(row)
		t = p.latest // for the pace; the column says null
	}
	p.latest = max(p.latest, t)
	b.rows.Cols[timestampColumn].I64[row] = t
	b.rows.N++
	if b.rows.N == p.lane.capacity {
		w.flush()
		p.c.waker.Wake()
	}
	return nil
}

// flush makes the rows ready for the next cycle.
func (w *writer) flush() {
	if w.b != nil {
		w.p.lane.put(w.b, w.p.latest)
		w.b = nil
	}
}
