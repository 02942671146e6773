package interp

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"strings"

	"tickbook/display"
)

// literal is a string literal that the cursor is in.
type literal struct {
	start int    // of its text, after the quote
	text  string // as typed, up to its end or the end of the line or cell
	imp   bool   // of an import declaration
}

// stringAt returns the string literal around pos, finished or not.
func stringAt(code string, pos int) (literal, bool) {
	var sc scanner.Scanner
	f := token.NewFileSet().AddFile("", -1, len(code))
	sc.Init(f, []byte(code), func(token.Position, string) {}, 0)
	imp := false // in an import declaration
	parens := 0
	for {
		p, t, lit := sc.Scan()
		off := f.Offset(p)
		if t == token.EOF || off >= pos {
			return literal{}, false
		}
		switch t {
		case token.IMPORT:
			imp, parens = true, 0
		case token.LPAREN:
			parens++
		case token.RPAREN:
			parens--
			imp = imp && parens > 0
		case token.SEMICOLON:
			imp = imp && parens > 0
		}
		if t != token.STRING {
			continue
		}
		quote := code[off]
		end := off + len(lit)
		closed := len(lit) > 1 && lit[len(lit)-1] == quote
		if pos < end || !closed && pos <= end {
			text := lit[1:]
			if closed {
				text = text[:len(text)-1]
			}
			return literal{off + 1, text, imp}, true
		}
	}
}

// completeText completes inside a string literal: import paths, and what the values around it know. The matches replace what is typed from start.
func (s *Session) completeText(code string, pos int, t literal) (matches []display.Match, start int) {
	at := pos - t.start
	if at < 0 || at > len(t.text) {
		return nil, pos
	}
	if t.imp {
		for _, p := range s.fe.pkgs.paths() {
			if strings.HasPrefix(p, t.text[:at]) {
				matches = append(matches, display.Match{Text: p, Type: "package"})
			}
		}
		return matches, t.start
	}
	start = wordStart(code, pos)
	select {
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	default:
		return nil, start // a cell runs: its variables may change any moment
	}
	// The literal becomes the marked name, so that the call around it can be found whatever follows.
	p := s.fe.newProbe(code[:t.start-1]+"x", t.start-1, t.start)
	o := &outlines{probe: p, value: s.eval.Value}
	seen := map[string]bool{}
	ask := func(e ast.Expr, method string, arg int) {
		tc, ok := o.of(e).(display.TextCompleter)
		if !ok {
			return
		}
		words, kinds, details := tc.CompleteText(method, arg, t.text, at)
		for i, w := range words {
			if !seen[w] && i < len(kinds) && i < len(details) {
				seen[w] = true
				matches = append(matches, display.Match{Text: w, Type: kinds[i], Signature: details[i]})
			}
		}
	}
	// From the inside out: in t.Agg(engine.Avg("…")) it is the table that knows the columns.
	for i := len(p.path) - 2; i >= 0 && len(matches) == 0; i-- {
		c, ok := p.path[i].(*ast.CallExpr)
		if !ok {
			continue
		}
		arg := -1
		for j, a := range c.Args {
			if a == p.path[i+1] {
				arg = j
			}
		}
		if arg < 0 {
			continue // in what is called
		}
		method := ""
		if se, ok := c.Fun.(*ast.SelectorExpr); ok {
			method = se.Sel.Name
			ask(se.X, method, arg)
		}
		for j, a := range c.Args {
			if j != arg {
				ask(a, method, -1)
			}
		}
	}
	return matches, start
}
