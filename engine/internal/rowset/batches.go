package rowset

import "tickbook/engine/internal/chunk"

// shortRun is the length below which a run is gathered with others into a list of keys.
const shortRun = 32

// Batches cuts k into batches for leaf loops: long runs as ranges, short ones gathered into key lists. Rows ascend within and across batches.
// The batch and what f takes from s are valid until f returns. No batch has more rows than s.BatchRows.
func (k *Keys) Batches(s *chunk.Scratch, f func(*chunk.Batch)) {
	limit := s.BatchRows()
	short := uint64(min(shortRun, limit))
	mark := s.Mark()
	buf := chunk.Take[uint64](s)
	var b chunk.Batch
	n := 0
	flush := func() {
		if n == 0 {
			return
		}
		b = chunk.Batch{N: n, Keys: buf[:n]}
		call(s, f, &b)
		n = 0
	}
	for _, r := range k.runs {
		if r.Hi-r.Lo < short {
			if n+int(r.Hi-r.Lo) > limit {
				flush()
			}
			for x := r.Lo; x < r.Hi; x++ {
				buf[n] = x
				n++
			}
			continue
		}
		flush()
		for lo := r.Lo; lo < r.Hi; {
			hi := min(r.Hi, lo+uint64(limit), (lo>>chunk.Bits+1)<<chunk.Bits)
			b = chunk.Batch{Lo: lo, N: int(hi - lo)}
			call(s, f, &b)
			lo = hi
		}
	}
	flush()
	s.Release(mark)
}

// call runs f and releases what it took.
func call(s *chunk.Scratch, f func(*chunk.Batch), b *chunk.Batch) {
	m := s.Mark()
	f(b)
	s.Release(m)
}
