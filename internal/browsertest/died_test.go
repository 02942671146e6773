//go:build unix

package browsertest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tickbook/internal/browsertest"
)

// TestKernelDiesInTheNotebook: a cell that ends the kernel's process says so in the notebook, the cells behind it don't run, and the next one runs in a
// fresh kernel.
func TestKernelDiesInTheNotebook(t *testing.T) {
	p := startProduct(t)
	browsertest.WriteNotebook(t, p.Dir, "died.ipynb", "tickbook",
		`x := engine.NewTable(engine.Col("N", []int64{1, 2, 3}))
x`,
		`m := map[int]int{}
for range 8 {
	go func() {
		for i := 0; ; i++ {
			m[i%10] = i
		}
	}()
}
select {}`,
		`"not reached"`,
		`6 * 7`,
	)
	n := browsertest.New(t).Open(p.Server, "died.ipynb")
	n.Limit = 30 * time.Second
	n.Run(0)
	n.WaitLive(0)
	n.Start(1)
	n.Start(2)
	n.Wait("the message", func() bool { return strings.Contains(strings.Join(n.ErrorOutputs(), "\n"), "KernelDied") })
	text := n.Text(1)
	for _, want := range []string{"while In[2] ran: fatal error: concurrent map writes", "guard it with a sync.Mutex"} {
		if !strings.Contains(text, want) {
			t.Errorf("the message %q lacks %q", text, want)
		}
	}
	n.Wait("JupyterLab's own word about it", func() bool {
		var said bool
		n.Eval(&said, `!!document.querySelector('.jp-Dialog')?.textContent.includes('It will restart automatically')`)
		return said
	})
	n.Eval(nil, `document.querySelector('.jp-Dialog .jp-mod-accept').click()`)
	n.Wait("the end of the cells", func() bool { return !n.IsRunning(1) && !n.IsRunning(2) }) // JupyterLab shows the kernel as "unknown" until a cell runs
	if got := n.Text(2); got != "" {
		t.Errorf("the cell behind it shows %q", got)
	}
	if dir := os.Getenv("SHOTS"); dir != "" {
		n.Screenshot(filepath.Join(dir, "kernel-died.png"))
	}
	n.Run(3)
	n.Wait("an idle kernel", func() bool { return n.KernelStatus() == "idle" })
	if got := strings.TrimSpace(n.Text(3)); got != "42" || n.ExecutionCount(3) != 1 {
		t.Errorf("the fresh kernel shows %q as In[%d]", got, n.ExecutionCount(3))
	}
	n.Wait("the last state of the table", func() bool { return strings.Contains(n.Foot(0), "last state") })
	if rows := n.Table(0); len(rows) != 4 {
		t.Errorf("the table's last state is %q", rows)
	}
}
