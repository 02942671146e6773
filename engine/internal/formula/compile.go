package formula

import (
	"slices"
	"time"

	"tickbook/engine/internal/chunk"
)

// Env is what the names in a formula mean. A column hides a registered value, and that a built-in name.
type Env struct {
	// Column is the kind of a column of the table.
	Column func(name string) (chunk.Kind, bool)
	// Columns are the table's columns in order, for suggestions.
	Columns []string
	// Let is a registered value or Go function, as it is when a formula is compiled; nil: there are none. Who asks uses it.
	Let func(name string) (any, bool)
	// Zone is the zone of texts and calendar functions that name none; nil is UTC.
	Zone *time.Location
}

// Compiled is a formula that knows its types. It may be bound by any number of goroutines.
type Compiled struct {
	// Kind is the kind of the values.
	Kind chunk.Kind
	// Inputs are the columns it reads, each once.
	Inputs []string
	// Impure says that it is not a function of its row: now(), random(). A lazy column cannot hold it.
	Impure bool

	root *node
}

// Compile gives a formula its types. What is wrong with it is an *[Error].
func Compile(e *Expr, env Env) (c *Compiled, err error) {
	defer catch(&err)
	if env.Zone == nil {
		env.Zone = time.UTC
	}
	k := &checker{src: e.src, env: env, functions: functions}
	root := k.check(e.root)
	if root.isNullLit() {
		k.fail(e.root, "null has no type here; write one: (double)null")
	}
	return &Compiled{Kind: root.kind, Inputs: k.inputs, Impure: root.isImpure, root: root}, nil
}

// Column is the column that the formula merely names.
func (c *Compiled) Column() (name string, ok bool) { return c.root.name, c.root.name != "" }

// Bind makes the formula's column over in, which are the columns named by Inputs in their order, of the kinds they had at Compile. Codes of a
// String result stay the same from one Bind to the next.
func (c *Compiled) Bind(in []chunk.Column) chunk.Column { return c.root.bind(in) }

// Filter writes to sel the positions within b of the rows for which a condition is true (null is not), in order, and returns their number.
// sel holds b.N or more.
type Filter func(b *chunk.Batch, s *chunk.Scratch, sel []uint32) int

// Filter binds a condition: a formula whose Kind is Bool.
func (c *Compiled) Filter(in []chunk.Column) Filter {
	if c.Kind != chunk.Bool {
		panic("BUG: filter of kind " + c.Kind.String())
	}
	return c.root.asFilter(in)
}

// asFilter is n's own filter, or one that reads n's column.
func (n *node) asFilter(in []chunk.Column) Filter {
	if n.filter != nil {
		return n.filter(in)
	}
	v := vec[bool](n, in)
	return func(b *chunk.Batch, s *chunk.Scratch, sel []uint32) int {
		m := s.Mark()
		x, nulls := v.Read(b, s)
		k := dropNulls(sel, selTrue(sel[:b.N], x), nulls)
		s.Release(m)
		return k
	}
}

func selTrue(sel []uint32, x []bool) int {
	n := 0
	o := octets(x)[:len(sel)]
	for i := range sel {
		sel[n] = uint32(i)
		n += int(o[i])
	}
	return n
}

// dropNulls keeps of the first n positions those that aren't null.
func dropNulls(sel []uint32, n int, nulls []uint64) int {
	if nulls == nil {
		return n
	}
	k := 0
	for _, i := range sel[:n] {
		sel[k] = i
		k += int(^nulls[i>>6] >> (i & 63) & 1)
	}
	return k
}

// let is a registered value or function.
func (k *checker) let(name string) (any, bool) {
	if k.env.Let == nil {
		return nil, false
	}
	return k.env.Let(name)
}

// input is the place of a column among the formula's inputs.
func (k *checker) input(name string) int {
	i := slices.Index(k.inputs, name)
	if i < 0 {
		i = len(k.inputs)
		k.inputs = append(k.inputs, name)
	}
	return i
}
