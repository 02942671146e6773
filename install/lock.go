package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// fileLock is a file locked by one holder at a time. The operating system releases it when the process ends,
// however that happens, so there are no stale locks. The file itself stays.
type fileLock struct{ f *os.File }

// errLocked is what tryLock returns when another holder has the lock.
var errLocked = errors.New("locked by another process")

// tryLock takes the lock or returns errLocked at once.
func tryLock(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := lockHandle(f); err != nil {
		f.Close()
		return nil, err
	}
	return &fileLock{f}, nil
}

// lock waits for the lock; waiting is called once if it isn't free.
func lock(ctx context.Context, path string, waiting func()) (*fileLock, error) {
	retry := time.NewTicker(100 * time.Millisecond)
	defer retry.Stop()
	for first := true; ; first = false {
		l, err := tryLock(path)
		if !errors.Is(err, errLocked) {
			return l, err
		}
		if first {
			waiting()
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for %s: %w", path, ctx.Err())
		case <-retry.C:
		}
	}
}

func (l *fileLock) release() { l.f.Close() }
