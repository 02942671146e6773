package main

import (
	_ "embed"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"tickbook/internal/gomod/gomodtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tickbook": main})
}

//go:embed interp/testdata/modules.txtar
var testModules []byte

// TestScript runs the commands as a shell would: testdata/script. The go command finds the modules of interp/testdata/modules.txtar.
func TestScript(t *testing.T) {
	modules := gomodtest.Env(t, testModules)
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			for name, value := range modules {
				e.Setenv(name, value)
			}
			e.Setenv("GOCACHE", filepath.Join(cache, "go-build"))
			e.Setenv("XDG_CACHE_HOME", filepath.Join(e.WorkDir, "cache"))
			return nil
		},
	})
}
