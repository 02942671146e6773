package bench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

const pythonTimeout = 10 * time.Minute

// pythonWith returns the Python of an environment with the packages, made once and kept in the user's cache. Where there can be none the benchmark is
// left out, with the reason; in CI it fails.
func pythonWith(b *testing.B, packages ...string) string {
	b.Helper()
	python, err := pythonEnv(b.Context(), packages)
	if err != nil {
		if os.Getenv("CI") == "true" {
			b.Fatalf("no Python to compare with: %v", err)
		}
		b.Skipf("no Python to compare with: %v", err)
	}
	return python
}

func pythonEnv(ctx context.Context, packages []string) (python string, err error) {
	base, err := exec.LookPath("python3")
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(strings.Join(packages, "\n")))
	dir := filepath.Join(cache, "tickbook", fmt.Sprintf("bench-venv-%x", sum[:6]))
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	unlock, err := lockedfile.MutexAt(dir + ".lock").Lock()
	if err != nil {
		return "", err
	}
	defer unlock()
	python = filepath.Join(dir, "bin", "python")
	if runtime.GOOS == "windows" {
		python = filepath.Join(dir, "Scripts", "python.exe")
	}
	done := filepath.Join(dir, "installed")
	if _, err := os.Stat(done); err == nil {
		return python, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	for _, args := range [][]string{
		{base, "-m", "venv", dir},
		append([]string{python, "-m", "pip", "install", "-q", "--disable-pip-version-check"}, packages...),
	} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	return python, os.WriteFile(done, nil, 0o644)
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
