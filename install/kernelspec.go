package install

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// KernelName is the kernel's name in Jupyter's lists and in the metadata of notebooks.
const KernelName = "tickbook"

// Spec says where a kernelspec goes and what it starts. The zero value is the user's own folder, the running
// binary and the usual names.
type Spec struct {
	Prefix      string            // PREFIX/share/jupyter/kernels; "" is the user's Jupyter data folder
	Binary      string            // the tickbook binary; "" is the running one
	Name        string            // the folder's name; "" is [KernelName]
	DisplayName string            // "" is "Go (Tickbook)", with the name if that is not the usual one
	Copy        bool              // start a copy of the binary in the folder, so that the binary may go
	Env         map[string]string // set for each kernel
}

// kernelJSON is the file kernel.json as Jupyter defines it.
type kernelJSON struct {
	Argv          []string          `json:"argv"`
	DisplayName   string            `json:"display_name"`
	Language      string            `json:"language"`
	InterruptMode string            `json:"interrupt_mode"`
	Env           map[string]string `json:"env,omitempty"`
	Metadata      map[string]any    `json:"metadata"`
}

var (
	//go:embed assets/logo-64x64.png
	logoPNG []byte
	//go:embed assets/logo-svg.svg
	logoSVG []byte

	kernelName  = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	buildFolder = regexp.MustCompile(`/go-build[0-9]*/b[0-9]+/exe$|/[0-9a-f]{2}/[0-9a-f]{64}-d$`)
)

// Install writes the kernelspec and returns its folder, and the JupyterLab extension beside it. A spec of the same name
// is replaced, file by file, so that running kernels notice nothing. A binary that `go run` built and will delete is
// copied into the folder too.
func Install(s Spec) (dir string, err error) {
	dir, err = s.Dir()
	if err != nil {
		return "", err
	}
	binary, err := s.binary()
	if err != nil {
		return "", err
	}
	if err := makeDirs(dir); err != nil {
		return "", specError("install", dir, err)
	}
	if s.Copy || isTemporaryBuild(binary) && s.Binary == "" {
		kept := filepath.Join(dir, filepath.Base(binary))
		if kept != binary { // it may run from there
			err = copyFile(kept, binary, 0o755)
		}
		if err != nil {
			return "", specError("install", dir, err)
		}
		binary = kept
	}
	if err := installExtension(s); err != nil {
		return "", err
	}
	text, err := json.MarshalIndent(kernelJSON{
		Argv:          []string{binary, "kernel", "{connection_file}"},
		DisplayName:   s.Title(),
		Language:      "go",
		InterruptMode: "message",
		Env:           s.Env,
		Metadata:      map[string]any{"debugger": false},
	}, "", "  ")
	if err != nil {
		return "", specError("install", dir, err)
	}
	for _, f := range []struct {
		name string
		data []byte
	}{
		{"logo-64x64.png", logoPNG},
		{"logo-svg.svg", logoSVG},
		{"kernel.json", append(text, '\n')}, // last: Jupyter sees the folder only when it is whole
	} {
		if err := writeFile(filepath.Join(dir, f.name), f.data, 0o644); err != nil {
			return "", specError("install", dir, err)
		}
	}
	return dir, nil
}

// Uninstall removes the kernelspec and the extension, and returns the folder the kernelspec was in. That there is none is an error that wraps
// [fs.ErrNotExist]. A folder whose kernel.json isn't ours is left alone.
func Uninstall(s Spec) (dir string, err error) {
	dir, err = s.Dir()
	if err != nil {
		return "", err
	}
	if _, err := readKernelJSON(dir); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("uninstall: no kernelspec in %s: %w", dir, fs.ErrNotExist)
		}
		return "", fmt.Errorf("uninstall: %w; if the folder is not needed, remove it by hand", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", specError("uninstall", dir, err)
	}
	return dir, uninstallExtension(s)
}

// Dir is the folder of the kernelspec, present or not.
func (s Spec) Dir() (string, error) {
	name := s.Name
	if name == "" {
		name = KernelName
	}
	if !kernelName.MatchString(name) || strings.Trim(name, ".") == "" {
		return "", fmt.Errorf("kernel name %q: want letters, digits, dots, dashes and underscores", name)
	}
	data, err := s.dataDir()
	if err != nil {
		return "", err
	}
	// Jupyter compares names in lower case.
	return filepath.Join(data, "kernels", strings.ToLower(name)), nil
}

// Title is how Jupyter's launcher calls the kernel.
func (s Spec) Title() string {
	switch {
	case s.DisplayName != "":
		return s.DisplayName
	case s.Name == "" || strings.EqualFold(s.Name, KernelName):
		return "Go (Tickbook)"
	default:
		return "Go (Tickbook, " + s.Name + ")"
	}
}

// dataDir is the Jupyter data folder that the kernelspec is for.
func (s Spec) dataDir() (string, error) {
	if s.Prefix == "" {
		return JupyterDataDir()
	}
	abs, err := filepath.Abs(s.Prefix)
	if err != nil {
		return "", fmt.Errorf("prefix %q: %w", s.Prefix, err)
	}
	return filepath.Join(abs, "share", "jupyter"), nil
}

// binary is the absolute path of the binary to start; it exists.
func (s Spec) binary() (string, error) {
	path := s.Binary
	if path == "" {
		exe, err := os.Executable()
		if err != nil {
			return "", fmt.Errorf("install: the path of the running binary is unknown: %w", err)
		}
		path = exe
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("install: binary %q: %w", s.Binary, err)
	}
	if st, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("install: binary: %w", err)
	} else if st.IsDir() {
		return "", fmt.Errorf("install: binary %s is a folder", path)
	}
	return path, nil
}

// isTemporaryBuild reports whether path is a binary of `go run`: in a folder deleted afterwards (go-build123/b001/exe),
// or, from the second run on, in Go's build cache, which is trimmed (go-build/c6/<hash>-d).
func isTemporaryBuild(path string) bool {
	dir := filepath.Dir(path)
	return buildFolder.MatchString(filepath.ToSlash(dir))
}

// readKernelJSON reads dir/kernel.json and demands that it starts our kernel.
func readKernelJSON(dir string) (kernelJSON, error) {
	var k kernelJSON
	path := filepath.Join(dir, "kernel.json")
	text, err := os.ReadFile(path)
	if err != nil {
		return k, err
	}
	if err := json.Unmarshal(text, &k); err != nil {
		return k, fmt.Errorf("%s is not JSON: %w", path, err)
	}
	if len(k.Argv) != 3 || k.Argv[1] != "kernel" || k.Argv[2] != "{connection_file}" {
		return k, fmt.Errorf("%s starts another kernel: %q", path, k.Argv)
	}
	return k, nil
}

// makeDirs makes dir and what is missing above it, readable by everyone whatever the umask is: Jupyter may run as
// another user. Folders that were there keep their mode.
func makeDirs(dir string) error {
	if st, err := os.Stat(dir); err == nil {
		if !st.IsDir() {
			return fmt.Errorf("%s is not a folder", dir)
		}
		return nil
	}
	if err := makeDirs(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Chmod(dir, 0o755)
}

func copyFile(to, from string, mode os.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	return writeFile(to, data, mode)
}

func specError(op, dir string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%s: kernelspec %s: %w; choose a place you may write with --user or --prefix DIR", op, dir, err)
	}
	return fmt.Errorf("%s: kernelspec %s: %w", op, dir, err)
}
