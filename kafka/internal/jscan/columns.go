package jscan

// Kind is what a column stores.
type Kind uint8

// The kinds of columns. Instant and Duration are nanoseconds in I64, String is a code in Codes.
const (
	Bool Kind = iota
	Int8
	Int16
	Int32
	Int64
	Float32
	Float64
	String
	Instant
	Duration
)

var kindNames = [...]string{"bool", "int8", "int16", "int32", "int64", "float32", "float64", "string", "instant", "duration"}

func (k Kind) String() string { return kindNames[k] }

// Field is a column of the schema. Dict is needed by String columns only.
type Field struct {
	Name string
	Kind Kind
	Dict Dict
}

// Column is where the values of one field go: the slice of its kind is as long as the block of rows, Nulls has a bit for each of them and holds
// no set bit at rows not yet decoded.
type Column struct {
	Bools    []bool
	I8       []int8
	I16      []int16
	I32      []int32
	I64      []int64
	F32      []float32
	F64      []float64
	Codes    []uint32
	Nulls    []uint64
	HasNulls bool // a bit of Nulls was set
}
