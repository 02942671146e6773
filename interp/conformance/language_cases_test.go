package conformance

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// section is a file of cases: a txtar archive that begins with its title and the address of the part of the specification that it covers (or
// of other documentation). Its members, in order:
//
//	-- case: NAME --       the first cell of a case
//	-- cell --             a further cell
//	-- want --             what the cell before prints, then what it shows, as "=> values"; without it the cell does neither
//	-- want error --       the cell before fails, and each line is part of the message
type section struct {
	file, title, about string
	cases              []languageCase
}

// languageCase is a list of cells that run in a session of their own.
type languageCase struct {
	Name  string
	Cells []cell
}

type cell struct {
	Code string
	Want string
	// Error are texts that the message of the cell's failure has; none: the cell does not fail.
	Error []string
}

// sections reads all cases.
func sections(t *testing.T) []section {
	t.Helper()
	files, err := filepath.Glob("testdata/language/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	var out []section
	seen := map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		s, err := parseSection(filepath.Base(f), data)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range s.cases {
			if other := seen[c.Name]; other != "" {
				t.Errorf("%s: case %q is in %s too", s.file, c.Name, other)
			}
			seen[c.Name] = s.file
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b section) int { return cmp.Compare(a.file, b.file) })
	return out
}

func parseSection(file string, data []byte) (section, error) {
	a := txtar.Parse(data)
	head := strings.Split(strings.TrimSpace(string(a.Comment)), "\n")
	if len(head) < 2 || !strings.HasPrefix(head[1], "https://") {
		return section{}, fmt.Errorf("%s: begin with a title, and on the next line the address of the documentation", file)
	}
	s := section{file: file, title: head[0], about: head[1]}
	var at *cell
	for _, f := range a.Files {
		text := string(f.Data)
		name, isCase := strings.CutPrefix(f.Name, "case: ")
		switch {
		case isCase && strings.Contains(name, ": "):
			return section{}, fmt.Errorf("%s: no colons in names of cases, as in %q", file, name)
		case isCase:
			s.cases = append(s.cases, languageCase{Name: name})
			fallthrough
		case f.Name == "cell" && len(s.cases) > 0:
			c := &s.cases[len(s.cases)-1]
			c.Cells = append(c.Cells, cell{Code: strings.TrimRight(text, "\n")})
			at = &c.Cells[len(c.Cells)-1]
		case f.Name == "want" && at != nil && at.Want == "" && text != "":
			at.Want = strings.TrimRight(text, "\n") + "\n"
		case f.Name == "want error" && at != nil && at.Error == nil && text != "":
			at.Error = strings.Split(strings.TrimSpace(text), "\n")
		default:
			return section{}, fmt.Errorf("%s: misplaced, empty or unknown %q", file, f.Name)
		}
	}
	return s, nil
}

// outcome is what a cell did.
type outcome struct {
	Output string   // printed
	Shown  []string // the values of its last expression, as fmt.Sprint has them
	Error  string   // why it failed; "" when it did not
}

// text is how the outcome looks in a case: the values on a line of their own, and no empty lines at the end.
func (o outcome) text() string {
	s := strings.TrimRight(o.Output, "\n")
	if o.Output != "" {
		s += "\n"
	}
	if len(o.Shown) > 0 {
		s += "=> " + strings.Join(o.Shown, " ") + "\n"
	}
	return s
}

// differences says how the outcomes of a case differ from what it wants.
func (c *languageCase) differences(got []outcome) []string {
	var out []string
	for i, cell := range c.Cells {
		where := fmt.Sprintf("cell %d:\n%s\n", i+1, indented(cell.Code))
		if i >= len(got) {
			return append(out, where+"did not run")
		}
		o := got[i]
		if o.Error == "" && cell.Error != nil {
			out = append(out, fmt.Sprintf("%sgot %q, want the error %q", where, o.text(), cell.Error))
			continue
		}
		if o.Error != "" && cell.Error == nil {
			out = append(out, fmt.Sprintf("%serror: %s\nwant %q", where, o.Error, cell.Want))
			continue
		}
		for _, e := range cell.Error {
			if !strings.Contains(o.Error, e) {
				out = append(out, fmt.Sprintf("%sgot the error %q, want %q", where, o.Error, e))
			}
		}
		if o.text() != cell.Want {
			out = append(out, fmt.Sprintf("%sgot  %q\nwant %q", where, o.text(), cell.Want))
		}
	}
	return out
}

func indented(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }

// reasons reads a list of names, each followed by ": " and a reason. Lines that begin with # and empty ones are comments.
func reasons(t *testing.T, file string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for sc := bufio.NewScanner(bytes.NewReader(data)); sc.Scan(); {
		line := strings.TrimSpace(sc.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, why, ok := strings.Cut(line, ": ")
		if !ok || strings.TrimSpace(why) == "" {
			t.Errorf("%s: %q has no reason", file, line)
		}
		if m[name] != "" {
			t.Errorf("%s: %q is there twice", file, name)
		}
		m[name] = strings.TrimSpace(why)
	}
	return m
}
