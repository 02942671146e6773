package formula

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tickbook/engine/internal/chunk"
)

// testVec is a column of one chunk: slices of its memory for dense batches, gathered values for keys.
type testVec[T any] struct {
	head
	vals  []T
	nulls []uint64 // nil: none
}

func (v *testVec[T]) Read(b *chunk.Batch, s *chunk.Scratch) ([]T, []uint64) {
	if b.Keys == nil {
		if v.nulls == nil {
			return v.vals[b.Lo : b.Lo+uint64(b.N)], nil
		}
		bits := chunk.TakeNulls(s)
		chunk.ShiftBits(bits, v.nulls, int(b.Lo), b.N)
		return v.vals[b.Lo : b.Lo+uint64(b.N)], bits
	}
	out := chunk.Take[T](s)[:b.N]
	var bits []uint64
	if v.nulls != nil {
		bits = chunk.TakeNulls(s)
	}
	for i, key := range b.Keys[:b.N] {
		out[i] = v.vals[key]
		if chunk.IsNull(v.nulls, int(key)) {
			chunk.SetNull(bits, i)
		}
	}
	return out, bits
}

// column makes a column of values; nil is null. The stored value of a null row is the kind's oddest.
func column(t testing.TB, kind chunk.Kind, dict *chunk.Dict, vals ...any) chunk.Column {
	t.Helper()
	h := head{kind, nil}
	switch kind {
	case chunk.Bool:
		return columnOf(h, true, vals)
	case chunk.Int8:
		return columnOf[int8](h, math.MinInt8, vals)
	case chunk.Int16:
		return columnOf[int16](h, math.MinInt16, vals)
	case chunk.Int32:
		return columnOf[int32](h, math.MinInt32, vals)
	case chunk.Int64:
		return columnOf[int64](h, math.MinInt64, vals)
	case chunk.Float32:
		return columnOf(h, float32(math.Inf(1)), vals)
	case chunk.Float64:
		return columnOf(h, math.NaN(), vals)
	case chunk.Instant, chunk.Duration:
		ns := make([]any, len(vals))
		for i, v := range vals {
			switch v := v.(type) {
			case time.Time:
				ns[i] = v.UnixNano()
			case time.Duration:
				ns[i] = int64(v)
			default:
				ns[i] = v
			}
		}
		return columnOf[int64](h, math.MinInt64, ns)
	case chunk.String:
		if h.dict = dict; dict == nil {
			h.dict = chunk.NewDict()
		}
		codes := make([]any, len(vals))
		for i, v := range vals {
			if v != nil {
				codes[i] = h.dict.Code(v.(string))
			}
		}
		return columnOf[uint32](h, math.MaxUint32, codes)
	}
	t.Fatalf("column of kind %v", kind)
	return nil
}

func columnOf[T any](h head, odd T, vals []any) chunk.Column {
	v := &testVec[T]{head: h}
	for i, x := range vals {
		if x == nil {
			if v.nulls == nil {
				v.nulls = make([]uint64, (len(vals)+63)/64+1)
			}
			chunk.SetNull(v.nulls, i)
			v.vals = append(v.vals, odd)
			continue
		}
		v.vals = append(v.vals, x.(T))
	}
	return v
}

// frame is a small table: columns by name, of one length.
type frame struct {
	names []string
	cols  map[string]chunk.Column
	n     int
	let   map[string]any
	used  []string // of let, as they were asked for
	zone  *time.Location
}

func (f *frame) with(t testing.TB, name string, kind chunk.Kind, vals ...any) *frame {
	t.Helper()
	return f.add(name, column(t, kind, nil, vals...), len(vals))
}

func (f *frame) add(name string, c chunk.Column, n int) *frame {
	if f.cols == nil {
		f.cols = map[string]chunk.Column{}
	}
	f.names = append(f.names, name)
	f.cols[name] = c
	f.n = n
	return f
}

func (f *frame) env() Env {
	return Env{
		Column: func(name string) (chunk.Kind, bool) {
			c, ok := f.cols[name]
			if !ok {
				return 0, false
			}
			return c.Kind(), true
		},
		Columns: f.names,
		Let: func(name string) (any, bool) {
			x, ok := f.let[name]
			if ok {
				f.used = append(f.used, name)
			}
			return x, ok
		},
		Zone: f.zone,
	}
}

func (f *frame) compile(text string) (*Compiled, error) {
	e, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return Compile(e, f.env())
}

func (f *frame) inputs(c *Compiled) []chunk.Column {
	var in []chunk.Column
	for _, name := range c.Inputs {
		in = append(in, f.cols[name])
	}
	return in
}

