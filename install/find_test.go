//go:build unix

package install

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fakePython is a Python whose venv module copies it and whose pip says what pip says. $CALLS is the file that it
// writes its calls to; $PIP runs in place of pip's end, $VENV in place of venv's.
const fakePython = `
echo "$*" >>"$CALLS"
case "$*" in
-c*) echo "$VERSION";;
"-m venv "*)
	eval "$VENV"
	/bin/mkdir -p "$3/bin" && /bin/cp "$0" "$3/bin/python";;
"-m pip install"*)
	echo "Collecting jupyterlab==4"
	echo "  Downloading jupyterlab-4.6.6-py3-none-any.whl (12.5 MB)"
	echo "Installing collected packages: a, b, c"
	eval "$PIP";;
"-m jupyterlab --version") echo 4.6.6;;
*) echo "unexpected: $*" >&2; exit 9;;
esac`

// fakeUV is a uv that makes the environment from the fake Python beside it.
const fakeUV = `
echo "uv $*" >>"$CALLS"
eval "$UV"
if [ "$1" = venv ]; then
	for dir; do :; done
	/bin/mkdir -p "$dir/bin" && /bin/cp "$FAKES/python3" "$dir/bin/python"
fi`

// machine is a PATH and a cache with nothing but fakes.
type machine struct {
	t     *testing.T
	bin   string
	cache string
	calls string
}

func newMachine(t *testing.T) *machine {
	m := &machine{t: t, bin: t.TempDir(), cache: filepath.Join(t.TempDir(), "cache")}
	m.calls = filepath.Join(t.TempDir(), "calls")
	t.Setenv("PATH", m.bin)
	t.Setenv("CALLS", m.calls)
	t.Setenv("FAKES", m.bin)
	for _, v := range []string{"PIP", "VENV", "UV"} {
		t.Setenv(v, "")
	}
	return m
}

func (m *machine) python(version string) *machine {
	m.t.Setenv("VERSION", version)
	script(m.t, m.bin, "python3", fakePython)
	return m
}

func (m *machine) find(ctx context.Context, out io.Writer) (*Jupyter, error) {
	return FindJupyterLab(ctx, FindOptions{Out: out, CacheDir: m.cache, Again: "tickbook lab"})
}

// count is how many calls contain the text.
func (m *machine) count(text string) int {
	calls, _ := os.ReadFile(m.calls)
	return strings.Count(string(calls), text)
}

func TestFindOnPath(t *testing.T) {
	m := newMachine(t)
	old, shim, good := t.TempDir(), t.TempDir(), t.TempDir()
	script(t, old, "jupyter-lab", "echo 3.6.8")
	script(t, shim, "jupyter-lab", "echo 'pyenv: jupyter-lab: command not found' >&2; exit 127")
	want := script(t, good, "jupyter-lab", "echo 'a warning'; echo 4.2.5")
	t.Setenv("PATH", strings.Join([]string{old, shim, good}, string(os.PathListSeparator)))
	got, err := m.find(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Private || got.Version != "4.2.5" || !slices.Equal(got.Command, []string{want}) {
		t.Errorf("found %+v, want %s", got, want)
	}
}

func TestFindBuildsAnEnvironmentOnce(t *testing.T) {
	m := newMachine(t).python("3.12")
	var out bytes.Buffer
	got, err := m.find(t.Context(), &out)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(m.cache, "jupyter-"+pins[0].lab)
	want := []string{filepath.Join(dir, "bin", "python"), "-m", "jupyterlab"}
	if !got.Private || got.Version != "4.6.6" || !slices.Equal(got.Command, want) {
		t.Errorf("found %+v, want %q", got, want)
	}
	if !strings.HasPrefix(out.String(), "[  0 s] looking for JupyterLab\n[  0 s] no JupyterLab found; setting one up") {
		t.Errorf("progress:\n%s", out.String())
	}
	// A second start asks neither Python nor pip.
	t.Setenv("PATH", t.TempDir())
	before := m.count("\n")
	again, err := m.find(t.Context(), nil)
	if err != nil || !slices.Equal(again.Command, want) || m.count("\n") != before {
		t.Errorf("second: %+v, %v after %d calls; want the same without a call", again, err, m.count("\n")-before)
	}
}

func TestFindBuildsAgain(t *testing.T) {
	m := newMachine(t).python("3.12")
	dir := filepath.Join(m.cache, "jupyter-"+pins[0].lab)
	f := func(what string, spoil func() error) {
		t.Helper()
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		before := m.count("-m pip install")
		if _, err := m.find(t.Context(), nil); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if m.count("-m pip install") != before+1 {
			t.Errorf("%s: no new build", what)
		}
		if _, err := os.Stat(filepath.Join(dir, "half")); err == nil {
			t.Errorf("%s: the leftovers are still there", what)
		}
	}
	f("interrupted", func() error {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "half"), nil, 0o644)
	})
	f("its python has gone", func() error { return os.Remove(filepath.Join(dir, "bin", "python")) })
	f("the stamp is half written", func() error { return os.WriteFile(filepath.Join(dir, stampName), []byte("{"), 0o644) })
}

