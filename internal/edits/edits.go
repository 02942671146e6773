// Package edits counts the edits between two words, to find the name that was probably meant.
package edits

import (
	"cmp"
	"strings"
)

// Nearest is the name most like x, "" if none is like it: apart by letter case, else by at most one letter in three. Of equals it is the longest, since
// letters are rather left out than put in, then the first in the alphabet.
func Nearest(x string, names []string) string {
	word := []rune(strings.ToLower(x))
	best, least := "", 0
	for _, n := range names {
		name := []rune(strings.ToLower(n))
		d := Between(word, name)
		if n == x || d > min(len(word), len(name))/3 {
			continue
		}
		if best == "" || cmp.Or(cmp.Compare(d, least), cmp.Compare(len(best), len(n)), cmp.Compare(n, best)) < 0 {
			best, least = n, d
		}
	}
	return best
}

// Between counts the elements (bytes, letters) to insert, delete, replace or swap with a neighbour to make b of a.
func Between[E comparable](a, b []E) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
