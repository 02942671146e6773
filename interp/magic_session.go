package interp

import (
	"fmt"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"

	"tickbook/display"
)

func whoMagic(m *magicCall) ([]any, error) {
	if err := m.noArg(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	objs := maps.Clone(m.fe.objs)
	m.mu.Unlock()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, n := range slices.Sorted(maps.Keys(objs)) {
		if v, ok := objs[n].(*types.Var); ok && !strings.Contains(n, "ꞏ") {
			fmt.Fprintf(w, "%s\t%s\t%s\n", n, types.TypeString(v.Type(), qualifier), sizeOf(m.eval.Value(v)))
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	var lines strings.Builder // without the space that fills empty last columns
	for l := range strings.Lines(b.String()) {
		lines.WriteString(strings.TrimRight(l, " \n") + "\n")
	}
	return nil, m.print(lines.String())
}

// sizeOf says how large a value is: rows and columns, or elements; "" where there is no such size.
func sizeOf(v any) (text string) {
	defer func() {
		if recover() != nil { // a method of a cell's type, or of a nil pointer
			text = ""
		}
	}()
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Pointer, reflect.Interface:
		if t, ok := v.(display.Tabular); ok && !rv.IsNil() {
			return count(t.Size(), "row") + " × " + count(len(t.Names()), "column")
		}
	case reflect.String:
		return count(rv.Len(), "byte")
	case reflect.Slice, reflect.Map, reflect.Chan:
		return count(rv.Len(), "element")
	}
	return ""
}

// count writes a number of things, with commas: 1 row, 12,000 rows.
func count(n int, what string) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if n != 1 {
		what += "s"
	}
	return digits + " " + what
}

func resetMagic(m *magicCall) ([]any, error) {
	if err := m.noArg(); err != nil {
		return nil, err
	}
	old := m.eval
	if err := m.begin(); err != nil {
		return nil, err
	}
	return nil, old.Close()
}

func envMagic(m *magicCall) ([]any, error) {
	name, value, set := strings.Cut(m.arg(), "=")
	switch name = strings.TrimSpace(name); {
	case set && (name == "" || strings.ContainsAny(name, " \t\x00")):
		return nil, m.errorf("want NAME=value")
	case set:
		if err := os.Setenv(name, strings.TrimSpace(value)); err != nil {
			return nil, m.failf("Error", "%w", err)
		}
		return nil, nil
	case name != "":
		v, ok := os.LookupEnv(name)
		if !ok {
			return nil, m.failf("NotFound", "%s is not set; set it by %%env %s=value", name, name)
		}
		return nil, m.print(v + "\n")
	}
	all := os.Environ()
	slices.Sort(all)
	return nil, m.print(strings.Join(all, "\n") + "\n")
}

func cdMagic(m *magicCall) ([]any, error) {
	to := m.arg()
	if to == "" {
		to = "~"
	}
	if err := os.Chdir(expandHome(to)); err != nil {
		return nil, m.failf("Error", "%w", err)
	}
	wd, err := os.Getwd()
	if err != nil {
		return nil, m.failf("Error", "%w", err)
	}
	return nil, m.print(wd + "\n")
}

// expandHome replaces a leading ~ by the user's home folder.
func expandHome(path string) string {
	if path != "~" && !strings.HasPrefix(path, "~/") {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(home, path[1:])
}
