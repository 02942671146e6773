package install

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// JupyterDataDir is the folder in which Jupyter looks for the user's own kernels: $JUPYTER_DATA_DIR, else what
// jupyter_core takes on this operating system.
func JupyterDataDir() (string, error) {
	return jupyterDataDir(runtime.GOOS, os.Getenv, os.UserHomeDir)
}

func jupyterDataDir(goos string, env func(string) string, home func() (string, error)) (string, error) {
	if dir := env("JUPYTER_DATA_DIR"); dir != "" {
		return dir, nil
	}
	if goos == "windows" {
		if dir := env("APPDATA"); dir != "" {
			return filepath.Join(dir, "jupyter"), nil
		}
	}
	if dir := env("XDG_DATA_HOME"); dir != "" && goos != "windows" && goos != "darwin" {
		return filepath.Join(dir, "jupyter"), nil
	}
	h, err := home()
	if err != nil {
		return "", fmt.Errorf("no place for the kernelspec: %w; set JUPYTER_DATA_DIR or use --prefix DIR", err)
	}
	switch goos {
	case "darwin":
		return filepath.Join(h, "Library", "Jupyter"), nil
	case "windows":
		return filepath.Join(h, ".jupyter", "data"), nil
	default:
		return filepath.Join(h, ".local", "share", "jupyter"), nil
	}
}

// CacheDir is Tickbook's folder for what can be made again: the private JupyterLab and the state of running servers.
// It need not exist yet.
func CacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache folder: %w; set HOME or XDG_CACHE_HOME", err)
	}
	return filepath.Join(dir, "tickbook"), nil
}

// NotebookDir is where the user's working copies of the notebooks live: ~/tickbook-notebooks, a name that a clone of
// the project doesn't take.
func NotebookDir() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no place for the notebooks: %w; set HOME or use --dir DIR", err)
	}
	return filepath.Join(home, "tickbook-notebooks"), nil
}

// writeFile writes data under a temporary name in the same folder and renames it, so that path is never half written.
func writeFile(path string, data []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".tickbook-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
