package interp

import (
	"go/scanner"
	"go/token"
)

// segmentKind says where in a file a piece of a cell belongs.
type segmentKind int

const (
	statement     segmentKind = iota
	importDecl                // import
	funcDecl                  // function or method
	typeOrConst               // type or const
	packageClause             // package: the cell is a whole file
)

// segment is one statement or declaration at the top level of a cell.
type segment struct {
	kind       segmentKind
	start, end int  // byte offsets in the cell, half open
	semicolon  bool // ended by a semicolon that someone typed
}

type tok struct {
	offset int
	tok    token.Token
	lit    string
}

func scan(src string) []tok {
	var s scanner.Scanner
	f := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(f, []byte(src), func(token.Position, string) {}, 0)
	var toks []tok
	for {
		p, t, lit := s.Scan()
		toks = append(toks, tok{f.Offset(p), t, lit})
		if t == token.EOF {
			return toks
		}
	}
}

// split cuts a cell at the ends of its top-level statements. It never fails: a cell that is no Go is cut somewhere, and the parser complains.
func split(src string) []segment {
	toks := scan(src)
	var segs []segment
	for i := 0; toks[i].tok != token.EOF; {
		if toks[i].tok == token.SEMICOLON {
			i++
			continue
		}
		end := statementEnd(toks, i)
		seg := segment{kind: kindOf(toks[i:end]), start: toks[i].offset, end: toks[end].offset}
		if toks[end].tok == token.SEMICOLON {
			seg.semicolon = toks[end].lit == ";"
		} else {
			seg.end = len(src)
		}
		segs = append(segs, seg)
		i = end
	}
	return segs
}

// statementEnd returns the index of the semicolon or EOF that ends the statement which starts at toks[i]. Semicolons inside brackets and
// inside the header of a for, if or switch do not end it.
func statementEnd(toks []tok, i int) int {
	depth := 0
	header := false // between for, if or switch and its block
	funcs := 0      // function literals in the header whose body is to come
	for start := i; ; i++ {
		switch t := toks[i].tok; t {
		case token.EOF:
			return i
		case token.LPAREN, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		case token.LBRACE:
			switch {
			case depth > 0 || !header:
			case funcs > 0:
				funcs--
			case toks[i-1].tok == token.STRUCT || toks[i-1].tok == token.INTERFACE:
			default:
				header = false
			}
			depth++
		case token.FOR, token.IF, token.SWITCH:
			if depth == 0 && (i == start || toks[i-1].tok == token.ELSE || toks[i-1].tok == token.COLON) {
				header, funcs = true, 0
			}
		case token.FUNC:
			if depth == 0 && header {
				funcs++
			}
		case token.SEMICOLON:
			if depth <= 0 && !(header && toks[i].lit == ";") {
				return i
			}
		}
	}
}

func kindOf(toks []tok) segmentKind {
	switch toks[0].tok {
	case token.PACKAGE:
		return packageClause
	case token.IMPORT:
		return importDecl
	case token.TYPE, token.CONST:
		return typeOrConst
	case token.FUNC:
		if declaresFunc(toks) {
			return funcDecl
		}
	}
	return statement
}

// declaresFunc tells a declaration from a function literal: after the receiver, if any, comes a name and then a bracket.
func declaresFunc(toks []tok) bool {
	i := 1
	if len(toks) > 1 && toks[1].tok == token.LPAREN {
		for depth := 0; i < len(toks); i++ {
			if toks[i].tok == token.LPAREN {
				depth++
			} else if toks[i].tok == token.RPAREN {
				if depth--; depth == 0 {
					i++
					break
				}
			}
		}
	}
	return i+1 < len(toks) && toks[i].tok == token.IDENT && (toks[i+1].tok == token.LPAREN || toks[i+1].tok == token.LBRACK && i == 1)
}

// blank returns src with everything but the segments of the given kinds replaced by spaces, so that offsets, lines and columns stay.
func blank(src string, segs []segment, kinds ...segmentKind) string {
	b := []byte(src)
	keep := make([]bool, len(b)+1)
	for _, s := range segs {
		for _, k := range kinds {
			if s.kind == k {
				for i := s.start; i < s.end; i++ {
					keep[i] = true
				}
				keep[s.end] = s.semicolon
			}
		}
	}
	for i := range b {
		if !keep[i] && b[i] != '\n' {
			b[i] = ' '
		}
	}
	return string(b)
}
