package interp

import (
	"go/format"
	"go/token"
	"strings"
)

// formatCell formats a cell as gofmt does, its magics left as they are. A fault in the cell's syntax is a [compileErrors].
//
// gofmt knows lists of declarations and lists of statements; a cell mixes both. So it is cut at the lines where one kind follows the other, and
// comments go with what is below them.
func formatCell(name, src string) (string, error) {
	var parts []string
	for _, p := range cutMagics(name, src) {
		if p.wrong != nil {
			return "", p.wrong
		}
		if p.magic != nil {
			parts = append(parts, strings.TrimRight(src[p.start:p.end], " \t\r\n"))
			continue
		}
		if _, err := parse(token.NewFileSet(), name, goText(src, p), "cell", 0); err != nil {
			return "", err
		}
		parts = append(parts, formatGo(src[p.start:p.end]))
	}
	return strings.Trim(strings.Join(parts, "\n"), "\n"), nil
}

// formatGo formats Go text that parses.
func formatGo(src string) string {
	var parts []string
	segs := split(src)
	if isProgram(segs) {
		if out, err := format.Source([]byte(src)); err == nil {
			return strings.TrimRight(string(out), "\n")
		}
	}
	for start, i := 0, 0; i < len(segs); {
		j := i + 1
		for j < len(segs) && (segs[j].kind == statement) == (segs[i].kind == statement) && (segs[j].kind == importDecl) == (segs[i].kind == importDecl) {
			j++
		}
		end := len(src)
		if j < len(segs) {
			end = segs[j-1].end
			if k := strings.IndexByte(src[end:], '\n'); k >= 0 && end+k < segs[j].start {
				end += k
			} else {
				end = segs[j].start
			}
		}
		text := strings.Trim(src[start:end], " \t\r\n")
		if out, err := format.Source([]byte(text)); err == nil {
			text = string(out)
		}
		parts = append(parts, text)
		start, i = end, j
	}
	if len(segs) == 0 {
		return strings.TrimRight(src, " \t\r\n")
	}
	return strings.Join(parts, "\n\n")
}
