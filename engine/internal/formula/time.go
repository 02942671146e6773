package formula

import (
	"time"

	"tickbook/engine/internal/chunk"
)

var timeFuncs = []builtin{
	{"lowerBin", "(time, width[, offset])", 2, 3, func(c *call) *node { return c.bin(false) }},
	{"upperBin", "(time, width[, offset])", 2, 3, func(c *call) *node { return c.bin(true) }},
	toInstant("epochNanosToInstant|nanosToTime", time.Nanosecond),
	toInstant("epochMicrosToInstant|microsToTime", time.Microsecond),
	toInstant("epochMillisToInstant|millisToTime", time.Millisecond),
	toInstant("epochSecondsToInstant|secondsToTime", time.Second),
	{"epochAutoToInstant|autoToTime", "(count)", 1, 1, func(c *call) *node {
		return mapNullNode(chunk.Instant, c.int64(0), autoInto)
	}},
	fromInstant("epochNanos|nanos", time.Nanosecond),
	fromInstant("epochMicros|micros", time.Microsecond),
	fromInstant("epochMillis|millis", time.Millisecond),
	fromInstant("epochSeconds|seconds", time.Second),
	{"plus", "(time, duration)", 2, 2, func(c *call) *node { return c.addTime("+") }},
	{"minus", "(time, duration)", 2, 2, func(c *call) *node { return c.addTime("-") }},
	diffWhole("diffNanos", time.Nanosecond), diffWhole("diffMicros", time.Microsecond), diffWhole("diffMillis", time.Millisecond),
	diffPart("diffSeconds", time.Second), diffPart("diffMinutes", time.Minute), diffPart("diffHours", time.Hour),
	diffPart("diffDays", 24*time.Hour), diffPart("diffWeeks", 7*24*time.Hour),
	{"isBefore", "(time, other)", 2, 2, func(c *call) *node {
		return compareNumbers("<", relabelNs(c.of(0, chunk.Instant)), relabelNs(c.of(1, chunk.Instant)))
	}},
	{"isAfter", "(time, other)", 2, 2, func(c *call) *node {
		return compareNumbers(">", relabelNs(c.of(0, chunk.Instant)), relabelNs(c.of(1, chunk.Instant)))
	}},
	{"parseInstant|parseInstantQuiet", "(text)", 1, 1, func(c *call) *node { return c.parseText(c.string(0), chunk.Instant) }},
	{"parseDuration|parseDurationQuiet", "(text)", 1, 1, func(c *call) *node { return c.parseText(c.string(0), chunk.Duration) }},
}

// bin is the multiple of width at or below a time, or at or above it. Bins begin at the epoch, or at offset from it.
func (c *call) bin(isUpper bool) *node {
	x := c.args[0]
	if x.isNullLit() {
		x = convert(x, chunk.Instant)
	}
	kind := x.kind
	switch {
	case kind.IsInteger():
		kind = chunk.Int64
	case kind != chunk.Instant && kind != chunk.Duration:
		c.bad(0, "an instant; make one of a number: millisToTime("+c.ast.args[0].String()+")")
	}
	x = convertNs(x)
	w, off := c.span(1), constNode(intValue(0))
	if len(c.args) == 3 {
		off = c.span(2)
	}
	if w.con != nil && !w.con.null && w.con.i <= 0 {
		c.fail(c.ast.args[1], "%s: width is %s; want more than 0", c.name, c.ast.args[1])
	}
	var n *node
	switch {
	case w.con == nil || w.con.null || off.con == nil || off.con.null:
		n = zipNullNode(chunk.Int64, arithNode("-", chunk.Int64, x, off), w, func(out []int64, nulls []uint64, x, w []int64) {
			binsInto(out, nulls, x, w, isUpper)
		})
		n = arithNode("+", chunk.Int64, n, off)
	case isUpper:
		width, offset := w.con.i, off.con.i
		n = mapNode(chunk.Int64, x, func(out, x []int64) { upperBinInto(out, x, width, offset) })
	default:
		width, offset := w.con.i, off.con.i
		n = mapNode(chunk.Int64, x, func(out, x []int64) { lowerBinInto(out, x, width, offset) })
	}
	return relabel(n, kind)
}

// span is argument i, a duration or an integer of nanoseconds.
func (c *call) span(i int) *node {
	n := c.args[i]
	if n.isNullLit() {
		return convert(n, chunk.Int64)
	}
	if n.kind != chunk.Duration && !n.kind.IsInteger() {
		c.bad(i, "a duration such as MINUTE or 'PT5M'")
	}
	return convertNs(n)
}

