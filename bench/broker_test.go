package bench

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tickbook/internal/producttest"
)

// binaryEnv names a built tickbook to measure, such as one of another version, instead of this tree's.
const binaryEnv = "TICKBOOK_BENCH_BINARY"

func productPath(b *testing.B) string {
	b.Helper()
	if path := os.Getenv(binaryEnv); path != "" {
		return path
	}
	return producttest.Binary(b)
}

// startBroker starts the product's broker in a process of its own, with its topics in a temporary directory. It ends with the benchmark.
func startBroker(b *testing.B) (addr string) {
	b.Helper()
	cmd := exec.Command(productPath(b), "broker", "--until-stdin-closes", "--addr", "127.0.0.1:0", "--data", b.TempDir())
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close()
		kill := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "broker: listening on ")
	if !ok {
		b.Fatalf("the broker said %q (%v), want its address", line, err)
	}
	return addr
}
