package browsertest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tickbook/install"
	"tickbook/internal/browsertest"
)

// lab starts JupyterLab on a folder of notebooks, with a Tickbook kernelspec for a binary that may do nothing.
func lab(t *testing.T, work string) browsertest.Server {
	t.Helper()
	jupyter, err := install.FindJupyterLab(t.Context(), install.FindOptions{Out: t.Output(), PrivateOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	l, err := install.StartLab(t.Context(), install.LabOptions{
		Jupyter: jupyter, WorkDir: work, NoBrowser: true, StateDir: t.TempDir(), Args: browsertest.ServerArgs,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Stop(context.Background()) })
	return browsertest.Server{Base: l.Base, Token: l.Token}
}

// TestHarness takes the harness through all it can do, with Python's kernel.
func TestHarness(t *testing.T) {
	work := t.TempDir()
	browsertest.WriteNotebook(t, work, "a b.ipynb", "python3",
		`print("hello")`,
		`from IPython.display import HTML, display; d = display(HTML("<table><tr><th>Sym<br><small>string</small></th></tr><tr><td>A &amp; B</td></tr></table>"), display_id=True)`,
		`d.update(HTML("<table><tr><th>Sym</th></tr><tr><td>C</td></tr></table>"))`,
		`1/0`,
		`import time; time.sleep(1000)`,
		"from IPython.display import Image; import base64\n"+
			`Image(base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="))`,
	)
	server := lab(t, work)
	n := browsertest.New(t).Open(server, "a b.ipynb")

	if got := n.Cells(); got != 6 {
		t.Fatalf("%d cells, want 6", got)
	}
	n.Run(0)
	if got := strings.TrimSpace(n.Text(0)); got != "hello" {
		t.Errorf("text = %q, want hello", got)
	}
	n.Run(1)
	if rows := n.Table(1); len(rows) != 2 || rows[0][0] != "Sym\nstring" || rows[1][0] != "A & B" {
		t.Errorf("table = %q", rows)
	}
	n.Run(2) // changes the output of cell 1
	n.Wait("the change", func() bool { return n.Tables(0, 1)[1][1][0] == "C" })
	if got := n.Outputs(1)[0].Mime("text/html"); !strings.Contains(got, "<td>C</td>") {
		t.Errorf("the model's output = %q", got)
	}
	n.Run(3)
	if got := n.ErrorOutputs(); len(got) != 1 || !strings.HasPrefix(got[0], "cell 3: ZeroDivisionError: ") {
		t.Errorf("error outputs = %q", got)
	}
	n.Start(4)
	n.Wait("a busy kernel", func() bool { return n.KernelStatus() == "busy" && n.IsRunning(4) })
	n.Interrupt()
	n.WaitIdle()
	n.Run(5)
	n.Wait("the image", func() bool { return strings.HasPrefix(n.Image(5), "data:image/png;base64,") })

	n.SetSource(4, "2+2")
	n.Run(4)
	if !n.IsDirty() {
		t.Error("a changed notebook is not dirty")
	}
	n.Save()
	saved, err := os.ReadFile(filepath.Join(work, "a b.ipynb"))
	if err != nil || !strings.Contains(string(saved), "2+2") {
		t.Errorf("saved: %v, %s", err, saved)
	}
	n.SetSource(4, "lost")
	n.Reload()
	if got := n.Source(4); got != "2+2" {
		t.Errorf("after a reload cell 4 is %q, want what was saved", got)
	}
	if got := n.ConsoleErrors(); len(got) > 0 {
		t.Errorf("console errors: %q", got)
	}
	n.Restart() // Python's debugger complains on the console
	n.Run(n.FindCell("2+2"))
	if got := n.ExecutionCount(4); got != 1 {
		t.Errorf("after a restart: execution count %d, want 1", got)
	}
	shot := filepath.Join(t.TempDir(), "page.png")
	n.Screenshot(shot)
	if st, err := os.Stat(shot); err != nil || st.Size() < 1000 {
		t.Errorf("screenshot: %v, %v", st, err)
	}
	if dir := os.Getenv("SHOTS"); dir != "" {
		n.Screenshot(filepath.Join(dir, "harness.png"))
	}
	n.Eval(nil, `(console.error('complaint', 3), setTimeout(() => { throw new Error('uncaught') }))`)
	n.Wait("the complaints", func() bool {
		got := strings.Join(n.ConsoleErrors(), "\n")
		return strings.Contains(got, "complaint 3") && strings.Contains(got, "uncaught")
	})
	if got := n.BlankFrames(5, 1, 5); got != 0 {
		t.Errorf("%d blank frames of outputs that stand still", got)
	}
	n.Run(n.Append("print('last')"))
	if got := strings.TrimSpace(n.Text(6)); got != "last" {
		t.Errorf("the appended cell shows %q", got)
	}
	server.EndSessions(t)
	if got := server.Sessions(t); len(got) > 0 {
		t.Errorf("sessions after their end: %+v", got)
	}
}
