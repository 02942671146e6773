package chunk

// Column is one column of one published state: immutable, readable by any goroutine for ever. Every Column is a [Vec] of its kind's
// physical Go type: Vec[bool], Vec[int8], …, Vec[float64], Vec[uint32] for strings, Vec[int64] for instants and durations.
type Column interface {
	// Kind is the type of the values.
	Kind() Kind
	// Dict numbers the values of a String column; nil for other kinds.
	Dict() *Dict
}

// Vec is a Column read by slices of T.
type Vec[T any] interface {
	Column
	// Read returns the values of b's rows and their null bits: bit i of nulls is set when row i is null, and nulls == nil says that surely
	// none is. The value of a null row is unspecified. The slices belong to the column or to s; the caller only reads them, until it
	// releases s. Every row of b must be in the state's row set.
	Read(b *Batch, s *Scratch) (vals []T, nulls []uint64)
}

// Number is what arithmetic loops take.
type Number interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// IsNull says whether row i's bit is set.
func IsNull(nulls []uint64, i int) bool { return nulls != nil && nulls[i>>6]>>(i&63)&1 != 0 }

// SetNull sets row i's bit.
func SetNull(nulls []uint64, i int) { nulls[i>>6] |= 1 << (i & 63) }

// OrNulls returns the rows that are null in a or in b.
func OrNulls(a, b []uint64, s *Scratch) []uint64 {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	out := TakeNulls(s)
	for i := range out {
		out[i] = a[i] | b[i]
	}
	return out
}

// ShiftBits copies n bits of src, from bit o on, to the start of dst. Bits of dst's last word beyond n become zero.
func ShiftBits(dst, src []uint64, o, n int) {
	w, r := o>>6, o&63
	for i := 0; i*64 < n; i++ {
		x := src[w+i] >> r
		if r != 0 && w+i+1 < len(src) {
			x |= src[w+i+1] << (64 - r)
		}
		dst[i] = x
	}
	if n&63 != 0 {
		dst[n>>6] &= 1<<(n&63) - 1
	}
}
