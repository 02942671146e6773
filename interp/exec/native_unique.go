package exec

import (
	"reflect"
	"runtime"
	"sync"
	"unsafe"
	"weak"
)

// unique is the table of package unique: of equal values of one layout it has one. Values of two types that are laid out alike share it, which nobody
// can see: handles of different types are never compared.
type unique struct {
	mu  sync.Mutex
	all map[uniqueKey]weak.Pointer[byte] // guarded by mu; an entry goes when nobody has its handle any more
}

type uniqueKey struct {
	layout reflect.Type
	value  any
}

// canonical returns where the one value that equals v is.
func (u *unique) canonical(v reflect.Value) unsafe.Pointer {
	key := uniqueKey{v.Type(), v.Interface()}
	u.mu.Lock()
	defer u.mu.Unlock()
	if w, ok := u.all[key]; ok {
		if p := w.Value(); p != nil {
			return unsafe.Pointer(p)
		}
	}
	p := (*byte)(addressOf(v))
	if key != key { // a NaN equals nothing
		return unsafe.Pointer(p)
	}
	if u.all == nil {
		u.all = map[uniqueKey]weak.Pointer[byte]{}
	}
	u.all[key] = weak.Make(p)
	runtime.AddCleanup(p, u.forget, key)
	return unsafe.Pointer(p)
}

// forget drops an entry whose value is gone, and has no successor.
func (u *unique) forget(key uniqueKey) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if w, ok := u.all[key]; ok && w.Value() == nil {
		delete(u.all, key)
	}
}
