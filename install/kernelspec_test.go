package install

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestInstallWritesAKernelspec(t *testing.T) {
	binary := fakeBinary(t, t.TempDir(), "tickbook")
	prefix := filepath.Join(t.TempDir(), "new")
	dir, err := Install(Spec{Prefix: prefix, Binary: binary, Env: map[string]string{"A": "b"}})
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(prefix, "share", "jupyter", "kernels", "tickbook"); dir != want {
		t.Errorf("dir = %s, want %s", dir, want)
	}
	var got map[string]any
	text, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	argv, _ := json.Marshal(got["argv"])
	wantArgv, _ := json.Marshal([]string{binary, "kernel", "{connection_file}"})
	if string(argv) != string(wantArgv) {
		t.Errorf("argv = %s, want %s", argv, wantArgv)
	}
	for key, want := range map[string]string{
		"display_name": "Go (Tickbook)", "language": "go", "interrupt_mode": "message",
	} {
		if got[key] != want {
			t.Errorf("%s = %v, want %q", key, got[key], want)
		}
	}
	for _, name := range []string{"kernel.json", "logo-64x64.png", "logo-svg.svg"} {
		wantMode(t, filepath.Join(dir, name), 0o644)
	}
	for d := dir; d != filepath.Dir(prefix); d = filepath.Dir(d) {
		wantMode(t, d, 0o755)
	}
}

func TestInstallTwiceReplaces(t *testing.T) {
	prefix, bin := t.TempDir(), t.TempDir()
	for _, name := range []string{"one", "two"} {
		if _, err := Install(Spec{Prefix: prefix, Binary: fakeBinary(t, bin, name)}); err != nil {
			t.Fatal(err)
		}
	}
	dir, _ := Spec{Prefix: prefix}.Dir()
	k, err := readKernelJSON(dir)
	if err != nil || filepath.Base(k.Argv[0]) != "two" {
		t.Errorf("after two installs: %v, %v; want the second binary", k.Argv, err)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 3 {
		t.Errorf("the folder holds %v, want three files and no leftovers", entries)
	}
}

// Kernels of several names start binaries of their own, and the launcher tells them apart.
func TestInstallCopies(t *testing.T) {
	prefix, bin := t.TempDir(), t.TempDir()
	for _, name := range []string{"", "Sql"} {
		s := Spec{Prefix: prefix, Name: name, Binary: script(t, bin, "tickbook", "echo "+name), Copy: true}
		for range 2 {
			dir, err := Install(s)
			if err != nil {
				t.Fatal(err)
			}
			k, err := readKernelJSON(dir)
			if err != nil || k.Argv[0] != filepath.Join(dir, "tickbook") {
				t.Fatalf("kernel.json starts %q, %v", k.Argv, err)
			}
			if want := map[string]string{"": "Go (Tickbook)", "Sql": "Go (Tickbook, Sql)"}[name]; k.DisplayName != want {
				t.Errorf("%q is called %q, want %q", name, k.DisplayName, want)
			}
			text, err := os.ReadFile(k.Argv[0])
			if err != nil || string(text) != "#!/bin/sh\necho "+name+"\n" {
				t.Errorf("%q starts %q, %v", name, text, err)
			}
			wantMode(t, k.Argv[0], 0o755)
			s.Binary = k.Argv[0] // once more, from the copy
		}
	}
}

func TestUninstall(t *testing.T) {
	s := Spec{Prefix: t.TempDir(), Binary: fakeBinary(t, t.TempDir(), "tickbook")}
	if _, err := Uninstall(s); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("uninstall of nothing = %v, want fs.ErrNotExist", err)
	}
	dir, err := Install(s)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Uninstall(s); err != nil || got != dir {
		t.Errorf("uninstall = %q, %v; want %q", got, err, dir)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestUninstallLeavesOtherKernelsAlone(t *testing.T) {
	s := Spec{Prefix: t.TempDir(), Name: "python3"}
	dir, _ := s.Dir()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	other := `{"argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]}`
	if err := os.WriteFile(filepath.Join(dir, "kernel.json"), []byte(other), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Uninstall(s); err == nil || !strings.Contains(err.Error(), "another kernel") {
		t.Errorf("uninstall of another kernel = %v, want a refusal", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "kernel.json")); err != nil {
		t.Error(err)
	}
}

func TestInstallRefuses(t *testing.T) {
	file := fakeBinary(t, t.TempDir(), "tickbook")
	f := func(s Spec, want string) {
		t.Helper()
		_, err := Install(s)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Install(%+v) = %v, want %q", s, err, want)
		}
	}
	f(Spec{Prefix: t.TempDir(), Binary: file, Name: "a b"}, `kernel name "a b"`)
	f(Spec{Prefix: t.TempDir(), Binary: file, Name: ".."}, `kernel name ".."`)
	f(Spec{Prefix: t.TempDir(), Binary: file + "x"}, "binary")
	f(Spec{Prefix: t.TempDir(), Binary: filepath.Dir(file)}, "is a folder")
	f(Spec{Prefix: file, Binary: file}, "is not a folder")
}

func TestJupyterDataDir(t *testing.T) {
	f := func(goos string, env map[string]string, want string) {
		t.Helper()
		got, err := jupyterDataDir(goos, func(k string) string { return env[k] }, func() (string, error) {
			if env["HOME"] == "" {
				return "", errors.New("no home")
			}
			return env["HOME"], nil
		})
		if err != nil {
			got = "error: " + err.Error()
		}
		if got = filepath.ToSlash(got); !strings.HasPrefix(got, want) || !strings.HasPrefix(want, "error") && got != want {
			t.Errorf("jupyterDataDir(%s, %v) = %s, want %s", goos, env, got, want)
		}
	}
	f("linux", map[string]string{"HOME": "/h"}, "/h/.local/share/jupyter")
	f("linux", map[string]string{"HOME": "/h", "XDG_DATA_HOME": "/x"}, "/x/jupyter")
	f("linux", map[string]string{"HOME": "/h", "JUPYTER_DATA_DIR": "/j"}, "/j")
	f("darwin", map[string]string{"HOME": "/h", "XDG_DATA_HOME": "/x"}, "/h/Library/Jupyter")
	f("windows", map[string]string{"HOME": "/h", "APPDATA": "/a"}, "/a/jupyter")
	f("windows", map[string]string{"HOME": "/h"}, "/h/.jupyter/data")
	f("linux", nil, "error: no place for the kernelspec: no home")
}

func TestIsTemporaryBuild(t *testing.T) {
	f := func(path string, want bool) {
		t.Helper()
		if got := isTemporaryBuild(path); got != want {
			t.Errorf("isTemporaryBuild(%s) = %v, want %v", path, got, want)
		}
	}
	f("/tmp/go-build2687003388/b001/exe/tickbook", true)
	f("/home/u/.cache/go-build/c6/"+strings.Repeat("0a", 32)+"-d/tickbook", true)
	f("/home/u/go/bin/tickbook", false)
	f("/home/u/exe/tickbook", false)
}

// fakeBinary writes an executable shell script that says its version.
func fakeBinary(t *testing.T, dir, name string) string {
	t.Helper()
	return script(t, dir, name, "echo tickbook 0.1")
}

// script writes an executable shell script.
func script(t *testing.T, dir, name, body string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func wantMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Error(err)
	} else if runtime.GOOS != "windows" && st.Mode().Perm() != want {
		t.Errorf("%s has mode %o, want %o", path, st.Mode().Perm(), want)
	}
}
