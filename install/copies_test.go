package install

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestWorkingCopy(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "notebooks")
	// f wants the copy of an original to be this file, with this content.
	f := func(what, original, wantName, wantContent string) {
		t.Helper()
		paths, err := WorkingCopy(dir, File{"guide.ipynb", []byte(original)})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		got, err := os.ReadFile(paths[0])
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if filepath.Base(paths[0]) != wantName || string(got) != wantContent {
			t.Errorf("%s: %s holds %q, want %s with %q", what, paths[0], got, wantName, wantContent)
		}
	}
	edit := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f("first", "one", "guide.ipynb", "one")
	f("again", "one", "guide.ipynb", "one")
	f("untouched, new original", "two", "guide.ipynb", "two")
	edit("guide.ipynb", "two, mine")
	f("edited", "two", "guide.ipynb", "two, mine")
	f("edited, new original", "three", "guide-2.ipynb", "three")
	edit("guide-2.ipynb", "three, mine")
	f("edited again", "three", "guide-2.ipynb", "three, mine")
	f("the old original", "two", "guide.ipynb", "two, mine")
	f("and a newer one", "four", "guide-3.ipynb", "four")
	if err := os.Remove(filepath.Join(dir, "guide-3.ipynb")); err != nil {
		t.Fatal(err)
	}
	f("removed by the user", "four", "guide-3.ipynb", "four")
	edit(originsName, "spoilt")
	f("origins lost", "five", "guide-4.ipynb", "five")
}

func TestWorkingCopyKeepsAStrangersFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "guide.ipynb"), []byte("the user's own"), 0o644); err != nil {
		t.Fatal(err)
	}
	paths, err := WorkingCopy(dir, File{"guide.ipynb", []byte("one")}, File{"tutorial.ipynb", []byte("two")})
	if err != nil || filepath.Base(paths[0]) != "guide-2.ipynb" || filepath.Base(paths[1]) != "tutorial.ipynb" {
		t.Errorf("paths = %v, %v; want guide-2.ipynb and tutorial.ipynb", paths, err)
	}
}

func TestWorkingCopyRefuses(t *testing.T) {
	for _, name := range []string{"../a.ipynb", "a/b.ipynb", "..", ""} {
		if _, err := WorkingCopy(t.TempDir(), File{name, nil}); err == nil {
			t.Errorf("file %q: no error", name)
		}
	}
	if runtime.GOOS != "windows" {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := WorkingCopy(file, File{"a.ipynb", nil}); err == nil {
			t.Error("a folder that is a file: no error")
		}
	}
}