// lowerBinInto: times cluster, so the last bin usually holds. Its test is one comparison: unsigned, what lies below the bin is far above it.
func lowerBinInto(out, x []int64, width, offset int64) {
	lo, in := int64(0), uint64(0) // the bin [lo, lo+in)
	x = x[:len(out)]
	for i := range out {
		v := x[i]
		if uint64(v-lo) >= in {
			lo, in = v-floorMod(v-offset, width), uint64(width)
		}
		out[i] = lo
	}
}

func upperBinInto(out, x []int64, width, offset int64) {
	hi, in := int64(0), uint64(0) // the bin (hi-in, hi]
	x = x[:len(out)]
	for i := range out {
		v := x[i]
		if uint64(hi-v) >= in {
			hi, in = v, uint64(width)
			if r := floorMod(v-offset, width); r != 0 {
				hi = v - r + width
			}
		}
		out[i] = hi
	}
}

func binsInto(out []int64, nulls []uint64, x, width []int64, isUpper bool) {
	for i := range out {
		w := width[i]
		if w <= 0 {
			chunk.SetNull(nulls, i)
			out[i] = 0
			continue
		}
		r := floorMod(x[i], w)
		out[i] = x[i] - r
		if isUpper && r != 0 {
			out[i] += w
		}
	}
}

func floorMod(x, m int64) int64 {
	r := x % m
	if r < 0 {
		r += m
	}
	return r
}

func toInstant(name string, unit time.Duration) builtin {
	return builtin{name, "(count)", 1, 1, func(c *call) *node {
		if c.args[0].kind == chunk.Instant {
			c.suggest(c.ast, c.ast.args[0].String(), "%s: %s is an instant already", c.name, c.ast.args[0])
		}
		x := c.int64(0)
		if unit == 1 {
			return relabel(x, chunk.Instant)
		}
		return mapNullNode(chunk.Instant, x, func(out []int64, nulls []uint64, x []int64) { scaleInto(out, nulls, x, int64(unit)) })
	}}
}

// scaleInto multiplies; what does not fit is null.
func scaleInto(out []int64, nulls []uint64, x []int64, unit int64) {
	most := (1<<63 - 1) / unit
	var far uint64
	x = x[:len(out)]
	for i := range out {
		out[i] = x[i] * unit
		far |= uint64(most-x[i]) | uint64(most+x[i])
	}
	if int64(far) >= 0 {
		return
	}
	for i, v := range x {
		if v > most || v < -most {
			chunk.SetNull(nulls, i)
		}
	}
}

// autoInto takes a count for seconds, milliseconds, microseconds or nanoseconds by its size: each unit reaches to the year 5138 or further.
func autoInto(out []int64, nulls []uint64, x []int64) {
	for i, v := range x[:len(out)] {
		unit := int64(time.Nanosecond)
		switch a := max(v, -v); {
		case a < 0:
		case a < 1e11:
			unit = int64(time.Second)
		case a < 1e14:
			unit = int64(time.Millisecond)
		case a < 1e17:
			unit = int64(time.Microsecond)
		}
		if most := (1<<63 - 1) / unit; v > most || v < -most {
			chunk.SetNull(nulls, i)
		}
		out[i] = v * unit
	}
}

func fromInstant(name string, unit time.Duration) builtin {
	return builtin{name, "(time)", 1, 1, func(c *call) *node {
		x := relabelNs(c.of(0, chunk.Instant))
		if unit == 1 {
			return x
		}
		return mapNode(chunk.Int64, x, func(out, x []int64) { floorDivInto(out, x, int64(unit)) })
	}}
}

func floorDivInto(out, x []int64, unit int64) {
	for i, v := range x[:len(out)] {
		q := v / unit
		if v%unit < 0 {
			q--
		}
		out[i] = q
	}
}

func (c *call) addTime(op string) *node { return c.arith(c.ast, op, c.args[0], c.args[1]) }

// diff is the nanoseconds from argument 0 to argument 1.
func (c *call) diff() *node {
	return arithNode("-", chunk.Int64, relabelNs(c.of(1, chunk.Instant)), relabelNs(c.of(0, chunk.Instant)))
}

func diffWhole(name string, unit time.Duration) builtin {
	return builtin{name, "(from, to)", 2, 2, func(c *call) *node {
		if unit == 1 {
			return c.diff()
		}
		return mapNode(chunk.Int64, c.diff(), func(out, x []int64) {
			for i := range out {
				out[i] = x[i] / int64(unit)
			}
		})
	}}
}

func diffPart(name string, unit time.Duration) builtin {
	return builtin{name, "(from, to)", 2, 2, func(c *call) *node {
		return arithNode("/", chunk.Float64, c.diff(), constNode(intValue(int64(unit))))
	}}
}
