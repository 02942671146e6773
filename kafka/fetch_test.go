package kafka

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/IBM/sarama"

	"tickbook/engine"
)

// A block of emptied batches has no records, and the library tells what lies behind them only in a field of its own: this fails when that goes.
func TestEmptiedBatches(t *testing.T) {
	b := &sarama.FetchResponseBlock{RecordsSet: []*sarama.Records{}}
	if got := nextOffset(b, 5); got != 5 {
		t.Errorf("next offset of an empty block: %d, want 5", got)
	}
	f, ok := reflect.TypeFor[sarama.FetchResponseBlock]().FieldByName("recordsNextOffset")
	if !ok || f.Type != reflect.TypeFor[*int64]() {
		t.Fatal("the library has no field recordsNextOffset any more")
	}
	behind := int64(17)
	*(**int64)(unsafe.Add(unsafe.Pointer(b), f.Offset)) = &behind
	if got := nextOffset(b, 5); got != 17 {
		t.Errorf("next offset behind emptied batches: %d, want 17", got)
	}
}

func TestAborted(t *testing.T) {
	batch := func(first, producer int64, kind string) *sarama.RecordBatch {
		b := &sarama.RecordBatch{FirstOffset: first, LastOffsetDelta: 4, ProducerID: producer, IsTransactional: kind != "plain", Control: kind == "abort" || kind == "commit"}
		if b.Control {
			b.LastOffsetDelta = 0
			key := []byte{0, 0, 0, 0}
			if kind == "commit" {
				key[3] = 1
			}
			b.Records = []*sarama.Record{{Key: key}}
		}
		return b
	}
	a := newAborted(&sarama.FetchResponseBlock{AbortedTransactions: []*sarama.AbortedTransaction{{ProducerID: 1, FirstOffset: 30}, {ProducerID: 1, FirstOffset: 0}, {ProducerID: 2, FirstOffset: 5}}})
	for _, step := range []struct {
		b    *sarama.RecordBatch
		want bool
	}{
		{batch(0, 1, "tx"), true},
		{batch(5, 2, "tx"), true},
		{batch(10, 3, "tx"), false},
		{batch(15, -1, "plain"), false},
		{batch(20, 1, "abort"), true},
		{batch(21, 1, "tx"), false},
		{batch(26, 1, "commit"), true},
		{batch(27, 2, "abort"), true},
		{batch(28, 2, "tx"), false},
		{batch(33, 1, "tx"), true},
		{batch(38, 1, "abort"), true},
		{batch(39, 1, "tx"), false},
	} {
		if got := a.skips(step.b); got != step.want {
			t.Errorf("batch at %d of producer %d: skipped %v, want %v", step.b.FirstOffset, step.b.ProducerID, got, step.want)
		}
	}
}

// decodeBlock decodes a block from an offset on, and says what rows it gives and the offset after them.
func decodeBlock(t *testing.T, b *sarama.FetchResponseBlock, from int64) (rows string, next int64) {
	t.Helper()
	op := readOptions([]Option{ticks, On(engine.NewGraph())})
	src := engine.NewSource(op.graph, op.columns)
	c := newConsumer(readConfig(Config{"bootstrap.servers": "localhost:1"}), op, "ticks", src)
	p := newPartition(c, 0, Offset(from))
	if err := p.decode(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	p.lane.drain(math.MaxInt64, func(r *engine.Rows) {
		for i := range r.N {
			at := "null"
			if n := r.Cols[timestampColumn].Nulls; i>>6 >= len(n) || n[i>>6]>>(i&63)&1 == 0 {
				at = fmt.Sprint(r.Cols[timestampColumn].I64[i] / 1e6)
			}
			rows += fmt.Sprintf("%d@%s=%d ", r.Cols[offsetColumn].I64[i], at, r.Cols[firstValue+1].I64[i])
		}
	})
	return rows, p.next
}

func TestBlocks(t *testing.T) {
	check := func(what string, b *sarama.FetchResponseBlock, from int64, want string, wantNext int64) {
		t.Helper()
		rows, next := decodeBlock(t, b, from)
		if rows != want || next != wantNext {
			t.Errorf("%s: rows %q, next %d\nwant %q, %d", what, rows, next, want, wantNext)
		}
		if got := nextOffset(b, from); got != wantNext {
			t.Errorf("%s: the request ahead asks for %d, want %d", what, got, wantNext)
		}
	}
	value := func(n int) []byte { return fmt.Appendf(nil, `{"N":%d}`, n) }
	ms := func(n int64) time.Time { return time.UnixMilli(n) }
	batch := &sarama.RecordBatch{FirstOffset: 10, LastOffsetDelta: 5, FirstTimestamp: ms(1000), MaxTimestamp: ms(9000)}
	for i := range 4 { // the last two were compacted away
		batch.Records = append(batch.Records, &sarama.Record{OffsetDelta: int64(i), TimestampDelta: time.Duration(i) * time.Millisecond, Value: value(i)})
	}
	partial := &sarama.RecordBatch{FirstOffset: 16, LastOffsetDelta: 9, PartialTrailingRecord: true}
	b := &sarama.FetchResponseBlock{RecordsSet: []*sarama.Records{{RecordBatch: batch}, {RecordBatch: partial}}}
	check("whole", b, 10, "10@1000=0 11@1001=1 12@1002=2 13@1003=3 ", 16)
	check("begun in the middle", b, 12, "12@1002=2 13@1003=3 ", 16)
	check("begun behind the last record", b, 15, "", 16)
	batch.LogAppendTime = true
	check("time of appending", b, 13, "13@9000=3 ", 16)
	batch.LogAppendTime, batch.FirstTimestamp = false, time.Time{}
	check("no time", b, 13, "13@null=3 ", 16)
	only := &sarama.FetchResponseBlock{RecordsSet: []*sarama.Records{{RecordBatch: partial}}}
	check("only a part", only, 16, "", 16)
	if !isPartial(only) || isPartial(b) {
		t.Error("a block is partial when it holds no whole batch")
	}

	old := &sarama.MessageSet{Messages: []*sarama.MessageBlock{
		{Offset: 3, Msg: &sarama.Message{Version: 1, Timestamp: ms(5), Value: value(3)}},
		{Offset: 6, Msg: &sarama.Message{Version: 1, Timestamp: ms(7), Set: &sarama.MessageSet{Messages: []*sarama.MessageBlock{
			{Offset: 0, Msg: &sarama.Message{Version: 1, Timestamp: ms(6), Value: value(4)}},
			{Offset: 1, Msg: &sarama.Message{Version: 1, Timestamp: ms(7), Value: value(5)}},
			{Offset: 2, Msg: &sarama.Message{Version: 1, Timestamp: ms(8), Value: value(6)}},
		}}}},
		{Offset: 7, Msg: &sarama.Message{Version: 0, Value: value(7)}},
	}}
	b = &sarama.FetchResponseBlock{RecordsSet: []*sarama.Records{{MsgSet: old}}}
	check("old messages", b, 3, "3@5=3 4@6=4 5@7=5 6@8=6 7@null=7 ", 8)
	check("old messages from the middle", b, 5, "5@7=5 6@8=6 7@null=7 ", 8)
}

func TestLargerFetch(t *testing.T) {
	size := int32(100)
	for range 100 {
		next, err := largerFetch(size, 7)
		if err != nil {
			if size != maxFetch {
				t.Errorf("gave up at %d bytes", size)
			}
			return
		}
		if next <= size {
			t.Fatalf("after %d bytes %d", size, next)
		}
		size = next
	}
	t.Error("grows for ever")
}
