// Package pyvenv makes Python environments with pinned packages for tests that drive the product by other people's clients.
package pyvenv

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// Python returns the Python of an environment with the packages, made once and kept in the user's cache. Where there can be none (no python3, no
// network) ok is false, after a line in the test's log; in CI the test fails instead.
func Python(t testing.TB, packages ...string) (python string, ok bool) {
	t.Helper()
	python, err := environment(t, packages)
	if err == nil {
		return python, true
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no Python to test with: %v", err)
	}
	t.Logf("not tested, for want of a Python environment: %v", err)
	return "", false
}

func environment(t testing.TB, packages []string) (python string, err error) {
	base, err := exec.LookPath("python3")
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(strings.Join(packages, "\n")))
	dir := filepath.Join(cache, "tickbook", fmt.Sprintf("test-venv-%x", sum[:6]))
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
		if out, err := exec.CommandContext(t.Context(), args[0], args[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	return python, os.WriteFile(done, nil, 0o644)
}
