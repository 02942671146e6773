package lab

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sync"
)

// Name is the extension's name in JupyterLab's lists, and that of its folder.
const Name = "tickbook"

// container is the file that JupyterLab loads.
const container = "container.js"

//go:embed src/*.js src/*.css
var src embed.FS

// Hash names the content of all files. It stands in their folder's name, since a page keeps them for a year.
var Hash = sync.OnceValue(func() string {
	h := sha256.New()
	for _, name := range names() {
		data := read(name)
		fmt.Fprintf(h, "%s %d\n", name, len(data))
		h.Write(data)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
})

// Files are the extension as a Jupyter data folder holds it in labextensions/[Name]: content by path. package.json, which
// makes JupyterLab load the rest, is among them.
func Files() map[string][]byte {
	files := map[string][]byte{PackageJSON: packageJSON()}
	for _, name := range names() {
		files[path.Join(Folder(), name)] = read(name)
	}
	return files
}

// PackageJSON is the path of the file that makes the rest an extension; write it last.
const PackageJSON = "package.json"

// Folder is the path of the modules, which changes with their content.
func Folder() string { return path.Join("static", Hash()) }

// packageJSON has no dependencies: JupyterLab would check their versions, and may disable the extension.
func packageJSON() []byte {
	text, err := json.MarshalIndent(map[string]any{
		"name":        Name,
		"version":     "1.0.0+" + Hash(),
		"description": "Live tables and figures of the Tickbook kernel",
		"license":     "Apache-2.0",
		"jupyterlab": map[string]any{
			"extension": true,
			"_build":    map[string]string{"load": path.Join(Folder(), container), "extension": "./extension"},
		},
	}, "", "  ")
	if err != nil {
		panic("BUG: " + err.Error()) // strings always marshal
	}
	return append(text, '\n')
}

// names are the embedded files', sorted.
func names() []string {
	entries, err := fs.ReadDir(src, "src")
	if err != nil {
		panic("BUG: " + err.Error()) // they are embedded
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func read(name string) []byte {
	data, err := src.ReadFile(path.Join("src", name))
	if err != nil {
		panic("BUG: " + err.Error()) // it is embedded
	}
	return data
}
