//go:build unix

package browsertest_test

import (
	"bufio"
	"context"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tickbook/internal/browsertest"
)

// product is `tickbook lab --no-browser` as a user runs it, in a home of its own, with the private JupyterLab of the
// user's cache.
type product struct {
	t        *testing.T
	Server   browsertest.Server
	Notebook string // name of the guide's working copy
	Dir      string // its folder
	Broker   string
	Home     string

	cmd    *exec.Cmd
	ended  chan error
	output lockedBuffer
}

// startProduct builds the binary and runs it until it has said where everything is.
func startProduct(t *testing.T) *product {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "tickbook")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "tickbook").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	home, config := t.TempDir(), t.TempDir()
	// The page must let itself be driven.
	if err := os.WriteFile(filepath.Join(config, "jupyter_lab_config.json"), []byte(`{"LabApp": {"expose_app_in_browser": true}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	p := &product{t: t, Home: home, Dir: filepath.Join(home, "notebooks"), ended: make(chan error, 1)}
	p.cmd = exec.Command(bin, "lab", "--no-browser", "--private-jupyter", "--dir", p.Dir)
	p.cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+cache, "JUPYTER_CONFIG_PATH="+config)
	lines, w := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr = w, w
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		err := p.cmd.Wait()
		w.Close()
		p.ended <- err
	}()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("tickbook lab said:\n%s", p.output.String())
		}
		p.stop()
	})
	ready := make(chan bool, 1)
	go func() {
		for s := bufio.NewScanner(lines); s.Scan(); {
			p.output.add(s.Text() + "\n")
			if p.understand(s.Text()) {
				ready <- true
			}
		}
	}()
	select {
	case <-ready:
	case err := <-p.ended:
		p.ended <- err
		t.Fatalf("tickbook lab ended: %v\n%s", err, p.output.String())
	case <-time.After(5 * time.Minute): // a first start installs JupyterLab
		t.Fatal("tickbook lab: no address after five minutes")
	}
	return p
}

// understand reads a line of the product's; true when it was the one with the address.
func (p *product) understand(line string) bool {
	line = strings.TrimSpace(line)
	if addr, ok := strings.CutPrefix(line, "broker with the sample feed: "); ok {
		p.Broker = addr
	}
	if !strings.HasPrefix(line, "http://127.0.0.1:") {
		return false
	}
	u, err := url.Parse(line)
	if err != nil {
		return false
	}
	p.Server = browsertest.Server{Base: "http://" + u.Host + "/", Token: u.Query().Get("token")}
	p.Notebook = strings.TrimPrefix(u.Path, "/lab/tree/")
	return true
}

// stop is a Ctrl-C; it returns how the product ended.
func (p *product) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGINT)
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	select {
	case err := <-p.ended:
		p.ended <- err // for a second call
		return err
	case <-ctx.Done():
		_ = p.cmd.Process.Kill()
		p.t.Errorf("tickbook lab did not end after a Ctrl-C")
		return <-p.ended
	}
}

// lockedBuffer is text that one goroutine writes and another reads.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder // guarded by mu
}

func (b *lockedBuffer) add(s string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.WriteString(s)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
