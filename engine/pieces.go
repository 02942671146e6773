package engine

import "strings"

// piece is a part of a query text: what is between two commas, or on one side of a sign.
type piece struct {
	text string // the whole text
	pos  int    // the part's place in it
	s    string // the part, without spaces around it
}

// pieces splits texts at commas. An empty part is a *QueryError of op; no text at all gives none.
func pieces(op string, texts []string) (out []piece) {
	for _, text := range texts {
		rest := piece{text, 0, text}
		for more := true; more; {
			var p piece
			p, rest, more = rest.cut(",")
			if p.s == "" {
				panic(queryErrorAt(op, text, p.pos, "a name is missing in %q", text))
			}
			out = append(out, p)
		}
	}
	return out
}

// cut splits p at the first sep.
func (p piece) cut(sep string) (before, after piece, found bool) {
	i := strings.Index(p.s, sep)
	if i < 0 {
		return p.trim(), piece{p.text, p.pos + len(p.s), ""}, false
	}
	return piece{p.text, p.pos, p.s[:i]}.trim(), piece{p.text, p.pos + i + len(sep), p.s[i+len(sep):]}, true
}

func (p piece) trim() piece {
	s := strings.TrimLeft(p.s, " \t\n")
	return piece{p.text, p.pos + len(p.s) - len(s), strings.TrimRight(s, " \t\n")}
}

// assign reads "New = Old", or "Name" for both.
func (p piece) assign(op string) (name, from piece) {
	name, from, found := p.cut("=")
	if !found {
		return name, name
	}
	from = from.trim()
	if !isName(name.s) {
		panic(queryErrorAt(op, p.text, name.pos, "%q is no column name; use letters, digits and _, not starting with a digit", name.s))
	}
	return name, from
}

// in is the position of the column that p names.
func (p piece) in(op string, t *Table) int { return t.mustColumn(op, p.text, p.pos, p.s) }
