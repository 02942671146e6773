package engine

// Max is the greatest of a column's values: Max("High = Price"), or Max("Price") under the column's own name; several with commas or in several
// strings. It takes integers, floats, instants and durations, and gives their kind. Nulls are skipped, and the greatest of nothing is null. NaN is
// above every value, as it sorts.
func Max(cols ...string) Agg { return Agg{maxFamily, cols} }

var maxFamily = &aggFamily{name: "Max", make: func(k Kind, _ *Dict) (aggregator, Kind, error) { return newExtreme(k, true) }}
