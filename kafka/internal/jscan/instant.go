package jscan

import (
	"math/bits"
	"time"
	"unsafe"
)

// instant decodes nanoseconds since the epoch from a number or a text.
//
// A number counts from 1970-01-01 UTC; its size tells its unit: seconds below 1e11 (the year 5138), milliseconds below 1e14, microseconds below
// 1e17, else nanoseconds. (1e11 as milliseconds is March 1973: older times in milliseconds need text.) A fraction counts to the nanosecond.
//
// A text is ISO 8601 as [parseInstant] reads it. Times that int64 nanoseconds don't hold, before 1678 or after 2261, don't fit.
func (d *Decoder) instant(b []byte, i int) (int64, int, Reason) {
	if b[i] == '"' {
		t, end, r := d.text(b, i)
		if r != OK {
			return 0, end, r
		}
		v, r := parseInstant(t)
		if r != OK {
			return 0, i, r
		}
		return v, end, OK
	}
	n, end, ok := number(b, i)
	if !ok {
		return 0, i, notNumber(b, i)
	}
	whole, ok := n.scaled(0, true)
	if !ok {
		return 0, i, NoFit
	}
	shift := int32(0)
	switch abs := max(whole, -whole); {
	case abs < 0: // the smallest int64
	case abs < 1e11:
		shift = 9
	case abs < 1e14:
		shift = 6
	case abs < 1e17:
		shift = 3
	}
	v, ok := n.scaled(shift, true)
	if !ok {
		return 0, i, NoFit
	}
	return v, end, OK
}

// duration decodes nanoseconds from an integer, or from a text as [time.ParseDuration] reads it: "1.5s", "2h45m".
func (d *Decoder) duration(b []byte, i int) (int64, int, Reason) {
	if b[i] != '"' {
		return integer(b, i)
	}
	t, end, r := d.text(b, i)
	if r != OK {
		return 0, end, r
	}
	v, err := time.ParseDuration(unsafe.String(unsafe.SliceData(t), len(t)))
	if err != nil {
		return 0, i, BadText
	}
	return int64(v), end, OK
}

// parseInstant reads YYYY-MM-DD, then optionally T (or t or a space) and HH:MM, :SS, a fraction after a point or comma (digits past the ninth are
// dropped), and Z, ±HH, ±HHMM or ±HH:MM. Without a zone the time is UTC. 24:00 and leap seconds are refused.
func parseInstant(t []byte) (int64, Reason) {
	p := isoText{t, true}
	year, month, day := p.number(4), p.then('-', 2), p.then('-', 2)
	if !p.ok || month < 1 || month > 12 || day < 1 || day > daysIn(month, year) {
		return 0, BadText
	}
	var hour, minute, sec, nanos, zone int
	if len(p.rest) > 0 {
		if c := p.rest[0]; c != 'T' && c != 't' && c != ' ' {
			return 0, BadText
		}
		p.rest = p.rest[1:]
		hour, minute = p.number(2), p.then(':', 2)
		if len(p.rest) > 0 && p.rest[0] == ':' {
			sec = p.then(':', 2)
			nanos = p.fraction()
		}
		zone = p.zone()
		if !p.ok || len(p.rest) > 0 || hour > 23 || minute > 59 || sec > 59 {
			return 0, BadText
		}
	}
	secs := daysSinceEpoch(year, month, day)*86400 + int64(hour*3600+minute*60+sec-zone)
	// The product may overflow where the sum does not: a time before 1970 counts back from its next second.
	if secs < 0 && nanos > 0 {
		secs++
		nanos -= 1e9
	}
	hi, lo := bits.Mul64(uint64(max(secs, -secs)), 1e9)
	if hi != 0 || lo > 1<<63-1 {
		return 0, NoFit
	}
	v := int64(lo)
	if secs < 0 {
		v = -v
	}
	if sum := v + int64(nanos); (sum < v) == (nanos < 0) {
		return sum, OK
	}
	return 0, NoFit
}

// isoText is what is left to read of a time's text. ok turns false at the first thing that does not belong there.
type isoText struct {
	rest []byte
	ok   bool
}

// number reads exactly n digits.
func (p *isoText) number(n int) (v int) {
	if !p.ok || len(p.rest) < n {
		p.ok = false
		return 0
	}
	for _, c := range p.rest[:n] {
		if c-'0' > 9 {
			p.ok = false
			return 0
		}
		v = v*10 + int(c-'0')
	}
	p.rest = p.rest[n:]
	return v
}

// then reads c and n digits.
func (p *isoText) then(c byte, n int) int {
	if len(p.rest) == 0 || p.rest[0] != c {
		p.ok = false
		return 0
	}
	p.rest = p.rest[1:]
	return p.number(n)
}

// fraction reads the nanoseconds after the seconds, if there are any.
func (p *isoText) fraction() (nanos int) {
	if len(p.rest) == 0 || p.rest[0] != '.' && p.rest[0] != ',' {
		return 0
	}
	n := 1
	for unit := int(1e8); n < len(p.rest) && p.rest[n]-'0' <= 9; n++ {
		nanos += int(p.rest[n]-'0') * unit
		unit /= 10
	}
	p.ok = p.ok && n > 1
	p.rest = p.rest[n:]
	return nanos
}

// zone reads the zone, in seconds east of UTC.
func (p *isoText) zone() int {
	if len(p.rest) == 0 {
		return 0
	}
	c := p.rest[0]
	p.rest = p.rest[1:]
	switch c {
	case 'Z', 'z':
		return 0
	case '+', '-':
		hours, minutes := p.number(2), 0
		if len(p.rest) > 0 && p.rest[0] == ':' {
			minutes = p.then(':', 2)
		} else if len(p.rest) > 0 {
			minutes = p.number(2)
		}
		if hours > 23 || minutes > 59 {
			p.ok = false
		}
		east := hours*3600 + minutes*60
		if c == '-' {
			return -east
		}
		return east
	}
	p.ok = false
	return 0
}

func daysIn(month, year int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSinceEpoch is the number of days from 1970-01-01 to the date, in eras of 400 years that begin in March.
func daysSinceEpoch(year, month, day int) int64 {
	if month <= 2 {
		year--
	}
	era := year / 400
	if year < 0 {
		era = (year - 399) / 400
	}
	ofEra := year - era*400
	ofYear := (153*((month+9)%12)+2)/5 + day - 1
	return int64(era*146097+ofEra*365+ofEra/4-ofEra/100+ofYear) - 719468
}
