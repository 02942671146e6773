package widgets

import (
	"testing"
	"time"
)

func TestRate(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var r rate
	rows := 1000
	step := func(d time.Duration, n int) float64 {
		now = now.Add(d)
		rows += n
		return r.add(now, rows)
	}
	if got := step(0, 0); got != 0 {
		t.Errorf("at first %v", got)
	}
	got := 0.0
	for range 100 {
		got = step(100*time.Millisecond, 50)
		if len(r.samples) > 25 {
			t.Fatalf("%d samples", len(r.samples))
		}
	}
	if got != 500 {
		t.Errorf("rate %v, want 500", got)
	}
	if got = step(2*rateSpan, 0); got != 0 {
		t.Errorf("still: %v", got)
	}
	if got = step(time.Hour, 1e6); got != 0 {
		t.Errorf("after an hour's pause: %v", got)
	}
	step(time.Second, 1000)
	if got = step(time.Second, -500); got != 250 {
		t.Errorf("up and down: %v", got)
	}
	if got = step(time.Second, -5000); got != 0 {
		t.Errorf("shrinking: %v", got)
	}
}
