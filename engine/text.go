package engine

import (
	"math"
	"strconv"
	"time"

	"tickbook/engine/internal/chunk"
)

// Text is the value at row pos and column col of s, for people to read: instants in the zone of [SetZone]. null says that there is no value; text is
// "" then.
func (s *Snapshot) Text(pos, col int) (text string, null bool) {
	x := readValue(s.state.Cols[col], s.key(pos))
	switch x := x.(type) {
	case nil:
		return "", true
	case string:
		return x, false
	case bool:
		return strconv.FormatBool(x), false
	case float64:
		return formatFloat(x, 64), false
	case float32:
		return formatFloat(float64(x), 32), false
	case time.Time:
		return formatTime(x), false
	case time.Duration:
		return x.String(), false
	}
	i, _ := anyInt(x)
	return strconv.FormatInt(i, 10), false
}

// textDigits is how many significant digits a float shows: beyond them are mostly the traces of binary arithmetic, as in 2931178.7199999997.
const textDigits = 12

// formatFloat writes the shortest text that reads back as x, of at most textDigits significant digits, with an exponent only where the plain form
// would be long.
func formatFloat(x float64, bits int) string {
	if y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', textDigits, bits), bits); err == nil {
		x = y
	}
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e15) {
		return strconv.FormatFloat(x, 'g', -1, bits)
	}
	return strconv.FormatFloat(x, 'f', -1, bits)
}

// formatTime writes as many digits of the second as the value needs, in groups of three.
func formatTime(t time.Time) string {
	layout := "2006-01-02 15:04:05"
	switch ns := t.Nanosecond(); {
	case ns == 0:
	case ns%1e6 == 0:
		layout += ".000"
	case ns%1e3 == 0:
		layout += ".000000"
	default:
		layout += ".000000000"
	}
	return t.Format(layout)
}

// readValue reads one value of a column: nil for null, else bool, int8 … int64, float32, float64, string, time.Time in the zone of SetZone, or
// time.Duration. key must be in the state that the column is of.
func readValue(c chunk.Column, key uint64) any {
	sc := chunk.Borrow()
	defer chunk.Return(sc)
	b := &chunk.Batch{N: 1, Keys: []uint64{key}}
	switch v := c.(type) {
	case chunk.Vec[bool]:
		return one(v, b, sc)
	case chunk.Vec[int8]:
		return one(v, b, sc)
	case chunk.Vec[int16]:
		return one(v, b, sc)
	case chunk.Vec[int32]:
		return one(v, b, sc)
	case chunk.Vec[float32]:
		return one(v, b, sc)
	case chunk.Vec[float64]:
		return one(v, b, sc)
	case chunk.Vec[uint32]:
		if code, ok := one(v, b, sc).(uint32); ok {
			return c.Dict().Str(code)
		}
		return nil
	case chunk.Vec[int64]:
		x, ok := one(v, b, sc).(int64)
		switch {
		case !ok:
			return nil
		case c.Kind() == KindInstant:
			return time.Unix(0, x).In(Zone())
		case c.Kind() == KindDuration:
			return time.Duration(x)
		}
		return x
	}
	bug("column of type %T can't be read", c)
	return nil
}

// one is the value of a batch of one row, nil for null.
func one[T any](v chunk.Vec[T], b *chunk.Batch, sc *chunk.Scratch) any {
	vals, nulls := v.Read(b, sc)
	if chunk.IsNull(nulls, 0) {
		return nil
	}
	return vals[0]
}
