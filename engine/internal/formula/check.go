package formula

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"tickbook/engine/internal/chunk"
	"tickbook/internal/edits"
)

// checker turns a tree into typed nodes. It bails out at the first fault.
type checker struct {
	src    string
	env    Env
	inputs []string

	functions map[string]builtin
}

func (k *checker) fail(a *ast, format string, args ...any) {
	fail(k.src, a.pos, format, args...)
}

func (k *checker) suggest(a *ast, suggest, format string, args ...any) {
	msg := fmt.Sprintf(format, args...)
	if suggest != "" {
		msg += fmt.Sprintf("; did you mean %q?", suggest)
	}
	panic(bailout{&Error{Formula: k.src, Pos: a.pos, Msg: msg, Suggest: suggest}})
}

// check types a tree. The node may be the literal null, of no kind.
func (k *checker) check(a *ast) *node {
	n := k.node(a)
	n.pos = a.pos
	return n
}

// typed types a tree whose kind must be known.
func (k *checker) typed(a *ast) *node {
	n := k.check(a)
	if n.isNullLit() {
		k.fail(a, "null has no type here; write one: (double)null")
	}
	return n
}

func (k *checker) node(a *ast) *node {
	switch a.kind {
	case astLit:
		return constNode(a.val)
	case astQuoted:
		return k.quoted(a)
	case astName:
		return k.named(a)
	case astUnary:
		if a.text == "!" {
			return k.not(a)
		}
		return k.negate(a)
	case astBinary:
		return k.binary(a)
	case astCond:
		return k.cond(a)
	case astCast:
		return k.cast(a)
	case astIn:
		return k.in(a)
	default:
		return k.call(a)
	}
}

func (k *checker) binary(a *ast) *node {
	switch a.text {
	case "&&", "||":
		return k.logic(a)
	case "+", "-", "*", "/", "%":
		return k.arith(a, a.text, k.check(a.args[0]), k.check(a.args[1]))
	}
	for i, x := range a.args {
		if x.kind == astLit && x.val.null {
			not := ""
			if a.text == "!=" {
				not = "!"
			}
			k.suggest(a, fmt.Sprintf("%sisNull(%s)", not, a.args[1-i]), "comparison with null is never true")
		}
	}
	k.missBackticks(a.args[0], a.args[1])
	k.missBackticks(a.args[1], a.args[0])
	return k.compare(a, a.text, k.check(a.args[0]), k.check(a.args[1]))
}

// missBackticks fails where x, a word that means nothing, is compared with a string: it is a string without its backticks.
func (k *checker) missBackticks(x, beside *ast) {
	if x.kind == astName && !k.means(x.text) && k.nearestName(x.text) == "" && k.check(beside).kind == chunk.String {
		k.suggest(x, quote(x.text), "no column %q; strings are in backticks", x.text)
	}
}

// means says whether a name is a column, or anything else that has a meaning of its own, also where it is a mistake.
func (k *checker) means(name string) bool {
	_, isColumn := k.env.Column(name)
	_, isConstant := constants[name]
	_, isFunction := k.functions[name]
	if isColumn || isConstant || isFunction || name == "i" || name == "ii" || k.env.Let == nil {
		return isColumn || isConstant || isFunction || name == "i" || name == "ii"
	}
	_, isLet := k.env.Let(name)
	return isLet
}

// nearestName is the column or constant that a name was probably meant to be, or "".
func (k *checker) nearestName(name string) string {
	return edits.Nearest(name, slices.AppendSeq(slices.Clone(k.env.Columns), maps.Keys(constants)))
}

// constants are names that mean a value where no column or registered value has them.
var constants = map[string]value{
	"NANO": durationValue(1), "MICRO": durationValue(time.Microsecond), "MILLI": durationValue(time.Millisecond),
	"SECOND": durationValue(time.Second), "MINUTE": durationValue(time.Minute), "HOUR": durationValue(time.Hour),
	"DAY": durationValue(24 * time.Hour), "WEEK": durationValue(7 * 24 * time.Hour),
}

func (k *checker) named(a *ast) *node {
	if kind, ok := k.env.Column(a.text); ok {
		i := k.input(a.text)
		return &node{kind: kind, name: a.text, bind: func(in []chunk.Column) chunk.Column { return in[i] }}
	}
	if x, ok := k.let(a.text); ok {
		return k.letValue(a, x)
	}
	if v, ok := constants[a.text]; ok {
		return constNode(v)
	}
	if a.text == "i" || a.text == "ii" {
		k.fail(a, "the row number %s is not available: it would change as rows come and go", a.text)
	}
	if _, ok := k.functions[a.text]; ok {
		k.fail(a, "%s is a function; write %s(…)", a.text, a.text)
	}
	best := k.nearestName(a.text)
	if best == "" && len(k.env.Columns) > 0 {
		k.fail(a, "no column %q; have %s", a.text, listNames(k.env.Columns))
	}
	k.suggest(a, best, "no column %q", a.text)
	panic("unreachable")
}
