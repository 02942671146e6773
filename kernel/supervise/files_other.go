//go:build !unix

package supervise

import "os"

// Possible says whether processes can be supervised on this system: not where they inherit no files.
const Possible = false

func inherited(fd uintptr, name string) *os.File { return os.NewFile(fd, name) }
