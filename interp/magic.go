package interp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tickbook/display"
	"tickbook/internal/edits"
)

// magic is a command of cells that is no Go: a line `%name arguments`, or `%%name arguments` on the first line, which takes the rest of the cell.
type magic struct {
	name  string
	args  string // as the help writes them
	doc   string // one sentence
	more  string // further sentences; may be empty
	line  bool   // may stand on a line: %name
	cell  bool   // may take the rest of the cell: %%name
	code  bool   // its argument is Go text of the cell, a whole statement
	rest  bool   // takes the rest of the cell although it is written %name
	keeps bool   // what its Go text declares belongs to the session
	anew  bool   // changes what the Go text behind it is checked against
	file  bool   // its argument is a path, for completion
	run   func(m *magicCall) ([]any, error)
}

// magicCall is one use of a magic.
type magicCall struct {
	*Session
	ctx   context.Context
	name  string // of the cell
	count int
	src   string // the cell
	all   []piece
	piece piece
}

// arg is the text behind the magic's name, without space around it.
func (m *magicCall) arg() string { return strings.TrimSpace(m.src[m.piece.arg:m.piece.argEnd]) }

// body is what a %%magic takes: the lines below it.
func (m *magicCall) body() string { return m.src[m.piece.body:m.piece.end] }

// errorf is a fault in how the magic is called, shown under its argument.
func (m *magicCall) errorf(format string, args ...any) error {
	at := m.piece.arg
	for at < m.piece.argEnd && (m.src[at] == ' ' || m.src[at] == '\t') {
		at++
	}
	return compileErrors{{pos: positionAt(m.name, m.src, at), msg: m.piece.label + ": " + fmt.Sprintf(format, args...)}}
}

// failf is how running a magic failed.
func (m *magicCall) failf(name, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	text := m.piece.label + ": " + err.Error()
	at := positionAt(m.name, m.src, m.piece.start)
	return &display.CellError{
		Name: name, Message: text, Traceback: []string{name + ": " + text, fmt.Sprintf("%s:%d", m.name, at.Line)}, Cause: err,
	}
}

// noArg refuses arguments.
func (m *magicCall) noArg() error {
	if a := m.arg(); a != "" {
		return m.errorf("takes no argument, got %q", a)
	}
	return nil
}

// magics lists all magics in the order of the help.
func magics() []*magic {
	return []*magic{
		{name: "help", doc: "List the magics.", line: true, run: helpMagic},
		{
			name: "time", args: "statement", doc: "Run a Go statement, or with %% the rest of the cell, and print how long it took.",
			more: "Checking and compiling is told apart from running.", line: true, cell: true, code: true, keeps: true, run: timeMagic,
		},
		{
			name: "bench", args: "statement",
			doc:  "Measure a Go expression or statement as go test -bench does: time, bytes and allocations of one run.",
			more: "It runs over and over until a second has passed. What it declares is its own.", line: true, cell: true, code: true, run: benchMagic,
		},
		{
			name: "test", args: "[regexp]",
			doc:  "Run the test functions of the session's cells, and print as go test -v does; a failing test fails the cell.",
			more: "With an argument only tests and subtests that match it, and benchmarks too, which do not run else.", line: true, run: testMagic,
		},
		{name: "who", doc: "List the session's variables with their types, and the size of tables, slices and maps.", line: true, run: whoMagic},
		{
			name: "reset", doc: "Start the session anew: no variables, functions, types and imports; what earlier cells started stops.",
			line: true, anew: true, run: resetMagic,
		},
		{
			name: "env", args: "[NAME[=value]]", doc: "List the environment variables, print one, or set one.",
			more: "%env NAME= sets it to nothing.", line: true, run: envMagic,
		},
		{name: "cd", args: "[folder]", doc: "Change the working folder, to your home without an argument, and print it.", line: true, file: true, run: cdMagic},
		{
			name: "get", args: "[module[@version] or ./folder]", doc: "Fetch a Go module, so that cells can import its packages; your own by its folder.",
			more: "Without a version the newest, or the one that the notebook has pinned. Without an argument it lists what was fetched. It needs the go command.",
			line: true, anew: true, file: true, run: getMagic,
		},
		{
			name: "load", args: "file or URL", doc: "Put the text of a file or page into the cell, in its place.", more: "It stands alone in its cell.",
			line: true, file: true, run: loadMagic,
		},
		{
			name: "save", args: "file.go", doc: "Write the cells that ran so far as one Go program.",
			more: "A shown value becomes a fmt.Println. It refuses a file that exists, unless the name is followed by -f.", line: true, file: true, run: saveMagic,
		},
		{name: "fmt", doc: "Format the cell as gofmt does and put that in its place. Nothing of the cell runs.", line: true, rest: true, run: fmtMagic},
		{name: "writefile", args: "[-a] file", doc: "Write the rest of the cell to a file; -a appends.", cell: true, file: true, run: writefileMagic},
		{
			name: "sh", args: "", doc: "Run the rest of the cell in the shell; a line !command runs one command.",
			more: "Output comes as it is written; an exit status other than 0 fails the cell; an interrupt ends the command.",
			cell: true, run: shellMagic,
		},
	}
}

// shellLine is `!command`.
var shellLine = &magic{name: "!", line: true, run: shellMagic}

// findMagic returns the magic called name, and else the nearest name, or "".
func findMagic(name string) (m *magic, near string) {
	best := 3
	for _, m := range magics() {
		if m.name == name {
			return m, ""
		}
		d := edits.Between([]byte(m.name), []byte(name))
		if len(name) > 1 && strings.HasPrefix(m.name, name) {
			d = 1
		}
		if d < best && d < len(m.name) {
			best, near = d, m.name
		}
	}
	return nil, near
}

// usage is how a magic is written.
func (m *magic) usage() []string {
	if m.name == "!" {
		return []string{"!command"}
	}
	var out []string
	if m.line {
		out = append(out, strings.TrimRight("%"+m.name+" "+m.args, " "))
	}
	if m.cell {
		args := m.args
		if m.line { // the argument is the rest of the cell
			args = ""
		}
		out = append(out, strings.TrimRight("%%"+m.name+" "+args, " "))
	}
	return out
}

// help is what %help and an inspection say of a magic.
func (m *magic) help() string {
	text := strings.Join(m.usage(), "\n") + "\n\n" + m.doc
	if m.more != "" {
		text += " " + m.more
	}
	return text
}

func helpMagic(m *magicCall) ([]any, error) {
	if err := m.noArg(); err != nil {
		return nil, err
	}
	var b strings.Builder
	line := func(usage, doc string) {
		const width = 24
		if len(usage) > width {
			fmt.Fprintln(&b, usage)
			usage = ""
		}
		fmt.Fprintf(&b, "%-*s %s\n", width, usage, doc)
	}
	for _, x := range magics() {
		for i, u := range x.usage() {
			if i > 0 {
				line(u, "The same for the rest of the cell.")
			} else {
				line(u, x.doc)
			}
		}
	}
	line("!command", "Run a command in the shell.")
	line("name? or ?name", "Describe a Go name or a magic; name?? tells more.")
	b.WriteString("Magics stand at the start of a line; the other lines are Go.\n")
	return nil, m.print(b.String())
}

// print writes to the cell's output.
func (s *Session) print(text string) error {
	_, err := fmt.Fprint(s.stdout, text)
	return err
}

// magicNames lists what may stand behind % or %%.
func magicNames(cell bool) (names []*magic) {
	return slices.DeleteFunc(magics(), func(m *magic) bool { return cell && !m.cell || !cell && !m.line })
}
