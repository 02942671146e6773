package display

// NextInput is a value that, as the last of a cell, offers text to run next: where the page can, it becomes the text of a new cell below, or with
// Replace takes the place of the cell's own text.
type NextInput struct {
	Text    string
	Replace bool
}

// Tabular is a value of rows and columns, such as a table.
type Tabular interface {
	// Size is the number of rows.
	Size() int
	// Names are the columns' names.
	Names() []string
}
