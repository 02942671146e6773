package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// brokerProcess is the embedded broker as a process of its own: when it is killed it starts again on its data directory and port, and it
// ends with this process, however that ends, since its standard input closes then.
type brokerProcess struct {
	addr string // HOST:PORT

	data    string // temporary, removed by the process when it ends in order, and by stop
	log     io.Writer
	args    []string
	mu      sync.Mutex
	cmd     *exec.Cmd      // guarded by mu
	stdin   io.WriteCloser // guarded by mu
	stopped bool           // guarded by mu
	done    chan struct{}  // closed when the watching goroutine ended
}

const (
	brokerStart   = 30 * time.Second
	brokerRestart = 500 * time.Millisecond
)

// startBroker starts the broker with the sample feed, on addr or, when that is empty, on the usual port if it is free and else on any.
func startBroker(ctx context.Context, addr string, log io.Writer, feedArgs ...string) (*brokerProcess, error) {
	data, err := os.MkdirTemp("", "tickbook-broker-")
	if err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	p := &brokerProcess{data: data, log: log, args: append([]string{"broker", "--feed", "--until-stdin-closes", "--data", data, "--discard"}, feedArgs...), done: make(chan struct{})}
	if err := p.launch(ctx, addr); err != nil {
		return nil, errors.Join(err, os.RemoveAll(data))
	}
	go p.watch(ctx)
	return p, nil
}

// launch starts the process and waits until it says where it listens.
func (p *brokerProcess) launch(ctx context.Context, addr string) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	args := p.args
	if addr != "" {
		args = append(args[:len(args):len(args)], "--addr", addr)
	}
	cmd := exec.Command(exe, args...)
	cmd.Stderr = p.log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	ready := make(chan string, 1)
	go func() {
		defer close(ready)
		for s := bufio.NewScanner(stdout); s.Scan(); {
			if a, ok := strings.CutPrefix(s.Text(), readyPrefix); ok {
				ready <- a
			}
		}
	}()
	timer := time.NewTimer(brokerStart)
	defer timer.Stop()
	var failure error
	select {
	case a, ok := <-ready:
		if ok {
			p.addr = a
			p.mu.Lock()
			p.cmd, p.stdin = cmd, stdin
			p.mu.Unlock()
			return nil
		}
		failure = errors.New("broker: the process ended before it listened")
	case <-timer.C:
		failure = fmt.Errorf("broker: did not listen within %v", brokerStart)
	case <-ctx.Done():
		failure = ctx.Err()
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return failure
}

// watch starts the process again when it ends by itself.
func (p *brokerProcess) watch(ctx context.Context) {
	defer close(p.done)
	for {
		p.mu.Lock()
		cmd := p.cmd
		p.mu.Unlock()
		err := cmd.Wait()
		for {
			p.mu.Lock()
			stopped := p.stopped
			p.mu.Unlock()
			if stopped || ctx.Err() != nil {
				return
			}
			fmt.Fprintf(p.log, "broker: the process ended (%v); starting it again on %s\n", err, p.addr)
			if err = p.launch(ctx, p.addr); err == nil {
				break
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(brokerRestart):
			}
		}
	}
}

// stop ends the process and removes its data.
func (p *brokerProcess) stop() error {
	p.mu.Lock()
	p.stopped = true
	stdin, cmd := p.stdin, p.cmd
	p.mu.Unlock()
	_ = stdin.Close()
	kill := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	<-p.done
	return os.RemoveAll(p.data)
}
