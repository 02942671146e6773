package engine

// Min is the least of a column's values: Min("Low = Price"), or Min("Price") under the column's own name; several with commas or in several strings.
// It takes integers, floats, instants and durations, and gives their kind. Nulls are skipped, and the least of nothing is null. NaN is above every
// value, as it sorts.
func Min(cols ...string) Agg { return Agg{minFamily, cols} }

var minFamily = &aggFamily{name: "Min", make: func(k Kind, _ *Dict) (aggregator, Kind, error) { return newExtreme(k, false) }}
