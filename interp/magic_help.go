package interp

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tickbook/display"
)

// typing is where the cursor stands in a cell with magics.
type typing struct {
	text   string // the cell with all but its Go text blank
	inGo   bool   // the cursor is in Go text
	piece  piece  // else the magic it is in
	onName bool   // on the magic's name, which starts at name
	name   int
}

// typingAt finds where byte offset pos of a cell is.
func typingAt(code string, pos int) typing {
	pieces := cutMagics("", code)
	t := typing{text: code, inGo: true}
	if len(pieces) == 1 && pieces[0].magic == nil && pieces[0].wrong == nil {
		return t
	}
	t.text = goText(code, pieces...)
	for _, p := range pieces {
		if p.magic == nil && p.wrong == nil || pos < p.start || pos > p.end || pos == p.end && p.end > p.start && code[p.end-1] == '\n' {
			continue
		}
		t.piece = p
		t.name = p.start + len(code[p.start:p.arg]) - len(strings.TrimLeft(code[p.start:p.arg], " \t"))
		t.onName = pos >= t.name && pos <= p.arg && !(p.magic != nil && p.magic.name == "!")
		from, to := p.code()
		t.inGo = !t.onName && p.wrong == nil && from < to && pos >= from && pos <= to
		return t
	}
	return t
}

// completeMagic completes names of magics, files and environment variables.
func completeMagic(code string, pos int, t typing) (matches []display.Match, start, end int) {
	if t.onName {
		typed := code[t.name:pos]
		mark := typed[:len(typed)-len(strings.TrimLeft(typed, "%"))]
		for _, m := range magicNames(mark == "%%") {
			if strings.HasPrefix(m.name, typed[len(mark):]) {
				matches = append(matches, display.Match{Text: mark + m.name, Type: "magic"})
			}
		}
		return matches, t.name, pos
	}
	start = pos
	for start > t.piece.arg && code[start-1] != ' ' && code[start-1] != '\t' && code[start-1] != '\n' && code[start-1] != '=' {
		start--
	}
	word := code[start:pos]
	switch m := t.piece.magic; {
	case m == nil || t.piece.takesRest() && pos > t.piece.argEnd && m.name != "sh":
	case m.name == "env":
		for _, e := range os.Environ() {
			if n, _, _ := strings.Cut(e, "="); n != "" && strings.HasPrefix(n, word) {
				matches = append(matches, display.Match{Text: n, Type: "variable"})
			}
		}
	case m.file || m.name == "!" || m.name == "sh":
		matches = completePath(word)
	}
	slices.SortFunc(matches, func(a, b display.Match) int { return strings.Compare(a.Text, b.Text) })
	return matches, start, pos
}

const maxPaths = 500

// completePath lists the files whose path begins with what is typed.
func completePath(typed string) (out []display.Match) {
	dir, base := filepath.Split(typed)
	look := expandHome(dir)
	if look == "" {
		look = "."
	}
	entries, err := os.ReadDir(look)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		n := e.Name()
		if !strings.HasPrefix(n, base) || base == "" && n[0] == '.' || len(out) == maxPaths {
			continue
		}
		if e.IsDir() {
			n += "/"
		}
		out = append(out, display.Match{Text: dir + n, Type: "path"})
	}
	return out
}
