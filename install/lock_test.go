package install

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
)

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := tryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tryLock(path); !errors.Is(err, errLocked) {
		t.Errorf("second = %v, want errLocked", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	waits := 0
	if _, err := lock(ctx, path, func() { waits++; cancel() }); !errors.Is(err, context.Canceled) || waits != 1 {
		t.Errorf("waiting = %v after %d calls, want context.Canceled after one", err, waits)
	}
	second, err := lock(t.Context(), path, first.release)
	if err != nil {
		t.Fatal(err)
	}
	second.release()
}
