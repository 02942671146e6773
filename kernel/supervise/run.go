package supervise

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A process that dies as often in a row without having been asked anything is not started again.
const maxIdleDeaths = 3

// lastWords is how long what a process said is waited for after its end: a process that it started may hold its files.
const lastWords = time.Second

// Run runs the command as a supervised process, on this one's standard files, until it ends without a crash, ctx ends, or this process gets SIGTERM or
// SIGHUP. It starts another after each crash. Signals that this process gets are passed on. An exit status other than 0 is an *[exec.ExitError].
func Run(ctx context.Context, name string, args ...string) error {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	orphaned := WatchParent(ctx)
	var report *Report
	for idle := 0; ; {
		p, err := start(name, args, report)
		if err != nil {
			return err
		}
		err, stopped := p.attend(ctx, signals, orphaned)
		j, text := &p.journal, p.crash
		if stopped || j.stops || !j.up || err == nil && text == "" {
			return err
		}
		if idle++; j.worked {
			idle = 0
		}
		if idle == maxIdleDeaths {
			return fmt.Errorf("it died %d times without having been asked anything: %w", idle, err)
		}
		report = j.report(state(err), p.said.reason, text)
	}
}

// state is what the system says about the end of a process.
func state(err error) string {
	if err == nil {
		return "exit status 0"
	}
	if text := err.Error(); !strings.Contains(text, "signal: killed") {
		return text
	}
	return "signal: killed, as by a system that is out of memory"
}

// process is one run of the command.
type process struct {
	cmd     *exec.Cmd
	wg      sync.WaitGroup // of the readers
	journal journal        // complete once they have ended; so
	crash   string
	said    lastReason
}

// lastReason passes on what a process writes to its standard error and keeps the last line by which the Go runtime begins to die: the crash output
// lacks that of a fatal error.
type lastReason struct {
	line   []byte // so far
	reason string
}

func (l *lastReason) Write(b []byte) (int, error) {
	for _, c := range b {
		if c != '\n' {
			if len(l.line) < 500 {
				l.line = append(l.line, c)
			}
			continue
		}
		if isReason(string(l.line)) {
			l.reason = string(l.line)
		}
		l.line = l.line[:0]
	}
	return os.Stderr.Write(b)
}

// start starts the command.
func start(name string, args []string, report *Report) (*process, error) {
	p := &process{cmd: exec.Command(name, args...)}
	var ours, theirs [3]*os.File // by file number, from crashFile on
	closeAll := func(files []*os.File) {
		for _, f := range files {
			if f != nil {
				_ = f.Close()
			}
		}
	}
	defer func() { closeAll(theirs[:]) }()
	for i := range ours {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll(ours[:])
			return nil, err
		}
		if ours[i], theirs[i] = r, w; i == reportFile-crashFile {
			ours[i], theirs[i] = w, r
		}
	}
	crash, lines, tell := ours[0], ours[journalFile-crashFile], ours[reportFile-crashFile]
	pid := strconv.Itoa(os.Getpid())
	p.cmd.Env = append(os.Environ(), envSupervised+"="+pid, "JPY_PARENT_PID="+pid)
	p.cmd.ExtraFiles = theirs[:]
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = os.Stdin, os.Stdout, &p.said
	p.cmd.WaitDelay = lastWords
	if err := p.cmd.Start(); err != nil {
		closeAll(ours[:])
		return nil, err
	}
	p.wg.Go(func() {
		defer func() { _ = tell.Close() }()
		if report != nil {
			_ = json.NewEncoder(tell).Encode(report) // a process that doesn't read it has died
		}
	})
	p.wg.Go(func() {
		defer func() { _ = crash.Close() }()
		text, _ := io.ReadAll(io.LimitReader(crash, maxText)) // what came is what there is
		p.crash = string(text)
		_, _ = io.Copy(io.Discard, crash)
	})
	p.wg.Go(func() {
		defer func() { _ = lines.Close() }()
		d := json.NewDecoder(bufio.NewReader(lines))
		for {
			var e event
			if err := d.Decode(&e); err != nil { // the end, or a line cut off by it
				_, _ = io.Copy(io.Discard, lines)
				return
			}
			p.journal.note(e)
		}
	})
	return p, nil
}

// attend waits for the end of the process, and passes signals on. stopped says that the end was asked for from outside.
func (p *process) attend(ctx context.Context, signals <-chan os.Signal, orphaned <-chan struct{}) (err error, stopped bool) {
	ended := make(chan error, 1)
	go func() { ended <- p.cmd.Wait() }()
	stop := func() {
		stopped = true
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	}
	done := ctx.Done()
	for {
		select {
		case err := <-ended:
			p.readersEnd()
			return err, stopped
		case s := <-signals:
			if s != os.Interrupt {
				stopped = true
			}
			_ = p.cmd.Process.Signal(s)
		case <-done:
			done = nil
			stop()
		case <-orphaned:
			orphaned = nil
			stop()
		}
	}
}

// readersEnd waits for what the process said last.
func (p *process) readersEnd() {
	done := make(chan struct{})
	go func() { p.wg.Wait(); close(done) }()
	t := time.NewTimer(lastWords)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
	}
}

// ExitCode is the exit status that an error of [Run] stands for.
func ExitCode(err error) int {
	var e *exec.ExitError
	if errors.As(err, &e) && e.ExitCode() > 0 {
		return e.ExitCode()
	}
	return 1
}