// eval computes a formula over all rows: int64, float64, string, bool, time.Time, time.Duration or nil. It reads densely and by keys, in
// small batches and large, and as a filter, and demands the same of all.
func (f *frame) eval(t testing.TB, text string) []any {
	t.Helper()
	c, err := f.compile(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	col := c.Bind(f.inputs(c))
	if col.Kind() != c.Kind {
		t.Fatalf("%s: column of kind %v, formula of kind %v", text, col.Kind(), c.Kind)
	}
	want := read(t, col, f.n, chunk.MaxBatch, false)
	for _, size := range []int{1, 3, 64, chunk.MaxBatch} {
		for _, byKeys := range []bool{false, true} {
			if got := read(t, col, f.n, size, byKeys); !c.Impure && !sameRows(got, want) {
				t.Fatalf("%s: batches of %d, by keys %v: %v; want %v", text, size, byKeys, got, want)
			}
		}
	}
	if c.Kind == chunk.Bool && !c.Impure {
		f.checkFilter(t, text, c, want)
	}
	return want
}

func (f *frame) checkFilter(t testing.TB, text string, c *Compiled, rows []any) {
	t.Helper()
	run := c.Filter(f.inputs(c))
	var want []uint32
	for i, x := range rows {
		if x == true {
			want = append(want, uint32(i))
		}
	}
	for _, byKeys := range []bool{false, true} {
		var got []uint32
		s := new(chunk.Scratch)
		sel := make([]uint32, chunk.MaxBatch)
		for _, b := range batches(f.n, 100, byKeys) {
			base := b.Lo
			m := s.Mark()
			for _, i := range sel[:run(&b, s, sel)] {
				got = append(got, uint32(base)+i)
			}
			if s.Mark() != m {
				t.Fatalf("%s: the filter left %d vectors on the scratch", text, s.Mark()-m)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s: filter, by keys %v: %v; want %v", text, byKeys, got, want)
		}
	}
}

func batches(n, size int, byKeys bool) []chunk.Batch {
	var out []chunk.Batch
	for lo := 0; lo < n; lo += size {
		b := chunk.Batch{Lo: uint64(lo), N: min(size, n-lo)}
		if byKeys {
			for i := range b.N {
				b.Keys = append(b.Keys, uint64(lo+i))
			}
		}
		out = append(out, b)
	}
	return out
}

func read(t testing.TB, col chunk.Column, n, size int, byKeys bool) []any {
	t.Helper()
	s := chunk.Borrow()
	defer chunk.Return(s)
	out := make([]any, 0, n)
	for _, b := range batches(n, size, byKeys) {
		m := s.Mark()
		out = append(out, readBatch(t, col, &b, s)...)
		s.Release(m)
	}
	return out
}

func readBatch(t testing.TB, col chunk.Column, b *chunk.Batch, s *chunk.Scratch) []any {
	t.Helper()
	switch c := col.(type) {
	case chunk.Vec[bool]:
		return boxed(c, b, s, func(x bool) any { return x })
	case chunk.Vec[int8]:
		return boxed(c, b, s, func(x int8) any { return int64(x) })
	case chunk.Vec[int16]:
		return boxed(c, b, s, func(x int16) any { return int64(x) })
	case chunk.Vec[int32]:
		return boxed(c, b, s, func(x int32) any { return int64(x) })
	case chunk.Vec[int64]:
		return boxed(c, b, s, func(x int64) any {
			switch col.Kind() {
			case chunk.Instant:
				return time.Unix(0, x).UTC()
			case chunk.Duration:
				return time.Duration(x)
			}
			return x
		})
	case chunk.Vec[float32]:
		return boxed(c, b, s, func(x float32) any { return float64(x) })
	case chunk.Vec[float64]:
		return boxed(c, b, s, func(x float64) any { return x })
	case chunk.Vec[uint32]:
		return boxed(c, b, s, func(x uint32) any { return col.Dict().Str(x) })
	}
	t.Fatalf("column %T of kind %v is no Vec", col, col.Kind())
	return nil
}

func boxed[T any](c chunk.Vec[T], b *chunk.Batch, s *chunk.Scratch, box func(T) any) []any {
	x, nulls := c.Read(b, s)
	out := make([]any, b.N)
	for i := range out {
		if !chunk.IsNull(nulls, i) {
			out[i] = box(x[i])
		}
	}
	return out
}

func sameRows(a, b []any) bool { return slices.EqualFunc(a, b, sameValue) }

func sameValue(a, b any) bool {
	x, isX := a.(float64)
	y, isY := b.(float64)
	if isX && isY {
		return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y || x == y
	}
	return a == b
}

// randomFloats and their like are columns of n rows for benchmarks.
func randomFloats(n int) chunk.Column {
	v := &testVec[float64]{head: head{chunk.Float64, nil}}
	for range n {
		v.vals = append(v.vals, rand.Float64()*1000)
	}
	return v
}
