package engine_test

import (
	"strings"
	"testing"

	"tickbook/engine"
	"tickbook/engine/enginetest"
	"tickbook/internal/invariants"
)

// TestPlanted: each fault is found, by the comparison meant for it.
func TestPlanted(t *testing.T) {
	plain := func(t *table) *table { return t }
	sorted := func(t *table) *table { return t.Sort("Price") }
	for _, c := range []struct {
		fault string
		of    func(*table) *table
		want  string // what the error says
	}{
		{"stale", plain, "rebuild: "},
		{"unreported", plain, "replica of "},
		{"everything", plain, "counter: "},
		{"previous", plain, "previous value of column"},
		{"in place", plain, "held state: "},
		{"moved", sorted, "replica of #1 planted moved: position"},
		{"rank", plain, "replica of #1 planted rank: "},
		{"key order", sorted, "subset: "},
		{"panic", plain, "planted panic: planted"},
	} {
		q := one(c.fault, true, func(t *table) *table { return engine.Planted(c.fault, c.of(t)) })
		if invariants.Enabled && c.fault == "in place" {
			c.want = "BUG: " // before anybody reads
		}
		err := enginetest.Find(q, 200)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: found %v, want an error that says %q", c.fault, err, c.want)
		}
	}
}
