package display

// Match is one completion.
type Match struct {
	Text      string // what replaces the range from start to end
	Type      string // "function", "type", "variable", "constant", "package", "keyword", "field", "column"; may be empty
	Signature string // for functions; may be empty
}

// TextCompleter is a value that completes inside a string argument of its methods, as a table completes column names in formulas.
type TextCompleter interface {
	// CompleteText returns candidates for the word that ends at byte offset pos of text, which is an argument of method.
	CompleteText(method, text string, pos int) []Match
}
