package order

import "math"

// Value is the value that has a word of [IntWord] or [FloatWord].
func Value[T ~int8 | ~int16 | ~int32 | ~int64 | ~float32 | ~float64](w uint64) T {
	var zero T
	switch any(zero).(type) {
	case float32, float64:
		switch {
		case w == ^uint64(0):
			return T(math.NaN())
		case w>>63 != 0:
			return T(math.Float64frombits(w &^ (1 << 63)))
		}
		return T(math.Float64frombits(^w))
	}
	return T(int64(w ^ 1<<63))
}

// FloatWord is the word that orders a float: values, then NaN; -0 is 0. 0 is free for null.
func FloatWord(f float64) uint64 {
	u := math.Float64bits(f + 0) // + 0 makes -0 0
	switch {
	case f != f:
		return ^uint64(0)
	case u>>63 != 0:
		return ^u
	}
	return u | 1<<63
}

// IntWord is the word that orders an integer.
func IntWord(x int64) uint64 { return uint64(x) ^ 1<<63 }
