package install

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"tickbook/widgets/lab"
)

func TestInstallWritesTheExtension(t *testing.T) {
	s := Spec{Prefix: t.TempDir(), Binary: fakeBinary(t, t.TempDir(), "tickbook")}
	dir := filepath.Join(s.Prefix, "share", "jupyter", "labextensions", "tickbook")
	older := filepath.Join(dir, "static", "0123456789abcdef", "container.js")
	if err := os.MkdirAll(filepath.Dir(older), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(older, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := Install(s); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range lab.Files() {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if got, err := os.ReadFile(path); err != nil || string(got) != string(data) {
			t.Errorf("%s: %v", path, err)
		}
		wantMode(t, path, 0o644)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "static", "*")); len(left) != 1 {
		t.Errorf("modules of %v, want those of one version", left)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "static", lab.Hash(), "*")); len(left) != len(lab.Files())-1 {
		t.Errorf("the folder holds %v", left)
	}
}

func TestUninstallRemovesTheExtensionWithTheLastKernel(t *testing.T) {
	prefix, binary := t.TempDir(), fakeBinary(t, t.TempDir(), "tickbook")
	one, two := Spec{Prefix: prefix, Binary: binary}, Spec{Prefix: prefix, Binary: binary, Name: "another"}
	dir, err := one.extensionDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Spec{one, two} {
		if _, err := Install(s); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Uninstall(one); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Errorf("the other kernel lost its extension: %v", err)
	}
	if _, err := Uninstall(two); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the extension is still there: %v", err)
	}
}
