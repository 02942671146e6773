package widgets

import (
	"sync"
	"time"
)

const (
	rateSpan  = 2 * time.Second        // that a rate is measured over
	rateLeast = 200 * time.Millisecond // below it, none is told
	rateStale = 10 * time.Second       // a sample as old says nothing about now
)

// rate measures how fast a table grows, from the sizes that its viewers happen to see.
type rate struct {
	mu      sync.Mutex
	samples []sample // by age; at most one is older than rateSpan
}

type sample struct {
	at   time.Time
	rows int
}

// add notes a size and returns how many rows a second came lately.
func (r *rate) add(now time.Time, rows int) float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.samples) > 1 && now.Sub(r.samples[1].at) >= rateSpan {
		r.samples = r.samples[1:]
	}
	if len(r.samples) > 0 && now.Sub(r.samples[0].at) > rateStale {
		r.samples = r.samples[1:]
	}
	if n := len(r.samples); n == 0 || now.Sub(r.samples[n-1].at) >= rateSpan/20 {
		r.samples = append(r.samples, sample{now, rows})
	}
	first := r.samples[0]
	if d := now.Sub(first.at); d >= rateLeast && rows > first.rows {
		return float64(rows-first.rows) / d.Seconds()
	}
	return 0
}
