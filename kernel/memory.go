package kernel

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

// envMemory limits the memory of a kernel's process: "4GiB", "500MiB", a number of bytes, or "off".
const envMemory = "TICKBOOK_MEMORY"

const (
	memoryPart = 0.8 // of the machine's, or of the container's, that a kernel may use unless envMemory says more
	softPart   = 0.9 // of the limit, from which on the garbage collector works harder
	hardPart   = 1.2 // of the limit, at which the process ends, since there is no time to interrupt the cell or it did not help
	memoryTick = 50 * time.Millisecond
)

// memoryError says that a kernel uses more than its limit.
type memoryError struct{ used, limit uint64 }

func (e *memoryError) Error() string {
	return fmt.Sprintf("out of memory: the kernel uses %s, its limit is %s (environment variable %s)", gib(e.used), gib(e.limit), envMemory)
}

func gib(n uint64) string { return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30)) }

// memoryLimit is the limit in bytes that text asks for, a part of what there is for "", and 0 for none.
func memoryLimit(text string) (uint64, error) {
	if text == "" {
		return uint64(memoryPart * float64(memoryThere("/proc/meminfo", "/sys/fs/cgroup/memory.max"))), nil
	}
	if strings.EqualFold(text, "off") {
		return 0, nil
	}
	number, unit := text, 1.0
	for suffix, size := range map[string]float64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40} {
		if n, ok := strings.CutSuffix(text, suffix); ok {
			number, unit = n, size
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !(n*unit >= 1<<20) || n*unit > math.MaxInt64/2 {
		return 0, fmt.Errorf("%s=%q is no memory size; want one such as 4GiB, or off", envMemory, text)
	}
	return uint64(n * unit), nil
}

// memoryThere is the memory of the machine or of the container, whichever is less; 0 where the system doesn't say.
func memoryThere(meminfo, cgroup string) (there uint64) {
	if text, err := os.ReadFile(meminfo); err == nil {
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); len(f) >= 2 && f[0] == "MemTotal:" {
				kib, err := strconv.ParseUint(f[1], 10, 54)
				if err == nil {
					there = kib << 10
				}
			}
		}
	}
	if text, err := os.ReadFile(cgroup); err == nil {
		if n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil && (there == 0 || n < there) { // "max" is no number
			there = n
		}
	}
	return there
}

// watchMemory interrupts the cell that takes the process above its limit, so that it fails and the machine goes on. Where that does not help it ends the
// process, whose supervisor says why.
func (s *Session) watchMemory(ctx context.Context, limit uint64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		before := debug.SetMemoryLimit(int64(softPart * float64(limit)))
		defer debug.SetMemoryLimit(before)
	}
	tick := time.NewTicker(memoryTick)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if memoryUsed() <= limit {
			continue
		}
		debug.FreeOSMemory() // what is garbage is no reason
		used := memoryUsed()
		if used <= limit {
			continue
		}
		err := &memoryError{used, limit}
		if float64(used) > hardPart*float64(limit) {
			panic(err.Error()) // nobody recovers
		}
		s.interrupt(err)
	}
}

// memoryUsed is the memory that the Go runtime has from the system.
func memoryUsed() uint64 {
	m := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(m)
	return m[0].Value.Uint64() - m[1].Value.Uint64()
}
