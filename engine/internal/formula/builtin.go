package formula

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tickbook/engine/internal/chunk"
	"tickbook/internal/edits"
)

// builtin is a function of the language. f(x, y) and x.f(y) are the same.
type builtin struct {
	name     string
	usage    string // its arguments: "(time, width[, offset])"
	min, max int    // how many arguments
	build    func(c *call) *node
}

// functions are all built-in functions by name.
var functions = func() map[string]builtin {
	all := map[string]builtin{}
	for _, family := range [][]builtin{
		nullFuncs, mathFuncs, stringFuncs, timeFuncs, calendarFuncs, randomFuncs,
	} {
		for _, f := range family {
			for _, name := range strings.Split(f.name, "|") {
				if _, ok := all[name]; ok {
					panic("BUG: two functions " + name)
				}
				g := f
				g.name = name
				all[name] = g
			}
		}
	}
	return all
}()

// Function describes a built-in function, for completion and documentation.
type Function struct {
	Name  string
	Usage string // its arguments: "(time, width[, offset])"
}

// Functions are the built-in functions, aliases included, by name.
func Functions() []Function {
	var out []Function
	for _, f := range functions {
		out = append(out, Function{f.name, f.usage})
	}
	slices.SortFunc(out, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Constants are the names that mean a value of their own, as MINUTE does.
func Constants() []string { return slices.Sorted(maps.Keys(constants)) }

// call is a call being typed.
type call struct {
	*checker
	builtin
	ast  *ast
	args []*node
}

func (k *checker) call(a *ast) *node {
	if !a.method {
		if x, ok := k.let(a.text); ok {
			return k.goCall(a, x)
		}
	}
	f, ok := k.functions[a.text]
	if !ok {
		k.suggest(a, edits.Nearest(a.text, slices.Collect(maps.Keys(k.functions))), "no function %q", a.text)
	}
	c := &call{checker: k, builtin: f, ast: a}
	if n := len(a.args); n < f.min || n > f.max {
		k.fail(a, "%s takes %s; got %s: write %s%s", f.name, plural(f.min, f.max), count(n, "argument"), f.name, f.usage)
	}
	for _, x := range a.args {
		c.args = append(c.args, k.check(x))
	}
	return f.build(c)
}

func plural(least, most int) string {
	switch {
	case least == most:
		return count(least, "argument")
	case most >= manyArgs:
		return fmt.Sprintf("%d or more arguments", least)
	}
	return fmt.Sprintf("%d to %d arguments", least, most)
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// manyArgs is the max of a function without one.
const manyArgs = 1 << 10

// bad reports argument i, of a kind the function has no use for.
func (c *call) bad(i int, want string) {
	c.fail(c.ast.args[i], "%s: %s is %s; want %s", c.name, c.ast.args[i], c.args[i].kind, want)
}

// number is argument i, which must be one; the literal null is taken as a float64.
func (c *call) number(i int) *node {
	n := c.args[i]
	if n.isNullLit() {
		return convert(n, chunk.Float64)
	}
	if !n.kind.IsNumeric() {
		c.bad(i, "a number")
	}
	return n
}

func (c *call) float64(i int) *node { return convert(c.number(i), chunk.Float64) }

// int64 is argument i, which must be an integer.
func (c *call) int64(i int) *node {
	n := c.args[i]
	if !n.isNullLit() && !n.kind.IsInteger() {
		c.bad(i, "an integer")
	}
	return convert(n, chunk.Int64)
}

// of is argument i, which must be of a kind.
func (c *call) of(i int, kind chunk.Kind) *node {
	n := c.args[i]
	if !n.isNullLit() && n.kind != kind {
		article := "a "
		if strings.ContainsAny(kind.String()[:1], "aeiou") {
			article = "an "
		}
		c.bad(i, article+kind.String())
	}
	return convert(n, kind)
}

func (c *call) string(i int) *node { return c.of(i, chunk.String) }

// constant is argument i, which must be one and not null.
func (c *call) constant(i int, n *node) value {
	if n.con == nil || n.con.null {
		c.fail(c.ast.args[i], "%s: %s must be a constant", c.name, c.ast.args[i])
	}
	return *n.con
}

func (c *call) constString(i int) string { return c.constant(i, c.string(i)).s }
func (c *call) constInt(i int) int64     { return c.constant(i, c.int64(i)).i }
