package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tickbook/kernel/supervise"
)

// supervised is the value of kernelEnv that makes the test binary a supervised kernel, whose cells may end it.
const supervised = "supervised"

// serveTest runs the kernel that kernelEnv asks for.
func serveTest(file string) error {
	cfg := echoConfig()
	if os.Getenv(kernelEnv) == supervised {
		parent, err := supervise.Connect()
		if err != nil {
			return err
		}
		if parent == nil {
			return supervise.Run(context.Background(), os.Args[0], file)
		}
		cfg.Parent = parent
	}
	return Serve(context.Background(), file, cfg)
}

// soon waits for the requests behind this one to be there.
func soon() {
	t := time.NewTimer(150 * time.Millisecond)
	<-t.C
}

// deadly are commands that end the process.
var deadly = map[string]func(ctx context.Context, arg string) ([]any, error){
	"die": func(ctx context.Context, arg string) ([]any, error) {
		soon()
		go panic(arg)
		<-ctx.Done()
		return nil, nil
	},
	"later": func(_ context.Context, arg string) ([]any, error) {
		time.AfterFunc(200*time.Millisecond, func() { panic(arg) })
		return nil, nil
	},
	"eat": eat, "glut": glut,
	"race": func(ctx context.Context, _ string) ([]any, error) {
		soon()
		m := map[int]int{}
		for range 4 {
			go func() {
				for i := 0; ctx.Err() == nil; i++ {
					m[i%8] = i
				}
			}()
		}
		<-ctx.Done()
		return nil, nil
	},
	"exit": func(context.Context, string) ([]any, error) {
		soon()
		os.Exit(3)
		return nil, nil
	},
	"kill": func(ctx context.Context, _ string) ([]any, error) {
		soon()
		p, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = p.Signal(syscall.SIGKILL)
		}
		<-ctx.Done()
		return nil, err
	},
}

// far is a port of another process.
type far struct {
	net.Listener
	addr net.Addr
}

func (f far) Addr() net.Addr { return f.addr }

// farKernel is a kernel in a process of its own, and a client that comes back.
type farKernel struct {
	t            *testing.T
	cmd          *exec.Cmd
	out          *testLog
	shell, iopub *port
	s, i         *testClient
}

func startFar(t *testing.T) *farKernel {
	t.Helper()
	file := filepath.Join(t.TempDir(), "connection.json")
	info := map[string]any{"transport": "tcp", "ip": "127.0.0.1", "key": string(testKey), "signature_scheme": "hmac-sha256"}
	ports := map[string]*port{}
	for _, name := range []string{"shell", "iopub", "stdin", "control", "hb"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		info[name+"_port"] = l.Addr().(*net.TCPAddr).Port
		ports[name] = &port{name: name, listener: far{addr: l.Addr()}}
	}
	text, err := json.Marshal(info)
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	k := &farKernel{t: t, out: &testLog{}, shell: ports["shell"], iopub: ports["iopub"]}
	k.cmd = exec.Command(os.Args[0], file)
	k.cmd.Env = append(os.Environ(), kernelEnv+"="+supervised)
	k.cmd.Stderr = k.out
	return k
}

// dial connects until somebody answers.
func (k *farKernel) dial() {
	k.t.Helper()
	back := func(to **testClient, p *port, kind string) {
		eventually(k.t, p.name+" is back", func() bool {
			c, err := connect(p, kind, "me")
			if err != nil {
				return false
			}
			c.t, *to = k.t, c
			k.t.Cleanup(func() { _ = c.c.Close() })
			return true
		})
	}
	back(&k.i, k.iopub, "SUB")
	back(&k.s, k.shell, "DEALER")
}

