package formula

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tickbook/engine/internal/chunk"
)

// value is a constant: of the kind's field, the others zero.
type value struct {
	kind chunk.Kind // Invalid for the literal null
	null bool
	b    bool
	i    int64 // integers; nanoseconds of instants and durations
	f    float64
	s    string
}

func intValue(i int64) value     { return value{kind: chunk.Int64, i: i} }
func floatValue(f float64) value { return value{kind: chunk.Float64, f: f} }
func stringValue(s string) value { return value{kind: chunk.String, s: s} }
func boolValue(b bool) value     { return value{kind: chunk.Bool, b: b} }
func durationValue(d time.Duration) value {
	return value{kind: chunk.Duration, i: int64(d)}
}
func nullValue(k chunk.Kind) value { return value{kind: k, null: true} }

// asFloat is a numeric value widened.
func (v value) asFloat() float64 {
	if v.kind.IsFloat() {
		return v.f
	}
	return float64(v.i)
}

// String is the literal that reads as v, for a value that a literal can be.
func (v value) String() string {
	switch {
	case v.null:
		return "null"
	case v.kind == chunk.Bool:
		return strconv.FormatBool(v.b)
	case v.kind == chunk.String:
		return quote(v.s)
	case v.kind.IsFloat():
		s := strconv.FormatFloat(v.f, 'g', -1, 64)
		if !strings.ContainsAny(s, ".eIN") {
			s += ".0"
		}
		return s
	case v.kind == chunk.Duration:
		return time.Duration(v.i).String()
	case v.kind == chunk.Instant:
		return fmt.Sprintf("'%s'", time.Unix(0, v.i).UTC().Format("2006-01-02T15:04:05.999999999Z"))
	}
	return strconv.FormatInt(v.i, 10)
}

// quote writes s in backticks if they can hold it as it is, else in double quotes.
func quote(s string) string {
	for _, r := range s {
		if r == '`' || !strconv.IsPrint(r) || r == '\uFFFD' {
			return strconv.Quote(s)
		}
	}
	return "`" + s + "`"
}
