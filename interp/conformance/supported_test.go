package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSupportedGo holds docs/supported-go.md to the suite: it is written from the cases and the lists of what fails, which the other tests hold
// to the truth. With -rewrite it is written anew.
func TestSupportedGo(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "supported-go.md")
	want := document(t)
	if *rewrite {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("docs/supported-go.md is not what the suite says: run make golden\n%s", firstDifference(string(got), want))
	}
}

func document(t *testing.T) string {
	all := sections(t)
	leftOut := reasons(t, "testdata/programs/left-out.txt")
	ran := programsCount - len(leftOut)
	var b strings.Builder
	b.WriteString(`# What Go cells support

<!-- Written by make golden from interp/conformance/testdata: change that. -->

Cells are Go, checked by the Go type checker before they run. Two evaluators can run them. Both are measured with the same suite, a list of cells for
each part of the Go specification with what they print, show or fail with, as the Go compiler confirms, and with the programs of Go's own test
folder, each run as one cell.

`)
	total := 0
	for _, s := range all {
		total += len(s.cases)
	}
	known := map[string]map[string]string{}
	fmt.Fprintf(&b, "| | language suite: cases that work | programs that agree with the compiler (%s) |\n|---|--:|--:|\n", programsVersion)
	for _, e := range evaluators {
		known[e.name] = reasons(t, "testdata/"+e.name+".txt")
		differing := reasons(t, "testdata/programs/"+e.name+".txt")
		fmt.Fprintf(&b, "| `%s` | %d of %d | %d of %d |\n", e.name, total-len(known[e.name]), total, ran-len(differing), ran)
	}
	fmt.Fprintf(&b, "\nOf the %d programs, %d are not run, since they are about something else than what a program means:\n"+
		"[the list, with reasons](../interp/conformance/testdata/programs/left-out.txt).\n", programsCount, len(leftOut))
	for _, s := range all {
		fmt.Fprintf(&b, "\n## [%s](%s)\n\n| case |", s.title, s.about)
		for _, e := range evaluators {
			fmt.Fprintf(&b, " %s |", e.name)
		}
		b.WriteString("\n|---|" + strings.Repeat("---|", len(evaluators)) + "\n")
		for _, c := range s.cases {
			fmt.Fprintf(&b, "| %s |", cellText(c.Name))
			for _, e := range evaluators {
				if why := known[e.name][c.Name]; why != "" {
					fmt.Fprintf(&b, " no: %s |", cellText(why))
				} else {
					b.WriteString(" yes |")
				}
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// cellText is text for a cell of a Markdown table.
func cellText(s string) string {
	return strings.NewReplacer("|", "\\|", "<", "&lt;", "*", "\\*", "_", "\\_", "`", "\\`").Replace(s)
}