// until reads what is published until a status, and says it in words: type, state, name, text, and the request it is about.
func (k *farKernel) until(state string, names map[string]string) (said []string) {
	k.t.Helper()
	for {
		m := k.i.message()
		var parent header
		_ = json.Unmarshal(m.parent, &parent)
		var c struct {
			State string `json:"execution_state"`
			Name  string `json:"ename"`
			Value string `json:"evalue"`
		}
		_ = json.Unmarshal(m.content, &c)
		said = append(said, strings.Join(strings.Fields(strings.Join([]string{m.header.Type, c.State, c.Name, c.Value, names[parent.ID]}, " ")), " "))
		if c.State == state {
			return said
		}
	}
}

// TestKernelDies: whatever ends the kernel's process, the cell that ran says so, requests behind it are aborted, and a fresh kernel answers.
func TestKernelDies(t *testing.T) {
	if !supervise.Possible {
		t.Log("kernels are not supervised here")
		return
	}
	k := startFar(t)
	if err := k.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- k.cmd.Wait() }()
	t.Cleanup(func() { _ = k.cmd.Process.Kill() })
	k.dial()
	for _, c := range []struct{ code, reason string }{
		{"die boom", "panic: boom"},
		{"race", "fatal error: concurrent map writes"},
		{"exit", "exit status 3"},
		{"kill", "signal: killed, as by a system that is out of memory"},
	} {
		if got := k.s.ask("execute_request", map[string]any{"code": "value 1"})["execution_count"]; got != 1.0 {
			t.Errorf("%s: the count before is %v", c.code, got)
		}
		names := map[string]string{}
		names[k.s.request("execute_request", map[string]any{"code": c.code})] = "first"
		names[k.s.request("execute_request", map[string]any{"code": "value 2"})] = "second"
		if _, err := k.i.frames(); err == nil { // until the process is gone
			for err == nil {
				_, err = k.i.frames()
			}
		}
		k.dial()
		want := []string{
			"status busy first", "error KernelDied the kernel's process died while In[2] ran: " + c.reason + ". It was started anew, without its variables and tables first",
			"status idle first", "status busy second", "status idle second", "status restarting",
		}
		if said := k.until("restarting", names); !strings.HasSuffix(strings.Join(said, "\n"), strings.Join(want, "\n")) {
			t.Errorf("%s: published\n%s", c.code, strings.Join(said, "\n"))
		}
		for _, want := range []string{"first error 2", "second aborted 0"} {
			m := k.s.message()
			var parent header
			_ = json.Unmarshal(m.parent, &parent)
			var r struct {
				Status string
				Count  int `json:"execution_count"`
			}
			if err := json.Unmarshal(m.content, &r); err != nil || fmt.Sprint(names[parent.ID], " ", r.Status, " ", r.Count) != want {
				t.Errorf("%s: the reply %s %s, want %s", c.code, m.parent, m.content, want)
			}
		}
	}
	// After its cell.
	names := map[string]string{k.s.request("execute_request", map[string]any{"code": "later boom"}): "cell"}
	if r := k.s.message(); !strings.Contains(string(r.content), `"ok"`) {
		t.Errorf("the reply is %s", r.content)
	}
	for err := error(nil); err == nil; {
		_, err = k.i.frames()
	}
	k.dial()
	if said := k.until("restarting", names); !strings.Contains(strings.Join(said, "\n"), "error KernelDied the kernel's process died after In[1] had ended: panic: boom. It was started anew, without its variables and tables cell") {
		t.Errorf("published\n%s", strings.Join(said, "\n"))
	}
	// The end is asked for as ever.
	if got := k.s.ask("execute_request", map[string]any{"code": "value 3"})["execution_count"]; got != 1.0 {
		t.Errorf("the count afterwards is %v", got)
	}
	if got := k.s.ask("shutdown_request", map[string]any{"restart": false})["status"]; got != "ok" {
		t.Errorf("shutdown: %v", got)
	}
	deadline := time.NewTimer(testTime)
	defer deadline.Stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the supervisor ended with %v; it said\n%s", err, k.out)
		}
	case <-deadline.C:
		t.Error("the supervisor goes on after a shutdown")
	}
}
