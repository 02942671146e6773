package widgets

import (
	"regexp"
	"strings"
	"testing"

	"tickbook/internal/hostile"
	"tickbook/widgets/internal/safetext"

	"golang.org/x/net/html"
)

// What the HTML may hold: elements, attributes and properties that JupyterLab's sanitiser lets through.
var (
	elements   = set("body", "div", "table", "thead", "tbody", "tr", "th", "td", "br", "small", "span", "i")
	attributes = set("class", "style", "align")
	properties = set("color", "border-collapse", "border", "border-bottom", "margin", "table-layout", "width", "font-variant-numeric", "font-weight", "font-size", "padding", "vertical-align", "white-space", "text-align", "opacity", "background")
)

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

// TestHostileText puts each string in every place that data or a message reaches and demands that a browser sees it as text.
func TestHostileText(t *testing.T) {
	for _, s := range hostile.Texts {
		shown := safetext.Line(s, maxCell)
		v := &view{
			columns: []column{{name: shown, kind: "string"}, {name: "n", kind: "int64", right: true}},
			rows:    [][]cell{{{text: shown}, {text: shown, null: true}}},
			hidden:  []string{shown}, total: 7, mood: down, message: shown, bad: 2,
		}
		body := parse(t, v.html())
		if got := strings.Count(checkMarkup(t, s, body), shown); got != 5 {
			t.Errorf("%q: shown %d times as text, want 5", s, got)
		}
		for _, r := range v.text() {
			if r < ' ' && r != '\n' {
				t.Errorf("%q: control character %q in the text", s, r)
			}
		}
	}
}

// checkMarkup reports what may not be in a page's part and returns all its text.
func checkMarkup(t *testing.T, name string, n *html.Node) string {
	t.Helper()
	switch n.Type {
	case html.TextNode:
		return n.Data
	case html.ElementNode:
		if !elements[n.Data] {
			t.Errorf("%q: element %s", name, n.Data)
		}
		for _, a := range n.Attr {
			if !attributes[a.Key] {
				t.Errorf("%q: attribute %s=%q", name, a.Key, a.Val)
			}
			if a.Key == "style" {
				checkStyle(t, a.Val)
			}
		}
	default:
		t.Errorf("%q: node of type %d: %q", name, n.Type, n.Data)
	}
	var text strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		text.WriteString(checkMarkup(t, name, c))
	}
	return text.String()
}

// rgb is a colour that JupyterLab's sanitiser accepts, also within var().
var rgb = regexp.MustCompile(`rgba?\(\d+, \d+, \d+(, 0?\.\d+)?\)`)

func checkStyle(t *testing.T, style string) {
	t.Helper()
	for rule := range strings.SplitSeq(style, ";") {
		property, value, ok := strings.Cut(rule, ":")
		if !ok || !properties[property] || value == "" {
			t.Errorf("style %q: property %q", style, property)
		}
		if strings.Contains(value, "url(") || strings.Contains(value, "expression") {
			t.Errorf("style %q: value %q", style, value)
		}
		if property == "color" && style != styleRoot && !rgb.MatchString(value) {
			t.Errorf("style %q: JupyterLab drops the colour from outputs that it does not trust", style)
		}
	}
}

// FuzzHTML holds the HTML to one element a cell, whatever the text.
func FuzzHTML(f *testing.F) {
	for _, s := range hostile.Texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := &view{
			columns: []column{{name: safetext.Line(s, maxName), kind: "string"}},
			rows:    [][]cell{{{text: safetext.Line(s, maxCell)}}},
			total:   1, message: safetext.Line(s, maxMessage),
		}
		checkMarkup(t, s, parse(t, v.html()))
	})
}
