package extract

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
)

// WriteZip writes a zip without times, its entries in order of their names.
func WriteZip(file string, entries map[string][]byte) error {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(entries[name])
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}
