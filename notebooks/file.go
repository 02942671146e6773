package notebooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxSize bounds what is read as a notebook file, in bytes.
const maxSize = 512 << 20

// Notebook is an nbformat 4 document. What it holds that Tickbook does not know is kept as it is.
type Notebook struct {
	raw   map[string]any
	Cells []*Cell
}

// Cell is one cell of a notebook.
type Cell struct{ raw map[string]any }

// Parse reads a notebook. It wants nbformat 4.
func Parse(data []byte) (*Notebook, error) {
	if len(data) > maxSize {
		return nil, fmt.Errorf("notebook: %d bytes, more than the limit of %d", len(data), maxSize)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	nb := &Notebook{}
	if err := d.Decode(&nb.raw); err != nil {
		return nil, fmt.Errorf("notebook: not a JSON document: %w", err)
	}
	if v, _ := nb.raw["nbformat"].(json.Number); v != "4" {
		return nil, fmt.Errorf("notebook: nbformat %v, want 4; open and save it in a current Jupyter to convert it", nb.raw["nbformat"])
	}
	cells, ok := nb.raw["cells"].([]any)
	if !ok {
		return nil, fmt.Errorf("notebook: no list of cells")
	}
	for i, c := range cells {
		m, ok := c.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("notebook: cell %d is not an object", i+1)
		}
		nb.Cells = append(nb.Cells, &Cell{m})
	}
	return nb, nil
}

// Bytes writes the notebook as Jupyter does: keys sorted, indented by one space, texts as lists of lines.
func (nb *Notebook) Bytes() ([]byte, error) {
	cells := make([]any, len(nb.Cells))
	for i, c := range nb.Cells {
		cells[i] = c.raw
	}
	nb.raw["cells"] = cells
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(nb.raw); err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	return b.Bytes(), nil
}

// NewCodeCell makes a code cell with the given tags.
func NewCodeCell(id, source string, tags ...string) *Cell {
	meta := map[string]any{}
	if len(tags) > 0 {
		list := make([]any, len(tags))
		for i, t := range tags {
			list[i] = t
		}
		meta["tags"] = list
	}
	return &Cell{map[string]any{
		"cell_type": "code", "id": id, "metadata": meta, "source": lines(source), "outputs": []any{}, "execution_count": nil,
	}}
}

// IsCode says whether the cell is to be run.
func (c *Cell) IsCode() bool { return c.raw["cell_type"] == "code" }

// ID is the cell's id, "" in notebooks older than nbformat 4.5.
func (c *Cell) ID() string {
	s, _ := c.raw["id"].(string)
	return s
}

// Source is the cell's text.
func (c *Cell) Source() string { return text(c.raw["source"]) }

// HasTag says whether the cell's metadata has the tag.
func (c *Cell) HasTag(tag string) bool {
	meta, _ := c.raw["metadata"].(map[string]any)
	tags, _ := meta["tags"].([]any)
	return slices.Contains(tags, any(tag))
}

// Outputs are the cell's outputs as nbformat has them.
func (c *Cell) Outputs() []map[string]any {
	list, _ := c.raw["outputs"].([]any)
	var out []map[string]any
	for _, o := range list {
		if m, ok := o.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// setOutputs replaces what the cell shows. A count of 0 means that it did not run.
func (c *Cell) setOutputs(count int, outputs []map[string]any) {
	list := make([]any, len(outputs))
	for i, o := range outputs {
		list[i] = o
	}
	c.raw["outputs"] = list
	c.raw["execution_count"] = nil
	if count > 0 {
		c.raw["execution_count"] = json.Number(strconv.Itoa(count))
	}
}

// ClearOutputs forgets what all cells show.
func (nb *Notebook) ClearOutputs() {
	for _, c := range nb.Cells {
		if c.IsCode() {
			c.setOutputs(0, nil)
		}
	}
}

// text joins a text that nbformat keeps as a string or as a list of lines.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var b strings.Builder
		for _, x := range v {
			s, _ := x.(string)
			b.WriteString(s)
		}
		return b.String()
	default:
		return ""
	}
}

// lines cuts a text as nbformat keeps it: each line with its newline.
func lines(s string) []any {
	out := []any{}
	for l := range strings.Lines(s) {
		out = append(out, l)
	}
	return out
}
