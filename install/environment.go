package install

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// pin is a version of JupyterLab and the oldest Python (3.minor) that it runs on.
type pin struct {
	lab   string
	minor int
}

// pins are the versions that the private environment may hold, newest first.
var pins = []pin{{"4.6.6", 10}, {"4.5.11", 9}}

// pinFor is the newest JupyterLab for Python 3.minor; zero if there is none.
func pinFor(minor int) pin {
	for _, p := range pins {
		if minor >= p.minor {
			return p
		}
	}
	return pin{}
}

// environment is the private Python environment that holds JupyterLab: CACHE/jupyter-VERSION.
//
// It is complete once the stamp is in it, which is written last; a folder without one is what an interrupted set-up
// left, and is removed by the next. The lock is held while it is being built.
type environment struct {
	cache string
	again string
	host  host
	*progress
}

// stampName is the file that marks an environment as complete.
const stampName = "tickbook-complete.json"

// stamp is what the file says.
type stamp struct {
	JupyterLab string    `json:"jupyterlab"`
	Made       time.Time `json:"made"`
}

func newEnvironment(opts FindOptions, p *progress) (*environment, error) {
	cache := opts.CacheDir
	if cache == "" {
		dir, err := CacheDir()
		if err != nil {
			return nil, err
		}
		cache = dir
	}
	again := opts.Again
	if again == "" {
		again = thisCommand("lab")
	}
	return &environment{cache, again, thisHost(), p}, nil
}

func (e *environment) dir(p pin) string { return filepath.Join(e.cache, "jupyter-"+p.lab) }

// python is the interpreter inside of the environment.
func (e *environment) python(p pin) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(e.dir(p), "Scripts", "python.exe")
	}
	return filepath.Join(e.dir(p), "bin", "python")
}

// complete returns the JupyterLab of the environment, or nil if it isn't there or its Python has gone. It starts no program.
func (e *environment) complete(p pin) *Jupyter {
	var s stamp
	text, err := os.ReadFile(filepath.Join(e.dir(p), stampName))
	if err != nil || json.Unmarshal(text, &s) != nil || s.JupyterLab == "" {
		return nil
	}
	if _, err := os.Stat(e.python(p)); err != nil {
		return nil
	}
	// Not the script jupyter-lab: its first line has a length limit, and this works all the same.
	return &Jupyter{Command: []string{e.python(p), "-m", "jupyterlab"}, Version: s.JupyterLab, Private: true}
}

func (e *environment) anyComplete() *Jupyter {
	for _, p := range pins {
		if found := e.complete(p); found != nil {
			return found
		}
	}
	return nil
}

// find returns the environment's JupyterLab, building it if need be.
func (e *environment) find(ctx context.Context) (*Jupyter, error) {
	if found := e.anyComplete(); found != nil {
		e.say("JupyterLab %s of Tickbook's own environment", found.Version)
		return found, nil
	}
	e.say("no JupyterLab found; setting one up in %s, once", e.cache)
	if err := os.MkdirAll(e.cache, 0o755); err != nil {
		return nil, fmt.Errorf("set up JupyterLab: %w; choose another folder by XDG_CACHE_HOME", err)
	}
	l, err := lock(ctx, filepath.Join(e.cache, "jupyter.lock"), func() {
		e.say("waiting for another start of Tickbook that is setting JupyterLab up")
	})
	if err != nil {
		return nil, fmt.Errorf("set up JupyterLab: %w", err)
	}
	defer l.release()
	if found := e.anyComplete(); found != nil { // made while we waited
		e.say("JupyterLab %s of Tickbook's own environment", found.Version)
		return found, nil
	}
	return e.build(ctx)
}

// build needs the lock.
func (e *environment) build(ctx context.Context) (*Jupyter, error) {
	py, tooOld, havePython := findPython(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	uv := lookAll("uv")
	if !havePython && len(uv) == 0 {
		problem := "JupyterLab needs Python, and none was found on PATH (looked for python3, python and uv)"
		if tooOld != "" {
			problem = fmt.Sprintf("JupyterLab needs Python 3.%d or later, and %s", pins[len(pins)-1].minor, tooOld)
		}
		return nil, &SetupError{Problem: problem, Commands: append(e.host.pythonCommands(), e.again)}
	}
	p := pins[0]
	if havePython {
		p = pinFor(py.minor)
	}
	log, err := os.Create(filepath.Join(e.cache, "jupyter-install.log"))
	if err != nil {
		return nil, fmt.Errorf("set up JupyterLab: %w", err)
	}
	defer log.Close()

	err = errors.New("no uv")
	if len(uv) > 0 {
		if err = e.buildWithUV(ctx, log, p, uv[0], py); err != nil && ctx.Err() == nil && havePython {
			e.say("uv could not do it (%v); trying with pip", firstLine(err))
		}
	}
	if err != nil && havePython && ctx.Err() == nil {
		err = e.buildWithPip(ctx, log, p, py)
	}
	if err == nil {
		err = e.finish(ctx, p)
	}
	if err != nil {
		os.RemoveAll(e.dir(p))
		if ctx.Err() != nil {
			return nil, fmt.Errorf("set up JupyterLab: %w", ctx.Err())
		}
		return nil, err
	}
	found := e.complete(p)
	if found == nil {
		return nil, fmt.Errorf("set up JupyterLab: %s is not complete after its set-up; remove it and type %s", e.dir(p), e.again)
	}
	e.say("JupyterLab %s is ready", found.Version)
	return found, nil
}

func (e *environment) buildWithUV(ctx context.Context, log io.Writer, p pin, uv string, py python) error {
	if err := os.RemoveAll(e.dir(p)); err != nil {
		return err
	}
	e.say("creating a Python environment with uv")
	want := fmt.Sprintf(">=3.%d", p.minor)
	if len(py.command) == 1 {
		want = py.command[0]
	}
	if out, err := e.run(ctx, log, uv, "venv", "--no-project", "--python", want, e.dir(p)); err != nil {
		return e.failed("uv could not create a Python environment", out, err)
	}
	e.say("downloading and installing JupyterLab %s with uv", p.lab)
	if out, err := e.run(ctx, log, uv, "pip", "install", "--python", e.python(p), "jupyterlab=="+p.lab); err != nil {
		return e.failed("uv could not install JupyterLab", out, err)
	}
	return nil
}

func (e *environment) buildWithPip(ctx context.Context, log io.Writer, p pin, py python) error {
	if err := os.RemoveAll(e.dir(p)); err != nil {
		return err
	}
	e.say("creating a Python environment with %s", strings.Join(py.command, " "))
	if out, err := e.run(ctx, log, append(py.command, "-m", "venv", e.dir(p))...); err != nil {
		if noVenv.MatchString(out) {
			return &SetupError{
				Problem:  fmt.Sprintf("%s can't create environments: its modules venv and ensurepip are missing", py.command[0]),
				Commands: append(e.host.venvCommands(), e.again),
			}
		}
		return e.failed("no Python environment could be created", out, err)
	}
	e.say("downloading and installing JupyterLab %s (about 60 MB)", p.lab)
	if out, err := e.run(ctx, log, e.python(p), "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
		"--progress-bar", "off", "--no-warn-script-location", "jupyterlab=="+p.lab); err != nil {
		return e.failed("pip could not install JupyterLab", out, err)
	}
	return nil
}

// finish proves that JupyterLab starts, and writes the stamp.
func (e *environment) finish(ctx context.Context, p pin) error {
	e.say("starting JupyterLab %s for the first time", p.lab)
	text, err := output(ctx, 2*time.Minute, e.python(p), "-m", "jupyterlab", "--version")
	if err != nil {
		return e.failed("the JupyterLab just installed does not start", "", err)
	}
	data, err := json.MarshalIndent(stamp{labVersion(text), time.Now().UTC()}, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(e.dir(p), stampName), append(data, '\n'), 0o644)
}

var (
	noVenv    = regexp.MustCompile(`(?i)ensurepip is not\s+available|No module named '?(venv|ensurepip)`)
	noNetwork = regexp.MustCompile(`(?i)name resolution|max retries|failed to establish|timed out|connection (broken|refused|reset)|` +
		`network is unreachable|error sending request|failed to fetch|could not fetch|No matching distribution`)
	fullDisk = regexp.MustCompile(`(?i)no space left|disk quota`)
)

// failed is the error for a tool that failed with this output.
func (e *environment) failed(problem, out string, err error) error {
	s := &SetupError{Problem: problem, Err: err, Output: lastLines(out, 12), Commands: []string{e.again}}
	switch {
	case fullDisk.MatchString(out):
		s.Problem += ", for want of space (about 260 MB in " + e.cache + ")"
	case noNetwork.MatchString(out):
		s.Problem += ", for the packages could not be downloaded; see to the network (and HTTPS_PROXY behind a proxy), " +
			"or install JupyterLab 4 yourself so that jupyter-lab is on PATH"
	}
	return s
}

// run runs a step of the set-up: its output goes to the log, condensed to the progress, and is returned.
func (e *environment) run(ctx context.Context, log io.Writer, argv ...string) (string, error) {
	fmt.Fprintf(log, "$ %s\n", strings.Join(argv, " "))
	cmd := command(ctx, argv...)
	cmd.Dir = e.cache
	cmd.Env = append(without(os.Environ(), "PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX",
		"PIP_REQUIRE_VIRTUALENV", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"), "PYTHONUNBUFFERED=1", "PYTHONUTF8=1")
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	ended := make(chan error, 1)
	go func() {
		err := cmd.Run()
		w.Close()
		ended <- err
	}()
	var out strings.Builder
	var c condenser
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		out.WriteString(line)
		io.WriteString(log, line)
		if what := c.line(line); what != "" {
			e.note("%s", what)
		}
		if err != nil {
			return out.String(), <-ended
		}
	}
}

// without is the environment env less some variables.
func without(env []string, names ...string) []string {
	var kept []string
next:
	for _, kv := range env {
		for _, n := range names {
			if len(kv) > len(n) && kv[len(n)] == '=' && strings.EqualFold(kv[:len(n)], n) {
				continue next
			}
		}
		kept = append(kept, kv)
	}
	return kept
}

func firstLine(err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}
