package producttest

import (
	"strings"
	"testing"
)

// A redefined function of formulas is told with the outputs that go on with the earlier one: those that are on display, and no others.
func TestRedefinedFunctionsNameOutputs(t *testing.T) {
	s := newSession(t)
	defer s.close()
	said := func(id string) string {
		s.mu.Lock()
		defer s.mu.Unlock()
		all := ""
		for _, o := range s.shown[id] {
			if o.Type == "stream" && o.Content["name"] == "stderr" {
				all += o.Content["text"].(string)
			}
		}
		return strings.TrimSpace(all)
	}
	want := func(id, want string) {
		t.Helper()
		if got := said(id); got != want {
			t.Errorf("said %q, want %q", got, want)
		}
	}
	const earlier = "twice in formulas is another one by now; these keep the earlier one until their cells run again: "
	define := "func twice(x float64) float64 { return 2 * x }\nengine.Let(\"twice\", twice)"
	want(s.mustRun("define", define), "")
	s.mustRun("alone", "engine.NewTable(engine.Col(\"X\", []float64{1})).View(\"Y = twice(X)\")")
	want(s.mustRun("define", define), earlier+"the output of In[2]") // there are no variables
	s.mustRun("alone", "")
	s.mustRun("source", "src := engine.NewTable(engine.Col(\"X\", []float64{1, 2}));")
	s.mustRun("table", "src.View(\"Y = twice(X)\")")
	s.mustRun("figure", "t := src.UpdateView(\"Y = twice(X)\")\nfigure.New().PlotXY(\"p\", t, \"X\", \"Y\")")
	want(s.mustRun("define", define), earlier+"t, the output of In[6], the output of In[7]")
	want(s.mustRun("table", "src.View(\"Y = twice(X)\")"), "")
	want(s.mustRun("figure", "t := src.UpdateView(\"Y = 3*X\")\nt"), "")
	want(s.mustRun("define", define), earlier+"the output of In[9]")
}
