package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tickbook/display"
	"tickbook/internal/pyvenv"
)

// kernelEnv makes the test binary a kernel.
const kernelEnv = "TICKBOOK_TEST_KERNEL"

func TestMain(m *testing.M) {
	if os.Getenv(kernelEnv) != "" && len(os.Args) == 2 {
		if err := serveTest(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if file := os.Getenv(orphanEnv); file != "" {
		startOrphan(file)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m, zmqLeaks...)
}

// zmqLeaks are what zmq4 leaves behind when a socket is closed.
var zmqLeaks = []goleak.Option{
	goleak.IgnoreAnyFunction("github.com/go-zeromq/zmq4.(*pubMWriter).run"), // one for each PUB socket
}

func echoConfig() Config {
	return Config{
		Version: "0.0.0-test",
		Targets: map[string]Target{"test.echo": {Open: func(c display.Comm, open display.CommMessage) (display.CommHandler, error) {
			h := echoComm{c}
			h.Message(open)
			return h, nil
		}}},
		NewInterpreter: func(stdout, stderr io.Writer) (Interpreter, error) {
			e := newEcho(stdout, stderr)
			e.on("ticks", func(context.Context, string) ([]any, error) { return []any{clock{}}, nil })
			e.on("burst", burst)
			for name, f := range deadly {
				e.on(name, f)
			}
			e.on("update", func(_ context.Context, arg string) ([]any, error) {
				display.Show(display.MIMEBundle{display.Text: "first"}).Update(display.MIMEBundle{display.Text: arg})
				return nil, nil
			})
			return e, nil
		},
	}
}

// echoComm sends back what it gets.
type echoComm struct{ c display.Comm }

func (e echoComm) Message(m display.CommMessage) {
	_ = e.c.Send(map[string]any{"got": m.Data}, m.Buffers...)
}
func (e echoComm) Closed() {}

// clock shows the time, and changes all the time.
type clock struct{}

func (clock) Render() display.MIMEBundle {
	return display.MIMEBundle{display.Text: strconv.FormatInt(time.Now().UnixNano(), 10)}
}

func (clock) Watch(changed chan<- struct{}) func() {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		t := time.NewTicker(10 * time.Millisecond)
		defer t.Stop()
		for {
			select {
			case <-t.C:
			case <-ctx.Done():
				return
			}
			select {
			case changed <- struct{}{}:
			default:
			}
		}
	}()
	return cancel
}

// TestJupyter runs the protocol's own test suite, and testdata's further tests, on the test binary as a kernel.
func TestJupyter(t *testing.T) {
	python, ok := pyvenv.Python(t, pyvenv.JupyterKernelTest...)
	if !ok {
		return
	}
	data := t.TempDir()
	spec := filepath.Join(data, "kernels", "tickbook-test")
	if err := os.MkdirAll(spec, 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{
		"argv": []string{self, "{connection_file}"}, "display_name": "test", "language": "go",
		"interrupt_mode": "message", "env": map[string]string{kernelEnv: "1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(spec, "kernel.json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	pyvenv.RunSuite(t, python, filepath.Join("testdata", "protocol.py"), data)
}
