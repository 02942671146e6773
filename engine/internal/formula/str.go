package formula

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"tickbook/engine/internal/chunk"
)

var stringFuncs = []builtin{
	stringTest("startsWith", "(text, prefix)", strings.HasPrefix),
	stringTest("endsWith", "(text, suffix)", strings.HasSuffix),
	stringTest("contains", "(text, part)", strings.Contains),
	stringTest("equals", "(text, other)", func(a, b string) bool { return a == b }),
	stringTest("equalsIgnoreCase", "(text, other)", strings.EqualFold),
	{"matches", "(text, pattern)", 2, 2, (*call).matches},
	{"length", "(text)", 1, 1, func(c *call) *node {
		return memoNode(chunk.Int32, c.string(0), func(s string) (int32, bool) { return int32(utf8.RuneCountInString(s)), true })
	}},
	{"isEmpty", "(text)", 1, 1, func(c *call) *node { return memoBool(c.string(0), func(s string) bool { return s == "" }) }},
	stringMap("toUpperCase|toUpper|upper", strings.ToUpper),
	stringMap("toLowerCase|toLower|lower", strings.ToLower),
	stringMap("trim|strip", strings.TrimSpace),
	{"substring", "(text, first[, end])", 2, 3, (*call).substring},
	{"indexOf", "(text, part)", 2, 2, (*call).indexOf},
	{"replace", "(text, old, new)", 3, 3, (*call).replace},
	{"replaceAll", "(text, pattern, new)", 3, 3, (*call).replaceAll},
	{"concat", "(x, …)", 1, manyArgs, func(c *call) *node { return c.concat(c.args) }},
	{"str|toString|formatted", "(x)", 1, 1, func(c *call) *node {
		if c.args[0].isNullLit() {
			return constNode(nullValue(chunk.String))
		}
		return c.toText(c.args[0])
	}},
	{"parseInt", "(text)", 1, 1, func(c *call) *node { return narrow(c.parseText(c.string(0), chunk.Int64), chunk.Int32) }},
	{"parseLong", "(text)", 1, 1, func(c *call) *node { return c.parseText(c.string(0), chunk.Int64) }},
	{"parseDouble|parseFloat", "(text)", 1, 1, func(c *call) *node { return c.parseText(c.string(0), chunk.Float64) }},
	{"parseBool|parseBoolean", "(text)", 1, 1, func(c *call) *node { return c.parseText(c.string(0), chunk.Bool) }},
}

// stringTest is a condition on a text and a second one, which is mostly constant: then it is computed once for each distinct text.
func stringTest(name, usage string, f func(a, b string) bool) builtin {
	return builtin{name, usage, 2, 2, func(c *call) *node {
		x, y := c.string(0), c.string(1)
		switch {
		case y.con != nil && y.con.null:
			return constNode(nullValue(chunk.Bool))
		case y.con != nil:
			arg := y.con.s
			return memoBool(x, func(s string) bool { return f(s, arg) })
		}
		n := &node{kind: chunk.Bool, pos: x.pos, bind: func(in []chunk.Column) chunk.Column {
			a, b := vec[uint32](x, in), vec[uint32](y, in)
			da, db := a.Dict(), b.Dict()
			return &zipVec[uint32, uint32, bool]{head{chunk.Bool, nil}, a, b, func(out []bool, x, y []uint32) {
				testStrings(out, x, y, da, db, f)
			}}
		}}
		return n.under(x, y)
	}}
}

func testStrings(out []bool, x, y []uint32, da, db *chunk.Dict, f func(a, b string) bool) {
	na, nb := uint32(da.Len()), uint32(db.Len())
	for i := range out {
		out[i] = x[i] < na && y[i] < nb && f(da.Str(x[i]), db.Str(y[i])) // codes beyond are of null rows
	}
}

func stringMap(name string, f func(string) string) builtin {
	return builtin{name, "(text)", 1, 1, func(c *call) *node {
		return memoString(c.string(0), func(s string) (string, bool) { return f(s), true })
	}}
}

// pattern is argument i, a constant regular expression in Go's syntax.
func (c *call) pattern(i int, before, after string) *regexp.Regexp {
	text := c.constString(i)
	if _, err := regexp.Compile(text); err != nil {
		c.fail(c.ast.args[i], "%s: %v", c.name, err)
	}
	return regexp.MustCompile(before + text + after)
}

// matches says whether the pattern matches the whole text.
func (c *call) matches() *node {
	re := c.pattern(1, `\A(?:`, `)\z`)
	return memoBool(c.string(0), re.MatchString)
}

func (c *call) replaceAll() *node {
	re, to := c.pattern(1, "", ""), c.constString(2)
	return memoString(c.string(0), func(s string) (string, bool) { return re.ReplaceAllString(s, to), true })
}

func (c *call) replace() *node {
	from, to := c.constString(1), c.constString(2)
	return memoString(c.string(0), func(s string) (string, bool) { return strings.ReplaceAll(s, from, to), true })
}

// indexOf is the place of a part in characters, or -1.
func (c *call) indexOf() *node {
	part := c.constString(1)
	return memoNode(chunk.Int32, c.string(0), func(s string) (int32, bool) {
		i := strings.Index(s, part)
		if i > 0 {
			i = utf8.RuneCountInString(s[:i])
		}
		return int32(i), true
	})
}

// substring takes the characters [first, end); what lies outside the text is left out.
func (c *call) substring() *node {
	first, end := c.constInt(1), int64(1<<62)
	if len(c.args) == 3 {
		end = c.constInt(2)
	}
	if first < 0 || end < first {
		c.fail(c.ast, "substring: from %d to %d; want 0 <= first <= end", first, end)
	}
	return memoString(c.string(0), func(s string) (string, bool) { return cut(s, first, end), true })
}

func cut(s string, first, end int64) string {
	from, to, n := len(s), len(s), int64(0)
	for i := range s {
		if n == first {
			from = i
		}
		if n == end {
			to = i
			break
		}
		n++
	}
	return s[min(from, to):to]
}
