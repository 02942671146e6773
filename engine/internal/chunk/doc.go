// Package chunk holds the columns of tables: what they are to a reader (vec.go), how rows are named to a leaf loop (batch.go), where loops
// write (scratch.go), and how values are stored: append-only (append.go), overwritten by copy on write (mutable.go), strings by code (dict.go).
//
// A column is of one published state: immutable, readable by any goroutine for ever. Loops see only slices; a column's kind is chosen once,
// when something is bound to it.
package chunk
