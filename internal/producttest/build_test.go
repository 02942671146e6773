package producttest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tickbook/internal/pyvenv"
)

const buildTime = 10 * time.Minute

// units is a module to compile in.
var units = map[string]string{
	"go.mod":   "module example.com/units\n\ngo 1.24\n",
	"units.go": "package units\n\n// Meters is a length.\ntype Meters float64\n\nfunc (m Meters) Feet() float64 { return float64(m) * 3.25 }\n",
}

// TestBuild builds a kernel with a package compiled in, which becomes known to Jupyter beside the usual one, and runs cells that import the package.
func TestBuild(t *testing.T) {
	python, ok := pyvenv.Python(t, pyvenv.JupyterKernelTest...)
	if !ok {
		return
	}
	module := t.TempDir()
	for name, text := range units {
		if err := os.WriteFile(filepath.Join(module, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), buildTime)
	defer cancel()
	prefix := t.TempDir()
	cmd := exec.CommandContext(ctx, Binary(t), "build", "--source", Root(), "--with", module, "--prefix", prefix, "--name", "measures")
	cmd.Env = append(os.Environ(), "GOPROXY=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("tickbook build: %v\n%s", err, out)
	}
	for _, want := range []string{"compiled in: example.com/units", `installed the kernel "measures"`, `choose "Go (Tickbook, measures)"`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("tickbook build said\n%swithout %q", out, want)
		}
	}
	pyvenv.RunSuite(t, python, filepath.Join("testdata", "built.py"), filepath.Join(prefix, "share", "jupyter"))
}
