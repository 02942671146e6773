//go:build !unix

package install

import (
	"os/exec"
	"strconv"
)

func ownGroup(*exec.Cmd) {}

// terminate does nothing: there is no polite signal here; the server was asked over HTTP before.
func terminate(*exec.Cmd) {}

// killTree ends the process and its descendants.
func killTree(cmd *exec.Cmd) {
	pid := strconv.Itoa(cmd.Process.Pid)
	if exec.Command("taskkill", "/T", "/F", "/PID", pid).Run() != nil {
		_ = cmd.Process.Kill()
	}
}
