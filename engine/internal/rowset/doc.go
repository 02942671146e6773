// Package rowset holds sets of row keys: [Keys], the runs of one update, and [Set], the rows of one state of a table, which a [Writer] changes
// from state to state.
//
// A row key is a uint64 below 2^63 and the address of the row's values: key >> chunk.Bits is its chunk.
package rowset
