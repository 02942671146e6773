package kafka

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"tickbook/engine"
	"tickbook/kafka/internal/jscan"
)

const (
	blockBytes = 512 << 10 // about what a block of rows takes
	blockRows  = 4096      // at most; at least 64
	laneBlocks = 8         // of one partition; when all wait for a cycle, the partition stops fetching
)

// block is a batch of rows of one partition on its way to the table.
type block struct {
	rows *engine.Rows   // every buffer as long as capacity
	cols []jscan.Column // the spec's columns: the same memory
	from int            // rows before it were handed over; a multiple of 64, or all

	before int64 // the lane's frontier without these rows
}

// lane is the way of one partition's rows: its goroutine fills blocks, the cycle takes them.
//
// A block is in one place: in ready, in free, or with the writer. The order of rows is that of offsets: the writer adds to the newest ready block
// while it has room.
type lane struct {
	partition int32
	defs      []engine.ColumnDef
	capacity  int
	room      chan struct{} // a block was freed; holds one signal

	mu    sync.Mutex
	ready []*block // guarded by mu
	free  []*block // guarded by mu
	made  int      // guarded by mu

	view *engine.Rows // what is handed over; the cycle's

	// What others see of it, for the pace.
	frontier atomic.Int64 // the latest record timestamp in ready or handed over
	empty    atomic.Int64 // since when ready is empty, in Unix nanoseconds; 0: it is not
	isBehind atomic.Bool  // catching up with the topic's end
	isDone   atomic.Bool  // its partition's goroutine has ended
}

func newLane(partition int32, defs []engine.ColumnDef) *lane {
	width := 0
	for _, d := range defs {
		width += kindBytes(d.Kind)
	}
	l := &lane{
		partition: partition, defs: defs, room: make(chan struct{}, 1),
		capacity: min(max(blockBytes/width&^63, 64), blockRows),
		view:     &engine.Rows{Cols: make([]engine.Buffer, len(defs))},
	}
	l.frontier.Store(math.MinInt64)
	l.empty.Store(time.Now().UnixNano())
	l.isBehind.Store(true)
	return l
}

func kindBytes(k engine.Kind) int {
	switch k.Physical() {
	case engine.KindBool, engine.KindInt8:
		return 1
	case engine.KindInt16:
		return 2
	case engine.KindInt32, engine.KindFloat32, engine.KindString:
		return 4
	}
	return 8
}

func (l *lane) newBlock() *block {
	b := &block{rows: engine.NewRows(l.defs, l.capacity), cols: make([]jscan.Column, len(l.defs)-firstValue)}
	n := l.capacity
	for i := range b.rows.Cols {
		c := &b.rows.Cols[i]
		c.Bools, c.I8, c.I16, c.I32, c.I64 = whole(c.Bools, n), whole(c.I8, n), whole(c.I16, n), whole(c.I32, n), whole(c.I64, n)
		c.F32, c.F64, c.Codes = whole(c.F32, n), whole(c.F64, n), whole(c.Codes, n)
		if i >= firstValue {
			b.cols[i-firstValue] = jscan.Column{
				Bools: c.Bools, I8: c.I8, I16: c.I16, I32: c.I32, I64: c.I64, F32: c.F32, F64: c.F64, Codes: c.Codes, Nulls: make([]uint64, n/64),
			}
		}
	}
	for i := range b.rows.Cols[partitionColumn].I32 {
		b.rows.Cols[partitionColumn].I32[i] = l.partition
	}
	return b
}

// whole is s with all of its room, if it has any.
func whole[T any](s []T, n int) []T {
	if cap(s) < n {
		return nil
	}
	return s[:n]
}

// take returns a block with room for a row. It waits for a cycle when all blocks are full; it is nil if ctx ends first.
func (l *lane) take(ctx context.Context) *block {
	for {
		if b := l.tryTake(); b != nil {
			return b
		}
		select {
		case <-l.room:
		case <-ctx.Done():
			return nil
		}
	}
}

