package install

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Jupyter is a JupyterLab that works.
type Jupyter struct {
	Command []string // what starts `jupyter lab`, without arguments
	Version string   // as 4.6.6
	Private bool     // in the environment that Tickbook made
}

// FindOptions says where to look for JupyterLab. The zero value is right for the command line, but silent.
type FindOptions struct {
	Out         io.Writer // progress, a line at a time; nil is silent
	CacheDir    string    // holds the private environment; "" is [CacheDir]
	PrivateOnly bool      // pass over the JupyterLab on PATH
	Again       string    // what the user types to try again, for messages; "" is this program's `lab`
}

// oldestLab is the oldest major version of JupyterLab that will do.
const oldestLab = 4

// FindJupyterLab returns the first JupyterLab 4 or later on PATH that works, else the one in Tickbook's private
// environment, which it builds when it isn't there yet. Building takes about half a minute and about 260 MB; with uv
// on PATH it is quicker. An error is a [*SetupError] when there is something that the user can do.
func FindJupyterLab(ctx context.Context, opts FindOptions) (*Jupyter, error) {
	p := newProgress(opts.Out)
	defer p.stop()
	if !opts.PrivateOnly {
		p.say("looking for JupyterLab")
		if found := labOnPath(ctx); found != nil {
			p.say("JupyterLab %s: %s", found.Version, strings.Join(found.Command, " "))
			return found, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	env, err := newEnvironment(opts, p)
	if err != nil {
		return nil, err
	}
	return env.find(ctx)
}

// labOnPath is the first jupyter-lab on PATH that says a version which will do; nil if none does.
func labOnPath(ctx context.Context) *Jupyter {
	for _, path := range lookAll("jupyter-lab") {
		text, err := output(ctx, 30*time.Second, path, "--version")
		if err != nil {
			continue // as a pyenv shim of another Python's
		}
		if v := labVersion(text); v != "" && major(v) >= oldestLab {
			return &Jupyter{Command: []string{path}, Version: v}
		}
	}
	return nil
}

var versionLine = regexp.MustCompile(`(?m)^(\d+\.\d+[0-9A-Za-z.+-]*)\s*$`)

// labVersion finds the version in what `jupyter-lab --version` printed; warnings may stand around it.
func labVersion(text string) string {
	if m := versionLine.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

func major(version string) int {
	n, _ := strconv.Atoi(version[:strings.IndexAny(version+".", ".")])
	return n
}

// lookAll lists the programs of this name on PATH, in its order.
func lookAll(name string) []string {
	var found []string
	seen := map[string]bool{}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if !filepath.IsAbs(dir) || seen[dir] {
			continue
		}
		seen[dir] = true
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			found = append(found, path)
		}
	}
	return found
}

// output runs a program for at most limit and returns its standard output.
func output(ctx context.Context, limit time.Duration, argv ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := command(ctx, argv...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, lastLines(errs.String(), 3))
	}
	return out.String(), nil
}

// command is a program in a process group of its own; when ctx ends, it and all below it are killed.
func command(ctx context.Context, argv ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	ownGroup(cmd)
	cmd.Cancel = func() error {
		killTree(cmd)
		return nil
	}
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// python is a Python interpreter that works.
type python struct {
	command []string
	minor   int // of 3.x
}

// findPython returns the first Python on PATH for which there is a JupyterLab, the newest kind first; ok is false if there is none.
// tooOld names one that was found and is too old.
func findPython(ctx context.Context) (py python, tooOld string, ok bool) {
	candidates := [][]string{}
	if runtime.GOOS == "windows" {
		candidates = append(candidates, []string{"py", "-3"})
	}
	for _, name := range []string{"python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"} {
		candidates = append(candidates, []string{name})
	}
	var fallback *python
	for _, c := range candidates {
		for _, path := range lookAll(c[0]) {
			argv := append([]string{path}, c[1:]...)
			text, err := output(ctx, 20*time.Second, append(argv, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")...)
			if err != nil {
				continue // as Apple's stub, which asks for the developer tools
			}
			v := strings.TrimSpace(text)
			minor, err := strconv.Atoi(strings.TrimPrefix(v, "3."))
			if err != nil {
				continue
			}
			found := python{argv, minor}
			switch pin := pinFor(minor); {
			case pin == pins[0]:
				return found, "", true
			case pin.lab != "" && fallback == nil:
				fallback = &found
			case pin.lab == "":
				tooOld = fmt.Sprintf("%s is Python %s", path, v)
			}
		}
	}
	if fallback != nil {
		return *fallback, "", true
	}
	return python{}, tooOld, false
}

// lastLines is the end of a text: at most n lines that aren't blank, none very long.
func lastLines(text string, n int) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, " \r\n"); line != "" {
			if r := []rune(line); len(r) > 200 {
				line = string(r[:199]) + "…"
			}
			lines = append(lines, line)
		}
	}
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return strings.Join(lines, "\n")
}
