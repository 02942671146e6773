package engine_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"tickbook/engine"
)

func TestValuesInOrder(t *testing.T) {
	n := 5000 // several batches
	ints, valid := make([]int32, n), make([]bool, n)
	for i := range ints {
		ints[i], valid[i] = int32(i), i%7 != 3
	}
	static := engine.NewTable(engine.Col("I", ints, valid), engine.Col("J", ints))
	odd := static.Where("J % 2 = 1")
	for _, c := range []struct {
		name  string
		table *engine.Table
		want  func(pos int) int // the row at a position
		n     int
	}{
		{"all", static, func(p int) int { return p }, n},
		{"reversed", static.Reverse(), func(p int) int { return n - 1 - p }, n},
		{"odd", odd, func(p int) int { return 2*p + 1 }, n / 2},
		{"odd reversed", odd.Reverse(), func(p int) int { return n - 1 - 2*p }, n / 2},
		{"sorted", odd.SortDescending("J").Head(2300), func(p int) int { return n - 1 - 2*p }, 2300},
	} {
		s := c.table.Snapshot()
		fs, is, ok := s.Float64s("I"), s.Int64s("J"), s.Valid("I")
		if s.Len() != c.n || len(fs) != c.n {
			t.Fatalf("%s: %d rows, want %d", c.name, s.Len(), c.n)
		}
		for p := range c.n {
			row := c.want(p)
			if is[p] != int64(row) || ok[p] != valid[row] || ok[p] && fs[p] != float64(row) || !ok[p] && !math.IsNaN(fs[p]) {
				t.Fatalf("%s: position %d: %d, %v, valid %v; want row %d", c.name, p, is[p], fs[p], ok[p], row)
			}
		}
		for _, w := range [][2]int{{0, 3}, {100, 50}, {c.n - 2, 10}, {c.n + 5, 2}, {-3, 2}} {
			win := s.Window(w[0], w[1])
			lo := min(max(w[0], 0), c.n)
			hi := min(lo+w[1], c.n)
			if got := win.Int64s("J"); !slices.Equal(got, is[lo:hi]) {
				t.Errorf("%s: window %v = %v, want %v", c.name, w, got, is[lo:hi])
			}
			for p := range win.Len() {
				if text, null := win.Text(p, 1); null || text != fmt.Sprint(is[lo+p]) {
					t.Errorf("%s: window %v: text %q at %d", c.name, w, text, p)
				}
			}
			if in := win.Window(1, 1); in.Len() == 1 && in.Int64s("J")[0] != is[lo+1] {
				t.Errorf("%s: window of a window: %v", c.name, in.Int64s("J"))
			}
		}
		if s.Valid("J") != nil {
			t.Errorf("%s: J has no null, Valid says otherwise", c.name)
		}
	}
}

// everyKind has a column of each kind: a value, an extreme one, a null.
func everyKind() *engine.Table {
	at := time.Date(2026, 1, 23, 15, 21, 48, 1_500_000, time.UTC)
	ok := []bool{true, true, false}
	return engine.NewTable(
		engine.Col("Bool", []bool{true, false, true}, ok),
		engine.Col("I8", []int8{1, math.MinInt8, 0}, ok),
		engine.Col("I16", []int16{1, math.MinInt16, 0}, ok),
		engine.Col("I32", []int32{1, math.MinInt32, 0}, ok),
		engine.Col("I64", []int64{1, math.MinInt64, 0}, ok),
		engine.Col("F32", []float32{1.5, float32(math.Inf(1)), 0}, ok),
		engine.Col("F64", []float64{1e21, math.NaN(), 0}, ok),
		engine.Col("Str", []string{"x", "", "null"}, ok),
		engine.Col("At", []time.Time{at, at.Truncate(time.Second), at}, ok),
		engine.Col("Dur", []time.Duration{1500 * time.Millisecond, 0, 0}, ok),
	)
}

func TestText(t *testing.T) {
	s := everyKind().Snapshot()
	want := [][]string{
		{"true", "1", "1", "1", "1", "1.5", "1e+21", "x", "2026-01-23 15:21:48.001500", "1.5s"},
		{"false", "-128", "-32768", "-2147483648", "-9223372036854775808", "+Inf", "NaN", "", "2026-01-23 15:21:48", "0s"},
	}
	for row := range 3 {
		for col := range s.Schema() {
			text, null := s.Text(row, col)
			if null != (row == 2) || !null && text != want[row][col] {
				t.Errorf("row %d column %d: %q, null %v", row, col, text, null)
			}
		}
	}
}

