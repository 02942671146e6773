// Package safetext makes text that came from data safe to show: on one line, without characters that change how the rest reads, and
// measured in the columns of a terminal.
package safetext

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Line returns s as it may stand on a line of a page, a picture or a terminal. Control characters show as their picture (␊ for a new
// line), what would reorder or hide text as its code (\u202e), bytes that are not UTF-8 as �. Text longer than limit terminal columns
// is cut and ends in …, as is text that piles marks on its characters; a limit of 0 cuts nothing. It does not escape markup: that is the writer's part.
func Line(s string, limit int) string {
	if plain(s) && (limit <= 0 || len(s) <= limit) {
		return s
	}
	var b strings.Builder
	used := 0 // columns of b
	kept := 0 // bytes of b that leave a column for the …
	runes := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if used == 0 && r == '\ufeff' && n == 3 {
			continue // a byte order mark says nothing
		}
		shown := show(r)
		w := Width(shown)
		if runes++; limit > 0 && (used+w > limit || runes > 4*limit) {
			return b.String()[:kept] + "…"
		}
		b.WriteString(shown)
		used += w
		if used < limit {
			kept = b.Len()
		}
	}
	return b.String()
}

// plain says whether s is printable ASCII.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// show returns what stands for r.
func show(r rune) string {
	switch {
	case r < ' ':
		return string(rune(0x2400) + r)
	case r == 0x7f:
		return "␡"
	case r == '\u00ad' || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d': // joiners belong to scripts and emoji
		return fmt.Sprintf(`\u%04x`, r)
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), unicode.Is(unicode.Co, r), r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
		return fmt.Sprintf(`\u%04x`, r)
	default:
		return string(r)
	}
}

// Width is the number of terminal columns that s takes: two for wide East Asian characters and emoji, none for marks that sit on the
// character before.
func Width(s string) int {
	if plain(s) {
		return len(s)
	}
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	switch {
	case r == 0 || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r < 0x300:
		return 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}

// Pad returns s with spaces up to n terminal columns, before it if right is true, else after it.
func Pad(s string, n int, right bool) string {
	w := Width(s)
	if w >= n {
		return s
	}
	if right {
		return strings.Repeat(" ", n-w) + s
	}
	return s + strings.Repeat(" ", n-w)
}

// Thousands returns n with a comma after each group of three digits: 12,345.
func Thousands(n int64) string {
	s := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Count returns n with thousands separators and its unit in singular or plural: "1 row", "12,345 rows".
func Count(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return Thousands(n) + " " + unit + "s"
}
