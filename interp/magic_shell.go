package interp

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// shellGrace is how long a command has to end after an interrupt, and how long what it left behind may go on writing to the cell.
const shellGrace = 2 * time.Second

func shellMagic(m *magicCall) ([]any, error) {
	text := m.arg()
	if m.piece.magic.name != "!" {
		if text != "" {
			return nil, m.errorf("the commands stand on the lines below")
		}
		text = m.body()
	}
	if strings.TrimSpace(text) == "" {
		return nil, m.errorf("which command?")
	}
	ctx, cancel := context.WithCancel(m.ctx)
	defer cancel()
	cmd := shellCommand(ctx, text)
	cmd.Stdout, cmd.Stderr = m.stdout, m.stderr
	cmd.WaitDelay = shellGrace
	end := endGroup(cmd)
	defer end()
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case m.ctx.Err() != nil:
		return nil, interrupted(m.ctx)
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // the latter: the command ended, and something that it started goes on
		return nil, nil
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return nil, m.failf("ExitError", "exit status %d", exit.ExitCode())
	default:
		return nil, m.failf("ExitError", "%w", err)
	}
}

// shellCommand runs text in the system's shell.
func shellCommand(ctx context.Context, text string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		return exec.CommandContext(ctx, "cmd", "/c", text)
	}
	return exec.CommandContext(ctx, "sh", "-c", text)
}
