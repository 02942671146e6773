package engine

import (
	"fmt"
	"strings"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/formula"
)

// formulaMethods are the methods whose text arguments are formulas.
var formulaMethods = map[string]bool{"Where": true, "View": true, "UpdateView": true}

// CompleteText serves notebooks: it lists what may stand at byte pos of text, in argument number arg of a method of t, or of another value that takes t as
// an argument (arg is then -1). These are columns, and in formulas also functions, constants and what [Let] registered. kinds say what each word is,
// details tell the type of a column and the arguments of a function.
func (t *Table) CompleteText(method string, arg int, text string, pos int) (words, kinds, details []string) {
	if pos < 0 || pos > len(text) {
		return nil, nil, nil
	}
	start := pos
	for start > 0 && isNameByte(text[start-1]) {
		start--
	}
	prefix := strings.ToLower(text[start:pos])
	add := func(word, kind, detail string) {
		if strings.HasPrefix(strings.ToLower(word), prefix) {
			words, kinds, details = append(words, word), append(kinds, kind), append(details, detail)
		}
	}
	isFormula := formulaMethods[method] && arg >= 0
	before := strings.TrimRight(text[:start], " \t\n")
	if isFormula && inLiteral(text[:start]) {
		return nil, nil, nil
	}
	isMethod := isFormula && strings.HasSuffix(before, ".")
	if method == "AsOfJoin" && arg >= 2 { // the columns to add are those of the other table
		return nil, nil, nil
	}
	if !isMethod {
		for _, d := range t.schema {
			add(d.Name, "column", d.Kind.String())
		}
	}
	if !isFormula {
		return words, kinds, details
	}
	if !isMethod {
		lets.Range(func(name, value any) bool {
			add(name.(string), "variable", fmt.Sprintf("%T", value))
			return true
		})
		for _, c := range formula.Constants() {
			add(c, "constant", "")
		}
	}
	for _, f := range formula.Functions() {
		add(f.Name, "function", f.Name+f.Usage)
	}
	return words, kinds, details
}

// inLiteral says whether the end of a formula's text is inside a string, an instant or a duration.
func inLiteral(text string) bool {
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote == 0 && (c == '`' || c == '"' || c == '\''):
			quote = c
		case quote == '"' && c == '\\':
			i++
		case c == quote:
			quote = 0
		}
	}
	return quote != 0
}

func isNameByte(b byte) bool {
	return b == '_' || b >= 0x80 || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// CompleteText serves notebooks, as [Table.CompleteText] does.
func (g *Grouped) CompleteText(method string, arg int, text string, pos int) (words, kinds, details []string) {
	return g.t.CompleteText(method, arg, text, pos)
}

// Outline serves notebooks: an empty static *Table with the columns of t, so that deriving from it tells the columns at no cost.
func (t *Table) Outline() any { return t.outline() }

func (t *Table) outline() *Table {
	cols := make([]chunk.Column, len(t.schema))
	for i, d := range t.schema {
		var dict *Dict
		if d.Kind == KindString {
			dict = chunk.NewDict()
		}
		cols[i] = newAppender(d.Kind, dict).Publish()
	}
	return static(&Plan{Op: "outline", Args: defTexts(t.schema)}, t.schema, cols, 0)
}

// Outline serves notebooks, as [Table.Outline] does.
func (g *Grouped) Outline() any { return &Grouped{t: g.t.outline(), keys: g.keys, plan: g.plan} }

// Describe serves notebooks: it tells the table's size and status now, its columns with their types, and how it was made.
func (t *Table) Describe() string {
	var b strings.Builder
	kind := "static table"
	if t.IsRefreshing() {
		kind = "refreshing table"
	}
	fmt.Fprintf(&b, "%s of %d rows and %d columns", kind, t.Size(), len(t.schema))
	if s := t.Status(); s.Code != StatusOK || s.Message != "" {
		fmt.Fprintf(&b, "; %v: %s", s.Code, s.Message)
	}
	width := 0
	for _, d := range t.schema {
		width = max(width, len(d.Name))
	}
	for _, d := range t.schema {
		fmt.Fprintf(&b, "\n  %-*s  %v", width, d.Name, d.Kind)
	}
	fmt.Fprintf(&b, "\n\n%s", strings.TrimRight(t.Explain(), "\n"))
	return b.String()
}
