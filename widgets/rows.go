package widgets

import (
	"fmt"
	"strconv"
	"time"

	"tickbook/display"
	"tickbook/engine"
)

// rowsView shows the first of some rows, which are of one table.
type rowsView []engine.Row

func (rv rowsView) Render() display.MIMEBundle {
	v := &view{total: len(rv)}
	if len(rv) > 0 {
		var defs []engine.ColumnDef
		for i, name := range rv[0].Names() {
			defs = append(defs, engine.ColumnDef{Name: name, Kind: rv.kind(i)})
		}
		v.head(defs)
	}
	for _, r := range rv[:min(len(rv), maxRows)] {
		row := make([]cell, len(v.columns))
		for i, x := range r.Values()[:len(row)] {
			row[i] = cellOf(valueText(x), x == nil)
		}
		v.rows = append(v.rows, row)
	}
	return v.bundle()
}

// kind is the kind of column i, told by its first value. A column of nulls alone passes for one of strings.
func (rv rowsView) kind(i int) engine.Kind {
	for _, r := range rv {
		switch r.Values()[i].(type) {
		case nil:
			continue
		case bool:
			return engine.KindBool
		case int8:
			return engine.KindInt8
		case int16:
			return engine.KindInt16
		case int32:
			return engine.KindInt32
		case int64:
			return engine.KindInt64
		case float32:
			return engine.KindFloat32
		case float64:
			return engine.KindFloat64
		case time.Time:
			return engine.KindInstant
		case time.Duration:
			return engine.KindDuration
		}
		break
	}
	return engine.KindString
}

func valueText(x any) string {
	switch x := x.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64)
	case float32:
		return strconv.FormatFloat(float64(x), 'g', -1, 32)
	case time.Time:
		return x.Format("2006-01-02 15:04:05.999999999")
	}
	return fmt.Sprint(x)
}
