package engine

// First is a column's value in a group's first row, in the table's order: First("Open = Price"), or First("Price") under the column's own name; several
// with commas or in several strings. It takes any kind. It is null if the value in that row is.
//
// A table that is sorted, or a part of one, has no First yet: that is a *QueryError.
func First(cols ...string) Agg { return Agg{firstFamily, cols} }

var firstFamily = &aggFamily{name: "First", make: func(k Kind, d *Dict) (aggregator, Kind, error) { return newEdge(k, d, false) }}
