// Package gomodtest serves modules to tests, without a network.
package gomodtest

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// Use makes the modules of a txtar archive those that the go command finds, and no others, until the test ends. Files are called
// example.com/module@v1.2.3/path. It needs a go command, which tests have.
func Use(t testing.TB, archive []byte) {
	t.Helper()
	for name, value := range Env(t, archive) {
		t.Setenv(name, value)
	}
}

// Env is the environment in which the go command finds them.
func Env(t testing.TB, archive []byte) map[string]string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, txtar.Parse(archive))
	return map[string]string{
		"GOPROXY": "file://" + filepath.ToSlash(filepath.Join(dir, "proxy")), "GONOSUMDB": "*", "GOSUMDB": "off", "GOPRIVATE": "", "GONOPROXY": "none",
		"GOFLAGS": "-modcacherw", "GOMODCACHE": filepath.Join(dir, "modcache"), "GOWORK": "",
	}
}

// write makes the tree of files that a GOPROXY=file://… has.
func write(t testing.TB, dir string, ar *txtar.Archive) {
	t.Helper()
	mods := map[string][]txtar.File{}
	for _, f := range ar.Files {
		at := strings.IndexByte(f.Name, '@')
		if at < 0 || !strings.Contains(f.Name[at:], "/") {
			t.Fatalf("gomodtest: %s is not of the form module@version/file", f.Name)
		}
		end := at + strings.IndexByte(f.Name[at:], '/')
		mods[f.Name[:end]] = append(mods[f.Name[:end]], f)
	}
	put := func(name string, data []byte, add bool) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		mode := os.O_TRUNC
		if add {
			mode = os.O_APPEND
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|mode, 0o666)
		if err == nil {
			_, err = f.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for mod, files := range mods {
		path, version, _ := strings.Cut(mod, "@")
		base := filepath.Join(dir, "proxy", filepath.FromSlash(path), "@v")
		goMod := []byte("module " + path + "\n")
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, f := range files {
			if f.Name == mod+"/go.mod" {
				goMod = f.Data
			}
			w, err := z.Create(f.Name)
			if err == nil {
				_, err = w.Write(f.Data)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		put(filepath.Join(base, "list"), []byte(version+"\n"), true)
		put(filepath.Join(base, version+".info"), []byte(`{"Version":"`+version+`"}`), false)
		put(filepath.Join(base, version+".mod"), goMod, false)
		put(filepath.Join(base, version+".zip"), b.Bytes(), false)
	}
}
