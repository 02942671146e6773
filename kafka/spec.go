package kafka

import (
	"fmt"
	"slices"

	"tickbook/engine"
	"tickbook/kafka/internal/jscan"
)

// Option says how [Consume] reads a topic: what a record holds ([JSON]), where to begin ([FromBeginning], [FromEnd], [Offset], [OffsetsAt]), the
// kind of table ([AppendOnly]) and what becomes of keys ([IgnoreKey]).
type Option interface{ apply(*options) }

// options are what the call says.
type options struct {
	columns  []engine.ColumnDef
	hasValue bool
	start    Offset
	startAt  map[int32]Offset
	hasStart bool
	graph    *engine.Graph
}

// TableKind says what the table keeps.
type TableKind uint8

// AppendOnly makes a table that keeps every record as a row. It is the only kind for now, and the default.
const AppendOnly TableKind = 0

func (TableKind) apply(*options) {}

// KeySpec says what becomes of records' keys.
type KeySpec uint8

// IgnoreKey leaves records' keys out. It is the only key spec for now, and the default.
const IgnoreKey KeySpec = 0

func (KeySpec) apply(*options) {}

// Offset is where reading begins in every partition: [FromBeginning], [FromEnd] or an offset, as in kafka.Offset(1000). An offset that is no
// longer there, or not yet, reads from the earliest there is, and the status says so.
type Offset int64

const (
	// FromBeginning reads what the topic still holds, then what comes. It is the default.
	FromBeginning Offset = -2
	// FromEnd reads what comes from now on.
	FromEnd Offset = -1
)

func (o Offset) apply(op *options) {
	if o < FromBeginning {
		panic(&ConfigError{Property: "offset", Msg: fmt.Sprintf("offset %d: want kafka.FromBeginning, kafka.FromEnd or a number from 0 on", o)})
	}
	if op.hasStart && op.start != o {
		panic(&ConfigError{Property: "offset", Msg: "two different offsets to begin at; keep one, or say kafka.OffsetsAt(…) for single partitions"})
	}
	op.start, op.hasStart = o, true
}

// OffsetsAt says where reading begins in single partitions; the others follow the [Offset] of the call.
func OffsetsAt(offsets map[int32]Offset) Option { return offsetsAt(offsets) }

type offsetsAt map[int32]Offset

func (o offsetsAt) apply(op *options) {
	for p, off := range o {
		if p < 0 || off < FromBeginning {
			panic(&ConfigError{Property: "offsets", Msg: fmt.Sprintf("offset %d of partition %d: want kafka.FromBeginning, kafka.FromEnd or a number from 0 on, of partitions from 0 on", off, p)})
		}
	}
	op.startAt = o
}

// On makes the table in a graph other than the default one, which has a clock: for programs that step a graph by hand.
func On(g *engine.Graph) Option { return onGraph{g} }

type onGraph struct{ g *engine.Graph }

func (o onGraph) apply(op *options) { op.graph = o.g }

// JSON reads a record's value as a JSON object with a field for each column. Other fields are ignored, a missing field and null are null.
//
// A string wants text, a bool a boolean, a float a number, an integer a whole number that fits. An instant wants text in ISO 8601 (without a zone:
// UTC), or a number since 1970 whose size tells the unit: seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, else nanoseconds. A
// duration wants nanoseconds, or text such as "1.5s". A record that breaks these rules is a bad record: see [DeadLetters].
//
// A record without a value gives a row of nulls.
func JSON(columns ...engine.ColumnDef) Option { return jsonSpec(columns) }

type jsonSpec []engine.ColumnDef

func (s jsonSpec) apply(op *options) {
	if op.hasValue {
		panic(&ConfigError{Property: "JSON", Msg: "two specs of what a record's value holds; keep one"})
	}
	if len(s) == 0 {
		panic(&ConfigError{Property: "JSON", Msg: `kafka.JSON names no column; want kafka.JSON(engine.String("Sym"), engine.Float64("Price"), …)`})
	}
	op.columns, op.hasValue = slices.Clone(s), true
}

// The columns that every table begins with.
const (
	partitionColumn = iota
	offsetColumn
	timestampColumn
	firstValue // of the spec's columns
)

// readOptions reads a call; it panics with a *ConfigError.
func readOptions(opts []Option) *options {
	op := &options{start: FromBeginning}
	for _, o := range opts {
		if o == nil {
			panic(&ConfigError{Property: "option", Msg: "an option is nil"})
		}
		o.apply(op)
	}
	if !op.hasValue {
		panic(&ConfigError{Property: "spec", Msg: `nothing says what a record's value holds; add kafka.JSON(engine.String("Sym"), …)`})
	}
	if op.graph == nil {
		op.graph = engine.Default()
	}
	first := []engine.ColumnDef{engine.Int32("KafkaPartition"), engine.Int64("KafkaOffset"), engine.Instant("KafkaTimestamp")}
	for i, c := range op.columns {
		taken := func(d engine.ColumnDef) bool { return d.Name == c.Name }
		if slices.ContainsFunc(first, taken) {
			panic(&ConfigError{Property: c.Name, Msg: fmt.Sprintf("column %q is there already: each row has its record's partition, offset and timestamp; choose another name", c.Name)})
		}
		if slices.ContainsFunc(op.columns[:i], taken) {
			panic(&ConfigError{Property: c.Name, Msg: fmt.Sprintf("column %q is named twice", c.Name)})
		}
		if _, ok := jsonKinds[c.Kind]; !ok {
			panic(&ConfigError{Property: c.Name, Msg: fmt.Sprintf("column %q: JSON has no %v columns", c.Name, c.Kind)})
		}
	}
	op.columns = append(first, op.columns...)
	return op
}

var jsonKinds = map[engine.Kind]jscan.Kind{
	engine.KindBool: jscan.Bool, engine.KindInt8: jscan.Int8, engine.KindInt16: jscan.Int16, engine.KindInt32: jscan.Int32,
	engine.KindInt64: jscan.Int64, engine.KindFloat32: jscan.Float32, engine.KindFloat64: jscan.Float64, engine.KindString: jscan.String,
	engine.KindInstant: jscan.Instant, engine.KindDuration: jscan.Duration,
}
