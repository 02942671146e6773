package kafka

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/IBM/sarama"
)

// fetcher asks for the records of one partition over a connection of its own, one request ahead of what is decoded. It takes the bytes apart on
// its goroutine, so that decoding and fetching overlap.
type fetcher struct {
	broker    *sarama.Broker
	topic     string
	partition int32
	epoch     int32
	opt       fetchSettings

	asks    chan ask
	answers chan answer
	done    chan struct{}
}

type ask struct {
	offset int64
	bytes  int32 // at most, but always a batch
}

type answer struct {
	block *sarama.FetchResponseBlock
	err   error
}

func (f *fetcher) start() {
	// A request is asked for only when the last answer was taken: sending never blocks.
	f.asks, f.answers, f.done = make(chan ask, 1), make(chan answer, 1), make(chan struct{})
	go func() {
		defer close(f.done)
		for a := range f.asks {
			b, err := f.fetch(a)
			f.answers <- answer{b, err}
		}
	}()
}

// stop closes the connection, which ends a request under way.
func (f *fetcher) stop() {
	close(f.asks)
	f.broker.Close()
	<-f.done
}

func (f *fetcher) fetch(a ask) (*sarama.FetchResponseBlock, error) {
	req := &sarama.FetchRequest{
		Version: 11, MaxWaitTime: int32(f.opt.wait.Milliseconds()), MinBytes: f.opt.minBytes, MaxBytes: max(f.opt.maxBytes, a.bytes),
		Isolation: f.opt.isolation, SessionEpoch: -1, // no fetch session
	}
	req.AddBlock(f.topic, f.partition, a.offset, a.bytes, f.epoch)
	r, err := f.broker.Fetch(req)
	if err != nil {
		return nil, err
	}
	if r.ErrorCode != 0 {
		return nil, sarama.KError(r.ErrorCode)
	}
	b := r.GetBlock(f.topic, f.partition)
	if b == nil { // a throttled broker may answer with nothing
		return &sarama.FetchResponseBlock{HighWaterMarkOffset: math.MaxInt64, LastStableOffset: math.MaxInt64}, nil
	}
	if b.Err != sarama.ErrNoError {
		return nil, b.Err
	}
	return b, nil
}

// offsetAt asks for the offset that FromBeginning or FromEnd means now.
func (f *fetcher) offsetAt(o Offset) (int64, error) {
	req := sarama.NewOffsetRequest(sarama.V2_8_0_0)
	req.IsolationLevel = f.opt.isolation
	req.AddBlock(f.topic, f.partition, int64(o), 1) // sarama's names for the two are Kafka's, and ours
	r, err := f.broker.GetAvailableOffsets(req)
	if err != nil {
		return 0, err
	}
	b := r.GetBlock(f.topic, f.partition)
	if b == nil {
		return 0, sarama.ErrIncompleteResponse
	}
	if b.Err != sarama.ErrNoError {
		return 0, b.Err
	}
	return b.Offset, nil
}

// nextOffset is where the next request goes on after the block was read from offset on: after its last whole batch.
func nextOffset(b *sarama.FetchResponseBlock, offset int64) int64 {
	next := offset
	for _, rs := range b.RecordsSet {
		switch {
		case rs.RecordBatch != nil && !rs.RecordBatch.PartialTrailingRecord:
			next = max(next, rs.RecordBatch.LastOffset()+1)
		case rs.MsgSet != nil:
			for _, m := range rs.MsgSet.Messages {
				next = max(next, m.Offset+1)
			}
		}
	}
	if next > offset || len(b.RecordsSet) > 0 || b.Partial {
		return next
	}
	// Only batches that compaction has emptied: the library leaves them out, and what lies behind them in a field of its own.
	if v := reflect.ValueOf(b).Elem().FieldByName("recordsNextOffset"); v.IsValid() && v.Kind() == reflect.Pointer && !v.IsNil() {
		return max(next, v.Elem().Int())
	}
	return next
}

// isPartial says whether the block holds only the beginning of a batch, because it is larger than what was asked for.
func isPartial(b *sarama.FetchResponseBlock) bool {
	if b.Partial {
		return true
	}
	if len(b.RecordsSet) != 1 {
		return false
	}
	rs := b.RecordsSet[0]
	return rs.RecordBatch != nil && rs.RecordBatch.PartialTrailingRecord || rs.MsgSet != nil && rs.MsgSet.PartialTrailingMessage && len(rs.MsgSet.Messages) == 0
}

// aborted tells which batches of a block belong to transactions that were given up.
//
// State: open are the producers whose transaction at this place was given up; rest are those that begin further on, by offset.
type aborted struct {
	open map[int64]bool
	rest []*sarama.AbortedTransaction
}

func newAborted(b *sarama.FetchResponseBlock) *aborted {
	a := &aborted{rest: b.AbortedTransactions}
	slices.SortFunc(a.rest, func(x, y *sarama.AbortedTransaction) int { return int(max(-1, min(1, x.FirstOffset-y.FirstOffset))) })
	return a
}

// skips says whether a batch, the next in order, holds no records for a reader.
func (a *aborted) skips(batch *sarama.RecordBatch) bool {
	for len(a.rest) > 0 && a.rest[0].FirstOffset <= batch.LastOffset() {
		if a.open == nil {
			a.open = map[int64]bool{}
		}
		a.open[a.rest[0].ProducerID] = true
		a.rest = a.rest[1:]
	}
	if batch.Control {
		if isAbortMarker(batch) {
			delete(a.open, batch.ProducerID)
		}
		return true
	}
	return batch.IsTransactional && a.open[batch.ProducerID]
}

// isAbortMarker reads a control batch: its one record's key is a version and a type, of 16 bits each, and type 0 means abort.
func isAbortMarker(batch *sarama.RecordBatch) bool {
	return len(batch.Records) > 0 && len(batch.Records[0].Key) >= 4 && batch.Records[0].Key[2] == 0 && batch.Records[0].Key[3] == 0
}

// maxFetch bounds what is asked for when a batch does not fit the request.
const maxFetch = 1 << 30

// largerFetch is what to ask for after a request of size bytes brought only a part of a batch.
func largerFetch(size int32, offset int64) (int32, error) {
	if size >= maxFetch {
		return 0, fmt.Errorf("the batch at offset %d can't be taken apart, or has over %d bytes", offset, maxFetch)
	}
	return min(2*size, maxFetch), nil
}

// isOutOfRange says whether the wanted offset is not there.
func isOutOfRange(err error) bool { return errors.Is(err, sarama.ErrOffsetOutOfRange) }
