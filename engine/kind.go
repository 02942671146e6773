package engine

import "tickbook/engine/internal/chunk"

// Kind is the type of a column's values.
type Kind = chunk.Kind

// The kinds of columns. The plain names ([Int32], [String], …) are the constructors of column definitions.
const (
	KindBool     = chunk.Bool
	KindInt8     = chunk.Int8
	KindInt16    = chunk.Int16
	KindInt32    = chunk.Int32
	KindInt64    = chunk.Int64
	KindFloat32  = chunk.Float32
	KindFloat64  = chunk.Float64
	KindString   = chunk.String
	KindInstant  = chunk.Instant  // nanoseconds since the epoch, UTC
	KindDuration = chunk.Duration // nanoseconds
)

// Dict numbers the distinct strings of a column.
type Dict = chunk.Dict

// ColumnDef names a column and its kind.
type ColumnDef struct {
	Name string
	Kind Kind
}

func (d ColumnDef) String() string { return d.Name + " " + d.Kind.String() }

// Bool defines a column of true and false.
func Bool(name string) ColumnDef { return ColumnDef{name, KindBool} }

// Int8 defines a column of 8-bit integers.
func Int8(name string) ColumnDef { return ColumnDef{name, KindInt8} }

// Int16 defines a column of 16-bit integers.
func Int16(name string) ColumnDef { return ColumnDef{name, KindInt16} }

// Int32 defines a column of 32-bit integers.
func Int32(name string) ColumnDef { return ColumnDef{name, KindInt32} }

// Int64 defines a column of 64-bit integers.
func Int64(name string) ColumnDef { return ColumnDef{name, KindInt64} }

// Float32 defines a column of 32-bit floating-point numbers.
func Float32(name string) ColumnDef { return ColumnDef{name, KindFloat32} }

// Float64 defines a column of 64-bit floating-point numbers.
func Float64(name string) ColumnDef { return ColumnDef{name, KindFloat64} }

// String defines a column of strings.
func String(name string) ColumnDef { return ColumnDef{name, KindString} }

// Instant defines a column of points in time, to the nanosecond.
func Instant(name string) ColumnDef { return ColumnDef{name, KindInstant} }

// Duration defines a column of lengths of time, to the nanosecond.
func Duration(name string) ColumnDef { return ColumnDef{name, KindDuration} }

func namesOf(defs []ColumnDef) []string {
	names := make([]string, len(defs))
	for i, d := range defs {
		names[i] = d.Name
	}
	return names
}

// checkDefs panics with a *QueryError on definitions that no table can have. op is the call they stand in.
func checkDefs(op string, defs []ColumnDef) {
	seen := make(map[string]bool, len(defs))
	for _, d := range defs {
		if !isName(d.Name) {
			panic(queryErrorf(op, "%q is no column name; use letters, digits and _, not starting with a digit", d.Name))
		}
		if seen[d.Name] {
			panic(queryErrorf(op, "column %q is there twice", d.Name))
		}
		if d.Kind < KindBool || d.Kind > KindDuration {
			panic(queryErrorf(op, "column %q has no kind; define it by Int64(%q), String(%q), …", d.Name, d.Name, d.Name))
		}
		seen[d.Name] = true
	}
}

// isName says whether a formula can use s as a name.
func isName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
