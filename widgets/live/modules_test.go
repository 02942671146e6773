package live

import (
	"maps"
	"testing"

	"tickbook/display"
)

func TestModules(t *testing.T) {
	f := func(open string, want map[string]string) {
		t.Helper()
		if got := Modules(display.CommMessage{Data: []byte(open)}); !maps.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", open, got, want)
		}
	}
	f(`{"version": 1, "modules": {"example.com/a": "v1.0.0"}}`, map[string]string{"example.com/a": "v1.0.0"})
	f(`{"version": 1}`, nil)
	f(`{"version": 1, "modules": [1]}`, nil)
	f(`no JSON`, nil)
}

func TestNotebook(t *testing.T) {
	f := func(open, want string) {
		t.Helper()
		if got := Notebook(display.CommMessage{Data: []byte(open)}); got != want {
			t.Errorf("%s: got %q, want %q", open, got, want)
		}
	}
	f(`{"version": 1, "notebook": "a/b.ipynb"}`, "a/b.ipynb")
	f(`{"version": 1}`, "")
	f(`{"version": 1, "notebook": 1}`, "")
	f(`no JSON`, "")
}
