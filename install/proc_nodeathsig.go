//go:build unix && !linux

package install

import "syscall"

func endWithParent(*syscall.SysProcAttr) {}
