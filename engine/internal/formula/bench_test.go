package formula

import (
	"math/rand/v2"
	"testing"

	"tickbook/engine/internal/chunk"
)

const benchRows = 1 << 16

func benchFrame() *frame {
	sizes := &testVec[int32]{head: head{chunk.Int32, nil}}
	times := &testVec[int64]{head: head{chunk.Instant, nil}}
	syms := &testVec[uint32]{head: head{chunk.String, chunk.NewDict()}}
	nullable := &testVec[float64]{head: head{chunk.Float64, nil}, nulls: make([]uint64, benchRows/64+1)}
	names := []string{"AAPL", "MSFT", "GOOG", "AMZN", "TSLA", "META", "NVDA", "ORCL"}
	now := int64(1769181708123456789)
	for i := range benchRows {
		sizes.vals = append(sizes.vals, rand.Int32N(1000))
		now += rand.Int64N(2_000_000)
		times.vals = append(times.vals, now)
		syms.vals = append(syms.vals, syms.dict.Code(names[rand.IntN(len(names))]))
		nullable.vals = append(nullable.vals, rand.Float64())
		if rand.IntN(10) == 0 {
			chunk.SetNull(nullable.nulls, i)
		}
	}
	f := &frame{}
	f.add("Price", randomFloats(benchRows), benchRows)
	f.add("Size", sizes, benchRows)
	f.add("Time", times, benchRows)
	f.add("Sym", syms, benchRows)
	f.add("Maybe", nullable, benchRows)
	f.let = map[string]any{
		"double": func(x float64) float64 { return 2 * x },
		"doubles": func(x []float64) []float64 {
			out := make([]float64, len(x))
			for i := range x {
				out[i] = 2 * x[i]
			}
			return out
		},
		"odd": func(x int32, y float32) float32 { return float32(x) * y },
	}
	return f
}

func BenchmarkColumn(b *testing.B) {
	f := benchFrame()
	for _, text := range []string{
		"Price*Size", "Price*Size + 1", "Maybe*Size", "lowerBin(Time, MINUTE)", "millisToTime(Size)", "Sym == `AAPL`", "Price > 500", "Sym.toLowerCase()",
		"Price > 500 ? Price : 0", "ifNull(Maybe, 0)", "hourOfDay(Time, `ET`)", "Sym + Size", "double(Price)", "doubles(Price)", "odd(Size, 1)",
	} {
		b.Run(text, func(b *testing.B) {
			c, err := f.compile(text)
			if err != nil {
				b.Skip(err)
			}
			benchRead(b, c.Bind(f.inputs(c)))
		})
	}
}

func benchRead(b *testing.B, col chunk.Column) {
	switch col := col.(type) {
	case chunk.Vec[bool]:
		benchVec(b, col)
	case chunk.Vec[int32]:
		benchVec(b, col)
	case chunk.Vec[int64]:
		benchVec(b, col)
	case chunk.Vec[float32]:
		benchVec(b, col)
	case chunk.Vec[float64]:
		benchVec(b, col)
	case chunk.Vec[uint32]:
		benchVec(b, col)
	default:
		b.Fatalf("%T", col)
	}
}

func benchVec[T any](b *testing.B, col chunk.Vec[T]) {
	s := new(chunk.Scratch)
	for b.Loop() {
		for lo := uint64(0); lo < benchRows; lo += chunk.MaxBatch {
			m := s.Mark()
			col.Read(&chunk.Batch{Lo: lo, N: chunk.MaxBatch}, s)
			s.Release(m)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}

func BenchmarkFilter(b *testing.B) {
	f := benchFrame()
	for _, text := range []string{
		"Sym = `AAPL`", "Price > 500", "Maybe > 0.5", "Sym in `AAPL`, `MSFT`", "Sym = `AAPL` && Price > 500", "Price > 500 || Size < 10",
	} {
		b.Run(text, func(b *testing.B) {
			c, err := f.compile(text)
			if err != nil {
				b.Fatal(err)
			}
			run := c.Filter(f.inputs(c))
			s := new(chunk.Scratch)
			sel := make([]uint32, chunk.MaxBatch)
			for b.Loop() {
				for lo := uint64(0); lo < benchRows; lo += chunk.MaxBatch {
					run(&chunk.Batch{Lo: lo, N: chunk.MaxBatch}, s, sel)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
		})
	}
}

// BenchmarkSmallBatch is what a formula costs a batch, which is what counts when few rows change in a cycle.
func BenchmarkSmallBatch(b *testing.B) {
	f := benchFrame()
	for _, text := range []string{"Price*Size", "lowerBin(Time, MINUTE)", "Sym = `AAPL`", "Price > 500 ? Price : 0"} {
		b.Run(text, func(b *testing.B) {
			c, err := f.compile(text)
			if err != nil {
				b.Fatal(err)
			}
			col := c.Bind(f.inputs(c))
			s := new(chunk.Scratch)
			batch := &chunk.Batch{Lo: 100, N: 4}
			b.ReportAllocs()
			for b.Loop() {
				m := s.Mark()
				switch col := col.(type) {
				case chunk.Vec[bool]:
					col.Read(batch, s)
				case chunk.Vec[int64]:
					col.Read(batch, s)
				case chunk.Vec[float64]:
					col.Read(batch, s)
				}
				s.Release(m)
			}
		})
	}
}
