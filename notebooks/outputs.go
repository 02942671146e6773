package notebooks

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
	"sync"

	"tickbook/kernel"
)

// recorder keeps what cells show, as a notebook file has it. It is the session's [kernel.Sink].
type recorder struct {
	mu      sync.Mutex
	cells   map[string]*shown         // by the request's id; guarded by mu
	display map[string][]*shownOutput // by display id: the outputs that an update replaces; guarded by mu
}

// shown is what one run of a cell has shown so far.
type shown struct {
	outputs []*shownOutput
	clear   bool // when the next output comes
}

type shownOutput struct{ nb map[string]any }

func newRecorder() *recorder {
	return &recorder{cells: map[string]*shown{}, display: map[string][]*shownOutput{}}
}

// parent is the request header by which outputs find their cell again.
func parent(id string) json.RawMessage {
	b, err := json.Marshal(map[string]string{"msg_id": id})
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return b
}

// Emit takes one output of the session.
func (r *recorder) Emit(o kernel.Output) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o.Type == "update_display_data" {
		for _, out := range r.display[displayID(o.Content)] {
			out.nb["data"], out.nb["metadata"] = fileBundle(o.Content["data"]), plain(o.Content["metadata"])
		}
		return
	}
	var header struct {
		ID string `json:"msg_id"`
	}
	if json.Unmarshal(o.Parent, &header) != nil || header.ID == "" {
		return // what no cell asked for has no place in a file
	}
	c := r.cells[header.ID]
	if c == nil {
		c = &shown{}
		r.cells[header.ID] = c
	}
	switch o.Type {
	case "clear_output":
		if wait, _ := o.Content["wait"].(bool); wait {
			c.clear = true
		} else {
			c.outputs = nil
		}
	case "stream":
		r.stream(c, o.Content)
	case "display_data":
		c.add(map[string]any{"output_type": "display_data", "data": fileBundle(o.Content["data"]), "metadata": plain(o.Content["metadata"])})
		r.named(c, o.Content)
	case "execute_result":
		c.add(map[string]any{
			"output_type": "execute_result", "data": fileBundle(o.Content["data"]), "metadata": plain(o.Content["metadata"]),
			"execution_count": o.Content["execution_count"],
		})
		r.named(c, o.Content)
	case "error":
		c.add(map[string]any{
			"output_type": "error", "ename": o.Content["ename"], "evalue": o.Content["evalue"], "traceback": o.Content["traceback"],
		})
	}
}

func (c *shown) add(nb map[string]any) {
	if c.clear {
		c.outputs, c.clear = nil, false
	}
	c.outputs = append(c.outputs, &shownOutput{nb})
}

// stream joins what follows on the same stream, as Jupyter does.
func (r *recorder) stream(c *shown, content map[string]any) {
	name, _ := content["name"].(string)
	add, _ := content["text"].(string)
	if n := len(c.outputs); n > 0 && !c.clear && c.outputs[n-1].nb["output_type"] == "stream" && c.outputs[n-1].nb["name"] == name {
		last := c.outputs[n-1].nb
		last["text"] = lines(text(last["text"]) + add)
		return
	}
	c.add(map[string]any{"output_type": "stream", "name": name, "text": lines(add)})
}

func (r *recorder) named(c *shown, content map[string]any) {
	if id := displayID(content); id != "" {
		r.display[id] = append(r.display[id], c.outputs[len(c.outputs)-1])
	}
}

func displayID(content map[string]any) string {
	transient, _ := plain(content["transient"]).(map[string]any)
	id, _ := transient["display_id"].(string)
	return id
}

// outputsOf are the outputs of a run, as of now.
func (r *recorder) outputsOf(id string) []map[string]any {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.cells[id]
	if c == nil {
		return nil
	}
	out := make([]map[string]any, len(c.outputs))
	for i, o := range c.outputs {
		out[i] = maps.Clone(o.nb)
	}
	return out
}

// fileBundle is a bundle as a file has it: texts as lists of lines, everything else as it is.
func fileBundle(v any) map[string]any {
	out := map[string]any{}
	m, _ := plain(v).(map[string]any)
	for media, x := range m {
		s, ok := x.(string)
		switch {
		case !ok:
			x = generic(x)
		case isText(media):
			x = lines(s)
		}
		out[media] = x
	}
	return out
}

// generic is a JSON value as a file that was read has it, so that its keys are written sorted too. What cannot be marshalled stays as it is, for the
// writer to complain about.
func generic(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return v
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var out any
	if d.Decode(&out) != nil {
		return v
	}
	return out
}

// isText says whether nbformat keeps a media type as lines. Binary ones are base64, kept whole.
func isText(media string) bool {
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+xml") || media == "application/javascript"
}

// plain turns any map with string keys, or what marshals as one, into a map[string]any; nil into an empty one.
func plain(v any) any {
	switch v := v.(type) {
	case nil:
		return map[string]any{}
	case map[string]any:
		return v
	}
	b, err := json.Marshal(v)
	if err != nil {
		return map[string]any{}
	}
	var m map[string]any
	if json.Unmarshal(b, &m) != nil || m == nil {
		return map[string]any{}
	}
	return m
}
