//go:build unix

package supervise

import (
	"os"
	"syscall"
)

// Possible says whether processes can be supervised on this system.
const Possible = true

// inherited is an open file that the supervisor gave this process. The processes that it starts don't get it.
func inherited(fd uintptr, name string) *os.File {
	syscall.CloseOnExec(int(fd))
	return os.NewFile(fd, name)
}
