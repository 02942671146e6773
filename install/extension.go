package install

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tickbook/widgets/lab"
)

// installExtension writes the JupyterLab extension into the Jupyter data folder of a kernelspec, and removes what an
// older one had there. Pages that are open keep what they have loaded.
func installExtension(s Spec) error {
	dir, err := s.extensionDir()
	if err != nil {
		return err
	}
	files := lab.Files()
	write := func(name string) error {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := makeDirs(filepath.Dir(path)); err != nil {
			return err
		}
		return writeFile(path, files[name], 0o644)
	}
	for name := range files {
		if name == lab.PackageJSON {
			continue
		}
		if err := write(name); err != nil {
			return extensionError("install", dir, err)
		}
	}
	if err := write(lab.PackageJSON); err != nil { // last: until then the older one is whole
		return extensionError("install", dir, err)
	}
	return removeOlder(dir)
}

// removeOlder removes the modules of other versions.
func removeOlder(dir string) error {
	static := filepath.Join(dir, filepath.Dir(filepath.FromSlash(lab.Folder())))
	entries, err := os.ReadDir(static)
	if err != nil {
		return extensionError("install", dir, err)
	}
	for _, e := range entries {
		if e.Name() == lab.Hash() {
			continue
		}
		if err := os.RemoveAll(filepath.Join(static, e.Name())); err != nil {
			return extensionError("install", dir, err)
		}
	}
	return nil
}

// uninstallExtension removes the extension beside a kernelspec; that there is none is no error. It stays while another
// kernelspec of ours is in the same Jupyter data folder, which needs it as well.
func uninstallExtension(s Spec) error {
	dir, err := s.extensionDir()
	if err != nil {
		return err
	}
	data, err := s.dataDir()
	if err != nil {
		return err
	}
	kernels, err := filepath.Glob(filepath.Join(data, "kernels", "*"))
	if err != nil {
		return extensionError("uninstall", dir, err)
	}
	for _, k := range kernels {
		if _, err := readKernelJSON(k); err == nil {
			return nil
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return extensionError("uninstall", dir, err)
	}
	return nil
}

// extensionDir is the folder of the extension, present or not.
func (s Spec) extensionDir() (string, error) {
	data, err := s.dataDir()
	return filepath.Join(data, "labextensions", lab.Name), err
}

// checkExtension looks for the extension where Jupyter looks, in its order: the first one found is the one that a page loads.
func checkExtension(opts DoctorOptions) []finding {
	dirs := jupyterPath()
	again := []string{thisCommand("install --user")}
	if opts.Spec.Prefix != "" {
		data, err := opts.Spec.dataDir()
		if err != nil {
			return []finding{{verdictBroken, err.Error(), nil}}
		}
		dirs = append([]string{data}, dirs...)
		again = []string{thisCommand("install --prefix " + opts.Spec.Prefix)}
	}
	for _, data := range dirs {
		dir := filepath.Join(data, "labextensions", lab.Name)
		load, err := readExtension(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return []finding{{verdictBroken, err.Error(), again}}
		case filepath.ToSlash(filepath.Dir(load)) != lab.Folder():
			return []finding{{verdictNote, dir + " is another version's: live views may not work", again}}
		}
		for name, data := range lab.Files() {
			text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil || string(text) != string(data) {
				return []finding{{verdictBroken, fmt.Sprintf("%s is spoilt: %s is missing or changed", dir, name), again}}
			}
		}
		return []finding{{verdictOK, dir + ", this version's", nil}}
	}
	return []finding{{
		verdictNote, "none in your own Jupyter: outputs there are refreshed, and not scrolled or sorted; `tickbook lab` brings one", again,
	}}
}

// readExtension reads which file JupyterLab loads of the extension in dir.
func readExtension(dir string) (load string, err error) {
	path := filepath.Join(dir, lab.PackageJSON)
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var p struct {
		JupyterLab struct {
			Build struct {
				Load string `json:"load"`
			} `json:"_build"`
		} `json:"jupyterlab"`
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return "", fmt.Errorf("%s is not JSON: %w", path, err)
	}
	return p.JupyterLab.Build.Load, nil
}

func extensionError(op, dir string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%s: extension %s: %w; choose a place you may write with --user or --prefix DIR", op, dir, err)
	}
	return fmt.Errorf("%s: extension %s: %w", op, dir, err)
}
