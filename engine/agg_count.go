package engine

import "tickbook/engine/internal/chunk"

// Count is the number of rows, nulls included, as an int64. It takes the name of its result: Count("N").
func Count(name string) Agg { return Agg{countFamily, []string{name}} }

var countFamily = &aggFamily{name: "Count", count: true, make: func(Kind, *Dict) (aggregator, Kind, error) {
	return &count{out: newAggResult[int64](KindInt64, nil)}, KindInt64, nil
}}

// count is the number of rows.
//
// State: by group the rows, counted in by the group's numbers alone.
type count struct {
	st  blocks[int64]
	out aggResult[int64]
}

func (a *count) grow(n int)     { a.st.grow(n) }
func (a *count) leave(g uint32) { *a.st.at(g) = 0 }
func (a *count) free(g uint32)  { a.st.free(g) }

func (a *count) add(g []uint32, _ chunk.Column, _ *chunk.Batch, _ *chunk.Scratch) {
	st := a.st
	for _, x := range g {
		*st.at(x)++
	}
}

func (a *count) remove(g []uint32, _ chunk.Column, _ *chunk.Batch, _ *chunk.Scratch) {
	for _, x := range g {
		*a.st.at(x)--
	}
}

func (a *count) results(groups []uint64, out []int64, _ []uint64) bool {
	for i, g := range groups {
		out[i] = *a.st.at(uint32(g))
	}
	return false
}

func (a *count) write(groups []uint64, fresh uint64, changed []bool) bool {
	return a.out.write(groups, fresh, changed, a)
}

func (a *count) publish(floor uint64) chunk.Column { return a.out.publish(floor) }
