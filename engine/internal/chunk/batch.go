package chunk

const (
	Bits     = 16        // a row key's low bits: its place in its chunk
	Rows     = 1 << Bits // rows of a chunk
	Mask     = Rows - 1  // key & Mask is the place in the chunk
	MaxBatch = 2048      // rows of a batch
)

// Batch names up to MaxBatch rows for a leaf loop. Keys == nil: the rows [Lo, Lo+N), all of one chunk, so that a column can answer with a
// slice of its own memory. Otherwise the rows Keys[:N], in any order.
type Batch struct {
	Lo   uint64
	N    int
	Keys []uint64
}

// Key is the key of the batch's row i.
func (b *Batch) Key(i int) uint64 {
	if b.Keys == nil {
		return b.Lo + uint64(i)
	}
	return b.Keys[i]
}
