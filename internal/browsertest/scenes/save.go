package scenes

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tickbook/internal/browsertest"
)

// clock makes a table of one row that counts ten times a second, and a figure of it.
const clock = `clock := engine.NewInput(engine.Default(), engine.Int64("Count"), engine.String("Note"))
hand := clock.Add(int64(0), "<b>tick</b>")
go func() {
	for n := int64(1); ; n++ {
		time.Sleep(20 * time.Millisecond)
		clock.Modify(hand, "Count", n)
	}
}()`

// save saves a notebook whose outputs tick: the file has the state of that moment, of outputs that were never in sight and right after a reload as
// well, and nothing but a save makes the notebook dirty or changes its file.
func save(t *testing.T, s *stage) {
	const name = "save.ipynb"
	n := s.open(t, name, clock, "clock.Table", filler, "clock.View(`Far = Count`)", `figure.New().PlotXY("count", clock.Table, "Count", "Count", figure.Scatter)`)
	runAll(t, n)
	n.Select(1)
	n.WaitLive(1)
	shown := func() int64 {
		n.WaitLive(1)
		count, err := strconv.ParseInt(n.Table(1)[1][0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return count
	}
	n.Wait("a start of the count", func() bool { return shown() > 50 })
	// saved saves, and wants what is saved to be newer than what was seen just before.
	saved := func(when string) (text string) {
		t.Helper()
		before := shown()
		n.Save()
		text = s.read(t, name)
		for _, cell := range []int{1, 3} {
			if got := savedCount(t, text, cell); got < before {
				t.Errorf("%s: cell %d is saved with a count of %d; the page had shown %d before the save", when, cell, got, before)
			}
		}
		if n.IsDirty() {
			t.Errorf("%s: the saved notebook is dirty", when)
		}
		return text
	}
	text := saved("at first")
	pass(n, 2*time.Second)
	if n.IsDirty() {
		t.Error("ticking made the notebook dirty")
	}
	if s.read(t, name) != text {
		t.Error("the file changed without a save")
	}
	if now := saved("again"); savedImage(t, now, 4) == savedImage(t, text, 4) {
		t.Error("the saved figure is that of an earlier save")
	}
	n.Reload()
	n.Select(1)
	saved("after a reload")
	s.quiet(t, n)
}

// saved is a notebook's file.
type saved struct {
	Cells []struct {
		Outputs []browsertest.Output `json:"outputs"`
	} `json:"cells"`
}

func readSaved(t *testing.T, text string) (f saved) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

var cellNumber = regexp.MustCompile(`<td[^>]*>([\d,]+)</td>`)

// savedCount is the first number in a saved table, which its HTML and its text agree on.
func savedCount(t *testing.T, text string, cell int) int64 {
	t.Helper()
	out := readSaved(t, text).Cells[cell].Outputs
	if len(out) != 1 {
		t.Fatalf("saved cell %d has %d outputs, want one", cell, len(out))
	}
	m := cellNumber.FindStringSubmatch(out[0].Mime("text/html"))
	if m == nil || !strings.Contains(out[0].Mime("text/plain"), m[1]) {
		t.Fatalf("saved cell %d: HTML %q, text %q", cell, out[0].Mime("text/html"), out[0].Mime("text/plain"))
	}
	count, err := strconv.ParseInt(strings.ReplaceAll(m[1], ",", ""), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// savedImage is a saved figure.
func savedImage(t *testing.T, text string, cell int) string {
	t.Helper()
	out := readSaved(t, text).Cells[cell].Outputs
	if len(out) != 1 || out[0].Mime("image/png") == "" || out[0].Mime("text/plain") == "" {
		t.Fatalf("saved cell %d: %d outputs, want one with an image and text", cell, len(out))
	}
	return out[0].Mime("image/png")
}

// elsewhere shows a saved notebook where its kernel is not: what was saved last, and no word of an error.
func elsewhere(t *testing.T, s *stage) {
	n := s.open(t, "home.ipynb", clock, "clock.Table", `figure.New().PlotXY("count", clock.Table, "Count", "Count", figure.Scatter)`)
	runAll(t, n)
	n.Select(1)
	n.WaitLive(1)
	n.Save()
	s.quiet(t, n)
	n.Close()
	text := s.read(t, "home.ipynb")
	const spec = `"name": "tickbook"`
	if !strings.Contains(text, spec) {
		t.Fatalf("the file names its kernel otherwise: %s", text)
	}
	put := func(name string, oldnew ...string) {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(strings.NewReplacer(oldnew...).Replace(text)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	look := func(what, name, note string, server browsertest.Server, also ...string) {
		t.Run(what, func(t *testing.T) {
			n := s.browser.For(t).Look(server, name)
			noKernel(n)
			for _, cell := range []int{1, 2} {
				n.Wait("the note", func() bool { return n.Foot(cell) == note })
			}
			n.Wait("the last table", func() bool { rows := n.Table(1); return len(rows) == 2 && rows[1][1] == "<b>tick</b>" })
			n.Wait("the last figure", func() bool { return n.Image(2) != "" })
			plain(t, n.Text(1)+n.Text(2))
			dated(t, n.Text(1))
			if what == "not trusted" && trusted(n, 1) {
				t.Error("the notebook is trusted")
			}
			// JupyterLab writes the kernel that is there now, or none, into the notebook, with an extension of ours or not.
			if n.IsDirty() != strings.HasPrefix(note, "made by another") && n.IsDirty() != strings.Contains(what, "no kernel") {
				t.Errorf("after a look the notebook's dirtiness is %v", n.IsDirty())
			}
			s.quiet(t, n, also...)
			if what == "without the extension" {
				for _, own := range s.Own {
					n.Wait("the front end's own error "+own, func() bool {
						return slices.ContainsFunc(n.ConsoleErrors(), func(e string) bool { return matches(own, e) })
					})
				}
			}
		})
	}
	s.server.EndSessions(t)
	look("an earlier kernel", "home.ipynb", "made by an earlier kernel: last state", s.server)
	put("foreign.ipynb", "20 * time", "30 * time") // other text: nobody has signed it
	look("not trusted", "foreign.ipynb", "made by an earlier kernel: last state", s.server)
	put("python.ipynb", spec, `"name": "python3"`)
	look("another kernel", "python.ipynb", "made by another kernel: last state", s.server)
	// A kernel that is not there, of a language that no other one has.
	put("absent.ipynb", spec, `"name": "absent"`, `"language": "go"`, `"language": "none"`, `"name": "go"`, `"name": "none"`)
	look("no kernel", "absent.ipynb", "not connected: last state", s.server, `Failed to load resource: .*`)

	state := t.TempDir()
	if err := os.MkdirAll(filepath.Join(state, "config", "labconfig"), 0o755); err != nil {
		t.Fatal(err)
	}
	const without = `{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true, "tickbook": true}}`
	if err := os.WriteFile(filepath.Join(state, "config", "labconfig", "page_config.json"), []byte(without), 0o644); err != nil {
		t.Fatal(err)
	}
	bare := s.serve(t, state)
	look("without the extension", "home.ipynb", "", bare)
	look("no kernel, without the extension", "absent.ipynb", "", bare, `Failed to load resource: .*`)
	t.Run("nbconvert", func(t *testing.T) { s.converts(t, "home.ipynb") })
}

// noKernel chooses none where the page asks which.
func noKernel(n *browsertest.Notebook) {
	n.Wait("a kernel, or the question", func() bool {
		var settled bool
		n.Eval(&settled, `(dialog => {
			if (!dialog) return nb.context.sessionContext.isReady && !!nb.context.sessionContext.session?.kernel;
			const none = dialog.querySelector('.jp-mod-reject');
			if (!none) return false;
			none.click();
			return true;
		})(document.querySelector('.jp-Dialog'))`)
		return settled
	})
}

// troubled are words that no output shows which has nothing to say but its last state.
var troubled = regexp.MustCompile(`(?i)error|exception|not found|invalid|undefined|missing|failed|unknown|unsupported|vnd\.`)

func plain(t *testing.T, text string) {
	t.Helper()
	if found := troubled.FindString(text); found != "" {
		t.Errorf("the output says %q: %s", found, text)
	}
}

// dated wants a saved table to say of when it is, and not that it lives.
func dated(t *testing.T, text string) {
	t.Helper()
	if !regexp.MustCompile(`snapshot \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`).MatchString(text) || strings.Contains(text, "live") {
		t.Errorf("the saved table says %q, want the time of its state", text)
	}
}

// converts makes HTML of a notebook, and looks at that.
func (s *stage) converts(t *testing.T, name string) {
	cmd := s.python(t, "-m", "nbconvert", "--to", "html", "--output", "converted.html", filepath.Join(s.dir, name))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("nbconvert: %v\n%s", err, out)
	}
	n := s.browser.For(t).Visit("file://" + filepath.Join(s.dir, "converted.html"))
	var got struct {
		Rows   [][]string
		Images int
		Text   string
	}
	n.Wait("the page", func() bool {
		n.Eval(&got, `({
			Rows: [...document.querySelectorAll('.jp-OutputArea table tr')].map(r => [...r.children].map(c => c.textContent)),
			Images: [...document.querySelectorAll('.jp-OutputArea img')].filter(i => i.naturalWidth > 100).length,
			Text: [...document.querySelectorAll('.jp-OutputArea-output')].map(o => o.innerText).join('\n'),
		})`)
		return len(got.Rows) > 0 && got.Images > 0
	})
	if len(got.Rows) != 2 || got.Rows[1][1] != "<b>tick</b>" || got.Images != 1 {
		t.Errorf("rows %q and %d images, want the last row and one image", got.Rows, got.Images)
	}
	plain(t, got.Text)
	dated(t, got.Text)
	if errs := n.ConsoleErrors(); len(errs) > 0 {
		t.Logf("console: %q", errs) // nbconvert's page loads scripts from the network
	}
}
