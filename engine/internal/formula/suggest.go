package formula

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// nearest is the name most like x, or "" if none is like it: apart by letter case, else by at most one letter in three.
func nearest(x string, names []string) string {
	best, least := "", 0
	for _, name := range names {
		d := distance(strings.ToLower(x), strings.ToLower(name))
		if d > min(utf8.RuneCountInString(x), utf8.RuneCountInString(name))/3 {
			continue
		}
		if best == "" || d < least || d == least && name < best {
			best, least = name, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, change or swap with a neighbour to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	prev2, prev, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		prev[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(prev[j]+cost, prev[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], prev2[j-1]+1)
			}
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(y)]
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
