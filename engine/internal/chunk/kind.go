package chunk

import "fmt"

// Kind is the type of a column's values. Logical kinds ride on a physical one: [Kind.Physical].
type Kind uint8

// The kinds of columns.
const (
	Invalid  Kind = iota
	Bool          // bool
	Int8          // int8
	Int16         // int16
	Int32         // int32
	Int64         // int64
	Float32       // float32
	Float64       // float64
	String        // uint32, a code of the column's Dict
	Instant       // int64, nanoseconds since the epoch, UTC
	Duration      // int64, nanoseconds
	Key           // uint64, a row key; inside the engine only
)

var kindNames = [...]string{"invalid", "bool", "int8", "int16", "int32", "int64", "float32", "float64", "string", "instant", "duration", "key"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Physical is the kind whose Go type stores k's values.
func (k Kind) Physical() Kind {
	if k == Instant || k == Duration {
		return Int64
	}
	return k
}

// IsInteger says whether k is a plain integer kind.
func (k Kind) IsInteger() bool { return k >= Int8 && k <= Int64 }

// IsFloat says whether k is a float kind.
func (k Kind) IsFloat() bool { return k == Float32 || k == Float64 }

// IsNumeric says whether arithmetic takes k.
func (k Kind) IsNumeric() bool { return k.IsInteger() || k.IsFloat() }

// Kinds are all kinds that a user's column may have.
var Kinds = []Kind{Bool, Int8, Int16, Int32, Int64, Float32, Float64, String, Instant, Duration}