func TestFindIsInterrupted(t *testing.T) {
	m := newMachine(t).python("3.12")
	pid := filepath.Join(t.TempDir(), "pid")
	t.Setenv("PIP", "echo $$ >"+pid+".new; /bin/mv "+pid+".new "+pid+"; while :; do /bin/sleep 1; done")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		wait(t, "pip", func() bool { _, err := os.Stat(pid); return err == nil })
		cancel()
	}()
	if _, err := m.find(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
	if dirs, _ := filepath.Glob(filepath.Join(m.cache, "jupyter-4*")); len(dirs) > 0 {
		t.Errorf("left behind: %v", dirs)
	}
	t.Setenv("PIP", "")
	if _, err := m.find(t.Context(), nil); err != nil {
		t.Errorf("after an interrupt: %v", err)
	}
}

func TestFindTwiceAtOnce(t *testing.T) {
	m := newMachine(t).python("3.12")
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if _, err := m.find(t.Context(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if n := m.count("-m pip install"); n != 1 {
		t.Errorf("pip ran %d times, want once", n)
	}
}

func TestFindOlderPython(t *testing.T) {
	m := newMachine(t).python("3.9")
	if _, err := m.find(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if m.count("jupyterlab==4.5.11") != 1 {
		t.Error("Python 3.9 did not get JupyterLab 4.5.11")
	}
}

func TestFindWithUV(t *testing.T) {
	m := newMachine(t).python("3.12")
	script(t, m.bin, "uv", fakeUV)
	if _, err := m.find(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if m.count("uv pip install") != 1 || m.count("-m pip install") != 0 {
		t.Error("uv was there and not used")
	}
}

func TestFindWhenUVFails(t *testing.T) {
	m := newMachine(t).python("3.12")
	script(t, m.bin, "uv", fakeUV)
	t.Setenv("UV", "exit 2")
	if _, err := m.find(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if m.count("-m pip install") != 1 {
		t.Error("pip was not tried after uv")
	}
}

func TestFindSaysWhatToType(t *testing.T) {
	// f fails to find JupyterLab on a machine and wants each text in the error.
	f := func(name string, prepare func(m *machine), wants ...string) {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			prepare(m)
			_, err := m.find(t.Context(), nil)
			if s := new(SetupError); !errors.As(err, &s) {
				t.Fatalf("err = %v, want a SetupError", err)
			} else if last := s.Commands[len(s.Commands)-1]; last != "tickbook lab" {
				t.Errorf("the last command is %q, want that of the next try", last)
			}
			for _, want := range wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("want %q in:\n%v", want, err)
				}
			}
			if dirs, _ := filepath.Glob(filepath.Join(m.cache, "jupyter-4*")); len(dirs) > 0 {
				t.Errorf("left behind: %v", dirs)
			}
		})
	}
	f("no python", func(m *machine) {}, "JupyterLab needs Python, and none was found on PATH")
	f("old python", func(m *machine) { m.python("3.7") }, "needs Python 3.9 or later", "is Python 3.7")
	f("no ensurepip", func(m *machine) {
		m.python("3.12")
		m.t.Setenv("VENV", `echo "The virtual environment was not created successfully because ensurepip is not"; echo "available.  On Debian/Ubuntu systems, you need"; exit 1`)
	}, "its modules venv and ensurepip are missing")
	f("no venv", func(m *machine) {
		m.python("3.12")
		m.t.Setenv("VENV", `echo "/usr/bin/python3: No module named venv" >&2; exit 1`)
	}, "its modules venv and ensurepip are missing")
	f("no network", func(m *machine) {
		m.python("3.12")
		m.t.Setenv("PIP", `echo "ERROR: Temporary failure in name resolution" >&2; exit 1`)
	}, "could not be downloaded", "  | ERROR: Temporary failure")
	f("no space", func(m *machine) {
		m.python("3.12")
		m.t.Setenv("PIP", `echo "OSError: [Errno 28] No space left on device" >&2; exit 1`)
	}, "for want of space")
}

func TestAdvice(t *testing.T) {
	f := func(h host, wantPython, wantVenv string) {
		t.Helper()
		if got := h.pythonCommands()[0]; got != wantPython {
			t.Errorf("%+v: python by %q, want %q", h, got, wantPython)
		}
		if got := h.venvCommands()[0]; got != wantVenv {
			t.Errorf("%+v: venv by %q, want %q", h, got, wantVenv)
		}
	}
	ubuntu := distroIDs("NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n")
	f(host{goos: "linux", distro: ubuntu}, "sudo apt install python3 python3-venv", "sudo apt install python3-venv")
	f(host{goos: "linux", distro: ubuntu, root: true}, "apt install python3 python3-venv", "apt install python3-venv")
	rocky := distroIDs("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n")
	f(host{goos: "linux", distro: rocky}, "sudo dnf install python3 python3-pip", "sudo dnf install python3 python3-pip")
	f(host{goos: "darwin"}, "brew install python", "brew install python")
	f(host{goos: "windows"}, "winget install Python.Python.3.13", "winget install Python.Python.3.13")
}

func TestLabVersion(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got := labVersion(text); got != want {
			t.Errorf("labVersion(%q) = %q, want %q", text, got, want)
		}
	}
	f("4.6.6\n", "4.6.6")
	f("DeprecationWarning: 3.12 is old\n4.0.0b1\n", "4.0.0b1")
	f("usage: jupyter\n", "")
}
