package install

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// DoctorOptions says what is examined. The zero value is this machine as the command line uses it.
type DoctorOptions struct {
	Version   string // of Tickbook
	Spec      Spec   // a kernelspec to examine beside those that Jupyter sees
	CacheDir  string // "" is [CacheDir]
	Notebooks string // the folder of the working copies; "" is [NotebookDir]
	Bootstrap string // host:port of the broker that must be there; "" looks at localhost:9092, which may be free
}

// verdict is how bad a finding is.
type verdict string

const (
	verdictOK     verdict = "ok"
	verdictNote   verdict = "note" // works, and could be better
	verdictBroken verdict = "broken"
)

// finding is what one check saw.
type finding struct {
	verdict verdict
	text    string
	mend    []string // what to type
}

// check is one of the doctor's questions; it may have several answers.
type check struct {
	name string
	ask  func(context.Context, DoctorOptions) []finding
}

var checks = []check{
	{"tickbook", checkBinary},
	{"kernelspec", checkKernelspecs},
	{"extension", func(_ context.Context, opts DoctorOptions) []finding { return checkExtension(opts) }},
	{"python", checkPython},
	{"jupyterlab", checkJupyter},
	{"folders", checkFolders},
	{"broker", checkBroker},
}

// Doctor examines the installation and prints a line for each thing it looked at, with what to type where something is
// wrong. It changes nothing. The error names the checks that found something broken.
func Doctor(ctx context.Context, w io.Writer, opts DoctorOptions) error {
	var bad []string
	for _, c := range checks {
		for _, f := range c.ask(ctx, opts) {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("doctor: %w", err)
			}
			fmt.Fprintf(w, "%-7s %-11s %s\n", f.verdict, c.name, f.text)
			for i, line := range f.mend {
				lead := ""
				if i == 0 {
					lead = "type:"
				}
				fmt.Fprintf(w, "%-7s %-11s %-5s %s\n", "", "", lead, line)
			}
			if f.verdict == verdictBroken {
				bad = append(bad, c.name)
			}
		}
	}
	if len(bad) > 0 {
		return fmt.Errorf("doctor: broken: %s", strings.Join(bad, ", "))
	}
	return nil
}

func checkBinary(_ context.Context, opts DoctorOptions) []finding {
	exe, err := os.Executable()
	if err != nil {
		return []finding{{verdictBroken, fmt.Sprintf("the path of the running binary is unknown: %v", err), nil}}
	}
	version := opts.Version
	if version == "" {
		version = "of unknown version"
	}
	return []finding{{verdictOK, fmt.Sprintf("%s, %s, %s/%s, %s", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, exe), nil}}
}

// checkKernelspecs looks at every kernelspec of ours that Jupyter would see, and at that of the options.
func checkKernelspecs(ctx context.Context, opts DoctorOptions) []finding {
	var found []finding
	seen := map[string]bool{}
	look := func(dir string) {
		if dir = filepath.Clean(dir); seen[dir] {
			return
		}
		seen[dir] = true
		if f, there := checkKernelspec(ctx, dir, opts.Version); there {
			found = append(found, f)
		}
	}
	mine, err := opts.Spec.Dir()
	if err != nil {
		return []finding{{verdictBroken, err.Error(), nil}}
	}
	look(mine)
	for _, data := range jupyterPath() {
		look(filepath.Join(data, "kernels", filepath.Base(mine)))
	}
	if len(found) == 0 {
		return []finding{{
			verdictNote, "none in your own Jupyter; `tickbook lab` brings one for its own server",
			[]string{thisCommand("install --user")},
		}}
	}
	return found
}

// checkKernelspec looks at the kernelspec in dir, if there is one.
func checkKernelspec(ctx context.Context, dir, version string) (f finding, there bool) {
	if _, err := os.Lstat(dir); err != nil {
		return finding{}, false
	}
	again := []string{thisCommand("install" + specFlag(dir))}
	k, err := readKernelJSON(dir)
	if err != nil {
		return finding{verdictBroken, err.Error(), again}, true
	}
	binary := k.Argv[0]
	if _, err := os.Stat(binary); err != nil {
		return finding{verdictBroken, fmt.Sprintf("%s starts %s, which is not there", dir, binary), again}, true
	}
	text, err := output(ctx, 10*time.Second, binary, "version")
	if err != nil {
		return finding{verdictBroken, fmt.Sprintf("%s starts a binary that does not run: %v", dir, err), again}, true
	}
	if version != "" && !strings.Contains(text, version) {
		return finding{verdictNote, fmt.Sprintf("%s starts another version (%s): %s", dir, firstLineOf(text), binary), again}, true
	}
	return finding{verdictOK, fmt.Sprintf("%s starts %s", dir, binary), nil}, true
}

