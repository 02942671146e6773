package display

// Match is one completion.
type Match struct {
	Text      string // what replaces the range from start to end
	Type      string // "function", "type", "variable", "constant", "package", "keyword", "field", "column", "label", "magic", "path"; may be empty
	Signature string // of functions, the type of columns; may be empty
}

// TextCompleter is a value that completes inside a string argument of its methods, as a table completes column names in formulas. It is met without
// importing this package. Any goroutine may call its methods, and they answer at once.
type TextCompleter interface {
	// CompleteText returns the candidates for the word that ends at byte offset pos of text, which is in argument number arg of method; arg is -1
	// when the value itself is an argument of the call. kinds and details are as long as words: see [Match].
	CompleteText(method string, arg int, text string, pos int) (words, kinds, details []string)
}

// Outliner is a value that can tell what its methods would make of it.
type Outliner interface {
	// Outline returns a value with the same methods and no data: they cost nothing and change nothing else, and their results are outlines too.
	Outline() any
}

// Describer is a value that describes itself for an inspection.
type Describer interface {
	// Describe returns a few lines: what the value is as it is now. Any goroutine may call it.
	Describe() string
}
