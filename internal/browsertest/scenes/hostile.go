package scenes

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tickbook/internal/browsertest"
	"tickbook/internal/hostile"
)

// corpus is the hostile texts as an expression of Go.
func corpus() string {
	var b strings.Builder
	b.WriteString("[]string{")
	for _, s := range hostile.Texts {
		fmt.Fprintf(&b, "%q, ", s)
	}
	return b.String() + "}"
}

// attack shows hostile texts wherever data reaches: cells, the name of a topic, messages of errors, titles and names of a figure, the error of a cell.
// None runs: live, in the values under the pointer, in the saved file, opened again, by this kernel or none, trusted or not.
func attack(t *testing.T, s *stage) {
	n := s.open(t, "attack.ipynb",
		"texts := "+corpus()+"\nhostile := engine.NewInput(engine.Default(), engine.Int64(`N`), engine.String(`Text`), engine.Float64(`Y`))\n"+
			"for i, s := range texts { hostile.Add(int64(i), s, float64(i)) }",
		"hostile.Table",
		"widgets.Table(hostile.Table, widgets.First(50))",
		"widgets.Table(hostile.Table, widgets.Last(50))",
		"all := strings.Join(texts, ``)\nf := figure.New().Title(all).XLabel(all).YLabel(all)\nfor i, s := range texts[:8] { f = f.PlotXY(fmt.Sprint(i, s), hostile.Table, `N`, `Y`) }\nf",
		"engine.Let(`bad`, func(s string) bool { panic(all) })\nbroken := engine.NewInput(engine.Default(), engine.String(`S`))\nbroken.Table.Where(`bad(S)`)",
		"broken.Add(all)",
		"hostile.Where(`no = <img src=x onerror=window."+hostile.Flag+"=1>`)",
		"panic(all)",
		"fmt.Println(all)\nfmt.Fprintln(os.Stderr, all)",
		"kafka.Consume(kafka.Config{`bootstrap.servers`: `127.0.0.1:1`}, `<img src=x onerror=window."+hostile.Flag+"=1>`, kafka.JSON(engine.String(`A`)), kafka.AppendOnly)",
	)
	for cell := range n.Cells() {
		n.Run(cell)
	}
	for _, cell := range []int{1, 2, 3, 4, 5} {
		n.Select(cell)
		n.WaitLive(cell)
	}
	foot(n, 5, "✕ failed")
	n.Select(1)
	g := grid{t, n, 1}
	seen := map[string]bool{}
	collect := func() {
		for _, row := range n.Table(1)[1:] {
			if row[0] != "" && row[0] != "…" {
				seen[row[0]] = true
			}
		}
	}
	collect()
	for all := len(hostile.Texts); len(seen) < all; { // all rows come by
		want := min(len(seen)+4, all)
		n.Wheel(g.box().Middle(), 88)
		n.Wait("further rows", func() bool { collect(); return len(seen) >= want })
	}
	n.Select(4)
	p := plot{t, n, 4}
	n.Move(p.at(0.5))
	n.Wait("values under the pointer", func() bool { return p.card() != "" })
	n.Select(1)
	safe(t, n, "live")
	n.Save()
	n.Reload()
	n.Select(1)
	n.WaitLive(1)
	safe(t, n, "after a reload")
	n.Close()

	// The same file with other kernels and none, and as a stranger's.
	text := s.read(t, "attack.ipynb")
	s.server.EndSessions(t)
	var page *browsertest.Notebook
	for name, change := range map[string][2]string{
		"attack-earlier.ipynb": {"", ""},
		"attack-python.ipynb":  {`"name": "tickbook"`, `"name": "python3"`},
		"attack-foreign.ipynb": {"texts[:8]", "texts[:9]"},
	} {
		changed := text
		if change[0] != "" {
			changed = strings.ReplaceAll(text, change[0], change[1])
		}
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		n := s.next(t, page, name)
		page = n
		noKernel(n)
		n.Select(1)
		n.Wait("the snapshot of "+name, func() bool { return len(n.Table(1)) > 1 })
		if is := trusted(n, 1); is != (name == "attack-earlier.ipynb") {
			t.Errorf("%s: trusted: %v", name, is)
		}
		safe(t, n, name)
		if !trusted(n, 1) { // as after "Trust Notebook": JupyterLab draws the outputs anew, and runs what scripts they have
			n.Eval(nil, `[...nb.content.model.cells].forEach(c => { c.trusted = true; })`)
			n.Wait("trust", func() bool { return trusted(n, 1) })
			n.Wait("the snapshot of "+name+", trusted", func() bool { return len(n.Table(1)) > 1 })
			safe(t, n, name+", trusted")
		}
	}
	s.strange(t, page)
}

