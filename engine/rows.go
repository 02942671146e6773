package engine

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Row is one row of a table as Go values.
type Row struct {
	names []string
	vals  []any
}

// Value is the row's value in a column: nil for null, else a bool, int8 … int64, float32, float64, string, time.Time or time.Duration. It panics with
// a *QueryError if there is no such column.
func (r Row) Value(name string) any {
	i := slices.Index(r.names, name)
	if i < 0 {
		panic(queryErrorf("row", "no column %q; have %s", name, quoteList(r.names)))
	}
	return r.vals[i]
}

// Names are the names of the columns, in order.
func (r Row) Names() []string { return slices.Clone(r.names) }

// Values are the values of all columns, in order.
func (r Row) Values() []any { return slices.Clone(r.vals) }

func (r Row) String() string {
	var b strings.Builder
	for i, n := range r.names {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch x := r.vals[i].(type) {
		case nil:
			fmt.Fprintf(&b, "%s=null", n)
		case string:
			fmt.Fprintf(&b, "%s=%q", n, x)
		case time.Time:
			fmt.Fprintf(&b, "%s=%s", n, formatTime(x))
		default:
			fmt.Fprintf(&b, "%s=%v", n, x)
		}
	}
	return b.String()
}

// Rows are the first n rows of the table, or all if there are fewer, as of the newest cycle.
func (t *Table) Rows(n int) []Row { return t.Snapshot().Window(0, n).Rows() }

// Rows are all rows of s.
func (s *Snapshot) Rows() []Row {
	names := namesOf(s.schema)
	out := make([]Row, s.n)
	for i := range out {
		out[i] = Row{names, s.values(i)}
	}
	return out
}

// values are the values of row pos, as [Row.Value] gives them.
func (s *Snapshot) values(pos int) []any {
	k := s.key(pos)
	vals := make([]any, len(s.schema))
	for c := range vals {
		vals[c] = readValue(s.state.Cols[c], k)
	}
	return vals
}

// Scan reads all rows as of the newest cycle into a slice of structs: rows is a pointer to one. A field takes the column of its name, or that of its
// tag `engine:"Name"`; fields without a column keep their zero value, and so do nulls, except that a pointer field is nil.
func (t *Table) Scan(rows any) error { return t.Snapshot().Scan(rows) }

// Scan is [Table.Scan] of s.
func (s *Snapshot) Scan(rows any) error {
	p := reflect.ValueOf(rows)
	if p.Kind() != reflect.Pointer || p.Elem().Kind() != reflect.Slice || p.Elem().Type().Elem().Kind() != reflect.Struct {
		return fmt.Errorf("scan: %T is no pointer to a slice of structs", rows)
	}
	typ := p.Elem().Type().Elem()
	out := reflect.MakeSlice(p.Elem().Type(), s.n, s.n)
	found := false
	for f := range typ.NumField() {
		field := typ.Field(f)
		name := fieldName(field)
		c := slices.IndexFunc(s.schema, func(d ColumnDef) bool { return d.Name == name })
		if !field.IsExported() || c < 0 {
			continue
		}
		found = true
		for i := range s.n {
			x := readValue(s.state.Cols[c], s.key(i))
			if x == nil {
				continue
			}
			if err := setField(out.Index(i).Field(f), x); err != nil {
				return fmt.Errorf("scan: column %q into field %s: %w", name, field.Name, err)
			}
		}
	}
	if !found {
		return fmt.Errorf("scan: no exported field of %v is named as a column; have %s", typ, quoteList(namesOf(s.schema)))
	}
	p.Elem().Set(out)
	return nil
}

func fieldName(f reflect.StructField) string {
	if n := f.Tag.Get("engine"); n != "" {
		return n
	}
	return f.Name
}

// setField stores a value in a field, whose type may be wider than the value's.
func setField(f reflect.Value, x any) error {
	if f.Kind() == reflect.Pointer {
		f.Set(reflect.New(f.Type().Elem()))
		f = f.Elem()
	}
	v := reflect.ValueOf(x)
	switch {
	case v.Type() == f.Type():
		f.Set(v)
		return nil
	case f.CanInt() && v.CanInt() && f.Type() != reflect.TypeFor[time.Duration]():
		if !f.OverflowInt(v.Int()) {
			f.SetInt(v.Int())
			return nil
		}
		return fmt.Errorf("%d does not fit %v", v.Int(), f.Type())
	case f.CanFloat() && v.CanFloat():
		f.SetFloat(v.Float())
		return nil
	case f.CanFloat() && v.CanInt():
		f.SetFloat(float64(v.Int()))
		return nil
	case f.Kind() == v.Kind() && (f.Kind() == reflect.String || f.Kind() == reflect.Bool):
		f.Set(v.Convert(f.Type()))
		return nil
	}
	return fmt.Errorf("%v (%T) is no %v", x, x, f.Type())
}
