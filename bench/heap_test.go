package bench

import "runtime"

// heapInUse is the heap that something reaches.
func heapInUse() uint64 {
	runtime.GC()
	runtime.GC() // what the first one's finalizers and cleanups let go
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