func TestTextOfFloats(t *testing.T) {
	f := func(x float64, want string) {
		t.Helper()
		if got, _ := engine.NewTable(engine.Col("X", []float64{x})).Snapshot().Text(0, 0); got != want {
			t.Errorf("text of %v: %q, want %q", x, got, want)
		}
	}
	f(2931178.7199999997, "2931178.72")
	f(0.1+0.2, "0.3")
	f(1.0/3, "0.333333333333")
	f(-123456789.125, "-123456789.125")
	f(1e300/3, "3.33333333333e+299")
	f(math.Copysign(0, -1), "-0")
}

func TestZone(t *testing.T) {
	defer engine.SetZone("UTC")
	if err := engine.SetZone("America/New_York"); err != nil {
		t.Fatal(err)
	}
	if text, _ := everyKind().Snapshot().Text(1, 8); text != "2026-01-23 10:21:48" {
		t.Errorf("in New York %q", text)
	}
	if err := engine.SetZone("Mars/Olympus"); err == nil || engine.Zone().String() != "America/New_York" {
		t.Errorf("a bad zone: error %v, zone %v", err, engine.Zone())
	}
}

func TestScanEveryKind(t *testing.T) {
	type row struct {
		Bool  bool
		I8    int8
		I16   int
		I32   int64
		I64   *int64
		F32   float64
		F64   float64
		Str   string
		At    time.Time
		Dur   time.Duration
		Extra string
	}
	var rows []row
	if err := everyKind().Scan(&rows); err != nil {
		t.Fatal(err)
	}
	if r := rows[1]; r.I16 != math.MinInt16 || *r.I64 != math.MinInt64 || !math.IsInf(r.F32, 1) || r.At.Second() != 48 {
		t.Errorf("row 1: %+v", r)
	}
	if r := rows[2]; r != (row{}) {
		t.Errorf("a row of nulls: %+v", r)
	}
	f := func(into any, want string) {
		t.Helper()
		if err := everyKind().Scan(into); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Scan into %T: %v, want an error with %q", into, err, want)
		}
	}
	f(rows, "no pointer to a slice")
	f(new(int), "no pointer to a slice")
	f(new([]struct{ X int }), "no exported field")
	f(new([]struct{ Str int }), `column "Str" into field Str`)
	f(new([]struct{ I64 int8 }), "does not fit")
}

func TestWrongReads(t *testing.T) {
	s := everyKind().Snapshot()
	f := func(want string, read func()) {
		t.Helper()
		_, err := engine.Try(func() *engine.Table { read(); return nil })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	f(`column "Str" holds string values; read it by Strings`, func() { s.Float64s("Str") })
	f(`column "At" holds instant values; read it by Times or Int64s`, func() { s.Float64s("At") })
	f(`column "F64" holds float64 values; read it by Float64s`, func() { s.Int64s("F64") })
	f(`column "Bool" holds bool values; read it by Bools`, func() { s.Strings("Bool") })
	f(`no column "Strr"`, func() { s.Strings("Strr") })
	f(`did you mean "Str"?`, func() { s.Valid("Strr") })
	f("column", func() { s.Times("I64") })
	f("column", func() { s.Bools("I64") })
}

// TestTimesOutOfRange: the zero time is null; what nanoseconds since the epoch can't hold is an error, not another time.
func TestTimesOutOfRange(t *testing.T) {
	far := time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)
	last := time.Unix(0, math.MaxInt64)
	table := engine.NewTable(engine.Col("At", []time.Time{{}, last}))
	if valid, got := table.Valid("At"), table.Times("At"); valid[0] || !valid[1] || !got[1].Equal(last) {
		t.Errorf("valid %v, times %v", valid, got)
	}
	rows := engine.FromStructs([]struct{ At time.Time }{{}, {last}})
	if valid := rows.Valid("At"); valid[0] || !valid[1] {
		t.Errorf("of structs: valid %v", valid)
	}
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.Instant("At"))
	in.Add(time.Time{})
	in.Add(last)
	g.Step()
	if valid := in.Valid("At"); valid[0] || !valid[1] {
		t.Errorf("of an input: valid %v", valid)
	}
	f := func(want string, make func() *engine.Table) {
		t.Helper()
		if _, err := engine.Try(make); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	f(`column: "At": 2300-01-01 00:00:00 +0000 UTC is out of range`, func() *engine.Table { return engine.NewTable(engine.Col("At", []time.Time{last, far})) })
	f("is no instant", func() *engine.Table { in.Add(far); return nil })
}

