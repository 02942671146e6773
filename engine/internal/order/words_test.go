package order

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"tickbook/engine/internal/chunk"
)

// list is a column of a slice.
type list[T any] struct {
	kind  chunk.Kind
	dict  *chunk.Dict
	vals  []T
	nulls []uint64
}

func (l list[T]) Kind() chunk.Kind  { return l.kind }
func (l list[T]) Dict() *chunk.Dict { return l.dict }
func (l list[T]) Read(b *chunk.Batch, _ *chunk.Scratch) ([]T, []uint64) {
	return l.vals[b.Lo : int(b.Lo)+b.N], l.nulls
}

// ranked makes columns whose row i has the rank ranks[i]: 0 is null, and the largest is NaN where there is one.
func ranked(kind chunk.Kind, ranks []int) chunk.Column {
	nulls := make([]uint64, len(ranks)/64+1)
	for i, r := range ranks {
		if r == 0 {
			chunk.SetNull(nulls, i)
		}
	}
	switch kind.Physical() {
	case chunk.Bool:
		return pick(kind, ranks, nulls, []bool{false, true})
	case chunk.Int8:
		return pick(kind, ranks, nulls, []int8{math.MinInt8, -1, 0, math.MaxInt8})
	case chunk.Int16:
		return pick(kind, ranks, nulls, []int16{math.MinInt16, -1, 0, math.MaxInt16})
	case chunk.Int32:
		return pick(kind, ranks, nulls, []int32{math.MinInt32, -1, 0, math.MaxInt32})
	case chunk.Int64:
		return pick(kind, ranks, nulls, []int64{math.MinInt64, -1, 0, math.MaxInt64})
	case chunk.Float32:
		return pick(kind, ranks, nulls, []float32{float32(math.Inf(-1)), -1, 0, float32(math.Inf(1)), float32(math.NaN())})
	case chunk.Float64:
		return pick(kind, ranks, nulls, []float64{math.Inf(-1), -math.MaxFloat64, 0, math.SmallestNonzeroFloat64, math.Inf(1), math.NaN()})
	}
	d := chunk.NewDict()
	for _, x := range []string{"b", "", "a", "ab"} {
		d.Code(x)
	}
	return list[uint32]{kind, d, pick(kind, ranks, nulls, []uint32{1, 2, 3, 0}).(list[uint32]).vals, nulls}
}

func pick[T any](kind chunk.Kind, ranks []int, nulls []uint64, vals []T) chunk.Column {
	l := list[T]{kind: kind, nulls: nulls}
	for i, r := range ranks {
		if r > len(vals) {
			r = len(vals)
			ranks[i] = r
		}
		l.vals = append(l.vals, vals[max(r-1, 0)])
	}
	return l
}

// TestPack: entries of random rows, of several columns of any kind and direction, are in the order of the rows' ranks.
func TestPack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 400 {
		n := 2 + r.IntN(90)
		var specs []Spec
		var in []chunk.Column
		var ranks [][]int
		var labels [][]uint64
		for range 1 + r.IntN(3) {
			sp := Spec{chunk.Kinds[r.IntN(len(chunk.Kinds))], r.IntN(2) == 0}
			rk := make([]int, n)
			for i := range rk {
				rk[i] = r.IntN(7)
			}
			c := ranked(sp.Kind, rk)
			specs, in, ranks = append(specs, sp), append(in, c), append(ranks, rk)
			labels = append(labels, nil)
			if sp.Kind == chunk.String {
				l := NewLabels(c.Dict())
				l.Need(c.(list[uint32]).vals, c.(list[uint32]).nulls)
				l.Assign()
				labels[len(labels)-1] = l.View()
			}
		}
		p, err := NewPacker(specs)
		if err != nil {
			t.Fatal(err)
		}
		es := make([]uint64, n*p.Width())
		p.Pack(in, labels, &chunk.Batch{N: n}, &chunk.Scratch{}, es)
		es = Sort(es, p.Width())
		want := make([]int, n)
		for i := range want {
			want[i] = i
		}
		slices.SortStableFunc(want, func(a, b int) int {
			for j, sp := range specs {
				if d := ranks[j][a] - ranks[j][b]; d != 0 {
					if sp.Desc {
						return -d
					}
					return d
				}
			}
			return 0
		})
		var got []int
		for i := range n {
			got = append(got, int(Key(es[i*p.Width():(i+1)*p.Width()])))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v\ngot  %v\nwant %v", specs, got, want)
		}
	}
}

// TestKinds: every kind has a packer or a clean error.
func TestKinds(t *testing.T) {
	for _, k := range append([]chunk.Kind{chunk.Invalid, chunk.Key}, chunk.Kinds...) {
		if _, err := NewPacker([]Spec{{Kind: k}}); (err == nil) != slices.Contains(chunk.Kinds, k) {
			t.Errorf("NewPacker(%s): %v", k, err)
		}
	}
}

// TestLabels: labels are in the order of the strings whatever order those come in; old labels stay until all change.
func TestLabels(t *testing.T) {
	names := map[string]func(i int) string{
		"rising":  func(i int) string { return fmt.Sprintf("m%06d", i) },
		"falling": func(i int) string { return fmt.Sprintf("m%06d", 999999-i) },
		"inward":  func(i int) string { return fmt.Sprintf("m%06d", []int{i, 999999 - i}[i%2]) },
		"regions": func(i int) string { return fmt.Sprintf("%c%06d", 'a'+rune(i%5), i) },
		"spread":  func(i int) string { return fmt.Sprint(i * 7919 % 100003) },
	}
	for name, f := range names {
		d := chunk.NewDict()
		d.Code("zz")
		l := NewLabels(d)
		l.Need([]uint32{0}, nil)
		l.Assign()
		anew := 0
		for i := 0; i < 5000; {
			old := slices.Clone(l.View())
			var codes []uint32
			for range 1 + i%7 {
				codes = append(codes, d.Code(f(i)))
				i++
			}
			l.Need(codes, nil)
			if l.Assign() {
				anew++
			} else {
				for c, x := range old {
					if x != 0 && l.by[c] != x {
						t.Fatalf("%s: label of %q changed", name, d.Str(uint32(c)))
					}
				}
			}
		}
		last := uint64(0)
		for _, b := range l.blocks {
			for i, c := range b {
				if l.by[c] <= last || l.by[c] == pending || i > 0 && d.Str(b[i-1]) >= d.Str(c) {
					t.Fatalf("%s: %q has label %d after %d", name, d.Str(c), l.by[c], last)
				}
				last = l.by[c]
			}
		}
		if anew > 200 { // inward is the worst there is: every 29 strings
			t.Errorf("%s: all labels given anew %d times for 5000 strings", name, anew)
		}
	}
}

func BenchmarkSort(b *testing.B) {
	const n = 1_000_000
	r := rand.New(rand.NewPCG(1, 1))
	es := make([]uint64, 0, 2*n)
	for i := range uint64(n) {
		es = append(es, r.Uint64N(1<<40), i)
	}
	for range b.N {
		Sort(slices.Clone(es), 2)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
