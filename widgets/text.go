package widgets

import (
	"strings"

	"tickbook/widgets/internal/safetext"
)

// text writes v as aligned text: names, kinds, a rule, the rows, and what the HTML says below them.
func (v *view) text() string {
	var b strings.Builder
	widths := make([]int, len(v.columns))
	for i, c := range v.columns {
		widths[i] = max(safetext.Width(c.name), safetext.Width(c.kind))
		for _, row := range v.rows {
			widths[i] = max(widths[i], safetext.Width(row[i].text))
		}
	}
	line := func(text func(i int) string, pad string) {
		var l strings.Builder
		for i, c := range v.columns {
			if i > 0 {
				l.WriteString("  ")
			}
			t := text(i)
			if pad != " " {
				t = strings.Repeat(pad, widths[i])
			}
			l.WriteString(safetext.Pad(t, widths[i], c.right))
		}
		b.WriteString(strings.TrimRight(l.String(), " "))
		b.WriteByte('\n')
	}
	if len(v.columns) > 0 {
		line(func(i int) string { return v.columns[i].name }, " ")
		line(func(i int) string { return v.columns[i].kind }, " ")
		line(func(int) string { return "" }, "─")
	}
	for _, row := range v.rows {
		line(func(i int) string { return row[i].text }, " ")
	}
	b.WriteString(v.badge() + " · " + v.window())
	for _, note := range []string{v.badRecords(), v.omitted()} {
		if note != "" {
			b.WriteString(" · " + note)
		}
	}
	if v.message != "" {
		b.WriteString("\n" + v.message)
	}
	return b.String()
}
