package interp

import (
	"fmt"
	"go/scanner"
	"go/token"
	"strings"
)

// piece is a part of a cell: Go text, or one use of a magic. Offsets are bytes of the cell.
type piece struct {
	magic      *magic // nil: Go text, or what is wrong
	wrong      error  // a [compileErrors]: looks like a magic, and is none
	label      string // the magic as typed: %time, %%sh, !
	start, end int    // half open, whole lines
	arg        int    // where the argument begins, behind the magic's name
	argEnd     int    // where it ends; for Go text as argument, the end of the statement
	body       int    // where the lines that the magic takes begin; end if it takes none
}

// takesRest says whether a magic takes the lines below it.
func (p piece) takesRest() bool { return p.magic != nil && p.body < p.end }

// code is the range of Go text in the piece.
func (p piece) code() (start, end int) {
	switch {
	case p.wrong != nil:
		return p.start, p.start
	case p.magic == nil:
		return p.start, p.end
	case !p.magic.code:
		return p.start, p.start
	case p.takesRest():
		return p.body, p.end
	}
	return p.arg, p.argEnd
}

// goText returns the cell with all but the Go text of the pieces blank, so that positions stay.
func goText(src string, pieces ...piece) string {
	b := []byte(src)
	at := 0
	wipe := func(to int) {
		for ; at < to; at++ {
			if b[at] != '\n' {
				b[at] = ' '
			}
		}
	}
	for _, p := range pieces {
		start, end := p.code()
		wipe(start)
		at = max(at, end)
	}
	wipe(len(b))
	return string(b)
}

// cutMagics cuts a cell into Go text and magics. A magic stands at the start of a line on which a statement may begin: never inside brackets, a raw
// string, a comment or a statement that goes on.
func cutMagics(name, src string) (pieces []piece) {
	if !mayHaveMagic(src) {
		return []piece{{end: len(src)}}
	}
	goStart, blankSoFar := 0, true
	flush := func(to int) {
		if strings.TrimSpace(src[goStart:to]) != "" {
			pieces = append(pieces, piece{start: goStart, end: to})
			blankSoFar = false
		}
	}
	for line := nextMagic(src, 0); line >= 0; line = nextMagic(src, goStart) {
		flush(line)
		p := readMagic(name, src, line)
		if p.takesRest() && !blankSoFar {
			p.wrong = compileErrors{{pos: positionAt(name, src, line), msg: p.label + " takes the rest of its cell and must stand at its start"}}
		}
		blankSoFar = false
		pieces = append(pieces, p)
		goStart = p.end
	}
	flush(len(src))
	if len(pieces) == 0 {
		pieces = append(pieces, piece{end: len(src)})
	}
	return pieces
}

func mayHaveMagic(src string) bool {
	for line := range strings.Lines(src) {
		if line = strings.TrimLeft(line, " \t"); line != "" && (line[0] == '%' || line[0] == '!') {
			return true
		}
	}
	return false
}

// nextMagic returns the offset of the start of the next line with a magic, when a statement may begin at from; -1 if there is none.
func nextMagic(src string, from int) int {
	var sc scanner.Scanner
	f := token.NewFileSet().AddFile("", -1, len(src)-from)
	sc.Init(f, []byte(src[from:]), func(token.Position, string) {}, 0)
	depth, begins := 0, true
	for {
		p, t, _ := sc.Scan()
		off := from + f.Offset(p)
		if begins && depth == 0 && (t == token.REM || t == token.NOT || t == token.NEQ || t == token.REM_ASSIGN) {
			start := strings.LastIndexByte(src[:off], '\n') + 1
			if strings.TrimSpace(src[start:off]) == "" {
				return start
			}
		}
		switch t {
		case token.EOF:
			return -1
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		}
		begins = t == token.SEMICOLON
	}
}

// readMagic reads the magic whose line starts at start.
func readMagic(name, src string, start int) piece {
	lineEnd := len(src)
	if i := strings.IndexByte(src[start:], '\n'); i >= 0 {
		lineEnd = start + i + 1
	}
	at := start + len(src[start:lineEnd]) - len(strings.TrimLeft(src[start:lineEnd], " \t"))
	p := piece{start: start, end: lineEnd, argEnd: lineEnd, body: lineEnd}
	if src[at] == '!' {
		p.magic, p.label, p.arg = shellLine, "!", at+1
		return p
	}
	word := at + 1
	if cell := strings.HasPrefix(src[at:], "%%"); cell {
		word++
	}
	p.arg = wordEnd(src, word)
	p.label = src[at:p.arg]
	wrong := func(at int, format string, args ...any) piece {
		p.wrong = compileErrors{{pos: positionAt(name, src, at), msg: fmt.Sprintf(format, args...)}}
		return p
	}
	m, near := findMagic(src[word:p.arg])
	rest := word == at+2
	switch {
	case m == nil && near != "":
		return wrong(at, "unknown magic %s; did you mean %s%s?", p.label, src[at:word], near)
	case m == nil:
		return wrong(at, "unknown magic %s; %%help lists them", p.label)
	case rest && !m.cell:
		return wrong(at, "%s does not take the rest of a cell; write %%%s", p.label, m.name)
	case !rest && !m.line:
		return wrong(at, "%s takes the rest of the cell; write %%%%%s on its first line", p.label, m.name)
	case p.arg < lineEnd && !strings.ContainsRune(" \t\r\n", rune(src[p.arg])):
		return wrong(p.arg, "a space is missing behind %s", p.label)
	}
	p.magic = m
	switch {
	case rest || m.rest:
		p.end = len(src)
	case m.code: // to the end of the statement, which may take several lines
		toks := scan(src[p.arg:])
		if toks[0].tok != token.EOF && p.arg+toks[0].offset < lineEnd {
			i := statementEnd(toks, 0)
			for toks[i].lit == ";" && !strings.Contains(src[p.arg+toks[i].offset:p.arg+toks[i+1].offset], "\n") && toks[i+1].tok != token.EOF {
				i = statementEnd(toks, i+1)
			}
			end := toks[i]
			p.argEnd = p.arg + end.offset
			if end.tok == token.EOF {
				p.argEnd = len(src)
			}
			p.end = max(lineEnd, p.argEnd)
			if i := strings.IndexByte(src[p.end-1:], '\n'); i >= 0 {
				p.end += i
			} else {
				p.end = len(src)
			}
			p.body = p.end
		}
	}
	return p
}

// positionAt is a byte offset of a cell as a position.
func positionAt(file, src string, off int) token.Position {
	start := strings.LastIndexByte(src[:off], '\n') + 1
	return token.Position{Filename: file, Offset: off, Line: strings.Count(src[:off], "\n") + 1, Column: off - start + 1}
}
