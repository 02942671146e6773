package kernel

import (
	"slices"

	"tickbook/display"
)

// nextInputs takes what is to be run next out of a cell's values: it is for the page, not to be shown.
func nextInputs(values []any) (rest []any, payload []map[string]any) {
	rest = slices.DeleteFunc(slices.Clone(values), func(v any) bool {
		next, ok := v.(display.NextInput)
		if ok {
			payload = append(payload, map[string]any{"source": "set_next_input", "text": next.Text, "replace": next.Replace})
		}
		return ok
	})
	return rest, payload
}
