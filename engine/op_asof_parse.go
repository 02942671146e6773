package engine

import (
	"fmt"
	"slices"
	"strings"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/keymap"
)

// asOfQuery is an as-of join's text, checked.
type asOfQuery struct {
	exactL, exactR []int
	timeL, timeR   int
	added          []int // right columns
	schema         []ColumnDef
}

func parseAsOf(op string, l, r *Table, on string, add []string) (j asOfQuery) {
	parts := pieces(op, []string{on})
	for _, p := range parts[:len(parts)-1] {
		if i := strings.IndexAny(p.s, "<>"); i >= 0 {
			panic(queryErrorAt(op, on, p.pos+i, "only the last pair compares times; the others are exact keys: \"Sym, Time >= BidTime\""))
		}
		a, b := sides(p)
		cl, cr := a.in(op, l), b.in(op, r)
		kl, kr := l.schema[cl].Kind, r.schema[cr].Kind
		if keymap.ClassOf(kl) != keymap.ClassOf(kr) {
			panic(queryErrorAt(op, on, p.pos, "%q is %s and %q is %s: these never match; convert one of them with UpdateView first", a.s, kl, b.s, kr))
		}
		j.exactL, j.exactR = append(j.exactL, cl), append(j.exactR, cr)
	}
	if len(j.exactL) > keymap.MaxColumns {
		panic(queryErrorf(op, "%d exact keys; at most %d are possible", len(j.exactL), keymap.MaxColumns))
	}
	j.times(op, l, r, parts[len(parts)-1])
	j.columns(op, l, r, add)
	return j
}

// sides splits "A = B", "A == B" or "A" for both.
func sides(p piece) (a, b piece) {
	a, b, found := p.cut("=")
	if !found {
		return a, a
	}
	b.s, b.pos = strings.TrimPrefix(b.s, "="), b.pos+len(b.s)-len(strings.TrimPrefix(b.s, "="))
	return a, b.trim()
}

// times reads the last pair: "Time >= BidTime", "Time = BidTime", "Time", or "BidTime <= Time".
func (j *asOfQuery) times(op string, l, r *Table, p piece) {
	a, b := sides(p)
	if i := strings.IndexAny(p.s, "<>"); i >= 0 {
		sign := p.s[i : i+1]
		if !strings.HasPrefix(p.s[i+1:], "=") {
			panic(queryErrorAt(op, p.text, p.pos+i, "%q can't be the comparison of times; write %s=", sign, sign))
		}
		a, b, _ = p.cut(sign + "=")
		b = b.trim()
		if sign == "<" {
			if l.column(b.s) < 0 || r.column(a.s) < 0 || l.column(a.s) >= 0 && r.column(b.s) >= 0 {
				panic(queryErrorAt(op, p.text, p.pos+i, "the join takes the last right row at or before; write the left table's time first: \"Time >= BidTime\""))
			}
			a, b = b, a
		}
	}
	j.timeL, j.timeR = a.in(op, l), b.in(op, r)
	for _, x := range []struct {
		p   piece
		def ColumnDef
	}{{a, l.schema[j.timeL]}, {b, r.schema[j.timeR]}} {
		if timeReader(x.def.Kind) == nil {
			panic(queryErrorAt(op, p.text, x.p.pos, "%q is %s; the last pair compares times: instants, durations or integers", x.p.s, x.def.Kind))
		}
	}
	if kl, kr := l.schema[j.timeL].Kind, r.schema[j.timeR].Kind; keymap.ClassOf(kl) != keymap.ClassOf(kr) {
		panic(queryErrorAt(op, p.text, a.pos, "%q is %s and %q is %s: these can't be compared; convert one of them with UpdateView first (millisToTime)", a.s, kl, b.s, kr))
	}
}

// columns settles which right columns are added, and the schema.
func (j *asOfQuery) columns(op string, l, r *Table, add []string) {
	j.schema = slices.Clone(l.schema)
	put := func(c int, name, text string, pos int) {
		if slices.ContainsFunc(j.schema[:len(l.schema)], func(d ColumnDef) bool { return d.Name == name }) {
			old := r.schema[c].Name
			panic(queryErrorAt(op, text, pos, "both tables have a column %q; add the right one under another name: %s", name, renameHint(name, old)))
		}
		if slices.ContainsFunc(j.schema, func(d ColumnDef) bool { return d.Name == name }) {
			panic(queryErrorAt(op, text, pos, "column %q is added twice", name))
		}
		j.added = append(j.added, c)
		j.schema = append(j.schema, ColumnDef{name, r.schema[c].Kind})
	}
	if len(add) == 0 {
		for c, d := range r.schema {
			if !slices.Contains(j.exactR, c) {
				put(c, d.Name, "", 0)
			}
		}
		return
	}
	for _, p := range pieces(op, add) {
		name, from := p.assign(op)
		put(from.in(op, r), name.s, p.text, name.pos)
	}
}

func renameHint(name, old string) string { return fmt.Sprintf("\"Right%s = %s\"", name, old) }

// packers are those of the exact keys of both sides. Codes of strings are the left dictionary's.
func (j *asOfQuery) packers(op string, l, r *Table) (pl, pr *keymap.Packer) {
	var kl, kr []Kind
	var dicts []*chunk.Dict
	cols := l.state().Cols
	for i, c := range j.exactL {
		kl, kr = append(kl, l.schema[c].Kind), append(kr, r.schema[j.exactR[i]].Kind)
		dicts = append(dicts, cols[c].Dict())
	}
	pl, err := keymap.NewPacker(kl, dicts)
	if err == nil {
		pr, err = keymap.NewPacker(kr, dicts)
	}
	if err != nil {
		panic(queryErrorf(op, "%v", err))
	}
	return pl, pr
}
