// Package goid tells goroutines apart where nothing else can: on the way of a panic, and when a run is to be stopped.
package goid

import (
	"runtime"
	"strconv"
)

// Get returns the number of the calling goroutine. It takes about a microsecond.
func Get() uint64 {
	var buf [40]byte
	s := buf[len("goroutine "):runtime.Stack(buf[:], false)]
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	id, err := strconv.ParseUint(string(s[:n]), 10, 64)
	if err != nil {
		panic("BUG: goid: " + string(s))
	}
	return id
}