func TestBadDefinitions(t *testing.T) {
	f := func(want string, make func() *engine.Table) {
		t.Helper()
		if _, err := engine.Try(make); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	g := engine.NewGraph()
	f("is there twice", func() *engine.Table { return engine.NewInput(g, engine.Int64("A"), engine.Int64("A")).Table })
	f("is no column name", func() *engine.Table { return engine.NewInput(g, engine.Int64("A B")).Table })
	f("has no kind", func() *engine.Table { return engine.NewInput(g, engine.ColumnDef{Name: "A"}).Table })
	f("no column of []uint64", func() *engine.Table { return engine.NewTable(engine.Col("A", []uint64{1})) })
	f("has 1 rows", func() *engine.Table { return engine.NewTable(engine.Col("A", []int{1}), engine.Col("B", []int{1, 2})) })
	f("no columns", func() *engine.Table { return engine.NewTable() })
	f("no slice of structs", func() *engine.Table { return engine.FromStructs(3) })
	f("no slice of structs", func() *engine.Table { return engine.FromStructs([]int{3}) })
	f("no column of chan int", func() *engine.Table { return engine.FromStructs([]struct{ C chan int }{}) })
	f("0 or more", func() *engine.Table { return engine.EmptyTable(3).Head(-1) })
	f("no condition", func() *engine.Table { return everyKind().Where() })
	f("a condition is a bool", func() *engine.Table { return everyKind().Where("I64 + 1") })
	f("no columns", func() *engine.Table { return everyKind().View() })
	f("function of its row", func() *engine.Table { return everyKind().View("A = now()") })
	f("function of its row", func() *engine.Table { return everyKind().Where("At < now()") })
	in := engine.NewInput(g, engine.Int8("A"))
	f("300", func() *engine.Table { in.Add(300); return nil })
	f("a row of 2 values", func() *engine.Table { in.Add(1, 2); return nil })
	f("no row with key 9", func() *engine.Table { in.Remove(9); return nil })
	f(`no column "B"`, func() *engine.Table { in.Modify(0, "B", 1); return nil })
}

// TestKinds gives every operator of the core a table with columns of every kind.
func TestKinds(t *testing.T) {
	g := engine.NewGraph()
	in := engine.NewInput(g, everyKind().Schema()...)
	derived := []*engine.Table{in.Reverse().Head(2).Tail(1), in.UpdateView("X = I64 + 1").Where("Str = `x` || isNull(Str)")}
	for _, r := range everyKind().Snapshot().Rows() {
		in.Add(r.Values()...)
	}
	g.Step()
	for i, d := range derived {
		if d.Err() != nil || d.Size() == 0 {
			t.Errorf("derived table %d: %d rows, error %v", i, d.Size(), d.Err())
		}
	}
	if got, want := fmt.Sprint(in.Snapshot().Rows()), fmt.Sprint(everyKind().Snapshot().Rows()); got != want {
		t.Errorf("rows %v, want %v", got, want)
	}
}

func TestEmptyTable(t *testing.T) {
	e := engine.EmptyTable(3).UpdateView("X = 7", "Y = X*2")
	if got := e.Int64s("Y"); !slices.Equal(got, []int64{14, 14, 14}) {
		t.Errorf("Y = %v", got)
	}
}

func TestManyColumns(t *testing.T) {
	g := engine.NewGraph()
	var defs []engine.ColumnDef
	var row []any
	for i := range 100 {
		defs, row = append(defs, engine.Int64(fmt.Sprintf("C%d", i))), append(row, i)
	}
	in := engine.NewInput(g, defs...)
	key := in.Add(row...)
	g.Step()
	view := in.View("A = C70+C3", "B = C99", "C = C1")
	o := engine.Observe(view)
	in.Modify(key, "C99", 5)
	g.Step()
	u := o.Take()
	if u == nil || !u.Cols.Has(1) || u.Cols.Has(2) || view.Int64s("B")[0] != 5 {
		t.Errorf("update %+v", u)
	}
	in.Modify(key, "C2", 5)
	g.Step()
	if u := o.Take(); u != nil {
		t.Errorf("a change of a column that is not there was reported: %+v", u)
	}
}
