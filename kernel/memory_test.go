package kernel

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMemoryLimit(t *testing.T) {
	for text, want := range map[string]uint64{"off": 0, "OFF": 0, "4GiB": 4 << 30, "1.5 GiB": 3 << 29, "500MiB": 500 << 20, "1073741824": 1 << 30} {
		if got, err := memoryLimit(text); err != nil || got != want {
			t.Errorf("%s: %d %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"4", "x", "-1GiB", "NaN", "GiB", "1e300GiB", "4 GB"} {
		if got, err := memoryLimit(text); err == nil || !strings.Contains(err.Error(), "TICKBOOK_MEMORY") {
			t.Errorf("%s: %d %v", text, got, err)
		}
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	info, none := write("meminfo", "MemFree: 7 kB\nMemTotal:       16384 kB\n"), filepath.Join(dir, "none")
	for cgroup, want := range map[string]uint64{"max\n": 16 << 20, "8388608\n": 8 << 20, "99999999999\n": 16 << 20} {
		if got := memoryThere(info, write("max", cgroup)); got != want {
			t.Errorf("cgroup %q: %d, want %d", cgroup, got, want)
		}
	}
	if got := memoryThere(none, none); got != 0 {
		t.Errorf("nothing says %d", got)
	}
}

// eat is a command that takes memory until it is interrupted.
func eat(ctx context.Context, _ string) ([]any, error) {
	var all [][]byte
	for ctx.Err() == nil {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		all = append(all, b)
		t := time.NewTimer(2 * time.Millisecond)
		<-t.C
	}
	return []any{len(all)}, ctx.Err()
}

// glut takes memory and heeds no interrupt.
func glut(_ context.Context, _ string) ([]any, error) {
	return eat(context.Background(), "")
}

// TestMemory: a cell that takes all memory fails and says so; one that can't be stopped costs the kernel its process, not the machine.
func TestMemory(t *testing.T) {
	k := startFar(t)
	k.cmd.Env = append(k.cmd.Env, envMemory+"=400MiB")
	if err := k.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.cmd.Process.Kill(); _ = k.cmd.Wait() })
	k.dial()
	r := k.s.ask("execute_request", map[string]any{"code": "eat"})
	if r["status"] != "error" || r["ename"] != "OutOfMemory" || !strings.Contains(r["evalue"].(string), "its limit is 0.4 GiB (environment variable TICKBOOK_MEMORY)") {
		t.Errorf("eat: %v", r)
	}
	if r = k.s.ask("execute_request", map[string]any{"code": "value 1"}); r["status"] != "ok" || r["execution_count"] != 2.0 {
		t.Errorf("the same kernel goes on: %v", r)
	}
	names := map[string]string{k.s.request("execute_request", map[string]any{"code": "glut"}): "glut"}
	for err := error(nil); err == nil; {
		_, err = k.i.frames()
	}
	k.dial()
	if said := strings.Join(k.until("restarting", names), "\n"); !strings.Contains(said, "error KernelDied the kernel's process died while In[3] ran: panic: out of memory: the kernel uses 0.") || !strings.Contains(said, "its limit is 0.4 GiB") {
		t.Errorf("glut: %s", said)
	}
	k.s.ask("execute_request", map[string]any{"code": "value 1"}) // the reply of the dead cell came before
	if r = k.s.ask("shutdown_request", map[string]any{"restart": false}); r["status"] != "ok" {
		t.Errorf("shutdown: %v", r)
	}
}
