// Package formula is the language of the texts in a query: "VWAP = TotalGross/Volume", "Sym = `AAPL`".
//
// A text becomes a tree ([Parse], [ParseAssign]), the tree meets the columns and values it names ([Compile]), and the result is bound to columns
// as often as their objects change ([Compiled.Bind], [Compiled.Filter]). A bound formula is a lazy column: reading it runs loops over slices of
// at most chunk.MaxBatch values; which loop is decided when it is compiled.
//
// # Reading order
//
// lex.go and parse.go (text to tree), ast.go, print.go (tree to text), compile.go (the interface), check.go (names and types), node.go and
// vec.go (what a typed expression and a bound column are), convert.go (kinds that meet). Then a file a family: arith.go, compare.go, logic.go
// (&& || ! and their laziness), choose.go (?:), in.go, null.go, math.go; memo.go (functions of strings, once a distinct string), str.go,
// strcompare.go, text.go; literal.go (instants, durations, zones), time.go, calendar.go, random.go; gofunc.go (types of Go functions), gocall.go
// (common signatures), goreflect.go (the others). A family names its functions in a table; builtin.go lists the tables.
//
// # Meaning
//
//   - A null is not a value. Arithmetic and comparison with null give null, and so does every function except isNull, ifNull and their like.
//     && || ! are three-valued (Kleene): false && null is false. ?: on a null condition gives null. A filter keeps rows that are true.
//   - + - * % of integers are done in int64 and give int64; what does not fit wraps, as in Go. / of numbers always gives a float64, x/0 is
//     infinite or NaN; the integer x%0 is null. With a float on either side everything is done in float64, comparisons too. NaN follows IEEE:
//     it equals nothing, itself included.
//   - A cast that does not fit is null: (int)NaN, (byte)1000. So is a text that does not parse: parseInt("x").
//   - Strings compare for equality by what they say, whatever dictionary numbers them, and order by their bytes.
//   - An instant minus an instant is a duration; instants and durations add; a duration over a number is a duration, over a duration a
//     float64. An integer beside an instant or a duration counts nanoseconds.
//   - Both sides of && || and both arms of ?: are computed for all rows, except where they call a Go function: that sees only the rows that
//     need it, so a condition guards it.
package formula
