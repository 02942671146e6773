package lab

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"
	"testing"
)

func TestFiles(t *testing.T) {
	files := Files()
	var p struct {
		Name, Version string
		Jupyterlab    struct {
			Build struct{ Load, Extension string } `json:"_build"`
		}
		Dependencies map[string]string
	}
	if err := json.Unmarshal(files[PackageJSON], &p); err != nil {
		t.Fatal(err)
	}
	if p.Name != Name || !strings.HasSuffix(p.Version, Hash()) || p.Jupyterlab.Build.Extension != "./extension" || len(p.Dependencies) > 0 {
		t.Errorf("package.json = %+v", p)
	}
	if files[p.Jupyterlab.Build.Load] == nil || !strings.Contains(p.Jupyterlab.Build.Load, Hash()) {
		t.Errorf("package.json loads %s, want a file of ours in a folder named by its content", p.Jupyterlab.Build.Load)
	}
	if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(Hash()) {
		t.Errorf("hash %q", Hash())
	}
}

// A page finds each module that another one imports, and imports nothing from elsewhere.
func TestImports(t *testing.T) {
	imports := regexp.MustCompile(`(?m)^import [^'"\n]*['"]([^'"\n]+)['"];$|new URL\('([^']+)'`)
	files := Files()
	for name, data := range files {
		if path.Ext(name) != ".js" {
			continue
		}
		for _, m := range imports.FindAllStringSubmatch(string(data), -1) {
			if to := path.Join(path.Dir(name), m[1]+m[2]); files[to] == nil {
				t.Errorf("%s imports %s, which is not there", name, m[1]+m[2])
			}
		}
	}
}

// The container asks for all modules before they import one another.
func TestPreload(t *testing.T) {
	files := Files()
	text := string(files[path.Join(Folder(), container)])
	for name := range files {
		module, isModule := strings.CutSuffix(path.Base(name), ".js")
		if isModule && path.Base(name) != container && !strings.Contains(text, "'"+module+"',") {
			t.Errorf("%s does not preload %s", container, module)
		}
	}
}

// What comes from data goes into the page as text.
func TestNoMarkup(t *testing.T) {
	markup := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|\beval\(|new Function`)
	for name, data := range Files() {
		if found := markup.Find(data); found != nil {
			t.Errorf("%s uses %s", name, found)
		}
	}
}
