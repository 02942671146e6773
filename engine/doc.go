// Package engine holds tables that tick: rows under named columns, and operators that keep derived tables up to date with work in proportion to
// what changed.
//
// A [Table] comes from a source ([NewSource], [NewInput], [NewTable], a connector such as package kafka) and derives others by methods: [Table.View],
// [Table.Where], [Table.Sort], [Table.AsOfJoin], [Table.GroupBy], … Query text with a mistake panics with a [*QueryError]; [Try] makes it an error.
// Values come back by name ([Table.Float64s], [Table.Strings], …), copies of one cycle's state; [Snapshots] reads several tables of one cycle.
//
// Reading order inside: update.go and state.go (what a cycle did, and what a table is after it), graph.go (the cycle), operator.go (the contract of
// an operator), derive.go (making a table while others tick), op_where.go as the example of an operator, source.go and input.go (how rows come in),
// snapshot.go (how they come out). Columns are in internal/chunk, row sets in internal/rowset, formulas in internal/formula.
//
// Adding an operator: one file op_x.go with its rule, state and step, one test file, one line in operators.go.
package engine
