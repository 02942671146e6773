package kafka

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"tickbook/engine"
)

// patience is how long the others wait for a partition that has nothing.
const patience = 200 * time.Millisecond

// pacer keeps the partitions of one graph in step while they catch up with their topics: none hands over rows later than what the slowest has
// read. Otherwise a join would hold the whole of one topic before the first row of the other, and match everything again and again.
//
// A partition takes part from its start, or a reconnection, until it reaches its topic's end. One that has had nothing for patience is not waited
// for, and one that follows its topic live neither waits nor is waited for.
type pacer struct {
	patience time.Duration // set before use

	behind atomic.Int32 // lanes that take part: a hint that saves the lock

	mu    sync.Mutex
	lanes map[*lane]bool     // those that take part; guarded by mu
	asked map[*consumer]bool // feeds that asked in this cycle; guarded by mu
	now   int64              // the limit of this cycle; guarded by mu
}

var pacers = struct {
	sync.Mutex
	of map[weak.Pointer[engine.Graph]]weak.Pointer[pacer]
}{of: map[weak.Pointer[engine.Graph]]weak.Pointer[pacer]{}}

// pacerOf is the pacer that all sources of a graph share. It lives while one of them holds it.
func pacerOf(g *engine.Graph) *pacer {
	pacers.Lock()
	defer pacers.Unlock()
	for k, w := range pacers.of {
		if w.Value() == nil {
			delete(pacers.of, k)
		}
	}
	key := weak.Make(g)
	if w, ok := pacers.of[key]; ok {
		if p := w.Value(); p != nil {
			return p
		}
	}
	p := &pacer{patience: patience, lanes: map[*lane]bool{}, asked: map[*consumer]bool{}}
	pacers.of[key] = weak.Make(p)
	return p
}

// join makes the lane take part, leave ends that.
func (p *pacer) join(l *lane) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l.isBehind.Store(true)
	p.lanes[l] = true
	p.behind.Store(int32(len(p.lanes)))
}

func (p *pacer) leave(l *lane) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l.isBehind.Store(false)
	delete(p.lanes, l)
	p.behind.Store(int32(len(p.lanes)))
}

// forget makes nothing of a feed that ended.
func (p *pacer) forget(who *consumer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.asked, who)
}

// limit is the latest timestamp that lanes taking part may hand over in this cycle. Each feed asks once a cycle: the first computes it, and who has
// asked before begins a new cycle.
func (p *pacer) limit(who *consumer, now time.Time) int64 {
	if p.behind.Load() < 2 {
		return math.MaxInt64
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.asked) == 0 || p.asked[who] {
		clear(p.asked)
		p.now = p.compute(now)
	}
	p.asked[who] = true
	return p.now
}

// compute is the limit as of now. The caller holds mu.
func (p *pacer) compute(now time.Time) int64 {
	limit := int64(math.MaxInt64)
	for l := range p.lanes {
		if since := l.empty.Load(); since != 0 && now.UnixNano()-since >= int64(p.patience) {
			continue
		}
		limit = min(limit, l.frontier.Load())
	}
	return limit
}

// limitOf is what the limit means for a lane: one that doesn't take part hands over everything.
func limitOf(l *lane, limit int64) int64 {
	if l.isBehind.Load() {
		return limit
	}
	return math.MaxInt64
}
