package exec

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// large is how many bytes at once are asked about before they are taken.
const large = 64 << 20

// room panics if the process may not have so many bytes more. Who watches its memory can do nothing for as long as gigabytes are copied, and
// a cell that doubles a string takes all memory of the machine in a few such steps. Smaller pieces are left to who watches.
func room(bytes uint64) {
	if bytes >= large {
		findRoom(bytes)
	}
}

func findRoom(bytes uint64) {
	limit := debug.SetMemoryLimit(-1) // reads it
	if limit == math.MaxInt64 {
		return
	}
	fits := func() bool {
		m := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(m)
		return m[0].Value.Uint64()+bytes <= uint64(limit)
	}
	if fits() {
		return
	}
	runtime.GC() // garbage is no reason
	if !fits() {
		panic(runtimeError(fmt.Sprintf("out of memory: %.1f GiB at once are more than is left of what the kernel may use (environment variable TICKBOOK_MEMORY)", float64(bytes)/(1<<30))))
	}
}
