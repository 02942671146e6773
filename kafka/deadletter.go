package kafka

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"tickbook/engine"
)

// What a topic's dead letters may take. Beyond that bad records are only counted, so that a topic of nothing else fills no memory.
const (
	maxLetters     = 100_000
	maxLetterBytes = 16 << 20 // of values and reasons
	maxValue       = 1 << 10  // bytes of a value that are kept
)

// DeadLetters is the table of the records that could not be decoded: KafkaPartition, KafkaOffset and KafkaTimestamp, the Field at fault (null when
// it is none of the columns), the Reason, and the Value as text, of which at most 1 KiB is kept. It ticks, and begins with the records that were bad before
// the call. The first 100,000, or 16 MiB, are kept; all are counted in the consumed table's Status.
//
// t is a table that [Consume] made, or one derived from it. DeadLetters panics with a *ConfigError if none or several topics are behind t.
func DeadLetters(t *engine.Table) *engine.Table {
	l := lettersOf(t)
	defs := []engine.ColumnDef{
		engine.Int32("KafkaPartition"), engine.Int64("KafkaOffset"), engine.Instant("KafkaTimestamp"),
		engine.String("Field"), engine.String("Reason"), engine.String("Value"),
	}
	src := engine.NewSource(t.Graph(), defs)
	src.Describe("deadLetters", l.topic)
	f := &letterFeed{letters: l, waker: src.Waker(), rows: engine.NewRows(defs, 0)}
	for i := range f.dicts {
		f.dicts[i] = src.Dict(firstValue + i)
	}
	l.watch(f.waker)
	return src.Start(f)
}

// lettersOf finds the one consumed topic behind a table.
func lettersOf(t *engine.Table) *letters {
	if t == nil {
		panic(&ConfigError{Property: "table", Msg: "dead letters: the table is nil; want one that kafka.Consume made"})
	}
	var found []*letters
	seen := map[*engine.Plan]bool{}
	consumed.Lock()
	defer consumed.Unlock()
	byPlan := map[*engine.Plan]*letters{}
	for w, l := range consumed.of {
		if p := w.Value(); p != nil {
			byPlan[p] = l
		}
	}
	var walk func(p *engine.Plan)
	walk = func(p *engine.Plan) {
		if seen[p] {
			return
		}
		seen[p] = true
		if l := byPlan[p]; l != nil {
			found = append(found, l)
		}
		for _, q := range p.Parents {
			walk(q)
		}
	}
	walk(t.Plan())
	switch len(found) {
	case 0:
		panic(&ConfigError{Property: "table", Msg: "dead letters: no topic is behind this table; want one that kafka.Consume made, or one derived from it"})
	case 1:
		return found[0]
	}
	var topics []string
	for _, l := range found {
		topics = append(topics, fmt.Sprintf("%q", l.topic))
	}
	slices.Sort(topics)
	panic(&ConfigError{Property: "table", Msg: "dead letters: several topics are behind this table: " + strings.Join(topics, ", ") + "; want the table of one of them"})
}

// letter is a bad record.
type letter struct {
	partition     int32
	offset        int64
	time          int64 // nanoseconds, or noTime
	field, reason string
	value         string
}

// cut is the text of a value that is kept.
func cut(value []byte) string {
	if len(value) <= maxValue {
		return strings.ToValidUTF8(string(value), "\ufffd")
	}
	n := maxValue
	for n > maxValue-utf8.UTFMax && !utf8.RuneStart(value[n]) {
		n--
	}
	return strings.ToValidUTF8(string(value[:n]), "\ufffd") + "…"
}

// letters are the bad records of a consumed table, as they came.
type letters struct {
	topic string
	total atomic.Int64 // with those that are not kept

	mu     sync.Mutex
	list   []letter        // only grows; guarded by mu
	bytes  int             // guarded by mu
	wakers []*engine.Waker // of the tables made of them; guarded by mu
}

func newLetters(topic string) *letters { return &letters{topic: topic} }

func (l *letters) add(x letter) {
	l.total.Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) == maxLetters || l.bytes >= maxLetterBytes {
		return
	}
	l.bytes += len(x.value) + len(x.reason)
	l.list = append(l.list, x)
	for _, w := range l.wakers {
		w.Wake()
	}
}

// from are the letters from the nth on, at most most of them.
func (l *letters) from(n, most int) []letter {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.list[n:min(n+most, len(l.list))]
}

func (l *letters) watch(w *engine.Waker) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wakers = append(l.wakers, w)
}

func (l *letters) unwatch(w *engine.Waker) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wakers = slices.DeleteFunc(l.wakers, func(x *engine.Waker) bool { return x == w })
}

// letterFeed feeds a table of dead letters.
//
// State: n letters were handed over. rows is the cycle's.
type letterFeed struct {
	letters *letters
	waker   *engine.Waker
	dicts   [3]*engine.Dict // of Field, Reason, Value
	n       int
	rows    *engine.Rows
}

var _ engine.Feed = (*letterFeed)(nil)

// Fill hands over some of the letters that came since the last call.
func (f *letterFeed) Fill(add func(*engine.Rows)) {
	const most = 4096
	list := f.letters.from(f.n, most)
	if len(list) == 0 {
		return
	}
	f.rows.Reset()
	cols := f.rows.Cols
	for i, x := range list {
		cols[partitionColumn].I32 = append(cols[partitionColumn].I32, x.partition)
		cols[offsetColumn].I64 = append(cols[offsetColumn].I64, x.offset)
		cols[timestampColumn].I64 = append(cols[timestampColumn].I64, x.time)
		if x.time == noTime {
			cols[timestampColumn].SetNull(i)
		}
		for j, s := range [...]string{x.field, x.reason, x.value} {
			cols[firstValue+j].Codes = append(cols[firstValue+j].Codes, f.dicts[j].Code(s))
		}
		if x.field == "" {
			cols[firstValue].SetNull(i)
		}
	}
	f.rows.N = len(list)
	f.n += len(list)
	add(f.rows)
	if len(list) == most {
		f.waker.Wake()
	}
}

// Status is always well: how the topic is read shows on its own table.
func (f *letterFeed) Status() engine.Status { return engine.Status{} }

// Stop ends nothing but the wakes.
func (f *letterFeed) Stop() { f.letters.unwatch(f.waker) }
