package notebooks

import (
	"maps"

	"tickbook/display"
)

// Modules are the versions of the modules that the notebook's cells fetched, by path, as its metadata has them.
func (nb *Notebook) Modules() map[string]string {
	out := map[string]string{}
	meta, _ := nb.raw["metadata"].(map[string]any)
	ours, _ := meta["tickbook"].(map[string]any)
	list, _ := ours["get"].(map[string]any)
	for path, v := range list {
		if version, ok := v.(string); ok {
			out[path] = version
		}
	}
	return out
}

// noteModules takes the versions into the metadata that the outputs of cells tell.
func (nb *Notebook) noteModules() {
	found := map[string]string{}
	for _, c := range nb.Cells {
		for _, o := range c.Outputs() {
			data, _ := o["data"].(map[string]any)
			list, _ := data[display.Modules].(map[string]any)
			for path, v := range list {
				if version, ok := v.(string); ok {
					found[path] = version
				}
			}
		}
	}
	if len(found) == 0 {
		return
	}
	get := map[string]any{}
	all := nb.Modules()
	maps.Copy(all, found)
	for path, version := range all {
		get[path] = version
	}
	object(object(nb.raw, "metadata"), "tickbook")["get"] = get
}

// object returns the object that m has under a name, made if there is none.
func object(m map[string]any, name string) map[string]any {
	o, ok := m[name].(map[string]any)
	if !ok {
		o = map[string]any{}
		m[name] = o
	}
	return o
}
