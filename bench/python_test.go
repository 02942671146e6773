package bench

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tickbook/internal/pyvenv"
)

const pythonTimeout = 10 * time.Minute

// pythonWith returns the Python of an environment with the packages, made once and kept in the user's cache. Where there can be none the benchmark is
// left out, with the reason; in CI it fails.
func pythonWith(b *testing.B, packages ...string) string {
	b.Helper()
	python, ok := pyvenv.Python(b, packages...)
	if !ok {
		b.Skip("no Python to compare with")
	}
	return python
}

// runPython runs a script and returns what it prints. Errors go where the benchmark's own go.
func runPython(b *testing.B, python, script, stdin string, args ...string) []byte {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), pythonTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, append([]string{"-c", script}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "JUPYTER_PLATFORM_DIRS=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("%v\n%s", errors.Join(err, ctx.Err()), stderr.Bytes())
	}
	return out
}