// next shows a notebook in the place of another one, in the same page if the front end can: loading a page takes most of the time of a look.
func (s *stage) next(t *testing.T, n *browsertest.Notebook, name string) *browsertest.Notebook {
	t.Helper()
	if n == nil || s.Tree != JupyterLab.Tree {
		return s.browser.For(t).Look(s.server, name)
	}
	n.Eval(nil, `(nb.context.model.dirty = false, nb.dispose(), app.commands.execute('docmanager:open', {path: %q}))`, name)
	n.Wait("the next notebook", func() bool {
		var is bool
		n.Eval(&is, `nb?.context?.path === %q`, name)
		return is
	})
	n.WaitCells()
	return n
}

func trusted(n *browsertest.Notebook, cell int) (is bool) {
	n.Eval(&is, `nb.content.widgets[%d].model.trusted`, cell)
	return is
}

// strange opens a notebook that a stranger wrote with outputs that claim to be ours: markup, SVG that has scripts, claims that are none.
func (s *stage) strange(t *testing.T, page *browsertest.Notebook) {
	const script = "window." + hostile.Flag + "=1"
	svg := `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" onload="` + script + `"><script>` + script + `</script><script>parent.` + script +
		`</script><foreignObject width="9" height="9"><img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="` + script + `"/></foreignObject><rect width="200" height="100"/></svg>`
	all := strings.Join(hostile.Texts, "")
	claim := func(x any, data map[string]any) map[string]any {
		data["application/vnd.tickbook.view+json"] = x
		data["text/plain"] = all
		return map[string]any{"output_type": "display_data", "metadata": map[string]any{}, "data": data}
	}
	type object = map[string]any
	ref := object{"version": 1, "session": "s", "view": "v", "kind": "table"}
	outputs := []any{
		claim(ref, object{"text/html": "<table><tr><td>" + all + "</td></tr></table>"}),
		claim(ref, object{"image/svg+xml": svg}),
		claim(ref, object{"image/png": base64.StdEncoding.EncodeToString([]byte(svg))}),
		claim(object{"version": all, "session": all, "view": all, "kind": all}, object{}),
		claim(all, object{}), claim(nil, object{}), claim([]int{1}, object{}), claim(7, object{}),
		claim(object{"session": object{"a": 1}, "view": []int{}, "kind": "figure"}, object{"text/html": all}),
	}
	var cells []any
	for i, o := range outputs {
		cells = append(cells, object{
			"cell_type": "code", "id": fmt.Sprintf("c%d", i), "execution_count": nil, "metadata": object{}, "source": "strange", "outputs": []any{o},
		})
	}
	text, err := json.Marshal(object{
		"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": object{"kernelspec": object{"name": "tickbook", "display_name": "Go"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "strange.ipynb"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	n := s.next(t, page, "strange.ipynb")
	noKernel(n)
	n.Wait("the stranger's image", func() bool { return n.Image(1) != "" })
	safe(t, n, "a stranger's")
	if out, err := s.python(t, "-m", "nbconvert", "--to", "html", "--output", "strange.html", filepath.Join(s.dir, "attack.ipynb")).CombinedOutput(); err != nil {
		t.Fatalf("nbconvert: %v\n%s", err, out)
	}
	converted := s.browser.For(t).Visit("file://" + filepath.Join(s.dir, "strange.html"))
	converted.Wait("the converted page", func() bool {
		var rows int
		converted.Eval(&rows, `document.querySelectorAll('.jp-OutputArea table tr').length`)
		return rows > 1
	})
	safe(t, converted, "converted")
}

// safe wants that no script of the data's ran so far, in two rounds of the page's events.
func safe(t *testing.T, n *browsertest.Notebook, where string) {
	t.Helper()
	n.Eval(nil, `new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)))`)
	var ran bool
	n.Eval(&ran, `%q in window`, hostile.Flag)
	if ran {
		t.Errorf("%s: a text of the data's ran as a script", where)
	}
	var title string
	n.Eval(&title, `document.title`)
	if strings.Contains(title, "title\a") {
		t.Errorf("%s: a text of the data's became the page's title", where)
	}
}
