package figure

import (
	"fmt"
	"strings"

	"tickbook/widgets/internal/safetext"
)

// summary says in words what the picture shows: the ranges of the axes and of each series, its last value, and trouble.
func (f *frame) summary() string {
	var b strings.Builder
	if f.title != "" {
		b.WriteString(safetext.Line(f.title, maxLine))
	} else {
		b.WriteString("figure")
	}
	if len(f.series) == 0 {
		b.WriteString(": " + f.whyEmpty())
	}
	names, counts := 0, 0
	for _, s := range f.series {
		names = max(names, safetext.Width(safetext.Line(s.name, maxName)))
		counts = max(counts, len(s.counted()))
	}
	if !f.box.isEmpty() {
		fmt.Fprintf(&b, "\n%s from %s to %s", safetext.Line(f.xlabel, maxName), f.x(f.box.x0), f.x(f.box.x1))
	}
	for _, s := range f.series {
		fmt.Fprintf(&b, "\n%s  %s", safetext.Pad(safetext.Line(s.name, maxName), names, false), safetext.Pad(s.counted(), counts, true))
		if !s.box.isEmpty() {
			fmt.Fprintf(&b, "  %s to %s, last %s at %s", number(s.box.y0), number(s.box.y1), number(s.last.y), f.x(s.last.x))
		}
	}
	for _, n := range f.notes {
		b.WriteString("\n" + safetext.Line(n, maxLine))
	}
	return b.String()
}

// counted says how many points the series has.
func (s *drawn) counted() string {
	n := safetext.Count(int64(s.rows-s.missing), "point")
	if s.missing > 0 {
		n += " of " + safetext.Count(int64(s.rows), "row")
	}
	return n
}

// x writes a value of the x axis.
func (f *frame) x(v float64) string {
	if f.timed {
		return clock(f.base, v, f.zone)
	}
	return number(v)
}
