package install

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// File is a file to copy: a name without folders, and its content.
type File struct {
	Name string
	Data []byte
}

// originsName is the file in a folder of working copies that says what each was copied from.
const originsName = ".tickbook-copies.json"

// origins maps the name of a working copy to the hash of the original that it was made from.
type origins map[string]string

// WorkingCopy gives the user copies of files to edit in dir, which is made if need be, and returns their paths in the
// order of the files. A copy that the user may have changed is never overwritten: starting again finds the copy of
// last time, and when the original has changed since, a new one is written beside it, as guide-2.ipynb. A copy that
// nobody touched is brought up to date in its place.
func WorkingCopy(dir string, files ...File) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, copyError(dir, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second) // another start is quick
	defer cancel()
	l, err := lock(ctx, filepath.Join(dir, ".tickbook-copies.lock"), func() {})
	if err != nil {
		return nil, copyError(dir, err)
	}
	defer l.release()
	from := readOrigins(dir)
	var paths []string
	for _, f := range files {
		name, err := from.place(dir, f)
		if err != nil {
			return nil, copyError(dir, err)
		}
		paths = append(paths, filepath.Join(dir, name))
	}
	text, err := json.MarshalIndent(from, "", "  ")
	if err != nil {
		return nil, copyError(dir, err)
	}
	if err := writeFile(filepath.Join(dir, originsName), append(text, '\n'), 0o644); err != nil {
		return nil, copyError(dir, err)
	}
	return paths, nil
}

// place finds or writes the copy of f, and notes where it came from.
func (o origins) place(dir string, f File) (name string, err error) {
	if f.Name != filepath.Base(f.Name) || !filepath.IsLocal(f.Name) {
		return "", fmt.Errorf("file %q: want a name without folders", f.Name)
	}
	want := hash(f.Data)
	ext := filepath.Ext(f.Name)
	free := "" // the first name that may be written
	for n := 1; n < 10_000; n++ {
		name = f.Name
		if n > 1 {
			name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(f.Name, ext), n, ext)
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		switch {
		case err == nil && o[name] == want:
			return name, nil
		case err == nil && o[name] == hash(data): // nobody touched it
			if free == "" {
				free = name
			}
			continue
		case err == nil:
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		}
		if free == "" {
			free = name
		}
		if err := writeFile(filepath.Join(dir, free), f.Data, 0o644); err != nil {
			return "", err
		}
		o[free] = want
		return free, nil
	}
	return "", fmt.Errorf("file %q: too many copies", f.Name)
}

// readOrigins reads the file of origins; one that is missing or spoilt says nothing, and then all is the user's own.
func readOrigins(dir string) origins {
	o := origins{}
	if text, err := os.ReadFile(filepath.Join(dir, originsName)); err == nil {
		_ = json.Unmarshal(text, &o)
	}
	if o == nil {
		o = origins{}
	}
	return o
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

func copyError(dir string, err error) error {
	return fmt.Errorf("working copies in %s: %w; choose another folder with --dir DIR", dir, err)
}
