package kernel

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
	"go.uber.org/goleak"

	"tickbook/display"
)

// kernelEnv makes the test binary a kernel.
const kernelEnv = "TICKBOOK_TEST_KERNEL"

func TestMain(m *testing.M) {
	if os.Getenv(kernelEnv) != "" && len(os.Args) == 2 {
		if err := Serve(context.Background(), os.Args[1], echoConfig()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if file := os.Getenv(orphanEnv); file != "" {
		startOrphan(file)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m, zmqLeaks...)
}

// zmqLeaks are what zmq4 leaves behind when a socket is closed.
var zmqLeaks = []goleak.Option{
	goleak.IgnoreAnyFunction("github.com/go-zeromq/zmq4.(*pubMWriter).run"), // one for each PUB socket
}

func echoConfig() Config {
	return Config{
		Version: "0.0.0-test",
		Targets: map[string]Target{"test.echo": {Open: func(c display.Comm, open display.CommMessage) (display.CommHandler, error) {
			h := echoComm{c}
			h.Message(open)
			return h, nil
		}}},
		NewInterpreter: func(stdout, stderr io.Writer) (Interpreter, error) {
			e := newEcho(stdout, stderr)
			e.on("ticks", func(context.Context, string) ([]any, error) { return []any{clock{}}, nil })
			return e, nil
		},
	}
}

// echoComm sends back what it gets.
type echoComm struct{ c display.Comm }

func (e echoComm) Message(m display.CommMessage) {
	_ = e.c.Send(map[string]any{"got": m.Data}, m.Buffers...)
}
func (e echoComm) Closed() {}

// clock shows the time, and changes all the time.
type clock struct{}

func (clock) Render() display.MIMEBundle {
	return display.MIMEBundle{display.Text: strconv.FormatInt(time.Now().UnixNano(), 10)}
}

func (clock) Watch(changed chan<- struct{}) func() {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		t := time.NewTicker(10 * time.Millisecond)
		defer t.Stop()
		for {
			select {
			case <-t.C:
			case <-ctx.Done():
				return
			}
			select {
			case changed <- struct{}{}:
			default:
			}
		}
	}()
	return cancel
}

// TestJupyter runs the protocol's own test suite, and testdata/protocol.py's further tests, on the test binary as a kernel.
func TestJupyter(t *testing.T) {
	python, why := pythonEnv(t)
	if python == "" {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no Python to test with: %s", why)
		}
		t.Logf("not tested with Jupyter's own suite: %s", why)
		return
	}
	data := t.TempDir()
	spec := filepath.Join(data, "kernels", "tickbook-test")
	if err := os.MkdirAll(spec, 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{
		"argv": []string{self, "{connection_file}"}, "display_name": "test", "language": "go",
		"interrupt_mode": "message", "env": map[string]string{kernelEnv: "1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(spec, "kernel.json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, filepath.Join("testdata", "protocol.py"), "-v")
	cmd.Env = append(os.Environ(), "JUPYTER_PATH="+data, "JUPYTER_RUNTIME_DIR="+t.TempDir(), "PYTHONDONTWRITEBYTECODE=1", "JUPYTER_PLATFORM_DIRS=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if bytes.Contains(out, []byte("skipped")) || !bytes.Contains(out, []byte("\nOK")) {
		t.Errorf("the suite did not pass whole:\n%s", out)
	}
	if bytes.Contains(out, []byte("DATA RACE")) || bytes.Contains(out, []byte("BUG:")) {
		t.Errorf("the kernel wrote:\n%s", out)
	}
	t.Logf("%s", out[max(0, bytes.LastIndex(out, []byte("\nRan"))):])
}

// pythonPackages are what the test environment holds.
var pythonPackages = []string{"jupyter_client==8.10.0", "jupyter_kernel_test==0.7.0"}

// pythonEnv returns the Python of an environment with pythonPackages, made once and kept in the user's cache; "" and the reason when there
// can be none.
func pythonEnv(t *testing.T) (python, why string) {
	t.Helper()
	base, err := exec.LookPath("python3")
	if err != nil {
		return "", "no python3"
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err.Error()
	}
	sum := sha256.Sum256([]byte(strings.Join(pythonPackages, "\n")))
	dir := filepath.Join(cache, "tickbook", fmt.Sprintf("test-venv-%x", sum[:6]))
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err.Error()
	}
	unlock, err := lockedfile.MutexAt(dir + ".lock").Lock()
	if err != nil {
		return "", err.Error()
	}
	defer unlock()
	python = filepath.Join(dir, "bin", "python")
	done := filepath.Join(dir, "installed")
	if _, err := os.Stat(done); err == nil {
		return python, ""
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err.Error()
	}
	for _, args := range [][]string{
		{base, "-m", "venv", dir},
		append([]string{python, "-m", "pip", "install", "-q", "--disable-pip-version-check"}, pythonPackages...),
	} {
		if out, err := exec.CommandContext(t.Context(), args[0], args[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Sprintf("%s: %v: %s", strings.Join(args, " "), err, out)
		}
	}
	if err := os.WriteFile(done, nil, 0o644); err != nil {
		return "", err.Error()
	}
	return python, ""
}
