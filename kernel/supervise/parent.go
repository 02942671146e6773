package supervise

import (
	"context"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

const parentInterval = time.Second

// WatchParent returns a channel that is closed when the process that started the kernel (JPY_PARENT_PID) is gone, so that a kernel does not
// outlive a server that died. It is never closed where nobody is to be watched.
func WatchParent(ctx context.Context) <-chan struct{} {
	gone := make(chan struct{})
	pid, err := strconv.Atoi(os.Getenv("JPY_PARENT_PID"))
	if err != nil || pid <= 1 || runtime.GOOS == "windows" { // on Windows it is a handle
		return gone
	}
	alive := func() bool { return isAlive(pid) } // something stands between us: a shell, say
	if os.Getppid() == pid {
		alive = func() bool { return os.Getppid() == pid } // also tells a process that died and was not waited for
	}
	if !alive() {
		return gone // a number from elsewhere: a container's host, say
	}
	go func() {
		t := time.NewTicker(parentInterval)
		defer t.Stop()
		for alive() {
			select {
			case <-t.C:
			case <-ctx.Done():
				return
			}
		}
		close(gone)
	}()
	return gone
}

func isAlive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || os.IsPermission(err)
}
