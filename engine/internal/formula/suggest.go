package formula

import (
	"strconv"
	"strings"
)

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
