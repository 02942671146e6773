//go:build unix

package install

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tickbook/widgets/lab"
)

// TestLab runs the real thing: JupyterLab in the user's cache as the product sets it up, the server on it, our
// kernelspec in its list, a kernel of Python's, and the end of it all.
func TestLab(t *testing.T) {
	jupyter, err := FindJupyterLab(t.Context(), FindOptions{Out: t.Output(), PrivateOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	for _, v := range []string{"JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_PATH", "JUPYTER_RUNTIME_DIR"} {
		t.Setenv(v, "")
		os.Unsetenv(v)
	}
	t.Setenv("HOME", home)
	work, state := t.TempDir(), t.TempDir()
	binary := fakeBinary(t, t.TempDir(), "tickbook")
	stale := filepath.Join(state, "run-of-a-killed-server")
	if err := os.Mkdir(stale, 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := StartLab(t.Context(), LabOptions{
		Jupyter: jupyter, WorkDir: work, Notebook: "a guide.ipynb", NoBrowser: true, StateDir: state,
		Spec: Spec{Binary: binary}, Env: []string{"TICKBOOK_BOOTSTRAP=127.0.0.1:1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Stop(context.Background()) })

	if _, err := os.Stat(stale); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of a killed server is still there: %v", err)
	}
	if !strings.HasPrefix(l.URL, "http://127.0.0.1:") || !strings.Contains(l.URL, "/lab/tree/a%20guide.ipynb?token=") {
		t.Errorf("URL = %s", l.URL)
	}
	var specs struct {
		Kernelspecs map[string]struct {
			Spec      kernelJSON        `json:"spec"`
			Resources map[string]string `json:"resources"`
		} `json:"kernelspecs"`
	}
	call(t, l, http.MethodGet, "api/kernelspecs", "", &specs)
	ours := specs.Kernelspecs[KernelName]
	if ours.Spec.DisplayName != "Go (Tickbook)" || len(ours.Spec.Argv) != 3 || ours.Spec.Argv[0] != binary {
		t.Errorf("our kernelspec as the server sees it: %+v", ours)
	}
	if len(ours.Resources) != 2 {
		t.Errorf("logos = %v, want two", ours.Resources)
	}
	if page, err := l.request(t.Context(), http.MethodGet, "lab"); err != nil || page.StatusCode != http.StatusOK {
		t.Errorf("the page: %v, %v", page, err)
	} else {
		text, _ := io.ReadAll(page.Body)
		page.Body.Close()
		if want := `"load": "static/` + lab.Hash() + `/container.js"`; !strings.Contains(string(text), want) {
			t.Errorf("the page does not load our extension: no %s", want)
		}
	}
	if resp, err := http.Get(l.Base + "api/kernelspecs"); err != nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("without the token: %v, %v; want 403", resp.StatusCode, err)
	}
	call(t, l, http.MethodPost, "api/kernels", `{"name": "python3"}`, nil)
	kernels := descendants(l.cmd.Process.Pid)
	if len(kernels) == 0 {
		t.Error("no process below the server, want a kernel")
	}

	if err := l.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	for _, pid := range append(kernels, l.cmd.Process.Pid) {
		if alive(pid) {
			t.Errorf("process %d is still there", pid)
		}
	}
	runs, _ := filepath.Glob(filepath.Join(state, "run-*"))
	if len(runs) > 0 {
		t.Errorf("left behind: %v", runs)
	}
	var left []string
	filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path != home {
			left = append(left, path)
		}
		return nil
	})
	if len(left) > 0 {
		t.Errorf("written to the user's home: %v", left)
	}
}

// TestLabIsKilled stops a server at once, whose kernels live in sessions of their own.
func TestLabIsKilled(t *testing.T) {
	l := startFakeLab(t, `setsid sleep 1000 & echo $! >"$JUPYTER_RUNTIME_DIR"/kernel; trap '' TERM INT; `+serveOnce+`; while :; do sleep 1; done`)
	text, err := os.ReadFile(filepath.Join(l.state.runtime(), "kernel"))
	if err != nil {
		t.Fatal(err)
	}
	kernel, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	now, cancel := context.WithCancel(t.Context())
	cancel()
	l.Stop(now)
	wait(t, "the kernel's end", func() bool { return !alive(kernel) })
	if alive(l.cmd.Process.Pid) {
		t.Error("the server is still there")
	}
}

func TestLabThatEndsAtOnceSaysWhy(t *testing.T) {
	_, err := StartLab(t.Context(), LabOptions{
		Jupyter: &Jupyter{Command: []string{script(t, t.TempDir(), "jupyter-lab", "echo port is haunted >&2; exit 3")}},
		WorkDir: t.TempDir(), StateDir: t.TempDir(), NoBrowser: true,
	})
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "port is haunted") {
		t.Errorf("err = %v, want the status and the server's words", err)
	}
}

func TestLabStartIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	state := t.TempDir()
	up := filepath.Join(t.TempDir(), "up")
	go func() {
		wait(t, "the server's start", func() bool { _, err := os.Stat(up); return err == nil })
		cancel()
	}()
	_, err := StartLab(ctx, LabOptions{
		Jupyter: &Jupyter{Command: []string{script(t, t.TempDir(), "jupyter-lab", "touch "+up+"; exec sleep 1000")}},
		WorkDir: t.TempDir(), StateDir: state, NoBrowser: true,
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
	if runs, _ := filepath.Glob(filepath.Join(state, "run-*")); len(runs) > 0 {
		t.Errorf("left behind: %v", runs)
	}
}

func TestLabNotebookMustBeInside(t *testing.T) {
	f := func(notebook, want string) {
		t.Helper()
		got, err := LabOptions{WorkDir: "/w", Notebook: notebook}.notebook()
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("notebook %q = %q (%v), want %q", notebook, got, err, want)
		}
	}
	f("", "")
	f("guide.ipynb", "guide.ipynb")
	f("/w/a/b?.ipynb", "a/b%3F.ipynb")
	f("/x/a.ipynb", "error")
	f("../a.ipynb", "error")
}

func TestLabArguments(t *testing.T) {
	args := LabOptions{Jupyter: &Jupyter{Private: true}, WorkDir: "/w", Port: 1234, NoBrowser: true, Args: []string{"--x"}}.args("a.ipynb")
	for _, want := range []string{
		"--ServerApp.port=1234", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1", "--no-browser",
		"--ServerApp.root_dir=/w", "--LabApp.default_url=/lab/tree/a.ipynb", "--LanguageServerManager.autodetect=False", "--x",
	} {
		if !slices.Contains(args, want) {
			t.Errorf("args = %q, want %q among them", args, want)
		}
	}
}

func TestBelow(t *testing.T) {
	table := "1 0\n10 1\n11 10\n12 11\n13 1\nnonsense\n 14   12\n"
	if got, want := below(10, table), []int{11, 12, 14}; !slices.Equal(got, want) {
		t.Errorf("below(10) = %v, want %v", got, want)
	}
}

// serveOnce makes a fake server say a port that nothing listens on.
const serveOnce = `echo '{"port": 1, "base_url": "/"}' >"$JUPYTER_RUNTIME_DIR"/jpserver-1.json`

// startFakeLab starts a shell script as the server, without waiting for an answer.
func startFakeLab(t *testing.T, body string) *Lab {
	t.Helper()
	opts := LabOptions{
		Jupyter: &Jupyter{Command: []string{script(t, t.TempDir(), "jupyter-lab", body)}},
		WorkDir: t.TempDir(), StateDir: t.TempDir(),
	}
	state, err := newLabState(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	l := &Lab{state: state, done: make(chan struct{}), cmd: command(context.Background(), opts.Jupyter.Command...)}
	l.cmd.Env = state.environment(opts)
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		l.err = l.cmd.Wait()
		close(l.done)
	}()
	wait(t, "the fake server", func() bool { return state.address() != "" })
	return l
}

// call makes a request and decodes the answer.
func call(t *testing.T, l *Lab, method, path, body string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, l.Base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "token "+l.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
	if into != nil {
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
}

// wait polls until cond is true.
func wait(t *testing.T, what string, cond func() bool) {
	t.Helper()
	late := time.After(30 * time.Second)
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for !cond() {
		select {
		case <-late:
			t.Errorf("%s did not come", what)
			return
		case <-retry.C:
		}
	}
}

// alive reports whether the process is there; one that has ended and is not yet collected isn't.
func alive(pid int) bool {
	if stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil {
		return !strings.Contains(string(stat), ") Z ")
	}
	return syscall.Kill(pid, 0) == nil
}
