package widgets

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tickbook/widgets/internal/safetext"

	"github.com/cockroachdb/datadriven"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TestViews draws the views of testdata/view: "html" as a tree, "text" as it is. The input's first line names columns and kinds, the
// others hold cells; ∅ is null, and a quoted value may hold anything.
func TestViews(t *testing.T) {
	datadriven.RunTest(t, "testdata/view", func(t *testing.T, d *datadriven.TestData) string {
		v := scanView(t, d)
		switch d.Cmd {
		case "html":
			return tree(t, v.html())
		case "text":
			return v.text() + "\n"
		}
		d.Fatalf(t, "no command %q", d.Cmd)
		return ""
	})
}

func scanView(t *testing.T, d *datadriven.TestData) *view {
	v := &view{last: d.HasArg("last"), at: time.Date(2026, 1, 23, 15, 21, 48, 0, time.UTC)}
	var name, message string
	d.MaybeScanArgs(t, "total", &v.total)
	d.MaybeScanArgs(t, "bad", &v.bad)
	d.MaybeScanArgs(t, "mood", &name)
	if d.MaybeScanArgs(t, "message", &message) {
		v.message = safetext.Line(unquote(t, strings.ReplaceAll(message, "_", " ")), maxMessage)
	}
	v.mood = mood(max(0, slices.Index([]string{"static", "live", "starting", "down", "failed"}, name)))
	for i, line := range strings.Split(d.Input, "\n") {
		var row []cell
		for _, field := range strings.Split(line, " | ") {
			field = unquote(t, field)
			if i > 0 {
				row = append(row, cell{text: safetext.Line(field, maxCell), null: field == "∅"})
				continue
			}
			if field == "" {
				continue
			}
			name, kind, _ := strings.Cut(field, ":")
			right := kind != "string" && kind != "bool" && kind != "instant"
			if len(v.columns) == maxColumns {
				v.hidden = append(v.hidden, name)
				continue
			}
			v.columns = append(v.columns, column{name: safetext.Line(name, maxName), kind: kind, right: right})
		}
		if i > 0 {
			v.rows = append(v.rows, row)
		}
	}
	v.total = max(v.total, len(v.rows))
	return v
}

func unquote(t *testing.T, s string) string {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	s, err := strconv.Unquote(s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// parse reads a page's part as a browser does.
func parse(t testing.TB, page string) *html.Node {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(page), body)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	return body
}

// tree dumps a page's part: an element a line with the styles that matter here, text quoted.
func tree(t *testing.T, page string) string {
	var b strings.Builder
	var dump func(n *html.Node, depth int)
	dump = func(n *html.Node, depth int) {
		indent := strings.Repeat("  ", depth)
		switch {
		case n.Type == html.TextNode && strings.TrimSpace(n.Data) != "":
			fmt.Fprintf(&b, "%s%q\n", indent, n.Data)
		case n.Type == html.ElementNode:
			fmt.Fprintf(&b, "%s%s%s\n", indent, n.Data, look(n))
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			dump(c, depth+1)
		}
	}
	for c := parse(t, page).FirstChild; c != nil; c = c.NextSibling {
		dump(c, 0)
	}
	return b.String()
}

// look names what a reader sees of an element's attributes.
func look(n *html.Node) string {
	looks := map[string]string{styleWarn: "warn", styleBad: "bad", styleNote: "quiet", styleNull: "faint"}
	s := ""
	for _, a := range n.Attr {
		switch {
		case a.Key == "align":
			s += " " + a.Val
		case a.Key == "style" && looks[a.Val] != "":
			s += " " + looks[a.Val]
		}
	}
	return s
}
