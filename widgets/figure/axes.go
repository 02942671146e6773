package figure

import "math"

// widen makes room for what lies in [lo, hi]: a range of one value, or of values too close to tell apart, becomes one that can be
// marked, and neither end is infinite.
func widen(lo, hi float64) (float64, float64) {
	const most = math.MaxFloat64 / 4
	lo, hi = max(-most, min(most, lo)), max(-most, min(most, hi))
	size := max(math.Abs(lo), math.Abs(hi))
	if hi-lo > size*1e-12 && hi-lo > 1e-300 {
		return lo, hi
	}
	room := size * 0.05
	if room < 1e-300 {
		room = 1
	}
	return max(-most, lo-room), min(most, hi+room)
}

// widenTime is widen for instants: a range of one instant becomes two seconds.
func widenTime(lo, hi float64) (float64, float64) {
	if hi-lo >= 10 {
		return lo, hi
	}
	return lo - 1e9, hi + 1e9
}

// pad makes [lo, hi] a little larger, so that lines do not touch the frame.
func pad(lo, hi, part float64) (float64, float64) {
	room := (hi - lo) * part
	return lo - room, hi + room
}
