package conformance

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// compiler is the name that -evaluator has for the compiler itself, which shows that what the programs want is right on this machine.
const compiler = "compiler"

// runCompiled builds and runs a program and judges what came of it.
func runCompiled(t *testing.T, root, name string) result {
	want, err := wantedOutput(root, name)
	if err != nil {
		return result{differs, err.Error()}
	}
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		return result{differs, err.Error()}
	}
	exe := filepath.Join(dir, "program.exe")
	build := exec.Command("go", "build", "-o", exe, filepath.Join(root, filepath.FromSlash(name)))
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		return result{refused, fmt.Sprintf("%v: %s", err, firstLine(string(out)))}
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), *programLimit)
	defer cancel()
	run := exec.CommandContext(ctx, exe)
	run.Dir = root
	out, err := run.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return result{late, ""}
	case err != nil:
		return result{differs, fmt.Sprintf("%v: %s", err, firstLine(string(out)))}
	case string(out) != want:
		return result{differs, "output " + firstDifference(string(out), want)}
	}
	return result{agrees, ""}
}
