package rowset

import "tickbook/engine/internal/chunk"

// shortRun is the length below which a run is gathered with others into a list of keys.
const shortRun = 32

// Batches cuts k into batches for leaf loops, as a [Cutter] does. The batch and what f takes from s are valid until f returns.
func (k *Keys) Batches(s *chunk.Scratch, f func(*chunk.Batch)) {
	mark := s.Mark()
	c := k.Cut(s)
	var b chunk.Batch
	for c.Next(&b) {
		m := s.Mark()
		f(&b)
		s.Release(m)
	}
	s.Release(mark)
}

// Cutter cuts keys into batches for leaf loops: long runs as ranges, short ones gathered into key lists. Rows ascend within and across batches. No
// batch has more rows than the scratch's BatchRows.
type Cutter struct {
	runs         []Run    // to come; the first one perhaps in part
	at           uint64   // rows below are done
	buf          []uint64 // key lists
	limit, short uint64
}

// Cut returns a cutter of k, which must not change meanwhile. It takes a vector from s, which has to outlive the cutter.
func (k *Keys) Cut(s *chunk.Scratch) Cutter {
	limit := uint64(s.BatchRows())
	return Cutter{runs: k.runs, buf: chunk.Take[uint64](s), limit: limit, short: min(shortRun, limit)}
}

// Next sets b to the next batch, valid until the call after it; false: there is none.
func (c *Cutter) Next(b *chunk.Batch) bool {
	n := uint64(0)
	for len(c.runs) > 0 {
		r := c.runs[0]
		if r.Hi-r.Lo >= c.short {
			if n > 0 {
				break
			}
			lo := max(r.Lo, c.at)
			c.at = min(r.Hi, lo+c.limit, (lo>>chunk.Bits+1)<<chunk.Bits)
			if c.at == r.Hi {
				c.runs = c.runs[1:]
			}
			*b = chunk.Batch{Lo: lo, N: int(c.at - lo)}
			return true
		}
		if n+r.Hi-r.Lo > c.limit {
			break
		}
		for x := r.Lo; x < r.Hi; x++ {
			c.buf[n] = x
			n++
		}
		c.runs = c.runs[1:]
	}
	*b = chunk.Batch{N: int(n), Keys: c.buf[:n]}
	return n > 0
}
