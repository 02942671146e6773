package producttest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// Root is the project's folder.
func Root() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		panic("BUG: no caller")
	}
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

var build struct {
	once sync.Once
	dir  string
	err  error
}

// Binary builds the product once for all tests of the process and returns its path. [Cleanup] removes it.
func Binary(t testing.TB) string {
	t.Helper()
	build.once.Do(func() {
		if build.dir, build.err = os.MkdirTemp("", "tickbook-test-"); build.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-o", path(), ".")
		cmd.Dir = Root()
		if out, err := cmd.CombinedOutput(); err != nil {
			build.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if build.err != nil {
		t.Fatal(build.err)
	}
	return path()
}

func path() string {
	name := "tickbook"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(build.dir, name)
}

// Cleanup removes what [Binary] built.
func Cleanup() { _ = os.RemoveAll(build.dir) }
