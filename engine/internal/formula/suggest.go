package formula

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"tickbook/internal/edits"
)

// nearest is the name most like x, or "" if none is like it: apart by letter case, else by at most one letter in three.
func nearest(x string, names []string) string {
	best, least := "", 0
	for _, name := range names {
		d := edits.Between([]rune(strings.ToLower(x)), []rune(strings.ToLower(name)))
		if d > min(utf8.RuneCountInString(x), utf8.RuneCountInString(name))/3 {
			continue
		}
		if best == "" || d < least || d == least && name < best {
			best, least = name, d
		}
	}
	return best
}

// listNames is "A", "B" and so on, cut after eight.
func listNames(names []string) string {
	const most = 8
	var out []string
	for i, n := range names {
		if i == most {
			out = append(out, "and "+strconv.Itoa(len(names)-most)+" more")
			break
		}
		out = append(out, strconv.Quote(n))
	}
	return strings.Join(out, ", ")
}
