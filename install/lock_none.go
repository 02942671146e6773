//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly && !windows

package install

import "os"

// lockHandle locks nothing: this operating system has no lock that ends with its process.
func lockHandle(*os.File) error { return nil }
