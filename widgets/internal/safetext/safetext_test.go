package safetext

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	f := func(in string, limit int, want string) {
		t.Helper()
		if got := Line(in, limit); got != want {
			t.Errorf("Line(%q, %d) = %q, want %q", in, limit, got, want)
		}
	}
	f("", 0, "")
	f("AAPL", 4, "AAPL")
	f("AAPL.US", 4, "AAP…")
	f("a\nb\tc\x00\x1b[31m\x7f", 0, "a␊b␉c␀␛[31m␡")
	f("a\u0085b\u2028c", 0, `a\u0085b\u2028c`)
	f("abc\u202etxt.exe", 0, `abc\u202etxt.exe`)
	f("\ufeffname", 0, "name")
	f("bad\xff\xfeutf", 0, "bad��utf")
	f("<b>&amp;", 0, "<b>&amp;") // the writer escapes
	f("日本語テキスト", 7, "日本語…")
	f("日本語", 6, "日本語")
	f("e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301")
	f("e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301…")
	f("\U000e0041x", 0, `\ue0041x`)
	f("\ufffe", 0, `\ufffe`)
	f("👩\u200d🚀", 0, "👩\u200d🚀")
	f("ab", 1, "…")
	f("e"+strings.Repeat("\u0301", 1000), 2, "e"+strings.Repeat("\u0301", 7)+"…")
}

func TestWidth(t *testing.T) {
	f := func(in string, want int) {
		t.Helper()
		if got := Width(in); got != want {
			t.Errorf("Width(%q) = %d, want %d", in, got, want)
		}
	}
	f("", 0)
	f("AAPL", 4)
	f("日本", 4)
	f("né", 2)
	f("ne\u0301", 2)
	f("🚀", 2)
	f("…·", 2)
}

func TestPad(t *testing.T) {
	if got := Pad("日本", 6, true); got != "  日本" {
		t.Errorf("Pad right = %q", got)
	}
	if got := Pad("日本", 6, false); got != "日本  " {
		t.Errorf("Pad left = %q", got)
	}
	if got := Pad("long", 2, true); got != "long" {
		t.Errorf("Pad of long text = %q", got)
	}
}

func TestCount(t *testing.T) {
	f := func(n int64, want string) {
		t.Helper()
		if got := Count(n, "row"); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
	f(0, "0 rows")
	f(1, "1 row")
	f(999, "999 rows")
	f(1000, "1,000 rows")
	f(12345678, "12,345,678 rows")
	f(-1234, "-1,234 rows")
	f(-9223372036854775808, "-9,223,372,036,854,775,808 rows")
}

// FuzzLine holds Line to its promises: valid UTF-8, one line, no longer than asked.
func FuzzLine(f *testing.F) {
	f.Add("a\nb\u202e\xff日本", 5)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < 0 || limit > 1000 {
			limit = 10
		}
		got := Line(s, limit)
		if !utf8.ValidString(got) {
			t.Fatalf("Line(%q) = %q: not UTF-8", s, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x202e || r == 0x2028 }) {
			t.Fatalf("Line(%q) = %q: a control character is left", s, got)
		}
		if limit > 0 && Width(got) > limit {
			t.Fatalf("Line(%q, %d) = %q: %d columns", s, limit, got, Width(got))
		}
	})
}
