package install

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// labState is the folder in which JupyterLab servers keep what they write.
//
//	config/     settings and layouts, kept from one start to the next
//	data/       trust in notebooks, kept
//	run-XXXX/   one server's: kernelspec, runtime files, lock; removed with the server
//
// A run folder whose lock nobody holds belongs to a server that was killed, and is removed by the next start.
type labState struct {
	root string
	run  string
	held *fileLock
}

// newLabState makes the folders, writes the kernelspec and clears away what killed servers left.
func newLabState(ctx context.Context, opts LabOptions) (*labState, error) {
	root := opts.StateDir
	if root == "" {
		cache, err := CacheDir()
		if err != nil {
			return nil, err
		}
		root = filepath.Join(cache, "lab")
	}
	for _, dir := range []string{"config/labconfig", "data"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			return nil, err
		}
	}
	starting, err := lock(ctx, filepath.Join(root, "starting.lock"), func() {})
	if err != nil {
		return nil, err
	}
	defer starting.release()
	removeStale(root)
	if err := quiet(root); err != nil {
		return nil, err
	}
	s := &labState{root: root}
	if s.run, s.held, err = newRun(root); err != nil {
		return nil, err
	}
	if err := os.Mkdir(s.runtime(), 0o700); err != nil {
		s.close()
		return nil, err
	}
	spec := opts.Spec
	spec.Prefix = s.run
	if spec.Binary == "" {
		// The running binary as it is, even of `go run`: it lives as long as the server.
		if spec.Binary, err = os.Executable(); err != nil {
			s.close()
			return nil, err
		}
	}
	if _, err := Install(spec); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// newRun makes a run folder and takes its lock.
func newRun(root string) (dir string, held *fileLock, err error) {
	if dir, err = os.MkdirTemp(root, "run-"); err != nil {
		return "", nil, err
	}
	if held, err = tryLock(filepath.Join(dir, "lock")); err != nil {
		os.RemoveAll(dir)
		return "", nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	return dir, held, nil
}

// removeStale removes the run folders of servers that have ended. The caller holds starting.lock.
func removeStale(root string) {
	runs, _ := filepath.Glob(filepath.Join(root, "run-*"))
	for _, dir := range runs {
		if l, err := tryLock(filepath.Join(dir, "lock")); err == nil {
			l.release()
			os.RemoveAll(dir)
		}
	}
}

// quiet keeps JupyterLab from asking about news, which would ask the network. A file that the user changed stays.
func quiet(root string) error {
	path := filepath.Join(root, "config", "labconfig", "page_config.json")
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	const text = `{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}` + "\n"
	return writeFile(path, []byte(text), 0o600)
}

func (s *labState) runtime() string { return filepath.Join(s.run, "runtime") }

// environment is the server's: our folders to write to, and the user's as places to read.
func (s *labState) environment(opts LabOptions) []string {
	path := []string{filepath.Join(s.run, "share", "jupyter")}
	if given := os.Getenv("JUPYTER_PATH"); given != "" {
		path = append(path, given)
	}
	if user, err := JupyterDataDir(); err == nil {
		path = append(path, user)
	}
	env := without(os.Environ(), "JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR",
		"JUPYTER_TOKEN", "JPY_PARENT_PID", "JPY_SESSION_NAME")
	if opts.Jupyter.Private {
		env = without(env, "PYTHONHOME", "PYTHONPATH")
	}
	if home, err := os.UserHomeDir(); err == nil && os.Getenv("IPYTHONDIR") == "" {
		if _, err := os.Stat(filepath.Join(home, ".ipython")); err != nil { // IPython would make it
			env = append(env, "IPYTHONDIR="+filepath.Join(s.root, "data", "ipython"))
		}
	}
	env = append(env,
		"JUPYTER_PATH="+strings.Join(path, string(os.PathListSeparator)),
		"JUPYTER_DATA_DIR="+filepath.Join(s.root, "data"),
		"JUPYTER_CONFIG_DIR="+filepath.Join(s.root, "config"),
		"JUPYTER_RUNTIME_DIR="+s.runtime())
	return append(env, opts.Env...)
}

// address is where the server says it listens; "" until it has said so.
func (s *labState) address() string {
	info, ok := readServerInfo(s.runtime())
	if !ok {
		return ""
	}
	base := strings.Trim(info.BaseURL, "/")
	if base != "" {
		base += "/"
	}
	return fmt.Sprintf("http://127.0.0.1:%d/%s", info.Port, base)
}

func (s *labState) close() {
	os.RemoveAll(s.run)
	s.held.release()
}
