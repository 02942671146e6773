package interp

import (
	"strings"
	"testing"
)

// notes runs a cell and returns what it says on stderr.
func (nb *notebook) notes(src string) string {
	nb.t.Helper()
	before := len(nb.errs.String())
	if _, err := nb.do(src); err != nil {
		nb.t.Fatalf("%s: %v", src, err)
	}
	return strings.TrimSpace(nb.errs.String()[before:])
}

func TestRedefinedFunctionsOfFormulas(t *testing.T) {
	nb := newNotebook(t)
	want := func(src, want string) {
		t.Helper()
		if got := nb.notes(src); got != want {
			t.Errorf("%s\nsays %q,\nwant %q", src, got, want)
		}
	}
	want("func twice(x float64) float64 { return 2 * x }\nengine.Let(\"twice\", twice)", "")
	want("src := engine.NewTable(engine.Col(\"X\", []float64{1, 2}))\nt := src.UpdateView(\"Y = twice(X)\")\nu := t.Where(\"Y > 2\")\nvar none *engine.Table", "")
	want("1 + 1", "")
	const still = "twice in formulas is still the earlier one: run engine.Let(\"twice\", …) again for tables to come"
	want("func twice(x float64) float64 { return 20 * x }", still+"; these keep the earlier one until their cells run again: t, u")
	want("1 + 1", "") // told once
	const by = "twice in formulas is another one by now; these keep the earlier one until their cells run again: "
	want("engine.Let(\"twice\", twice)", by+"t, u")
	want("t.Float64s(\"Y\")[1]", "")
	nb.want("t.Float64s(\"Y\")[1]", "=> 4")
	nb.want("src.UpdateView(\"Y = twice(X)\").Float64s(\"Y\")[1]", "=> 40")
	want("t := src.UpdateView(\"Y = twice(X)\")", "")
	want("func twice(x float64) float64 { return 3 * x }\nengine.Let(\"twice\", twice)", by+"t")
	want("t = src.UpdateView(\"Y = twice(X)\")\nu = t.Where(\"Y > 2\")", "")
	want("fig := figure.New().PlotXY(\"p\", t, \"X\", \"Y\")\nvar same any = t", "")
	want("func twice(x float64) float64 { return 4 * x }\nengine.Let(\"twice\", twice)", by+"fig, same, t, u")

	// What a function uses counts, and so does a value that mentions several.
	want("func one(x float64) float64 { return x }\nfunc two(x float64) float64 { return one(x) }\nfunc try() { engine.Let(\"alone\", func(x float64) float64 { return two(x) }) }", "")
	want("try()\nw := src.View(\"Y = alone(X)\")", "")
	want("func one(x float64) float64 { return x + 1 }", "alone in formulas is still the earlier one: run engine.Let(\"alone\", …) again for tables to come; these keep the earlier one until their cells run again: w")

	// A function that no table uses.
	want("func idle(x float64) float64 { return x }\nengine.Let(\"idle\", idle)", "")
	want("func idle(x float64) float64 { return -x }", "idle in formulas is still the earlier one: run engine.Let(\"idle\", …) again for tables to come")
	// A cell that fails behind the redefinition says so as well.
	if _, err := nb.do("func idle(x float64) float64 { return x }\nengine.Let(\"idle\", idle)\nvar p *int\n*p = 1"); err == nil {
		t.Error("no panic")
	}
	want("v := src.View(\"Y = idle(X)\")", "")
	before := nb.errs.String()
	if _, err := nb.do("func idle(x float64) float64 { return x }\nengine.Let(\"idle\", idle)\nvar q *int\n*q = 1"); err == nil {
		t.Error("no panic")
	}
	if got := nb.errs.String()[len(before):]; !strings.Contains(got, "idle in formulas is another one by now; these keep the earlier one until their cells run again: v") {
		t.Errorf("said %q", got)
	}
	want("%reset", "")
	want("1 + 1", "")
}
