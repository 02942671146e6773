//go:build unix

package install

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// ownGroup makes cmd the leader of a process group of its own: a Ctrl-C in the terminal reaches us alone, and the
// group can be stopped as one.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(cmd.SysProcAttr)
}

// terminate asks the group of the process to end.
func terminate(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }

// killTree ends the process, its group, and its descendants in other groups, as Jupyter's kernels are.
func killTree(cmd *exec.Cmd) {
	pid := cmd.Process.Pid
	below := descendants(pid)
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	_ = syscall.Kill(pid, syscall.SIGKILL)
	for _, p := range below {
		_ = syscall.Kill(p, syscall.SIGKILL)
	}
}

// descendants lists the processes below pid, as ps sees them; none if there is no ps.
func descendants(pid int) []int {
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		return nil
	}
	return below(pid, string(out))
}

// below picks the descendants of pid from lines of "pid ppid".
func below(pid int, table string) []int {
	children := map[int][]int{}
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) != 2 {
			continue
		}
		child, err1 := strconv.Atoi(f[0])
		parent, err2 := strconv.Atoi(f[1])
		if err1 == nil && err2 == nil && child != parent {
			children[parent] = append(children[parent], child)
		}
	}
	found := children[pid]
	for i := 0; i < len(found) && len(found) < 100_000; i++ {
		found = append(found, children[found[i]]...)
	}
	return found
}
