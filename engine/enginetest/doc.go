// Package enginetest checks that a table kept up to date equals the same table computed anew, and that what it publishes about its changes is true.
//
// [Check] makes random edits of input tables, cycle by cycle, and after each cycle compares the table that a [Query] made with
//
//   - the same query on a copy of the inputs (rebuild.go): by position if the query promises an order, else as a multiset, never by row key;
//   - a replica that knows each table by its published updates alone (replica.go): by row key, order and previous values included; another replica
//     takes several cycles at once.
//
// It also demands that the rows visited are in proportion to the updates, that a state held since an earlier cycle has not changed, that At and Rank
// are inverses, that a filter keeps its parent's order (the rebuild can't see an order that is wrong both times), and that nothing is left when every row
// is gone.
//
// A failure prints the shortest script found that shows it (script.go).
package enginetest
