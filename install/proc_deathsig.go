//go:build linux

package install

import "syscall"

// endWithParent has the kernel send SIGTERM to the process when we die without having stopped it.
func endWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGTERM }
