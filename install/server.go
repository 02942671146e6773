package install

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// LabOptions says what a JupyterLab server shows, and to whom.
type LabOptions struct {
	Jupyter   *Jupyter  // from [FindJupyterLab]
	WorkDir   string    // the folder that the server shows
	Notebook  string    // opened first: a path in WorkDir; "" opens the launcher
	Spec      Spec      // the kernel; its Prefix is ignored: the kernelspec lives as long as the server
	Port      int       // 0 is 8888 or the next free one
	NoBrowser bool      // open no browser
	Env       []string  // K=V, for the server and its kernels
	Args      []string  // more arguments for `jupyter lab`
	StateDir  string    // settings and state of the servers; "" is lab in [CacheDir]
	Log       io.Writer // the server's messages; nil is the file lab.log in StateDir
}

// Lab is a running JupyterLab server.
type Lab struct {
	URL   string // opens JupyterLab, and the notebook, without asking for a password
	Base  string // http://127.0.0.1:PORT/
	Token string
	Log   string // the file with the server's messages; "" if they went to a writer

	cmd   *exec.Cmd
	state *labState
	done  chan struct{} // closed when the server's process has ended
	err   error         // of the process; read after done

	stop sync.Once
}

const (
	labStartLimit = 90 * time.Second // a cold disk and a virus scanner are slow
	politeLimit   = 12 * time.Second // Jupyter gives kernels 5 s
)

// StartLab starts a JupyterLab server on 127.0.0.1 with a token and waits until it answers. The user's own Jupyter
// folders are read (kernels, extensions) and never written: settings, trust and the kernelspec live in StateDir. The
// server runs in a process group of its own; call [Lab.Stop].
func StartLab(ctx context.Context, opts LabOptions) (*Lab, error) {
	notebook, err := opts.notebook()
	if err != nil {
		return nil, err
	}
	state, err := newLabState(ctx, opts)
	if err != nil {
		return nil, fmt.Errorf("start jupyter lab: %w", err)
	}
	l := &Lab{Token: newToken(), state: state, done: make(chan struct{})}
	log := opts.Log
	if log == nil {
		f, err := os.Create(filepath.Join(state.root, "lab.log"))
		if err != nil {
			state.close()
			return nil, fmt.Errorf("start jupyter lab: %w", err)
		}
		defer f.Close() // the server has its own descriptor
		log, l.Log = f, f.Name()
	}
	l.cmd = exec.Command(opts.Jupyter.Command[0], append(opts.Jupyter.Command[1:], opts.args(notebook)...)...)
	ownGroup(l.cmd)
	l.cmd.Dir = opts.WorkDir
	l.cmd.Env = append(state.environment(opts), "JUPYTER_TOKEN="+l.Token)
	l.cmd.Stdout, l.cmd.Stderr = log, log
	l.cmd.WaitDelay = 2 * time.Second // a kernel that outlives the server may hold its pipes
	if err := l.cmd.Start(); err != nil {
		state.close()
		return nil, fmt.Errorf("start jupyter lab: %w", err)
	}
	go func() {
		l.err = l.cmd.Wait()
		close(l.done)
	}()
	if err := l.waitReady(ctx); err != nil {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		_ = l.Stop(now)
		return nil, fmt.Errorf("start jupyter lab: %w%s", err, l.logTail())
	}
	l.URL = l.Base + "lab"
	if notebook != "" {
		l.URL += "/tree/" + notebook
	}
	l.URL += "?token=" + l.Token
	return l, nil
}

// Done is closed when the server has ended, by itself or by Stop.
func (l *Lab) Done() <-chan struct{} { return l.done }

// Stop ends the server and its kernels: politely at first, then, or at once when ctx ends, by force. It removes what
// the server left. It may be called again and by several goroutines.
func (l *Lab) Stop(ctx context.Context) error {
	l.stop.Do(func() {
		l.ask(ctx)
		if !l.ended(ctx, politeLimit) {
			terminate(l.cmd)
		}
		if !l.ended(ctx, politeLimit/2) {
			killTree(l.cmd)
			<-l.done
		}
		l.state.close()
	})
	<-l.done
	return nil
}

