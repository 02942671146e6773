package engine

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"tickbook/engine/internal/chunk"
)

// TestKinds calls every factory of joins, groups and aggregations with every kind: an answer or a clean error, never a panic.
func TestKinds(t *testing.T) {
	match := chunk.NewMut[uint64](chunk.Key, nil).Publish().(chunk.Vec[uint64])
	for _, k := range chunk.Kinds {
		for _, f := range aggFamilies {
			a, result, err := f.make(k, chunk.NewDict())
			if (a == nil) != (err != nil) {
				t.Errorf("%s of %s: %v, %v", f.name, k, a, err)
			}
			if err == nil && a.publish(0).Kind() != result {
				t.Errorf("%s of %s publishes %s, says %s", f.name, k, a.publish(0).Kind(), result)
			}
		}
		if c := newKeyColumn(k, chunk.NewDict()).Publish(); c.Kind() != k {
			t.Errorf("the key column of %s is %s", k, c.Kind())
		}
		if c := newVia(match, newAppender(k, nil).Publish()); c.Kind() != k {
			t.Errorf("a joined column of %s is %s", k, c.Kind())
		}
		if isTime := k.IsInteger() || k == KindInstant || k == KindDuration; (timeReader(k) != nil) != isTime {
			t.Errorf("timeReader(%s): is a time: %v", k, !isTime)
		}
	}
}

// TestWide compares sums of 128 bits and their means with big integers.
func TestWide(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var w wide
		want, n := new(big.Int), int64(0)
		for range 1 + r.IntN(40) {
			x := []int64{math.MinInt64, math.MaxInt64, r.Int64(), -r.Int64(), int64(r.IntN(9)) - 4}[r.IntN(5)]
			w.add(x)
			w.add(x)
			w.sub(x)
			want.Add(want, big.NewInt(x))
			n++
		}
		mean, _ := new(big.Float).Quo(new(big.Float).SetInt(want), big.NewFloat(float64(n))).Float64()
		if got := w.mean(n); math.Abs(got-mean) > 1e-14*math.Abs(mean) {
			t.Fatalf("mean of %v over %d: %v, want %v", want, n, got, mean)
		}
		if got, exp := w.meanInt(n), new(big.Int).Quo(want, big.NewInt(n)).Int64(); got != exp {
			t.Fatalf("whole mean of %v over %d: %v, want %v", want, n, got, exp)
		}
	}
}