func (l *lane) tryTake() *block {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.ready); n > 0 && l.ready[n-1].rows.N < l.capacity {
		b := l.ready[n-1]
		l.ready = l.ready[:n-1]
		l.frontier.Store(b.before) // nobody can take its rows for now
		return b
	}
	if n := len(l.free); n > 0 {
		b := l.free[n-1]
		l.free = l.free[:n-1]
		return b
	}
	if l.made == laneBlocks {
		return nil
	}
	l.made++
	return l.newBlock()
}

// put gives a block back, with rows up to the timestamp latest.
func (l *lane) put(b *block, latest int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b.rows.N == b.from {
		l.release(b)
		return
	}
	l.ready = append(l.ready, b)
	b.before = l.frontier.Load()
	l.frontier.Store(max(b.before, latest))
	l.empty.Store(0)
}

// drain hands over the rows whose timestamp is at most limit, and those between them; it says whether any are left. Only the cycle calls it.
//
// The steps are of 64 rows, so that the bits of the nulls need no shift.
func (l *lane) drain(limit int64, add func(*engine.Rows)) (isLeft bool) {
	for {
		b := l.oldest()
		if b == nil {
			return false
		}
		to := b.from
		for times := b.rows.Cols[timestampColumn].I64; to < b.rows.N && times[to] <= limit; {
			to = min(to+64, b.rows.N)
		}
		if to > b.from {
			add(l.slice(b, b.from, to))
		}
		l.mu.Lock()
		b.from = to
		isLeft = to < b.rows.N
		if isLeft {
			l.ready = append([]*block{b}, l.ready...)
		} else {
			l.release(b)
			if len(l.ready) == 0 {
				l.empty.Store(time.Now().UnixNano())
			}
		}
		l.mu.Unlock()
		if isLeft {
			return true
		}
	}
}

// oldest takes the oldest block that is ready, or nil.
func (l *lane) oldest() *block {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ready) == 0 {
		return nil
	}
	b := l.ready[0]
	l.ready = append(l.ready[:0], l.ready[1:]...)
	return b
}

// isSpent says that nothing is left and nothing will come.
func (l *lane) isSpent() bool {
	if !l.isDone.Load() {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.ready) == 0
}

// release makes a block empty and free. The caller holds mu.
func (l *lane) release(b *block) {
	words := (b.rows.N + 63) / 64
	for i := range b.cols {
		if c := &b.cols[i]; c.HasNulls {
			clear(c.Nulls[:words])
			c.HasNulls = false
		}
	}
	b.rows.Cols[timestampColumn].Nulls = nil
	b.rows.N, b.from = 0, 0
	l.free = append(l.free, b)
	select {
	case l.room <- struct{}{}:
	default:
	}
}

// slice is rows [from, to) of the block, valid until the next call. from is a multiple of 64.
func (l *lane) slice(b *block, from, to int) *engine.Rows {
	l.view.N = to - from
	for i := range l.view.Cols {
		c, v := &b.rows.Cols[i], &l.view.Cols[i]
		v.Kind = c.Kind
		v.Bools, v.I8, v.I16, v.I32, v.I64 = part(c.Bools, from, to), part(c.I8, from, to), part(c.I16, from, to), part(c.I32, from, to), part(c.I64, from, to)
		v.F32, v.F64, v.Codes = part(c.F32, from, to), part(c.F64, from, to), part(c.Codes, from, to)
		nulls := c.Nulls
		if i >= firstValue {
			if j := &b.cols[i-firstValue]; j.HasNulls {
				nulls = j.Nulls
			}
		}
		v.Nulls = nil
		if from/64 < len(nulls) {
			v.Nulls = nulls[from/64 : min((to+63)/64, len(nulls))]
		}
	}
	return l.view
}

func part[T any](s []T, from, to int) []T {
	if s == nil {
		return nil
	}
	return s[from:to]
}
