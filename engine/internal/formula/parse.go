package formula

import (
	"math"

	"tickbook/engine/internal/chunk"
)

// Parse reads an expression. A bad text gives an *[Error].
func Parse(text string) (e *Expr, err error) {
	defer catch(&err)
	p := &parser{src: text, toks: lex(text)}
	return &Expr{src: text, root: p.whole()}, nil
}

// ParseAssign reads "New = expression", or the name of a column alone, which keeps it. Positions refer to the whole text. A bad text gives
// an *[Error].
func ParseAssign(text string) (name string, e *Expr, err error) {
	defer catch(&err)
	p := &parser{src: text, toks: lex(text)}
	first := p.peek()
	if first.kind == tokName && p.toks[1].kind == tokOp && p.toks[1].text == "=" {
		p.at = 2
		return first.text, &Expr{src: text, root: p.whole()}, nil
	}
	root := p.whole()
	if root.kind != astName {
		fail(text, first.pos, "the new column has no name; write Name = %s", root)
	}
	return root.text, &Expr{src: text, root: root}, nil
}

type parser struct {
	src   string
	toks  []token
	at    int
	depth int  // of the recursion
	inArg bool // a comma ends the expression: a list after "in" needs parentheses
}

func (p *parser) peek() token { return p.toks[p.at] }

func (p *parser) next() token {
	t := p.toks[p.at]
	if t.kind != tokEOF {
		p.at++
	}
	return t
}

func (p *parser) isOp(text string) bool { t := p.peek(); return t.kind == tokOp && t.text == text }

// isWord says whether the token n after the next is the name text.
func (p *parser) isWord(n int, text string) bool {
	i := p.at + n
	return i < len(p.toks) && p.toks[i].kind == tokName && p.toks[i].text == text
}

