package pyvenv

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// JupyterKernelTest is what the protocol's own test suite needs.
var JupyterKernelTest = []string{"jupyter_client==8.10.0", "jupyter_kernel_test==0.7.0"}

const suiteTime = 5 * time.Minute

// RunSuite runs a Python file of unit tests about a kernel; data is the folder, as in JUPYTER_PATH, that holds its kernelspec. All its tests must
// pass and none be skipped. What kernels keep goes to temporary folders.
func RunSuite(t *testing.T, python, file, data string, env ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), suiteTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, file, "-v")
	cmd.Env = append(Env(t, data), env...)
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil:
		t.Fatalf("%v\n%s", err, out)
	case bytes.Contains(out, []byte("skipped")) || !bytes.Contains(out, []byte("\nOK")):
		t.Errorf("the suite did not pass whole:\n%s", out)
	case bytes.Contains(out, []byte("DATA RACE")) || bytes.Contains(out, []byte("BUG:")):
		t.Errorf("the kernel wrote:\n%s", out)
	}
	t.Logf("%s", out[max(0, bytes.LastIndex(out, []byte("\nRan"))):])
}

// Env is the environment of a Jupyter client that finds the kernelspecs of data, and leaves nothing in the user's folders.
func Env(t testing.TB, data string) []string {
	t.Helper()
	home := t.TempDir()
	return append(os.Environ(), "JUPYTER_PATH="+data, "JUPYTER_RUNTIME_DIR="+t.TempDir(), "JUPYTER_CONFIG_DIR="+home, "JUPYTER_DATA_DIR="+home,
		"IPYTHONDIR="+home, "TICKBOOK_HISTORY="+filepath.Join(home, "history"), "PYTHONDONTWRITEBYTECODE=1", "JUPYTER_PLATFORM_DIRS=1")
}