// specFlag is the flag of `install` that writes to dir: --user or --prefix.
func specFlag(dir string) string {
	if user, err := JupyterDataDir(); err == nil && strings.HasPrefix(dir, user+string(filepath.Separator)) {
		return " --user"
	}
	// PREFIX/share/jupyter/kernels/NAME
	return " --prefix " + filepath.Clean(filepath.Join(dir, "..", "..", "..", ".."))
}

// jupyterPath lists the data folders in which any Jupyter on this machine looks for kernels.
func jupyterPath() []string {
	dirs := filepath.SplitList(os.Getenv("JUPYTER_PATH"))
	if user, err := JupyterDataDir(); err == nil {
		dirs = append(dirs, user)
	}
	if runtime.GOOS == "windows" {
		return append(dirs, filepath.Join(os.Getenv("PROGRAMDATA"), "jupyter"))
	}
	return append(dirs, "/usr/local/share/jupyter", "/usr/share/jupyter")
}

func checkPython(ctx context.Context, opts DoctorOptions) []finding {
	py, tooOld, there := findPython(ctx)
	switch {
	case there:
		return []finding{{verdictOK, fmt.Sprintf("3.%d, %s", py.minor, strings.Join(py.command, " ")), nil}}
	case tooOld != "":
		return []finding{{verdictNote, tooOld + ", too old to install JupyterLab with", thisHost().pythonCommands()}}
	default:
		return []finding{{verdictNote, "none on PATH; only JupyterLab needs it", thisHost().pythonCommands()}}
	}
}

func checkJupyter(ctx context.Context, opts DoctorOptions) []finding {
	if found := labOnPath(ctx); found != nil {
		return []finding{{verdictOK, found.Version + ", " + found.Command[0], nil}}
	}
	p := newProgress(nil)
	defer p.stop()
	env, err := newEnvironment(FindOptions{CacheDir: opts.CacheDir}, p)
	if err != nil {
		return []finding{{verdictBroken, err.Error(), nil}}
	}
	if found := env.anyComplete(); found != nil {
		if _, err := output(ctx, 30*time.Second, append(found.Command, "--version")...); err != nil {
			dir := filepath.Join(env.cache, "jupyter-*")
			return []finding{{verdictBroken, fmt.Sprintf("that of Tickbook's own does not start: %v", err), []string{
				"rm -r " + dir, thisCommand("lab"),
			}}}
		}
		return []finding{{verdictOK, found.Version + ", Tickbook's own: " + found.Command[0], nil}}
	}
	if _, _, there := findPython(ctx); there || len(lookAll("uv")) > 0 {
		return []finding{{verdictNote, "none on PATH; `tickbook lab` sets one up in " + env.cache, []string{thisCommand("lab")}}}
	}
	return []finding{{verdictBroken, "none, and no Python to install it with", append(thisHost().pythonCommands(), thisCommand("lab"))}}
}

// checkFolders tries to write where Tickbook writes.
func checkFolders(_ context.Context, opts DoctorOptions) []finding {
	cache, err := opts.CacheDir, error(nil)
	if cache == "" {
		if cache, err = CacheDir(); err != nil {
			return []finding{{verdictBroken, err.Error(), nil}}
		}
	}
	notebooks := opts.Notebooks
	if notebooks == "" {
		if notebooks, err = NotebookDir(); err != nil {
			return []finding{{verdictBroken, err.Error(), nil}}
		}
	}
	var found []finding
	for _, dir := range []struct{ path, mend string }{
		{cache, "export XDG_CACHE_HOME=DIR   # a folder that you may write"},
		{notebooks, thisCommand("lab --dir DIR")},
	} {
		if err := writable(dir.path); err != nil {
			found = append(found, finding{verdictBroken, fmt.Sprintf("can't write to %s: %v", dir.path, err), []string{dir.mend}})
		} else {
			found = append(found, finding{verdictOK, "can write to " + dir.path, nil})
		}
	}
	return found
}

// writable tries to write a file into dir, or into the folder in which it would be made.
func writable(dir string) error {
	for {
		st, err := os.Stat(dir)
		switch {
		case err == nil && !st.IsDir():
			return fmt.Errorf("%s is not a folder", dir)
		case err == nil:
			f, err := os.CreateTemp(dir, ".tickbook-doctor-*")
			if err != nil {
				return err
			}
			return errors.Join(f.Close(), os.Remove(f.Name()))
		case !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir):
			return err
		}
		dir = filepath.Dir(dir)
	}
}

func firstLineOf(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