func (p *parser) accept(op string) bool {
	if p.isOp(op) {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(op, why string) {
	if !p.accept(op) {
		t := p.peek()
		fail(p.src, t.pos, "%s expected %s; got %s", quoteOp(op), why, p.describe(t))
	}
}

func quoteOp(op string) string { return `"` + op + `"` }

func (p *parser) describe(t token) string {
	if t.kind == tokEOF {
		return "the end"
	}
	return p.src[t.pos:t.end]
}

func (p *parser) whole() *ast {
	if t := p.peek(); t.kind == tokEOF {
		fail(p.src, t.pos, "empty formula; write an expression such as Price*Size")
	}
	x := p.cond()
	if t := p.peek(); t.kind != tokEOF {
		fail(p.src, t.pos, "unexpected %s after the expression", p.describe(t))
	}
	return x
}

// make gives a node its depth and refuses trees that are too high.
func (p *parser) make(a *ast) *ast {
	for _, x := range a.args {
		a.depth = max(a.depth, x.depth+1)
	}
	if a.depth > maxDepth {
		p.tooDeep(a.pos)
	}
	return a
}

func (p *parser) tooDeep(pos int) {
	fail(p.src, pos, "nested more than %d deep; split the formula over several columns", maxDepth)
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.tooDeep(p.peek().pos)
	}
}

// cond = binary [ "?" cond ":" cond ]
func (p *parser) cond() *ast {
	p.enter()
	defer func() { p.depth-- }()
	c := p.binary(precOr)
	if !p.isOp("?") {
		return c
	}
	t := p.next()
	a := p.cond()
	p.expect(":", "between the two values of ?:")
	return p.make(&ast{kind: astCond, pos: t.pos, args: []*ast{c, a, p.cond()}})
}

// binary reads operators that bind at least as tightly as least; all associate to the left.
func (p *parser) binary(least int) *ast {
	x := p.unary()
	for {
		t := p.peek()
		if t.kind == tokName && least <= precRelation {
			if y := p.in(x); y != nil {
				x = y
				continue
			}
		}
		prec := 0
		if t.kind == tokOp {
			prec = precedence[t.text]
		}
		if prec == 0 || prec < least {
			return x
		}
		p.at++
		op := t.text
		if op == "=" {
			op = "=="
		}
		x = p.make(&ast{kind: astBinary, pos: t.pos, text: op, args: []*ast{x, p.binary(prec + 1)}})
	}
}

// in reads what follows x if it is [icase] [not] (in | includes (any | all)) and a list; else it returns nil and reads nothing.
func (p *parser) in(x *ast) *ast {
	a := &ast{kind: astIn, pos: p.peek().pos, args: []*ast{x}}
	n := 0
	for ; ; n++ {
		if !a.icase && p.isWord(n, "icase") {
			a.icase = true
		} else if !a.not && p.isWord(n, "not") {
			a.not = true
		} else {
			break
		}
	}
	switch {
	case p.isWord(n, "in"):
		a.text = "in"
		p.at += n + 1
	case p.isWord(n, "includes") && (p.isWord(n+1, "any") || p.isWord(n+1, "all")):
		a.text = p.toks[p.at+n+1].text
		p.at += n + 2
	default:
		return nil
	}
	if p.accept("(") {
		a.args = append(a.args, p.list(")")...)
	} else if p.accept("[") {
		a.args = append(a.args, p.list("]")...)
	} else {
		a.args = append(a.args, p.binary(precSum))
		for !p.inArg && p.accept(",") {
			a.args = append(a.args, p.binary(precSum))
		}
	}
	return p.make(a)
}

// list reads expressions up to the closing bracket.
func (p *parser) list(end string) []*ast {
	defer func(was bool) { p.inArg = was }(p.inArg)
	p.inArg = true
	var out []*ast
	if p.accept(end) {
		return nil
	}
	for {
		out = append(out, p.cond())
		if !p.accept(",") {
			p.expect(end, "at the end of the list")
			return out
		}
	}
}

// unary = ( "-" | "!" | "(" type ")" ) unary | postfix
func (p *parser) unary() *ast {
	p.enter()
	defer func() { p.depth-- }()
	t := p.peek()
	if t.kind != tokOp {
		return p.postfix()
	}
	switch t.text {
	case "-", "!":
		p.at++
		if u := p.peek(); t.text == "-" && u.tooBig {
			p.at++
			return &ast{kind: astLit, pos: t.pos, val: intValue(math.MinInt64)}
		}
		return p.make(&ast{kind: astUnary, pos: t.pos, text: t.text, args: []*ast{p.unary()}})
	case "+":
		p.at++
		return p.unary()
	case "(":
		if p.isCast() {
			name := p.toks[p.at+1]
			p.at += 3
			return p.make(&ast{kind: astCast, pos: name.pos, text: name.text, args: []*ast{p.unary()}})
		}
	}
	return p.postfix()
}

// isCast says whether the tokens are "(", a type's name, ")" and the beginning of an operand.
func (p *parser) isCast() bool {
	if p.at+3 >= len(p.toks) {
		return false
	}
	name, end, then := p.toks[p.at+1], p.toks[p.at+2], p.toks[p.at+3]
	if name.kind != tokName || castKinds[name.text] == chunk.Invalid || end.text != ")" || end.kind != tokOp {
		return false
	}
	switch then.kind {
	case tokEOF:
		return false
	case tokOp:
		return then.text == "(" || then.text == "-" || then.text == "!"
	case tokName:
		return then.text != "in" && then.text != "not" && then.text != "icase" && then.text != "includes"
	}
	return true
}

// postfix = primary { "." name "(" list ")" }
func (p *parser) postfix() *ast {
	x := p.primary()
	for p.accept(".") {
		name := p.next()
		if name.kind != tokName {
			fail(p.src, name.pos, "a method's name expected after the dot; got %s", p.describe(name))
		}
		p.expect("(", "after the method "+name.text)
		x = p.make(&ast{kind: astCall, pos: name.pos, text: name.text, method: true, args: append([]*ast{x}, p.list(")")...)})
	}
	return x
}

func (p *parser) primary() *ast {
	t := p.next()
	switch t.kind {
	case tokNumber:
		if t.tooBig {
			fail(p.src, t.pos, "number %s is too large for int64; write %s.0 for a float64", t.text, t.text)
		}
		return &ast{kind: astLit, pos: t.pos, val: t.val}
	case tokString:
		return &ast{kind: astLit, pos: t.pos, val: t.val}
	case tokQuoted:
		return &ast{kind: astQuoted, pos: t.pos, text: t.text}
	case tokName:
		if p.accept("(") {
			return p.make(&ast{kind: astCall, pos: t.pos, text: t.text, args: p.list(")")})
		}
		switch t.text {
		case "true", "false":
			return &ast{kind: astLit, pos: t.pos, val: boolValue(t.text == "true")}
		case "null":
			return &ast{kind: astLit, pos: t.pos, val: nullValue(0)}
		}
		return &ast{kind: astName, pos: t.pos, text: t.text}
	case tokOp:
		if t.text == "(" {
			defer func(was bool) { p.inArg = was }(p.inArg)
			p.inArg = false
			x := p.cond()
			p.expect(")", "to close the parenthesis")
			return x
		}
	}
	fail(p.src, t.pos, "a value expected; got %s", p.describe(t))
	panic("unreachable")
}
