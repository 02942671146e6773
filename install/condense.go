package install

import (
	"fmt"
	"strings"
)

// condenser turns the many lines of pip or uv into one that says how far it is.
type condenser struct {
	collected int    // packages looked at
	fetching  string // what is being downloaded, with its size
}

// line takes a line of output and returns what there is to say now; "" if nothing changed.
func (c *condenser) line(text string) string {
	f := strings.Fields(text)
	if len(f) < 2 {
		return ""
	}
	switch {
	case strings.Contains(text, "Retrying"):
		return "no answer from the package index; trying again"
	case f[0] == "Collecting":
		c.collected++
	case f[0] == "Downloading":
		c.fetching = strings.TrimSuffix(strings.Join(f[1:], " "), ".metadata")
		if i := strings.IndexByte(f[1], '-'); i > 0 { // a wheel's file name
			c.fetching = strings.Join(append([]string{f[1][:i]}, f[2:]...), " ")
		}
	case f[0] == "Installing" && f[1] == "collected":
		return fmt.Sprintf("installing %d packages", strings.Count(text, ",")+1)
	case f[0] == "Resolved" || f[0] == "Prepared" || f[0] == "Installed":
		return strings.ToLower(strings.Join(f, " "))
	default:
		return ""
	}
	if c.fetching == "" {
		return fmt.Sprintf("packages so far: %d", c.collected)
	}
	if c.collected == 0 {
		return "downloading " + c.fetching
	}
	return fmt.Sprintf("packages so far: %d, downloading %s", c.collected, c.fetching)
}
