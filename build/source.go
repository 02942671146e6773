package build

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"tickbook/internal/gomod"
)

// module is Tickbook's own.
const module = "tickbook"

// source finds the folder of Tickbook's source: the one that is named, the one that holds the working folder, or that of this binary's version in
// the module cache.
func source(ctx context.Context, t *gomod.Tool, named string) (string, error) {
	if named != "" {
		dir, err := filepath.Abs(named)
		if err != nil {
			return "", err
		}
		if !isSource(dir) {
			return "", fmt.Errorf("build: %s is not Tickbook's source: it has no go.mod of module %s", named, module)
		}
		return dir, nil
	}
	if wd, err := os.Getwd(); err == nil {
		for dir := wd; ; dir = filepath.Dir(dir) {
			if isSource(dir) {
				return dir, nil
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || !isReleased(info.Main) {
		return "", fmt.Errorf("build: this tickbook was built from a clone, which has no version: say where the clone is by --source DIR")
	}
	out, err := t.Run(ctx, os.TempDir(), nil, nil, "mod", "download", "-json", info.Main.Path+"@"+info.Main.Version)
	if err != nil {
		return "", fmt.Errorf("build: Tickbook's source: %w", err)
	}
	var m struct{ Dir string }
	if err := json.Unmarshal(out, &m); err != nil {
		return "", fmt.Errorf("build: go mod download: %w", err)
	}
	return m.Dir, nil
}

// isReleased says whether a module can be fetched again: it has a version, of a commit that is elsewhere too, and a path that names a place.
func isReleased(m debug.Module) bool {
	first, _, _ := strings.Cut(m.Path, "/")
	return m.Version != "" && m.Version != "(devel)" && !strings.Contains(m.Version, "+dirty") && strings.Contains(first, ".")
}

// isSource says whether a folder is the root of Tickbook's module.
func isSource(dir string) bool {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return false
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(data)), "\n")
	return strings.TrimSpace(first) == "module "+module
}
