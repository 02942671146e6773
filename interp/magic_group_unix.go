//go:build unix

package interp

import (
	"os/exec"
	"syscall"
)

// endGroup makes the end of cmd's context interrupt the command and all that it started. end kills what is left of them after an interrupt.
func endGroup(cmd *exec.Cmd) (end func()) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	interrupted := false
	cmd.Cancel = func() error {
		interrupted = true
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
	}
	return func() {
		if interrupted {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // mostly nothing is left
		}
	}
}
