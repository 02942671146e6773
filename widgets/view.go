package widgets

import (
	"fmt"
	"strings"
	"time"

	"tickbook/widgets/internal/safetext"
)

const (
	maxRows    = 50 // JupyterLab replaces the whole output at each refresh
	maxColumns = 20
	maxCell    = 60  // terminal columns of a value
	maxName    = 40  // of a column's name
	maxMessage = 400 // of a status
)

// mood says how the table behind a view does.
type mood uint8

const (
	static   mood = iota // will not change
	ticking              // changes with the cycles
	starting             // waits for its source for the first time
	down                 // waits for its source, which will heal
	failed               // ended by an error
)

// view is one frame of a table: what the writers draw. All its text is safe to show on a line, and not escaped.
type view struct {
	columns []column
	hidden  []string // names of the columns left out
	rows    [][]cell // a cell a column
	total   int      // rows of the table
	last    bool     // rows are the table's last, not its first
	mood    mood
	at      time.Time // when the rows were these, in the zone to show
	message string    // what the source or the operator says, or ""
	bad     int64     // records that could not be read
}

type column struct {
	name  string
	kind  string
	right bool // numbers stand at the right
}

type cell struct {
	text string
	null bool
}

// badge is the mark that says at a glance how the table does. What may be another at any moment says of which moment it is: a file keeps it for years.
func (v *view) badge() string {
	at := v.at.Format(" 2006-01-02 15:04:05 MST")
	switch v.mood {
	case ticking:
		return "snapshot" + at
	case starting:
		return "◌ starting" + at
	case down:
		return "▲ source down" + at
	case failed:
		return "✕ failed"
	default:
		return "static"
	}
}

// window says which rows are shown: "first 10 of 12,345 rows".
func (v *view) window() string {
	all := safetext.Count(int64(v.total), "row")
	switch {
	case v.total == 0 && (v.mood == ticking || v.mood == starting || v.mood == down):
		return "no rows yet"
	case len(v.rows) >= v.total:
		return all
	case v.last:
		return fmt.Sprintf("last %d of %s", len(v.rows), all)
	default:
		return fmt.Sprintf("first %d of %s", len(v.rows), all)
	}
}

// omitted names the columns that are not shown, or is empty.
func (v *view) omitted() string {
	if len(v.hidden) == 0 {
		return ""
	}
	return safetext.Line(fmt.Sprintf("%s not shown: %s", safetext.Count(int64(len(v.hidden)), "column"), strings.Join(v.hidden, ", ")), 2*maxCell)
}

// badRecords counts what could not be read, or is empty.
func (v *view) badRecords() string {
	if v.bad == 0 {
		return ""
	}
	return safetext.Count(v.bad, "bad record") + " left out"
}
