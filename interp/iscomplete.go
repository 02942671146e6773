package interp

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// IsComplete says whether code could be run: "complete", "incomplete" with the indent of the line to come, or "invalid".
func (s *Session) IsComplete(code string) (status, indent string) {
	pieces := cutMagics("", code)
	for _, p := range pieces {
		if p.wrong != nil {
			return "invalid", ""
		}
		// Only an empty line ends text that is no Go.
		if strings.HasPrefix(p.label, "%%") && (p.body == p.end || !p.magic.code) && !strings.HasSuffix(strings.TrimRight(code, " \t"), "\n\n") {
			return "incomplete", ""
		}
	}
	code = goText(code, pieces...)
	open, unterminated := openBrackets(code)
	if unterminated {
		return "incomplete", ""
	}
	if open < 0 {
		return "invalid", ""
	}
	if open > 0 {
		return "incomplete", strings.Repeat("\t", openLines(code))
	}
	if trimmed := strings.TrimRight(code, " \t\r\n"); endsOpen(trimmed) {
		return "incomplete", indentOf(trimmed)
	}
	p, err := parse(token.NewFileSet(), "In", code, "cell", parser.SkipObjectResolution)
	var ce compileErrors
	if !errors.As(err, &ce) {
		for _, d := range p.decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body == nil {
				return "incomplete", ""
			}
		}
		return "complete", ""
	}
	if strings.Contains(ce[0].msg, "literal not terminated") { // of a string or rune, which cannot go on in the next line
		return "invalid", ""
	}
	if at := offsetOf(code, ce[0].pos); at >= len(strings.TrimRight(code, " \t\r\n")) || strings.Contains(ce[0].msg, "found 'EOF'") {
		return "incomplete", ""
	}
	return "invalid", ""
}

// openLines counts the lines on which more brackets open than end: that far gofmt indents the next line.
func openLines(code string) int {
	var lines []int // of the open brackets
	line, at := 0, 0
	for _, t := range scan(code) {
		line += strings.Count(code[at:t.offset], "\n")
		at = t.offset
		switch t.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			lines = append(lines, line)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(lines) > 0 {
				lines = lines[:len(lines)-1]
			}
		}
	}
	return len(slices.Compact(lines))
}

// openBrackets counts the brackets that are open at the end of code, -1 if one is closed too many, and says whether a raw string or a comment
// has no end.
func openBrackets(code string) (open int, unterminated bool) {
	var sc scanner.Scanner
	f := token.NewFileSet().AddFile("", -1, len(code))
	sc.Init(f, []byte(code), func(_ token.Position, msg string) {
		if msg == "raw string literal not terminated" || msg == "comment not terminated" {
			unterminated = true
		}
	}, 0)
	for {
		_, t, _ := sc.Scan()
		switch t {
		case token.EOF:
			return open, unterminated
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if open--; open < 0 {
				return -1, unterminated
			}
		}
	}
}

// endsOpen says whether the last token of code wants more: an operator, a comma, a dot.
func endsOpen(code string) bool {
	toks := scan(code)
	if len(toks) < 2 {
		return false
	}
	switch t := toks[len(toks)-2].tok; t { // the last is EOF
	case token.INC, token.DEC, token.SEMICOLON, token.RPAREN, token.RBRACK, token.RBRACE, token.ELLIPSIS:
		return false
	case token.ELSE, token.FUNC, token.VAR, token.TYPE, token.CONST, token.IMPORT:
		return true
	default:
		return t.IsOperator()
	}
}

func indentOf(code string) string {
	line := code[strings.LastIndexByte(code, '\n')+1:]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))] + "\t"
}
