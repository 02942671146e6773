package figure

import (
	"math"
	"strings"
	"time"
)

const day = 24 * time.Hour

// A timeStep is a distance between marks: a duration, or whole months, or whole days that keep to the calendar.
type timeStep struct {
	d      time.Duration // below a day
	days   int
	months int
	layout string // of a mark's first line
	second string // of its second, shown where it changes; empty for none
}

func (s timeStep) length() time.Duration {
	return s.d + time.Duration(s.days)*day + time.Duration(s.months)*30*day
}

// timeSteps are the distances, from the shortest on.
var timeSteps = makeTimeSteps()

func makeTimeSteps() []timeStep {
	const date = "2006-01-02"
	var steps []timeStep
	below := func(unit time.Duration, layout string, times ...int) {
		for _, n := range times {
			steps = append(steps, timeStep{d: time.Duration(n) * unit, layout: layout, second: date})
		}
	}
	below(time.Nanosecond, "15:04:05.000000000", 1, 2, 5, 10, 20, 50, 100, 200, 500)
	below(time.Microsecond, "15:04:05.000000", 1, 2, 5, 10, 20, 50, 100, 200, 500)
	below(time.Millisecond, "15:04:05.000", 1, 2, 5, 10, 20, 50, 100, 200, 500)
	below(time.Second, "15:04:05", 1, 2, 5, 10, 15, 30)
	below(time.Minute, "15:04", 1, 2, 5, 10, 15, 30)
	below(time.Hour, "15:04", 1, 2, 3, 6, 12)
	for _, n := range []int{1, 2, 7, 14} {
		steps = append(steps, timeStep{days: n, layout: "Jan 2", second: "2006"})
	}
	for _, n := range []int{1, 2, 3, 6} {
		steps = append(steps, timeStep{months: n, layout: "Jan", second: "2006"})
	}
	for _, n := range []int{1, 2, 5, 10, 20, 50, 100} {
		steps = append(steps, timeStep{months: 12 * n, layout: "2006"})
	}
	return steps
}

// timeTicks marks calendar times in [lo, hi], nanoseconds since base, as they read in zone; about most of them where short labels
// allow. The second line of a label, the date or the year, stands at the first mark and where it changes.
func timeTicks(lo, hi float64, base int64, zone *time.Location, most int) []tick {
	from, to := instant(base, lo), instant(base, hi)
	if !(lo < hi) || !from.Before(to) {
		return nil
	}
	step := timeSteps[len(timeSteps)-1]
	for _, s := range timeSteps {
		room := most * 8 / max(8, len(s.layout)) // long labels need more room
		if to.Sub(from)/time.Duration(max(1, room)) <= s.length() {
			step = s
			break
		}
	}
	var ticks []tick
	shown := ""
	for t := step.first(from.In(zone)); !t.After(to) && len(ticks) < 100; t = step.next(t) {
		if t.Before(from) {
			continue
		}
		label := t.Format(step.layout)
		if second := t.Format(step.second); second != shown {
			label += "\n" + second
			shown = second
		}
		ticks = append(ticks, tick{since(base, t.UnixNano()), label})
	}
	return ticks
}

// since is ns-base, also where that leaves int64. Near base it is exact.
func since(base, ns int64) float64 {
	d := ns - base
	if (d < 0) != (ns < base) {
		return float64(ns) - float64(base)
	}
	return float64(d)
}

// first is the last mark at or before t.
func (s timeStep) first(t time.Time) time.Time {
	y, m, d := t.Date()
	switch {
	case s.months >= 12:
		years := s.months / 12
		return time.Date(y-y%years, 1, 1, 0, 0, 0, 0, t.Location())
	case s.months > 0:
		return time.Date(y, m-(m-1)%time.Month(s.months), 1, 0, 0, 0, 0, t.Location())
	case s.days > 0:
		return time.Date(y, m, d-(s.dayNumber(t)%s.days), 0, 0, 0, 0, t.Location())
	default:
		_, offset := t.Zone()
		local := t.UnixNano() + int64(offset)*int64(time.Second)
		past := local % int64(s.d)
		if past < 0 {
			past += int64(s.d)
		}
		return t.Add(-time.Duration(past))
	}
}

// dayNumber counts days from a Monday, so that weeks begin on Mondays.
func (s timeStep) dayNumber(t time.Time) int {
	y, m, d := t.Date()
	days := int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	return ((days+3)%s.days + s.days) % s.days
}

// next is the mark after t. Marks of hours keep to the clock across a change of daylight saving time.
func (s timeStep) next(t time.Time) time.Time {
	y, m, d := t.Date()
	switch {
	case s.months > 0:
		return time.Date(y, m+time.Month(s.months), 1, 0, 0, 0, 0, t.Location())
	case s.days > 0:
		return time.Date(y, m, d+s.days, 0, 0, 0, 0, t.Location())
	case s.d > time.Hour:
		next := s.first(t.Add(s.d + time.Hour))
		if next.After(t) {
			return next
		}
	}
	return t.Add(s.d)
}

// instant is the time ns nanoseconds after base, held within what int64 nanoseconds can say.
func instant(base int64, ns float64) time.Time {
	sum := float64(base) + ns
	switch {
	case sum >= math.MaxInt64:
		return time.Unix(0, math.MaxInt64)
	case sum <= math.MinInt64:
		return time.Unix(0, math.MinInt64)
	}
	return time.Unix(0, base).Add(time.Duration(ns))
}

// clock writes the instant ns nanoseconds after base for people.
func clock(base int64, ns float64, zone *time.Location) string {
	s := instant(base, ns).In(zone).Format("2006-01-02 15:04:05.999")
	return strings.TrimSuffix(s, " 00:00:00")
}
