package engine

import (
	"reflect"
	"slices"
	"time"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/rowset"
)

// Values are the values of one column of a static table: see [Col].
type Values struct {
	name string
	buf  *Buffer
	n    int
	dict *Dict
}

// Col makes a column of a slice: []bool, []int8 … []int64, []int, []float32, []float64, []string, []time.Time or []time.Duration. valid, if given, has a
// value for each row: false makes it null. The zero time is null too. It panics with a *QueryError on anything else, and on a time that no instant
// holds.
func Col(name string, slice any, valid ...[]bool) Values {
	if !isName(name) {
		panic(queryErrorf("column", "%q is no column name; use letters, digits and _, not starting with a digit", name))
	}
	v := Values{name: name, buf: &Buffer{}}
	b := v.buf
	switch x := slice.(type) {
	case []bool:
		b.Kind, b.Bools, v.n = KindBool, x, len(x)
	case []int8:
		b.Kind, b.I8, v.n = KindInt8, x, len(x)
	case []int16:
		b.Kind, b.I16, v.n = KindInt16, x, len(x)
	case []int32:
		b.Kind, b.I32, v.n = KindInt32, x, len(x)
	case []int64:
		b.Kind, b.I64, v.n = KindInt64, x, len(x)
	case []int:
		b.Kind, b.I64, v.n = KindInt64, mapped(x, func(i int) int64 { return int64(i) }), len(x)
	case []float32:
		b.Kind, b.F32, v.n = KindFloat32, x, len(x)
	case []float64:
		b.Kind, b.F64, v.n = KindFloat64, x, len(x)
	case []string:
		v.dict = chunk.NewDict()
		b.Kind, b.Codes, v.n = KindString, mapped(x, v.dict.Code), len(x)
	case []time.Time:
		b.Kind, b.I64, v.n = KindInstant, make([]int64, len(x)), len(x)
		for i, at := range x {
			ns, ok := instantOf(at)
			switch {
			case ok:
				b.I64[i] = ns
			case at.IsZero() || slices.ContainsFunc(valid, func(l []bool) bool { return i < len(l) && !l[i] }):
				b.SetNull(i)
			default:
				panic(queryErrorf("column", "%q: %v is out of range; instants are from %s to %s", name, at, firstInstant, lastInstant))
			}
		}
	case []time.Duration:
		b.Kind, b.I64, v.n = KindDuration, mapped(x, func(d time.Duration) int64 { return int64(d) }), len(x)
	default:
		panic(queryErrorf("column", "%q: no column of %T; want a slice such as []float64, []string or []time.Time", name, slice))
	}
	for _, l := range valid {
		if len(l) != v.n {
			panic(queryErrorf("column", "%q: %d values and %d claims of validity", name, v.n, len(l)))
		}
		for i, ok := range l {
			if !ok {
				b.SetNull(i)
			}
		}
	}
	return v
}

func mapped[T, R any](in []T, f func(T) R) []R {
	out := make([]R, len(in))
	for i, x := range in {
		out[i] = f(x)
	}
	return out
}

// NewTable makes a static table of columns of one length.
func NewTable(cols ...Values) *Table {
	const op = "new table"
	if len(cols) == 0 {
		panic(queryErrorf(op, "no columns; use EmptyTable for rows without any"))
	}
	defs := make([]ColumnDef, len(cols))
	list := make([]chunk.Column, len(cols))
	for i, v := range cols {
		if v.buf == nil || v.n != cols[0].n {
			panic(queryErrorf(op, "column %q has %d rows, column %q has %d", cols[0].name, cols[0].n, v.name, v.n))
		}
		defs[i] = ColumnDef{v.name, v.buf.Kind}
		a := newAppender(v.buf.Kind, v.dict)
		if err := a.appendBuffer(v.buf, v.n); err != nil {
			bug("new table: %v", err)
		}
		list[i] = a.Publish()
	}
	checkDefs(op, defs)
	return static(&Plan{Op: op, Args: defTexts(defs), Refs: []string{"values of this process"}}, defs, list, cols[0].n)
}

// EmptyTable is a static table of n rows without columns, to which UpdateView adds some.
func EmptyTable(n int) *Table {
	if n < 0 {
		panic(queryErrorf("empty table", "%d rows; want 0 or more", n))
	}
	return static(newPlan("empty table", nil, n), nil, nil, n)
}

func static(plan *Plan, defs []ColumnDef, cols []chunk.Column, n int) *Table {
	var rows rowset.Writer
	rows.AddRun(0, uint64(n))
	t := newTable(statics, plan, defs, nil)
	t.cur = &State{Step: 1, Rows: rows.Set(), Cols: cols}
	t.pub = t.cur
	return t
}

// FromStructs makes a static table of a slice of structs, or of pointers to structs: a column for each exported field of a kind that tables have, named
// as the field or by its tag `engine:"Name"` (`engine:"-"` leaves it out). A nil pointer field is null. It panics with a *QueryError on anything else.
func FromStructs(rows any) *Table {
	const op = "from structs"
	v := reflect.ValueOf(rows)
	if v.Kind() != reflect.Slice {
		panic(queryErrorf(op, "%T is no slice of structs", rows))
	}
	typ := v.Type().Elem()
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct {
		panic(queryErrorf(op, "%T is no slice of structs", rows))
	}
	var cols []Values
	for f := range typ.NumField() {
		field := typ.Field(f)
		if !field.IsExported() || fieldName(field) == "-" {
			continue
		}
		cols = append(cols, fieldColumn(op, v, f, field))
	}
	if len(cols) == 0 {
		panic(queryErrorf(op, "%v has no exported field", typ))
	}
	return NewTable(cols...)
}

// fieldColumn makes the column of field number f.
func fieldColumn(op string, rows reflect.Value, f int, field reflect.StructField) Values {
	typ := field.Type
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	kind, ok := columnType(typ)
	if !ok {
		panic(queryErrorf(op, "field %s: no column of %v; leave it out by the tag `engine:\"-\"`", field.Name, field.Type))
	}
	vals := reflect.MakeSlice(reflect.SliceOf(kind), rows.Len(), rows.Len())
	valid := make([]bool, rows.Len())
	for i := range rows.Len() {
		row := rows.Index(i)
		if row.Kind() == reflect.Pointer {
			if row.IsNil() {
				continue
			}
			row = row.Elem()
		}
		x := row.Field(f)
		if x.Kind() == reflect.Pointer {
			if x.IsNil() {
				continue
			}
			x = x.Elem()
		}
		valid[i] = true
		vals.Index(i).Set(x.Convert(kind))
	}
	return Col(fieldName(field), vals.Interface(), valid)
}

// columnType is the type, of those that Col takes, that values of a type are stored as.
func columnType(t reflect.Type) (reflect.Type, bool) {
	switch t {
	case reflect.TypeFor[time.Time](), reflect.TypeFor[time.Duration]():
		return t, true
	}
	switch t.Kind() {
	case reflect.Bool:
		return reflect.TypeFor[bool](), true
	case reflect.Int8:
		return reflect.TypeFor[int8](), true
	case reflect.Int16, reflect.Uint8:
		return reflect.TypeFor[int16](), true
	case reflect.Int32, reflect.Uint16:
		return reflect.TypeFor[int32](), true
	case reflect.Int, reflect.Int64, reflect.Uint32:
		return reflect.TypeFor[int64](), true
	case reflect.Float32:
		return reflect.TypeFor[float32](), true
	case reflect.Float64:
		return reflect.TypeFor[float64](), true
	case reflect.String:
		return reflect.TypeFor[string](), true
	}
	return nil, false
}
