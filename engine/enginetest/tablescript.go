package enginetest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"tickbook/engine"
	"tickbook/engine/internal/chunk"
)

// RunScripts runs the table scripts in a folder. A script states cycles, not code:
//
//	input t           defines an input: a line "Name kind" for each column
//	cycle             edits inputs, runs a cycle and prints what it did to the derived table
//	derive            makes the derived table of an expression over the inputs, and prints its rows
//	show              prints the derived table, in its order
//
// An edit is "+ key Col=value …" (columns left out are null), "- key" or "~ key Col=value …", after "name:" where there are several inputs. What is
// printed looks the same; "> key position" is a row that only moved. After each cycle everything that [Check] demands is checked too.
func RunScripts(t *testing.T, dir string) {
	datadriven.Walk(t, dir, func(t *testing.T, path string) {
		s := &tableScript{t: t, q: Query{Name: path}}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			out, err := s.command(d)
			if err != nil {
				return "error: " + err.Error() + "\n"
			}
			return out
		})
	})
}

type tableScript struct {
	t     *testing.T
	q     Query
	names []string // of the inputs
	w     *world
	c     *checker // nil until the table is derived
	o     *engine.Observer
}

func (s *tableScript) command(d *datadriven.TestData) (string, error) {
	switch d.Cmd {
	case "input":
		return "", s.input(d.CmdArgs[0].Key, d.Input)
	case "derive":
		return s.derive(d.Input)
	case "cycle":
		return s.cycle(d.Input)
	case "show":
		st := s.o.State()
		var b strings.Builder
		for pos := range st.Rows.Len() {
			k := st.At(pos)
			fmt.Fprintf(&b, "%d%s\n", k, s.values(st, k, engine.AllColumns))
		}
		return b.String(), nil
	}
	return "", fmt.Errorf("no command %q; have input, derive, cycle, show", d.Cmd)
}

func (s *tableScript) input(name, text string) error {
	var in Input
	for _, line := range lines(text) {
		f := strings.Fields(line)
		i := slices.IndexFunc(chunk.Kinds, func(k engine.Kind) bool { return len(f) == 2 && k.String() == f[1] })
		if i < 0 {
			return fmt.Errorf("%q: want a name and a kind", line)
		}
		in.Cols = append(in.Cols, engine.ColumnDef{Name: f[0], Kind: chunk.Kinds[i]})
	}
	s.names, s.q.Inputs = append(s.names, name), append(s.q.Inputs, in)
	s.w = newWorld(s.q)
	return nil
}

func (s *tableScript) derive(text string) (string, error) {
	q := s.q
	q.Ordered = true
	if rest, ok := strings.CutPrefix(text, "unordered "); ok {
		q.Ordered, text = false, rest
	}
	q.Make = func(in []*engine.Table) *engine.Table {
		t, err := evaluate(text, func(name string) (*engine.Table, bool) {
			i := slices.Index(s.names, name)
			if i < 0 {
				return in[0], false
			}
			return in[i], true
		})
		if err != nil {
			panic(err)
		}
		return t
	}
	var t *engine.Table
	if _, err := engine.Try(func() *engine.Table { t = q.Make(s.w.tables()); return t }); err != nil {
		return "", err
	}
	s.c = newChecker(q, s.w, t)
	s.o = engine.Observe(t)
	if err := s.c.compare(); err != nil {
		return "", err
	}
	return s.update(s.o.Initial()), nil
}

func (s *tableScript) cycle(text string) (string, error) {
	for _, line := range lines(text) {
		if err := s.edit(line); err != nil {
			return "", fmt.Errorf("%q: %w", line, err)
		}
	}
	if s.c == nil {
		s.w.g.Step()
		return "", nil
	}
	if err := s.c.cycle(); err != nil {
		return "", err
	}
	if u := s.o.Take(); u != nil {
		return s.update(u), nil
	}
	return "", nil
}

// edit queues one line's edit.
func (s *tableScript) edit(line string) error {
	at := 0
	if name, rest, ok := strings.Cut(line, ": "); ok {
		if at = slices.Index(s.names, name); at < 0 {
			return fmt.Errorf("no input %q", name)
		}
		line = rest
	}
	in, f := s.w.in[at], fields(line)
	if len(f) < 2 {
		return fmt.Errorf("want a sign and a key")
	}
	key, err := strconv.ParseUint(f[1], 10, 63)
	if err != nil {
		return err
	}
	vals := make([]any, len(in.Schema()))
	var set []int
	for _, a := range f[2:] {
		name, text, _ := strings.Cut(a, "=")
		c := slices.Index(in.Names(), name)
		if c < 0 {
			return fmt.Errorf("no column %q", name)
		}
		if vals[c], err = parseValue(in.Schema()[c].Kind, text); err != nil {
			return err
		}
		set = append(set, c)
	}
	switch f[0] {
	case "+":
		in.StartAt(key)
		in.Add(vals...)
		s.w.live[at] = append(s.w.live[at], key)
	case "-":
		in.Remove(key)
		s.w.live[at] = slices.DeleteFunc(s.w.live[at], func(k uint64) bool { return k == key })
	case "~":
		for _, c := range set {
			in.Modify(key, in.Names()[c], vals[c])
		}
	default:
		return fmt.Errorf("no edit %q; have +, -, ~", f[0])
	}
	return nil
}

// update prints what a cycle did.
func (s *tableScript) update(u *engine.Update) string {
	var b strings.Builder
	u.Removed.Each(func(k uint64) { fmt.Fprintf(&b, "- %d\n", k) })
	u.Modified.Each(func(k uint64) { fmt.Fprintf(&b, "~ %d%s\n", k, s.values(u.Now, k, u.Cols)) })
	u.Moved.Each(func(k uint64) { fmt.Fprintf(&b, "> %d %d\n", k, u.Now.Rank(k)) })
	u.Added.Each(func(k uint64) { fmt.Fprintf(&b, "+ %d%s\n", k, s.values(u.Now, k, engine.AllColumns)) })
	return b.String()
}

func (s *tableScript) values(st *engine.State, key uint64, cols engine.Mask) string {
	var b strings.Builder
	for c, name := range s.c.t.Names() {
		if !cols.Has(c) {
			continue
		}
		switch x := st.ValueAt(c, key).(type) {
		case nil:
			fmt.Fprintf(&b, " %s=null", name)
		case string:
			fmt.Fprintf(&b, " %s=%s", name, strconv.Quote(x))
		case time.Time:
			fmt.Fprintf(&b, " %s=%s", name, x.UTC().Format("15:04:05"))
		default:
			fmt.Fprintf(&b, " %s=%v", name, x)
		}
	}
	return b.String()
}

func lines(text string) (out []string) {
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// fields splits at spaces outside quotes.
func fields(line string) []string {
	quoted := false
	return strings.FieldsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
}

// parseValue reads a value of a kind; an instant is a time of one day, "15:04:05".
func parseValue(k engine.Kind, text string) (any, error) {
	if text == "null" {
		return nil, nil
	}
	switch {
	case k == engine.KindBool:
		return strconv.ParseBool(text)
	case k == engine.KindString:
		return strconv.Unquote(text)
	case k == engine.KindInstant:
		t, err := time.Parse("2006-01-02 15:04:05", "2026-01-23 "+text)
		return t, err
	case k == engine.KindDuration:
		return time.ParseDuration(text)
	case k.IsFloat():
		return strconv.ParseFloat(text, 64)
	}
	return strconv.ParseInt(text, 10, 64)
}
