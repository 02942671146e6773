package kernel

import (
	"go/scanner"
	"go/token"
	"strings"

	"tickbook/display"
)

// helpCell says whether code asks for help, as notebooks do: "?strings.Cut" or "strings.Cut?"; two question marks ask for more. It is no Go
// that could run.
func helpCell(code string) (subject string, detail int, ok bool) {
	code = strings.TrimSpace(code)
	subject = strings.Trim(code, "?")
	marks := len(code) - len(subject)
	subject = strings.TrimSpace(subject)
	if marks == 0 || marks > 2 || subject == "" || !isName(subject) {
		return "", 0, false
	}
	return subject, marks - 1, true
}

// isName says whether text is a name such as fmt.Println or a magic's such as %time.
func isName(text string) bool {
	if magic := strings.TrimLeft(text, "%"); len(text)-len(magic) > 2 || magic != text && strings.Contains(magic, ".") {
		return false
	} else {
		text = magic
	}
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, []byte(text), func(token.Position, string) {}, 0)
	for want := token.IDENT; ; {
		_, tok, lit := s.Scan()
		if tok == token.EOF || tok == token.SEMICOLON && lit == "\n" {
			return want == token.PERIOD && s.ErrorCount == 0
		}
		if tok != want {
			return false
		}
		if want == token.IDENT {
			want = token.PERIOD
		} else {
			want = token.IDENT
		}
	}
}

// help answers a help cell: the page shows the text in its pager.
func (s *Session) help(c *cell, subject string, detail, count int) Reply {
	b, found := s.Inspect(subject, len(subject), detail)
	if !found {
		return s.fail(c, count, &display.CellError{Name: "NotFound", Message: "nothing is known about " + subject})
	}
	return Reply{
		Status: "ok", Count: count, Expressions: map[string]any{},
		Payload: []map[string]any{{"source": "page", "data": wireData(b), "start": 0}},
	}
}
