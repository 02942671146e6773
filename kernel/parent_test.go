package kernel

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// orphanEnv makes the test binary a process that starts a kernel and dies.
const orphanEnv = "TICKBOOK_TEST_ORPHAN"

// startOrphan starts a kernel that is to be orphaned. It says so once the kernel answers on its shell port.
func startOrphan(file string) {
	cmd := exec.Command(os.Args[0], file)
	cmd.Env = append(os.Environ(), kernelEnv+"=1", orphanEnv+"=", "JPY_PARENT_PID="+strconv.Itoa(os.Getpid()))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
		return
	}
	info, err := readConnection(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		if c, err := net.Dial("tcp", net.JoinHostPort(info.IP, strconv.Itoa(info.Shell))); err == nil {
			_ = c.Close()
			fmt.Println("started")
			return
		}
	}
}

// TestOrphan: a kernel ends soon after the process that started it is gone.
func TestOrphan(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("parents are not watched here")
		return
	}
	file := filepath.Join(t.TempDir(), "connection.json")
	var ports []any
	for range 5 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
		_ = l.Close()
	}
	text := fmt.Sprintf(`{"shell_port": %d, "control_port": %d, "stdin_port": %d, "hb_port": %d, "iopub_port": %d, "key": ""}`, ports...)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe() // both processes hold its end
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), orphanEnv+"="+file)
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	_ = r.SetReadDeadline(time.Now().Add(testTime))
	out, err := io.ReadAll(r) // until the kernel has ended
	if err != nil || !strings.Contains(string(out), "started") {
		t.Errorf("%v; output:\n%s", err, out)
	}
}
