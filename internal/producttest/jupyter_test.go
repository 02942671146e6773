package producttest

import (
	"os/exec"
	"path/filepath"
	"testing"

	"tickbook/internal/pyvenv"
)

// TestJupyter runs the protocol's own test suite (jupyter_kernel_test), and the kernel's further tests, on the built product with cells of Go.
func TestJupyter(t *testing.T) {
	python, ok := pyvenv.Python(t, pyvenv.JupyterKernelTest...)
	if !ok {
		return
	}
	further := filepath.Join(Root(), "kernel", "testdata")
	pyvenv.RunSuite(t, python, filepath.Join("testdata", "protocol.py"), kernelspec(t), "PYTHONPATH="+further)
}

// kernelspec installs the product's kernelspec and returns the folder for JUPYTER_PATH.
func kernelspec(t *testing.T) string {
	t.Helper()
	prefix := t.TempDir()
	if out, err := exec.Command(Binary(t), "install", "--prefix", prefix).CombinedOutput(); err != nil {
		t.Fatalf("tickbook install: %v\n%s", err, out)
	}
	return filepath.Join(prefix, "share", "jupyter")
}
