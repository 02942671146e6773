package interp

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"

	"tickbook/display"
)

// literal is a string literal that the cursor is in.
type literal struct {
	start int    // of its text, after the quote
	text  string // as typed, up to its end or the end of the line or cell
}

// stringAt returns the string literal around pos, finished or not.
func stringAt(code string, pos int) (literal, bool) {
	var sc scanner.Scanner
	f := token.NewFileSet().AddFile("", -1, len(code))
	sc.Init(f, []byte(code), func(token.Position, string) {}, 0)
	for {
		p, t, lit := sc.Scan()
		off := f.Offset(p)
		if t == token.EOF || off >= pos {
			return literal{}, false
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
			return literal{off + 1, text}, true
		}
	}
}

// completeText asks the value whose method gets a string argument what may stand in it.
func (s *Session) completeText(code string, pos int, t literal) []display.Match {
	select {
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	default:
		return nil // a cell runs: its variables may change any moment
	}
	// The literal becomes the marked name, so that the call around it can be found whatever follows.
	p := s.fe.newProbe(code[:t.start-1]+"x", t.start-1, t.start)
	text, at := t.text, pos-t.start
	if at > len(text) {
		return nil
	}
	// From the inside out: in t.Agg(engine.Avg("…")) it is the table that knows the columns.
	for i := len(p.path) - 1; i >= 0; i-- {
		c, ok := p.path[i].(*ast.CallExpr)
		if !ok {
			continue
		}
		if se, ok := c.Fun.(*ast.SelectorExpr); ok {
			if tc, ok := s.receiverValue(se).(display.TextCompleter); ok {
				return tc.CompleteText(se.Sel.Name, text, at)
			}
		}
	}
	return nil
}

// receiverValue returns the value of the session variable at the root of a chain of method calls, such as t in t.Where("…").View("…"): what
// the chain made is not known before it runs, but its columns are mostly those of its root.
func (s *Session) receiverValue(se *ast.SelectorExpr) any {
	for x := se.X; ; {
		switch e := x.(type) {
		case *ast.CallExpr:
			x = e.Fun
		case *ast.SelectorExpr:
			x = e.X
		case *ast.ParenExpr:
			x = e.X
		case *ast.Ident:
			if v, ok := s.fe.objs[e.Name].(*types.Var); ok {
				return s.eval.Value(v)
			}
			return nil
		default:
			return nil
		}
	}
}
