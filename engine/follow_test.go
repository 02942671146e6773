package engine_test

import (
	"fmt"
	"testing"

	"tickbook/engine"

	"pgregory.net/rapid"
)

// What a follower says is as it was, is: whatever is added, removed and modified between two looks, in any derived table. What grew at its end alone
// is said to be as it was.
func TestFollower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := engine.NewGraph()
		in := engine.NewInput(g, engine.Int64("N"), engine.Int64("K"), engine.Float64("X"))
		tables := []*engine.Table{
			in.Table, in.Where("N % 2 = 0"), in.View("N", "Y = X * 2"), in.GroupBy("K").Agg(engine.Sum("S = X")), in.Reverse(), in.Sort("X"), in.Tail(5), engine.NewTable(engine.Col("N", []int64{1, 2})),
		}
		var columns [][]string
		for _, t := range tables {
			columns = append(columns, t.Names()[:min(2, len(t.Names()))])
		}
		columns[0] = []string{"N", "K"} // not X
		f := engine.Follow(tables, columns...)
		defer f.Stop()
		text := func(s *engine.Snapshot, columns []string) (rows []string) {
			keys := s.RowKeys()
			for i, r := range s.Rows() {
				line := fmt.Sprint(keys[i])
				for c, name := range s.Schema() {
					for _, want := range columns {
						if want == name.Name {
							line += fmt.Sprint(" ", r.Values()[c])
						}
					}
				}
				rows = append(rows, line)
			}
			return rows
		}
		before := make([][]string, len(tables))
		var keys []uint64
		for range 6 {
			for range rapid.IntRange(0, 3).Draw(t, "cycles") {
				for range rapid.IntRange(0, 30).Draw(t, "edits") {
					switch kind := rapid.IntRange(0, 12).Draw(t, "edit"); {
					case kind > 2 || len(keys) == 0:
						n := len(keys)
						keys = append(keys, in.Add(int64(n), int64(n/10), float64(rapid.IntRange(0, 50).Draw(t, "x"))))
					case kind == 0:
						i := rapid.IntRange(0, len(keys)-1).Draw(t, "row")
						in.Remove(keys[i])
						keys = append(keys[:i:i], keys[i+1:]...)
					default:
						in.Modify(keys[rapid.IntRange(0, len(keys)-1).Draw(t, "row")], []string{"X", "K"}[kind-1], nil)
					}
				}
				g.Step()
			}
			now, same := f.Take()
			for i, s := range now {
				rows := text(s, columns[i])
				if same[i] > len(rows) || same[i] > len(before[i]) {
					t.Fatalf("table %d: %d rows are said to be as they were; there are %d, were %d", i, same[i], len(rows), len(before[i]))
				}
				for r := range same[i] {
					if rows[r] != before[i][r] {
						t.Fatalf("table %d: row %d is %s, was %s", i, r, rows[r], before[i][r])
					}
				}
				before[i] = rows
			}
		}
	})
}

// A table that grows at its end is as it was; so are those derived from it row by row, and a modified row ends that.
func TestFollowerOfWhatGrows(t *testing.T) {
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.Int64("N"), engine.Float64("X"))
	half := in.Where("N % 2 = 0")
	f := engine.Follow([]*engine.Table{in.Table, half, in.Reverse()}, []string{"N"}, []string{"N", "X"}, []string{"N"})
	var keys []uint64
	grow := func(n int) {
		for range n {
			keys = append(keys, in.Add(int64(len(keys)), 1.5))
		}
		g.Step()
	}
	check := func(what string, want ...int) {
		t.Helper()
		now, same := f.Take()
		if fmt.Sprint(same) != fmt.Sprint(want) {
			t.Errorf("%s: %v rows are as they were, want %v (of %d)", what, same, want, now[0].Len())
		}
	}
	check("nothing", 0, 0, 0)
	grow(100)
	check("the first", 0, 0, 0)
	grow(50)
	grow(50)
	check("more", 100, 50, 0)
	check("no more", 200, 100, 200)
	in.Modify(keys[60], "X", 2.5)
	grow(1)
	check("a column that is not followed", 200, 30, 0)
	in.Modify(keys[60], "N", int64(3))
	g.Step()
	check("a row that leaves", 60, 30, 0)
	in.Remove(keys[20])
	g.Step()
	in.Remove(keys[100])
	g.Step()
	check("removed rows", 20, 10, 0)
	f.Stop()
}
