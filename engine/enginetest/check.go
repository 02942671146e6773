package enginetest

import (
	"flag"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"tickbook/engine"
	"tickbook/internal/invariants"
)

// Query is a way to derive a table.
type Query struct {
	// Name is shown in failures.
	Name string
	// Inputs define the tables that it is derived from.
	Inputs []Input
	// Make derives it. It may use nothing else.
	Make func(in []*engine.Table) *engine.Table
	// Ordered says that the order of the rows is promised: it is a function of the inputs' rows and their order. Otherwise only the rows are.
	Ordered bool
	// VisitFactor, if set, replaces 4 in what is allowed for each table: rows visited in a cycle ≤ 4 × (changes of its parents + its own) + 32.
	VisitFactor int
}

// Input defines an input table and the values its rows may have.
type Input struct {
	Cols []engine.ColumnDef
	// AppendOnly says that rows are only added, until all are removed at the end.
	AppendOnly bool
	// Plain leaves out the extremes: the least and greatest integers, -0, NaN, the infinities.
	Plain bool
	// Domain gives a column's values, by its name; nil entries are nulls.
	Domain map[string][]any
	// NotNull names columns that are never null.
	NotNull []string
}

// Check runs a query through random cycles and fails the test with the shortest script it finds that shows a fault.
func Check(t *testing.T, q Query) {
	t.Helper()
	// The script is printed: no files beside the tests.
	if err := flag.Set("rapid.nofailfile", "true"); err != nil {
		t.Fatal(err)
	}
	// Builds that check invariants are many times slower: fewer runs, unless the caller says how many.
	if f := flag.Lookup("rapid.checks"); invariants.Enabled && f.Value.String() == f.DefValue {
		defer f.Value.Set(f.DefValue)
		if err := f.Value.Set("15"); err != nil {
			t.Fatal(err)
		}
	}
	gen := scripts(q)
	rapid.Check(t, func(rt *rapid.T) {
		s := gen.Draw(rt, "script")
		if err := run(q, s); err != nil {
			rt.Fatalf("%s: %v\nscript:\n%v", q.Name, err, s)
		}
	})
}

// Find runs a query through at most tries scripts, the same each time, and returns the first fault found, nil if none is. Tests that plant a fault
// use it.
func Find(q Query, tries int) error {
	gen := scripts(q)
	for seed := range tries {
		if err := run(q, gen.Example(seed)); err != nil {
			return fmt.Errorf("%s: seed %d: %w", q.Name, seed, err)
		}
	}
	return nil
}
