package engine

// Last is a column's value in a group's last row, in the table's order: Last("Close = Price"), or Last("Price") under the column's own name; several with
// commas or in several strings. It takes any kind. It is null if the value in that row is.
//
// A table that is sorted, or a part of one, has no Last yet: that is a *QueryError.
func Last(cols ...string) Agg { return Agg{lastFamily, cols} }

var lastFamily = &aggFamily{name: "Last", make: func(k Kind, d *Dict) (aggregator, Kind, error) { return newEdge(k, d, true) }}