// ask requests the shutdown over HTTP, which works on every operating system.
func (l *Lab) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if l.Base == "" {
		return
	}
	if resp, err := l.request(ctx, http.MethodPost, "api/shutdown"); err == nil {
		resp.Body.Close()
	}
}

// ended waits for the end of the process; false when it took too long.
func (l *Lab) ended(ctx context.Context, limit time.Duration) bool {
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case <-l.done:
		return true
	default:
	}
	select {
	case <-l.done:
		return true
	case <-late.C:
	case <-ctx.Done():
	}
	return false
}

// waitReady waits until the server has said where it listens, and answers there.
func (l *Lab) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, labStartLimit, fmt.Errorf("no answer after %v", labStartLimit))
	defer cancel()
	retry := time.NewTicker(50 * time.Millisecond)
	defer retry.Stop()
	for {
		if l.Base == "" {
			l.Base = l.state.address()
		}
		if l.Base != "" && l.answers(ctx) {
			return nil
		}
		select {
		case <-l.done:
			if l.err == nil {
				return errors.New("it ended at once")
			}
			return l.err
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-retry.C:
		}
	}
}

func (l *Lab) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	resp, err := l.request(ctx, http.MethodGet, "api/status")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// request calls the server's REST interface.
func (l *Lab) request(ctx context.Context, method, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, l.Base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "token "+l.Token)
	// No proxy: the server is on this machine.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return client.Do(req)
}

func (l *Lab) logTail() string {
	if l.Log == "" {
		return ""
	}
	text, err := os.ReadFile(l.Log)
	if err != nil || len(text) == 0 {
		return ""
	}
	return fmt.Sprintf("; its last messages (all of them in %s):\n\n%s", l.Log, indent(lastLines(string(text), 12), "  | "))
}

// notebook is the URL path of the notebook below WorkDir.
func (o LabOptions) notebook() (string, error) {
	if o.Notebook == "" {
		return "", nil
	}
	rel := o.Notebook
	if filepath.IsAbs(rel) {
		var err error
		if rel, err = filepath.Rel(o.WorkDir, rel); err != nil {
			return "", fmt.Errorf("notebook %s is not in %s: %w", o.Notebook, o.WorkDir, err)
		}
	}
	if !filepath.IsLocal(rel) {
		return "", fmt.Errorf("notebook %s is not in %s", o.Notebook, o.WorkDir)
	}
	parts := strings.Split(filepath.ToSlash(filepath.Clean(rel)), "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/"), nil
}

// args are the arguments of `jupyter lab`. The token is not among them: others see arguments.
func (o LabOptions) args(notebook string) []string {
	port, retries := o.Port, "0"
	if port == 0 {
		port, retries = 8888, "200"
	}
	args := []string{
		"--ServerApp.ip=127.0.0.1", "--ServerApp.port=" + strconv.Itoa(port), "--ServerApp.port_retries=" + retries,
		"--ServerApp.root_dir=" + o.WorkDir,
	}
	if o.Jupyter.Private {
		args = append(args, "--LanguageServerManager.autodetect=False") // asks npm, which writes logs
	}
	if notebook != "" {
		args = append(args, "--LabApp.default_url=/lab/tree/"+notebook)
	}
	if o.NoBrowser {
		args = append(args, "--no-browser")
	} else if snap, _ := filepath.Glob("/snap/bin/[cf][hi]r*"); len(snap) > 0 {
		// Firefox and Chromium from snap can't read the file in a hidden folder that the browser is sent to otherwise.
		args = append(args, "--ServerApp.use_redirect_file=False")
	}
	if os.Geteuid() == 0 {
		args = append(args, "--allow-root") // it serves this machine alone, and a container has no other user
	}
	return append(args, o.Args...)
}

func newToken() string {
	var b [24]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// serverInfo is what Jupyter writes about a server into its runtime folder.
type serverInfo struct {
	Port    int    `json:"port"`
	BaseURL string `json:"base_url"`
}

// readServerInfo reads the newest jpserver file of a runtime folder; it may be half written, which is no error.
func readServerInfo(dir string) (info serverInfo, ok bool) {
	files, _ := filepath.Glob(filepath.Join(dir, "jpserver-*.json"))
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err == nil && json.Unmarshal(text, &info) == nil && info.Port != 0 {
			return info, true
		}
	}
	return info, false
}
