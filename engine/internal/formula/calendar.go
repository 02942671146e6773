package formula

import (
	"math"
	"time"

	"tickbook/engine/internal/chunk"
)

const day = 24 * time.Hour

// calendarFuncs take an instant and, if not that of the session, a zone: hourOfDay(Time, `ET`).
var calendarFuncs = []builtin{
	partOfDay("hourOfDay", time.Hour, 24),
	partOfDay("minuteOfHour", time.Minute, 60), partOfDay("minuteOfDay", time.Minute, 24*60),
	partOfDay("secondOfMinute", time.Second, 60), partOfDay("secondOfDay", time.Second, 24*60*60),
	partOfDay("millisOfSecond", time.Millisecond, 1000), partOfDay("millisOfDay", time.Millisecond, int64(day/time.Millisecond)),
	partOfDay("microsOfSecond", time.Microsecond, 1_000_000), partOfDay("microsOfDay", time.Microsecond, int64(day/time.Microsecond)),
	partOfDay("nanosOfSecond", time.Nanosecond, 1_000_000_000), partOfDay("nanosOfDay", time.Nanosecond, int64(day)),
	partOfDate("dayOfWeek|dayOfWeekValue", func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }), // Monday is 1
	partOfDate("dayOfMonth", time.Time.Day),
	partOfDate("dayOfYear", time.Time.YearDay),
	partOfDate("monthOfYear|month", func(t time.Time) int { return int(t.Month()) }),
	partOfDate("year", time.Time.Year),
	partOfDate("yearOfCentury", func(t time.Time) int { return t.Year() % 100 }),
	{"formatDate", "(time[, zone])", 1, 2, (*call).formatDate},
	{"formatDateTime|formatTime", "(time[, zone])", 1, 2, func(c *call) *node { return c.concatIn(c.zone(), []*node{c.of(0, chunk.Instant)}) }},
	{"atMidnight", "(time[, zone])", 1, 2, (*call).atMidnight},
}

// zone is argument 1, or the session's.
func (c *call) zone() *time.Location {
	if len(c.args) < 2 {
		return c.env.Zone
	}
	name := c.constString(1)
	z, ok := findZone(name)
	if !ok {
		c.fail(c.ast.args[1], "no time zone %q; write a name such as `America/New_York` or an alias such as `ET`", name)
	}
	return z
}

// partOfDay counts units of the local time of day, modulo mod. Counts that reach beyond an int32 are int64.
func partOfDay(name string, unit time.Duration, mod int64) builtin {
	return builtin{name, "(time[, zone])", 1, 2, func(c *call) *node {
		x, zone := c.of(0, chunk.Instant), c.zone()
		if mod <= math.MaxInt32 {
			return mapNode(chunk.Int32, x, func(out []int32, x []int64) { partOfDayInto(out, x, zone, int64(unit), mod) })
		}
		return mapNode(chunk.Int64, x, func(out, x []int64) { partOfDayInto(out, x, zone, int64(unit), mod) })
	}}
}

func partOfDayInto[R int32 | int64](out []R, x []int64, zone *time.Location, unit, mod int64) {
	lo, hi, off := int64(1), int64(0), int64(0)
	for i, v := range x[:len(out)] {
		if v < lo || v >= hi {
			lo, hi, off = zoneSpan(v, zone)
		}
		out[i] = R(floorMod(floorMod(v, int64(day))+off, int64(day)) / unit % mod)
	}
}

// zoneSpan is the time around an instant, [lo, hi), in which its zone's offset holds.
func zoneSpan(ns int64, zone *time.Location) (lo, hi, off int64) {
	t := time.Unix(0, ns).In(zone)
	lo, hi = math.MinInt64, math.MaxInt64
	start, end := t.ZoneBounds()
	if x, ok := unixNano(start); ok && !start.IsZero() {
		lo = x
	}
	if x, ok := unixNano(end); ok && !end.IsZero() {
		hi = x
	}
	_, seconds := t.Zone()
	return lo, hi, int64(seconds) * int64(time.Second)
}

// localDay is the day of an instant in its zone, and the time [lo, hi) that belongs to it and has one offset.
func localDay(ns int64, zone *time.Location) (t time.Time, lo, hi int64) {
	lo, hi, off := zoneSpan(ns, zone)
	begin := ns - floorMod(floorMod(ns, int64(day))+off, int64(day))
	if begin <= ns { // else it wrapped
		lo = max(lo, begin)
	}
	if end := begin + int64(day); end > ns {
		hi = min(hi, end)
	}
	return time.Unix(0, ns).In(zone), lo, hi
}

// daysInto computes f once for each day: times cluster.
func daysInto[R any](out []R, x []int64, zone *time.Location, f func(time.Time) R) {
	lo, hi := int64(1), int64(0)
	var r R
	for i, v := range x[:len(out)] {
		if v < lo || v >= hi {
			var t time.Time
			t, lo, hi = localDay(v, zone)
			r = f(t)
		}
		out[i] = r
	}
}

func partOfDate(name string, f func(time.Time) int) builtin {
	return builtin{name, "(time[, zone])", 1, 2, func(c *call) *node {
		zone := c.zone()
		return mapNode(chunk.Int32, c.of(0, chunk.Instant), func(out []int32, x []int64) {
			daysInto(out, x, zone, func(t time.Time) int32 { return int32(f(t)) })
		})
	}}
}

// formatDate is the local date as 2026-01-23.
func (c *call) formatDate() *node {
	zone, dict := c.zone(), chunk.NewDict()
	x := c.of(0, chunk.Instant)
	n := &node{kind: chunk.String, pos: x.pos, bind: func(in []chunk.Column) chunk.Column {
		return &mapVec[int64, uint32]{head{chunk.String, dict}, vec[int64](x, in), func(out []uint32, x []int64) {
			daysInto(out, x, zone, func(t time.Time) uint32 { return dict.Code(t.Format(time.DateOnly)) })
		}}
	}}
	return n.under(x)
}

// atMidnight is the beginning of the local day.
func (c *call) atMidnight() *node {
	zone := c.zone()
	return mapNullNode(chunk.Instant, c.of(0, chunk.Instant), func(out []int64, nulls []uint64, x []int64) {
		daysInto(out, x, zone, func(t time.Time) int64 {
			y, m, d := t.Date()
			ns, ok := unixNano(time.Date(y, m, d, 0, 0, 0, 0, zone))
			if !ok {
				return math.MinInt64
			}
			return ns
		})
		for i, v := range out {
			if v == math.MinInt64 {
				chunk.SetNull(nulls, i)
			}
		}
	})
}
