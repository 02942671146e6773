package formula

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tickbook/engine/internal/chunk"
)

// maxLen is the longest text that is parsed.
const maxLen = 1 << 16

type tokenKind uint8

const (
	tokEOF    tokenKind = iota
	tokName             // a name; text is it
	tokNumber           // val is it
	tokString           // `…` or "…"; val is it
	tokQuoted           // '…': an instant or a duration; text is what is between the quotes
	tokOp               // text is the operator
)

type token struct {
	kind     tokenKind
	pos, end int
	text     string
	val      value
	tooBig   bool // the number is 2^63: right only after a minus
}

// operators are tried in this order.
var operators = []string{
	"&&", "||", "==", "!=", "<=", ">=",
	"+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".", "?", ":", "!", "=", "<", ">",
}

// lex cuts src into tokens, the last of which is tokEOF.
func lex(src string) []token {
	if len(src) > maxLen {
		fail(src, maxLen, "formula of %d bytes; at most %d are read", len(src), maxLen)
	}
	var toks []token
	for at := 0; ; {
		for at < len(src) {
			r, n := utf8.DecodeRuneInString(src[at:])
			if !unicode.IsSpace(r) {
				break
			}
			at += n
		}
		if at == len(src) {
			return append(toks, token{kind: tokEOF, pos: at, end: at})
		}
		t := lexOne(src, at)
		toks = append(toks, t)
		at = t.end
	}
}

func lexOne(src string, at int) token {
	r, n := utf8.DecodeRuneInString(src[at:])
	switch {
	case r == utf8.RuneError && n == 1:
		fail(src, at, "byte %#02x is not UTF-8 text", src[at])
	case isNameStart(r):
		end := at + n
		for end < len(src) {
			r, n := utf8.DecodeRuneInString(src[end:])
			if !isNameStart(r) && !unicode.IsDigit(r) {
				break
			}
			end += n
		}
		return token{kind: tokName, pos: at, end: end, text: src[at:end]}
	case isDigit(r), r == '.' && at+1 < len(src) && isDigit(rune(src[at+1])):
		return lexNumber(src, at)
	case r == '`':
		n := strings.IndexByte(src[at+1:], '`')
		if n < 0 {
			fail(src, at, "string without end; close it with a backtick")
		}
		s := src[at+1 : at+1+n]
		if !utf8.ValidString(s) {
			fail(src, at, "string is not UTF-8 text")
		}
		return token{kind: tokString, pos: at, end: at + n + 2, val: stringValue(s)}
	case r == '"':
		return lexQuotedString(src, at)
	case r == '\'':
		n := strings.IndexByte(src[at+1:], '\'')
		if n < 0 {
			fail(src, at, "instant or duration without end; close it with '")
		}
		return token{kind: tokQuoted, pos: at, end: at + n + 2, text: src[at+1 : at+1+n]}
	}
	for _, op := range operators {
		if strings.HasPrefix(src[at:], op) {
			return token{kind: tokOp, pos: at, end: at + len(op), text: op}
		}
	}
	if r == '&' || r == '|' {
		fail(src, at, "no operator %q; write %q", string(r), strings.Repeat(string(r), 2))
	}
	fail(src, at, "unexpected %q", r)
	panic("unreachable")
}

func isNameStart(r rune) bool {
	return r == '_' || r == '$' || unicode.IsLetter(r) && r != utf8.RuneError
}
func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func lexQuotedString(src string, at int) token {
	var out strings.Builder
	rest := src[at+1:]
	for {
		if rest == "" || rest[0] == '\n' {
			fail(src, at, `string without end; close it with "`)
		}
		if rest[0] == '"' {
			return token{kind: tokString, pos: at, end: len(src) - len(rest) + 1, val: stringValue(out.String())}
		}
		here := len(src) - len(rest)
		if r, n := utf8.DecodeRuneInString(rest); r == utf8.RuneError && n == 1 {
			fail(src, here, "byte %#02x is not UTF-8 text", rest[0])
		}
		r, wide, tail, err := strconv.UnquoteChar(rest, '"')
		if err != nil {
			fail(src, here, `no such escape; a backslash itself is \\`)
		}
		if wide || r < utf8.RuneSelf {
			out.WriteRune(r)
		} else {
			out.WriteByte(byte(r))
		}
		rest = tail
	}
}

// lexNumber reads 12, 0x1f, 12L, 1.5, .5, 1e-3, 1.5f, 2d. A dot that begins a method call, as in 1.abs(), belongs to the number.
func lexNumber(src string, at int) token {
	t := token{kind: tokNumber, pos: at, end: at}
	digits := func(ok func(byte) bool) {
		for t.end < len(src) && (ok(src[t.end]) || src[t.end] == '_') {
			t.end++
		}
	}
	dec := func(c byte) bool { return isDigit(rune(c)) }
	isHex := strings.HasPrefix(src[at:], "0x") || strings.HasPrefix(src[at:], "0X")
	isFloat := false
	if isHex {
		t.end += 2
		digits(func(c byte) bool { return dec(c) || c|0x20 >= 'a' && c|0x20 <= 'f' })
	} else {
		digits(dec)
		if t.end < len(src) && src[t.end] == '.' {
			isFloat = true
			t.end++
			digits(dec)
		}
		if e := t.end; e < len(src) && src[e]|0x20 == 'e' {
			e++
			if e < len(src) && (src[e] == '+' || src[e] == '-') {
				e++
			}
			if e < len(src) && dec(src[e]) {
				isFloat = true
				t.end = e
				digits(dec)
			}
		}
	}
	text := strings.ReplaceAll(src[at:t.end], "_", "")
	t.text = src[at:t.end]
	if t.end < len(src) && !isHex {
		switch src[t.end] | 0x20 {
		case 'f', 'd':
			isFloat = true
			t.end++
		case 'l':
			if !isFloat {
				t.end++
			}
		}
	}
	if r, _ := utf8.DecodeRuneInString(src[t.end:]); isNameStart(r) && t.end < len(src) {
		fail(src, at, "a number cannot go on with %q; a name cannot begin with a digit", r)
	}
	if isFloat {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(f, 0) {
			fail(src, at, "number %s is too large for float64", t.text)
		}
		t.val = value{kind: chunk.Float64, f: f}
		return t
	}
	base := 10
	if isHex {
		base, text = 16, text[2:]
	}
	u, err := strconv.ParseUint(text, base, 64)
	switch {
	case text == "":
		fail(src, at, "hexadecimal digits are missing after 0x")
	case err != nil || u > 1<<63:
		fail(src, at, "number %s is too large for int64; write %s.0 for a float64", t.text, t.text)
	case u == 1<<63:
		t.tooBig = true
	}
	t.val = intValue(int64(u))
	return t
}
