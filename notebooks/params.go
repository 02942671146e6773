package notebooks

import (
	"fmt"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// Param overrides one variable of the cell tagged "parameters".
type Param struct{ Name, Value string }

// ParseParam reads NAME=VALUE. A value that is a Go literal (a number, true, false, a quoted string) stands for itself, other text for a string.
func ParseParam(s string) (Param, error) {
	name, value, ok := strings.Cut(s, "=")
	if !ok || !token.IsIdentifier(name) {
		return Param{}, fmt.Errorf("parameter %q: want NAME=VALUE, with a Go identifier as the name", s)
	}
	return Param{name, value}, nil
}

// Inject puts a cell that sets the parameters after the cell tagged "parameters", replacing one that an earlier run put there.
func (nb *Notebook) Inject(params []Param) error {
	if len(params) == 0 {
		return nil
	}
	nb.Cells = slices.DeleteFunc(nb.Cells, func(c *Cell) bool { return c.HasTag("injected-parameters") })
	at := slices.IndexFunc(nb.Cells, func(c *Cell) bool { return c.HasTag("parameters") })
	if at < 0 {
		return fmt.Errorf("notebook: no cell is tagged \"parameters\", so that there is nothing to override")
	}
	var b strings.Builder
	b.WriteString("// Parameters\n")
	for _, p := range params {
		fmt.Fprintf(&b, "%s := %s\n", p.Name, literal(p.Value))
	}
	nb.Cells = slices.Insert(nb.Cells, at+1, NewCodeCell("injected-parameters", b.String(), "injected-parameters"))
	return nil
}

// literal is v if it is a Go literal, else v as a quoted string.
func literal(v string) string {
	if v == "true" || v == "false" {
		return v
	}
	if _, err := strconv.ParseFloat(v, 64); err == nil && v[0] <= '9' {
		if e, err := parser.ParseExpr(v); err == nil && e != nil {
			return v
		}
	}
	if len(v) > 1 && (v[0] == '"' || v[0] == '`') {
		if _, err := strconv.Unquote(v); err == nil {
			return v
		}
	}
	return strconv.Quote(v)
}
