package formula

import (
	"errors"
	"math"
	"strings"
	"testing"
)

var inf = math.Inf(1)

// roundTrip are formulas, good to parse whatever their names mean, that print as they parse. They seed the fuzzer.
var roundTrip = []string{
	"AskTime = millisToTime(AskTime)", "lowerBin(Time, MINUTE)", "Price*Size", "TotalGross/Volume", "Sym = `AAPL`", "Sym",
	"a-b-c", "a-(b-c)", "-a*b", "-(a*b)", "- -9223372036854775808", "!(a&&b)||c", "a?b:c?d:e", "(a?b:c)?d:e",
	"(int)X", "(int)(X+1)", "(int)-X", "(int)(in)", "(int) - 3", "int(X)", "in in (in, not)", "not not in not",
	"Sym in `A`, `B` && Price > 3", "Sym not in (`A`)", "Sym icase not in [`a`,\"b\"]", "f(a in 1, b)", "X includes any `a`", "x icase includes all (`a`)",
	"x.y(1).z()", "(1).abs()", "1.5.abs()", "\"a\\n\\x00\\u00e9`\"", "'PT5H'", "'2026-01-23T15:21:48 ET'", "1e10", ".5", "0x1F", "1_000L", "2f",
	"größe * größe", "(a = b) = c", "a < b == c > d", "true || null", "((((x))))", "f()", "-(1).abs()", "- - -x", "`\xc3\xa9`", "$x_1 % 2",
}

func TestPrint(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		e, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if got := e.String(); got != want {
			t.Errorf("%s prints as %s, want %s", text, got, want)
		}
	}
	f("a=b", "a == b")
	f("a-(b-c)-d", "a - (b - c) - d")
	f("Sym in `A`,`B`", "Sym in (`A`, `B`)")
	f("-(a+b)*c", "-(a + b) * c")
	f("(int)X+1", "(int)(X) + 1")
	f("x . length( )", "x.length()")
	f("\"it`s\"", "\"it`s\"")
	f("1L+2f", "1 + 2.0")
	f("a?b:c", "a ? b : c")
	f("f(a, (b))", "f(a, b)")
}

func checkRoundTrip(t *testing.T, text string) {
	e, err := Parse(text)
	if err != nil {
		var bad *Error
		if !errors.As(err, &bad) || bad.Pos < 0 || bad.Pos > len(text) || bad.Msg == "" || bad.Formula != text {
			t.Fatalf("%q: error %#v", text, err)
		}
		return
	}
	again, err := Parse(e.String())
	if err != nil {
		t.Fatalf("%q prints as %q: %v", text, e, err)
	}
	if !e.root.same(again.root) {
		t.Fatalf("%q prints as %q, which reads as %q", text, e, again)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, text := range roundTrip {
		if _, err := Parse(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		checkRoundTrip(t, text)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range roundTrip {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkRoundTrip(t, text)
		if name, e, err := ParseAssign(text); err == nil {
			if name == "" || e == nil {
				t.Fatalf("%q: nothing parsed, and no error", text)
			}
		}
	})
}

// FuzzCompile compiles what parses and reads what compiles: an answer or an *Error, never a panic.
func FuzzCompile(f *testing.F) {
	for _, text := range roundTrip {
		f.Add(text)
	}
	for _, text := range []string{
		"T + P > NT && S in `AAPL`, `x`", "lowerBin(T, 5*MINUTE, 'PT1S')", "B ? S : Other + I8", "(byte)D % I16", "hourOfDay(T, `ET`)", "S.substring(1, 2)",
		"ifNull(S, Num).matches(`A.*`)", "upperBin(NL, L)", "round(D, 3)", "atMidnight(T)", "formatDate(epochAutoToInstant(L))", "twice(ND) + limit",
	} {
		f.Add(text)
	}
	tab := sample(f)
	f.Fuzz(func(t *testing.T, text string) { attempt(t, tab, text) })
}

func TestParseErrors(t *testing.T) {
	f := func(text string, pos int, want string) {
		t.Helper()
		_, err := Parse(text)
		var bad *Error
		if !errors.As(err, &bad) {
			t.Errorf("%q: error %v, want %q", text, err, want)
			return
		}
		if bad.Pos != pos || !strings.Contains(bad.Msg, want) {
			t.Errorf("%q: at %d: %s; want at %d: %s", text, bad.Pos, bad.Msg, pos, want)
		}
	}
	f("", 0, "empty formula")
	f("  ", 2, "empty formula")
	f("a +", 3, "a value expected; got the end")
	f("a b", 2, "unexpected b after the expression")
	f("é + `x", 5, "string without end")
	f("\"x", 0, "string without end")
	f("'x", 0, "instant or duration without end")
	f("a & b", 2, `no operator "&"; write "&&"`)
	f("a # b", 2, "unexpected '#'")
	f("a ? b", 5, `":" expected`)
	f("(a", 2, `")" expected`)
	f("f(a", 3, `")" expected`)
	f("x.y", 3, `"(" expected after the method y`)
	f("12x", 0, "a name cannot begin with a digit")
	f("9223372036854775808", 0, "too large for int64")
	f("1e999", 0, "too large for float64")
	f("0x", 0, "digits are missing")
	f("\"\\q\"", 1, "no such escape")
	f("a \xff", 2, "not UTF-8")
	f("`\xff`", 0, "not UTF-8")
	f(strings.Repeat("(", 1000)+"a", maxDepth/2, "deep")
	f(strings.Repeat("-", 1000)+"a", maxDepth-1, "deep")
	f("a"+strings.Repeat("+a", maxDepth+5), 2*maxDepth+1, "deep")
	f("a"+strings.Repeat(" ", maxLen), maxLen, "at most 65536")
}

func TestParseAssign(t *testing.T) {
	f := func(text, name, expr string) {
		t.Helper()
		got, e, err := ParseAssign(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			return
		}
		if got != name || e.String() != expr {
			t.Errorf("%q: %s = %s, want %s = %s", text, got, e, name, expr)
		}
	}
	f("X = a*b", "X", "a * b")
	f("X=a=b", "X", "a == b")
	f(" X ", "X", "X")
	bad := func(text string, pos int, want string) {
		t.Helper()
		_, _, err := ParseAssign(text)
		var e *Error
		if !errors.As(err, &e) || e.Pos != pos || !strings.Contains(e.Msg, want) {
			t.Errorf("%q: %v, want at %d %s", text, err, pos, want)
		}
	}
	bad("a*b", 0, "write Name = a * b")
	bad("X == a", 0, "write Name = X == a")
	bad("X =", 3, "empty formula")
	bad("X = a +", 7, "a value expected")
}
